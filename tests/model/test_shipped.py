"""The models in the repository: proven here, and as good as their cards say."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from digitreader.errors import ModelFormatError
from digitreader.model import ModelCard, load_model
from digitreader.model.locate import shipped_models

Run = Callable[..., Any]

MODELS = ("tiny", "small", "accurate")


def card_of(name: str) -> ModelCard:
    card = load_model(name).card
    assert isinstance(card, ModelCard)
    return card


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("engine", ["litert", "numpy"])
def test_a_shipped_model_passes_every_check_here_on_either_engine(digitreader: Run, name: str, engine: str) -> None:
    ran = digitreader("verify", name, "--engine", engine)
    assert ran.status == 0
    assert f"run by {engine}" in ran.out


@pytest.mark.skipif("finder" not in shipped_models(), reason="no finder is shipped yet")
@pytest.mark.parametrize("engine", ["litert", "numpy"])
def test_the_shipped_finder_passes_every_check_here_on_either_engine(digitreader: Run, engine: str) -> None:
    ran = digitreader("verify", "finder", "--engine", engine)
    assert ran.status == 0
    assert "3 of 3 pictures answered to the integer" in ran.out
    assert f"run by {engine}" in ran.out


def test_tiny_is_the_network_of_13_002_parameters() -> None:
    card = card_of("tiny")
    assert card.layers == (784, 16, 16, 10)
    assert card.parameters == 13_002


@pytest.mark.parametrize("name", MODELS)
def test_a_shipped_model_is_quantization_aware_and_takes_raw_pixels(name: str) -> None:
    quantization = card_of(name).quantization
    assert quantization.variant == "qat"
    assert (quantization.input.dtype, quantization.input.scale, quantization.input.zero_point) == (
        "uint8",
        float(np.float32(1 / 255)),
        0,
    )


def test_the_shipped_files_are_small() -> None:
    assert card_of("tiny").size_bytes <= 17_000
    assert card_of("accurate").size_bytes <= 500_000


@pytest.mark.parametrize("name", MODELS)
def test_the_card_of_a_shipped_model_tells_how_to_repeat_it(name: str) -> None:
    train, export = card_of(name).repeat
    assert train.startswith(f"digitreader train {name} ")
    assert export == f"digitreader export runs/{name}"


@pytest.mark.parametrize("name", MODELS)
def test_integers_cost_at_most_a_tenth_of_a_point_and_little_calibration(name: str) -> None:
    measured = card_of(name).measured
    assert measured.keras_test.accuracy - measured.test.accuracy <= 0.001
    assert measured.test.ece - measured.keras_test.ece <= 0.005


@pytest.mark.parametrize(("name", "least"), [("tiny", 0.975), ("small", 0.99), ("accurate", 0.995)])
def test_a_shipped_model_reads_mnist_as_well_as_its_card_says(
    digitreader: Run, mnist_dir: Path, name: str, least: float
) -> None:
    ran = digitreader("evaluate", "--model", name, "--data", mnist_dir, "--format", "json")
    found, card = json.loads(ran.out), card_of(name)
    assert found["n"] == 10_000
    assert found["accuracy"] == pytest.approx(card.measured.test.accuracy, abs=1e-9)
    assert found["ece"] == pytest.approx(card.measured.test.ece, abs=1e-6)
    assert found["confusion"] == [list(row) for row in card.measured.confusion]
    assert found["accuracy"] >= least


def test_any_flipped_byte_of_a_shipped_card_is_noticed(repository: Path) -> None:
    content = (repository / "models" / "tiny.json").read_bytes()
    for place in range(len(content)):
        damaged = bytearray(content)
        damaged[place] ^= 1 << place % 8
        with pytest.raises(ModelFormatError):
            ModelCard.from_bytes(bytes(damaged), "tiny.json")


@pytest.mark.parametrize("with_card", [True, False])
def test_a_flipped_byte_of_a_shipped_model_is_noticed(repository: Path, tmp_path: Path, with_card: bool) -> None:
    content = (repository / "models" / "tiny.tflite").read_bytes()
    path = tmp_path / "tiny.tflite"
    if with_card:
        shutil.copy(repository / "models" / "tiny.json", tmp_path)
    for place in np.random.default_rng(1).choice(len(content), 2_000, replace=False):
        damaged = bytearray(content)
        damaged[place] ^= 1 << int(place) % 8
        path.write_bytes(damaged)
        with pytest.raises(ModelFormatError):
            load_model(str(path))


def test_the_page_of_the_models_is_what_their_cards_say(digitreader: Run, repository: Path) -> None:
    page = (repository / "models" / "README.md").read_text(encoding="utf-8")
    assert digitreader("models", "--format", "markdown").out == page
