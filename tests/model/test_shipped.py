"""The models in the repository: proven here, and as good as their cards say."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from digitreader.model import load_model

Run = Callable[..., Any]


def test_tiny_passes_every_check_here(digitreader: Run) -> None:
    assert digitreader("verify", "tiny").status == 0


def test_tiny_is_the_network_of_13_002_parameters() -> None:
    card = load_model("tiny").card
    assert card.layers == (784, 16, 16, 10)
    assert card.parameters == 13_002
    assert card.quantization.input.dtype == "uint8"


def test_the_card_of_tiny_tells_how_to_repeat_it() -> None:
    train, export = load_model("tiny").card.repeat
    assert train.startswith("digitreader train tiny ")
    assert export.startswith("digitreader export runs/tiny")


def test_the_integers_of_tiny_cost_at_most_a_fifth_of_a_point() -> None:
    measured = load_model("tiny").card.measured
    assert abs(measured.test.accuracy - measured.keras_test.accuracy) <= 0.002


def test_tiny_reads_mnist_as_well_as_its_card_says(digitreader: Run, mnist_dir: Path) -> None:
    ran = digitreader("evaluate", "--model", "tiny", "--data", mnist_dir, "--format", "json")
    found, card = json.loads(ran.out), load_model("tiny").card
    assert found["n"] == 10_000
    assert found["accuracy"] == pytest.approx(card.measured.test.accuracy, abs=1e-9)
    assert found["ece"] == pytest.approx(card.measured.test.ece, abs=1e-6)
    assert found["accuracy"] >= 0.975
