"""`digitreader export MODEL.keras`: a Keras model of one's own becomes .tflite files with their cards."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("tensorflow", reason="TensorFlow is not installed")

from digitreader.measure.data import DataPlace
from digitreader.model.own.card import OwnCard
from digitreader.model.receipt import verify

MODELS = Path(__file__).parent / "models"
Command = Callable[..., Any]


def data_of(place: DataPlace) -> tuple[str, ...]:
    return "--data", str(place.folder), "--any-digits"


def test_a_convolutional_network_becomes_all_variants(
    drawn_place: DataPlace, digitreader: Command, tmp_path: Path
) -> None:
    model = Path(shutil.copy(MODELS / "cnn.keras", tmp_path / "mine.keras"))
    ran = digitreader("export", model, "--all", *data_of(drawn_place))
    assert ran.status == 0, ran.err
    assert "takes 0..1, light ink, centred by" in ran.out
    cards = {}
    for variant in ("float32", "float16", "dynamic", "int8", "uint8", "int16x8"):
        path = tmp_path / "mine-export" / f"mine-{variant}.tflite"
        cards[variant] = card = OwnCard.from_bytes(path.with_suffix(".json").read_bytes(), variant)
        assert (card.variant, card.range, card.ink, card.meaning) == (variant, "0..1", "light", "softmax")
        assert card.measured.original is not None
        assert card.measured.test.accuracy >= card.measured.original - 0.003
        assert verify(path).verified
    assert cards["int8"].size_bytes < cards["float32"].size_bytes / 2
    assert (cards["int8"].input.dtype, cards["uint8"].output.dtype) == ("int8", "uint8")
    compared = json.loads(digitreader("compare", model, *data_of(drawn_place), "--format", "json").out)["models"]
    assert compared[0]["model"] == "mine-float32"
    assert len(compared) == 6


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
        (("--variant", "qat"), "qat: cannot be made of a Keras model of your own; choose from float32, float16"),
        (("--c", "firmware"), "--c is not for a Keras model of your own; leave it out"),
        (("--clusters", "4"), "--clusters is not for a Keras model"),
    ],
)
def test_what_cannot_be_had_is_refused(options: tuple[str, ...], said: str, digitreader: Command) -> None:
    ran = digitreader("export", MODELS / "cnn.keras", *options)
    assert (ran.status, said in ran.err) == (2, True)


def test_what_keras_cannot_open_is_told_with_its_name(digitreader: Command, tmp_path: Path) -> None:
    (tmp_path / "mine.h5").write_bytes(b"nothing")
    ran = digitreader("export", tmp_path / "mine.h5")
    assert (ran.status, "mine.h5: Keras cannot open it" in ran.err) == (1, True)
    ran = digitreader("export", tmp_path / "gone.keras")
    assert "gone.keras: no such file; give a model that Keras saved" in ran.err


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
