"""Models as other people make them; `make_models.py` beside this file made them."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from digitreader.measure.data import DataPlace
from digitreader_export.own_model.digits import CardDigits, load_own_digits
from digitreader_export.own_model.make_card import CardResult, CardSettings, card_file

MODELS = Path(__file__).parent / "models"


@pytest.fixture(scope="session")
def own_accuracy() -> Mapping[str, float]:
    """How many of MNIST's test images each model reads by its maker's evaluation."""
    told: dict[str, float] = json.loads((MODELS / "models.json").read_text(encoding="utf-8"))
    return told


@pytest.fixture(scope="session")
def drawn_digits(drawn_place: DataPlace) -> CardDigits:
    """Drawn digits, centred in all ways."""
    return load_own_digits(drawn_place)


@pytest.fixture(scope="session")
def carded(
    drawn_digits: CardDigits, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[str], tuple[Path, CardResult]]:
    """Gives a model in a folder of its own with its card, by its name; made once."""
    made: dict[str, tuple[Path, CardResult]] = {}

    def make(name: str) -> tuple[Path, CardResult]:
        if name not in made:
            path = tmp_path_factory.mktemp("own") / f"{name}.tflite"
            shutil.copy(MODELS / path.name, path)
            made[name] = (path, card_file(path, drawn_digits, CardSettings()))
        return made[name]

    return make


@pytest.fixture
def own(carded: Callable[[str], tuple[Path, CardResult]], tmp_path: Path) -> Callable[[str], Path]:
    """The same as a copy that a test may damage."""

    def copy(name: str) -> Path:
        path, _ = carded(name)
        shutil.copy(path.with_suffix(".json"), tmp_path)
        return Path(shutil.copy(path, tmp_path))

    return copy
