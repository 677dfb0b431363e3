from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from digitreader.model import locate as shipped

Run = Callable[..., Any]


@pytest.fixture(autouse=True)
def only_this_one(model_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The models folder holds one model."""
    monkeypatch.setattr(shipped, "model_folders", lambda: (model_path.parent / "nowhere", model_path.parent))


def test_a_shipped_model_is_listed_with_its_figures(digitreader: Run) -> None:
    ran = digitreader("models")
    assert ran.status == 0
    header, row = ran.out.splitlines()
    assert header.split()[:3] == ["name", "layers", "parameters"]
    assert row.split()[:3] == ["tiny", "784-16-16-10", "13,002"]


def test_json_lists_the_same(digitreader: Run, model_path: Path) -> None:
    [row] = json.loads(digitreader("models", "--format", "json").out)
    assert (row["name"], row["parameters"], row["bytes"]) == ("tiny", 13_002, model_path.stat().st_size)


def test_a_damaged_card_is_told_of_and_the_others_are_listed(digitreader: Run, model_path: Path) -> None:
    (model_path.parent / "other.tflite").write_bytes(b"")
    (model_path.parent / "other.json").write_bytes(b"{}")
    ran = digitreader("models")
    assert ran.status == 1
    assert "other.json" in ran.err
    assert "tiny" in ran.out


def test_a_shipped_model_is_loaded_by_its_name(digitreader: Run) -> None:
    assert digitreader("verify", "tiny").status == 0
