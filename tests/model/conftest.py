"""A trained model that tests may damage, and sealing a card anew after a change."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from digitreader.model.card import ModelCard

Seal = Callable[..., None]


@pytest.fixture
def model_path(exported: Path, tmp_path: Path) -> Path:
    """A copy of the integer model with its card beside it."""
    for name in ("tiny.tflite", "tiny.json"):
        shutil.copy(exported / name, tmp_path / name)
    return tmp_path / "tiny.tflite"


@pytest.fixture
def card(model_path: Path) -> ModelCard:
    """The card of that model."""
    return ModelCard.from_bytes(model_path.with_suffix(".json").read_bytes(), "tiny.json")


@pytest.fixture
def seal(model_path: Path, card: ModelCard) -> Seal:
    """Writes the model's card anew with some fields changed, honestly sealed and of the model's present hash."""

    def write(**changes: Any) -> None:
        sha256 = hashlib.sha256(model_path.read_bytes()).hexdigest()
        changed = card._replace(**{"sha256": sha256, **changes})
        model_path.with_suffix(".json").write_bytes(changed.to_bytes())

    return write
