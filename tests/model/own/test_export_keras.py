"""`digitreader export MODEL.keras`: a Keras model of one's own becomes .tflite files with their cards."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

pytest.importorskip("tensorflow", reason="TensorFlow is not installed")

from digitreader.measure.data import DataPlace
from digitreader.model.own.card import OwnCard
from digitreader.model.receipt import verify
from digitreader.model.tflite.read import read_graph
from digitreader_export.variants import VARIANTS

MODELS = Path(__file__).parent / "models"
Command = Callable[..., Any]
MADE = ("float32", "float16", "dynamic", "int8", "uint8", "int16x8", "clustered", "pqat")
"""All but those of which one of these is the last step or the first."""


def data_of(place: DataPlace) -> tuple[str, ...]:
    return "--data", str(place.folder), "--any-digits"


def test_a_convolutional_network_becomes_files_of_every_kind(
    drawn_place: DataPlace, digitreader: Command, tmp_path: Path
) -> None:
    model = Path(shutil.copy(MODELS / "cnn.keras", tmp_path / "mine.keras"))
    ran = digitreader("export", model, "--variant", *MADE, *data_of(drawn_place))
    assert ran.status == 0, ran.err
    assert "takes 0..1, light ink, centred by" in ran.out
    cards = {}
    for variant in MADE:
        path = tmp_path / "mine-export" / f"mine-{variant}.tflite"
        cards[variant] = card = OwnCard.from_bytes(path.with_suffix(".json").read_bytes(), variant)
        assert (card.variant, card.range, card.ink, card.meaning) == (variant, "0..1", "light", "softmax")
        assert card.measured.original is not None
        if not VARIANTS[variant].may_lose:
            assert card.measured.test.accuracy >= card.measured.original - 0.003
        # what may lose loses a little, and does not forget how to read
        assert card.measured.test.accuracy >= card.measured.original - 0.1
        assert verify(path).verified
    assert cards["int8"].size_bytes < cards["float32"].size_bytes / 2
    assert (cards["int8"].input.dtype, cards["uint8"].output.dtype) == ("int8", "uint8")
    assert _share_of_zeros(tmp_path / "mine-export" / "mine-pqat.tflite") >= 0.45
    assert max(map(len, _weights(tmp_path / "mine-export" / "mine-clustered.tflite", rows=False))) <= 16
    compared = json.loads(digitreader("compare", model, *data_of(drawn_place), "--format", "json").out)["models"]
    assert compared[0]["model"] == "mine-float32"
    assert len(compared) == len(MADE)


def _weights(path: Path, *, rows: bool) -> list[npt.NDArray[Any]]:
    """Of each large constant its numbers, or its different numbers by channel."""
    found = [each for each in read_graph(path.read_bytes(), path.name).tensors if each.dtype == "int8"]
    weights = [np.asarray(each.data) for each in found if each.data is not None and each.data.size > 500]
    assert weights
    return weights if rows else [np.unique(channel) for each in weights for channel in each.reshape(len(each), -1)]


def _share_of_zeros(path: Path) -> float:
    weights = _weights(path, rows=True)
    return float(sum((each == 0).sum() for each in weights) / sum(each.size for each in weights))


def test_an_h5_file_on_dark_ink_of_0_to_255_keeps_its_form(
    drawn_place: DataPlace, digitreader: Command, tmp_path: Path
) -> None:
    model = MODELS / "mlp-dark-255.h5"
    ran = digitreader("export", model, "--out", tmp_path, "--variant", "int8", *data_of(drawn_place))
    assert ran.status == 0, ran.err
    card = OwnCard.from_bytes((tmp_path / "mlp-dark-255-int8.json").read_bytes(), "")
    assert (card.range, card.ink, card.meaning) == ("0..255", "dark", "logits of softmax")
    assert card.repeat == ("digitreader export mlp-dark-255.h5 --variant int8 --any-digits",)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--variant", "small"), "small: no such variant; choose from float32, float16"),
        (("--c", "firmware"), "--c is not for a Keras model of your own; leave it out"),
        (("--clusters", "1"), "1 clusters are not possible; give 2 to 256"),
    ],
)
def test_what_cannot_be_had_is_refused(options: tuple[str, ...], said: str, digitreader: Command) -> None:
    ran = digitreader("export", MODELS / "cnn.keras", *options)
    assert (ran.status, said in ran.err) == (2, True)


def test_a_layer_that_cannot_be_trained_on_is_told_and_the_other_variants_are_made(
    drawn_place: DataPlace, digitreader: Command, tmp_path: Path
) -> None:
    model = MODELS / "mlp-dark-255.h5"  # it begins with Rescaling
    ran = digitreader("export", model, "--out", tmp_path, "--variant", "qat", "uint8", *data_of(drawn_place))
    assert (ran.status, "left out: qat: this model cannot be trained on (Layer rescaling" in ran.err) == (0, True)
    assert (tmp_path / "mlp-dark-255-uint8.tflite").is_file()


def test_what_keras_cannot_open_is_told_with_its_name(digitreader: Command, tmp_path: Path) -> None:
    (tmp_path / "mine.h5").write_bytes(b"nothing")
    ran = digitreader("export", tmp_path / "mine.h5")
    assert (ran.status, "mine.h5: is not a file that Keras saved" in ran.err) == (1, True)
    ran = digitreader("export", tmp_path / "gone.keras")
    assert "gone.keras: No such file or directory; give a model that Keras saved" in ran.err


def test_a_network_with_other_ends_is_refused(digitreader: Command, tmp_path: Path) -> None:
    from digitreader_train.backend import keras

    for name, shape, outputs, said in (
        ("wide", (32, 32), 10, "takes (32, 32); need one picture of 784"),
        ("five", (28, 28), 5, "gives (5,); need ten numbers"),
    ):
        network = keras.Sequential([keras.layers.Flatten(input_shape=shape), keras.layers.Dense(outputs)])
        network.save(tmp_path / f"{name}.keras")
        ran = digitreader("export", tmp_path / f"{name}.keras")
        assert said in ran.err
