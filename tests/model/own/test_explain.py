"""A model of one's own is explained: through its plain layers, or by trying where it has others."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from digitreader.drawing import scene
from digitreader.measure.explain.explanation import Explanation, explain_digit, reasons_for, values_before, weighted_sum
from digitreader.measure.explain.pictures import draw_explanation
from digitreader.model.load import load_model
from digitreader.model.own.engine import OwnEngine
from digitreader.model.own.layers import read_layers
from digitreader.reading.pipeline import FrameReader
from digitreader.values import Frame

from .conftest import MODELS

Own = Callable[[str], Path]
Command = Callable[..., Any]
PLAIN = {
    "mlp-dark-255-float32": 1e-4,
    "mlp-minus-one-float32": 1e-4,
    "eleven-float32": 1e-4,
    "mlp-dark-255-int8": 0.05,
    "mlp-minus-one-uint8": 0.05,
}
"""Models of plain layers, and how far the outputs of their integers lie from those of real numbers."""
IMAGE = scene("72", rng=np.random.default_rng(5)).image


def explained(path: Path) -> Explanation:
    return explain_digit(FrameReader(load_model(str(path))), Frame(IMAGE, "image"), model=str(path), number=1)


@pytest.mark.parametrize(("name", "tolerance"), PLAIN.items())
def test_its_layers_lead_from_what_it_is_shown_to_what_it_gives(name: str, tolerance: float, own: Own) -> None:
    told = explained(own(name))
    last = len(told.network.layers)
    assert last == len(told.activations) >= 2
    sums = told.network.layers[-1].weights @ values_before(told, last) + told.network.layers[-1].biases
    assert weighted_sum(told, last, 3).total == pytest.approx(sums[3], abs=1e-3)
    if told.output == "softmax":
        powers = np.exp(sums - sums.max())
        made = powers / powers.sum()
    else:
        made = 1 / (1 + np.exp(-sums))
    assert made[:10] == pytest.approx(told.activations[-1], abs=tolerance)
    assert told.glyph.any()
    # the reasons are the whole difference of the two sums
    digit, other = told.reading.digit, told.against
    within = 0.01 if tolerance < 0.01 else 0.6  # 8 bits have few steps for what is nearly 0
    assert reasons_for(told, digit, other).total == pytest.approx(sums[digit] - sums[other], abs=within)


def test_a_network_on_dark_ink_is_shown_as_it_sees_it(own: Own) -> None:
    told = explained(own("mlp-dark-255-float32"))
    assert told.input_range == (0.0, 255.0)
    assert np.array_equal(told.shown, 255 - told.glyph)


@pytest.mark.parametrize("name", ["cnn-float32", "cnn-int8"])
def test_of_a_network_with_convolutions_the_ink_is_weighed_by_trying(name: str, own: Own) -> None:
    told = explained(own(name))
    assert len(told.network.layers) == 0
    digit, other = told.reading.digit, told.against
    reasons, engine = reasons_for(told, digit, other), load_model(str(own(name))).engine
    assert isinstance(engine, OwnEngine)
    chances = np.clip(engine.activations_of(engine.integers(told.glyph[None]))[0].astype(np.float64), 1e-6, 1)
    assert reasons.total == pytest.approx(np.log(chances[digit] / chances[other]), abs=1e-3)
    assert reasons.inputs.shape == (28, 28)
    inked = cv2.dilate((told.glyph > 0).astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    assert not reasons.inputs[~inked].any()


@pytest.mark.parametrize("name", ["mlp-dark-255-float32", "eleven-float32", "cnn-uint8"])
def test_it_is_drawn_and_written_as_a_page(name: str, own: Own, digitreader: Command, tmp_path: Path) -> None:
    picture, path = tmp_path / "a.png", own(name)
    cv2.imwrite(str(picture), IMAGE)
    ran = digitreader("explain", picture, "--model", path, "--digit", "1", "--to", tmp_path / "out")
    assert ran.status == 0, ran.err
    assert "why a" in ran.out
    assert ("CONV_2D" in ran.out) == name.startswith("cnn")
    page = (tmp_path / "out" / "explain-1.html").read_text(encoding="utf-8")
    assert "rounded" not in page
    assert (tmp_path / "out" / "explain-1.png").exists()


def test_the_figure_of_a_network_with_convolutions_has_its_outputs(own: Own) -> None:
    drawn = draw_explanation(explained(own("cnn-float32")))
    assert drawn[130:780, 1040:].min() < 100


def test_a_neurons_sum_is_told_or_it_is_said_that_there_is_none(own: Own, digitreader: Command, tmp_path: Path) -> None:
    picture = tmp_path / "a.png"
    cv2.imwrite(str(picture), IMAGE)
    ran = digitreader("explain", picture, "--model", own("mlp-minus-one-float32"), "--neuron", "1.2")
    assert ran.status == 0, ran.err
    assert "tanh(sum) " in ran.out
    ran = digitreader("explain", picture, "--model", own("cnn-float32"), "--neuron", "1.2")
    assert ran.status == 2
    assert ran.err.count("\n") == 1
    assert "the neurons of this network cannot be shown" in ran.err


def test_the_weights_of_plain_layers_are_drawn(own: Own, digitreader: Command, tmp_path: Path) -> None:
    ran = digitreader("models", "show", own("mlp-dark-255-int8"), "--to", tmp_path / "weights")
    assert ran.status == 0, ran.err
    assert len(list((tmp_path / "weights").iterdir())) >= 2
    ran = digitreader("models", "show", own("cnn-int8"), "--to", tmp_path / "weights")
    assert ran.status == 1
    assert "CONV_2D" in ran.err
    assert ran.err.count("\n") == 1


@pytest.mark.parametrize("name", ["cnn-dynamic", "cnn-float32"])
def test_anything_but_plain_layers_is_named(name: str) -> None:
    network = read_layers((MODELS / f"{name}.tflite").read_bytes(), name)
    assert len(network.layers) == 0
    assert "CONV_2D" in network.operators
