"""Damaged models with a seal that fits: none crashes LiteRT, which would end the whole program."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from .test_mutations import ROUNDS

MODELS = {
    "models/tiny.tflite": "sealed",
    "models/finder.tflite": "finder",
    "tests/model/own/models/cnn-dynamic.tflite": "own",
    "tests/model/own/models/cnn-float32.tflite": "own",
    "tests/model/own/models/cnn-int8.tflite": "own",
}


@pytest.mark.parametrize("model", MODELS)
def test_a_damaged_model_is_opened_or_refused_and_never_crashes(model: str, repository: Path, tmp_path: Path) -> None:
    kept = tmp_path / "damaged.tflite"
    command = [sys.executable, "-m", "tests.fuzz.models", MODELS[model], model]
    command += ["--rounds", str(ROUNDS), "--to", str(kept)]
    ran = subprocess.run(command, cwd=repository, capture_output=True, text=True, errors="replace", check=False)
    assert ran.returncode == 0, f"{kept}: status {ran.returncode}: {ran.stderr[-2000:]}"
