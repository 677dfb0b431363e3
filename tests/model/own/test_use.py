"""A model of one's own with its card is taken by every command that takes a model, and proves itself."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from digitreader.errors import ModelFormatError
from digitreader.measure.data import DataPlace
from digitreader.measure.data.own.convert import write_set
from digitreader.measure.data.own.load import load_digit_set
from digitreader.model.load import load_model
from digitreader.model.own.card import OwnCard
from digitreader.model.own.engine import open_network
from digitreader.model.sealed_json import write_sealed

Own = Callable[[str], Path]
Command = Callable[..., Any]


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    """A picture of a large 7 and a 2, drawn by the demo's hand."""
    import cv2

    from digitreader.drawing import scene

    path = tmp_path / "a.png"
    cv2.imwrite(str(path), scene("72", rng=np.random.default_rng(5)).image)
    return path


@pytest.mark.parametrize("name", ["cnn-float32", "cnn-uint8", "eleven-float32"])
def test_pictures_are_read_with_it(name: str, own: Own, picture: Path, digitreader: Command) -> None:
    ran = digitreader("read", picture, "--model", own(name), "--format", "jsonl")
    assert ran.status == 0, ran.err
    told = json.loads(ran.out)
    assert set(told["text"]) <= set("0123456789 \n")
    assert told["lines"]


def test_it_is_evaluated_and_verified(own: Own, drawn_place: DataPlace, digitreader: Command) -> None:
    path = own("cnn-int8")
    data = ("--data", str(drawn_place.folder), "--any-digits")
    told = json.loads(digitreader("evaluate", "--model", path, *data, "--format", "json").out)
    card = OwnCard.from_bytes(path.with_suffix(".json").read_bytes(), "")
    assert told["accuracy"] == pytest.approx(card.measured.test.accuracy, abs=1e-6)
    assert told["confusion"] == [list(row) for row in card.measured.confusion]
    ran = digitreader("verify", path)
    assert (ran.status, ran.out.splitlines()[-1]) == (0, "verified")
    assert "int8 0..1, light ink in, 10 int8 softmax out" in ran.out


def test_models_are_compared(own: Own, drawn_place: DataPlace, digitreader: Command) -> None:
    paths = [own("cnn-float32"), own("cnn-int8")]
    data = ("--data", str(drawn_place.folder), "--any-digits")
    ran = digitreader("compare", *paths, *data, "--format", "json")
    assert ran.status == 0, ran.err
    first, second = json.loads(ran.out)["models"]
    assert (first["model"], second["model"]) == ("cnn-float32", "cnn-int8")
    assert (first["agreement"], first["lost"], first["gained"]) == (1.0, 0, 0)
    assert second["agreement"] > 0.95
    assert "all" in second["in_integers"]
    assert digitreader("compare", *paths, *data).out.splitlines()[0].split()[0] == "model"


def test_frames_are_benched_with_it(own: Own, digitreader: Command) -> None:
    ran = digitreader("bench", "frame", "--model", own("cnn-int8"), "--runs", "1", "--format", "json")
    assert ran.status == 0, ran.err


def test_its_engines_are_benched_or_the_operator_is_named(own: Own, digitreader: Command) -> None:
    ran = digitreader("bench", "engine", "--model", own("cnn-int8"), "--runs", "1")
    assert ran.status == 0, ran.err
    assert "the NumPy engine does not run CONV_2D" in ran.out


@pytest.mark.parametrize(
    ("name", "kind"),
    [("cnn-int8", "CONV_2D"), ("eleven-float32", "SHAPE|RESHAPE|FULLY_CONNECTED"), ("cnn-dynamic", "CONV_2D")],
)
def test_the_numpy_engine_names_the_operator_that_it_cannot_run(name: str, kind: str, own: Own) -> None:
    with pytest.raises(ModelFormatError, match=rf"{name}\.tflite: .*({kind}).*; use --engine litert"):
        load_model(str(own(name)), "numpy")


def test_a_card_is_made_and_models_are_compared_with_class_folders(
    own: Own, drawn_place: DataPlace, digitreader: Command, tmp_path: Path
) -> None:
    folders = tmp_path / "digits"
    assert drawn_place.folder is not None
    write_set(load_digit_set(drawn_place.folder / "t10k-images-idx3-ubyte"), folders, "folders")
    path = own("mlp-minus-one-float32")
    ran = digitreader("card", path, "--data", folders)
    assert (ran.status, "test digits of digits" in ran.out) == (0, True), ran.err
    ran = digitreader("compare", path, own("cnn-int8"), "--data", folders, "--format", "json")
    told = json.loads(ran.out)
    assert [each["model"] for each in told["models"]] == [path.stem, "cnn-int8"]


def test_c_of_a_foreign_model_and_going_on_from_it_are_refused_with_what_would_do(
    own: Own, drawn_place: DataPlace, digitreader: Command, tmp_path: Path
) -> None:
    ran = digitreader("export", own("cnn-int8"), "--c", tmp_path / "c")
    assert "is a model of your own, and C is written for networks of digitreader" in ran.err
    for path, says in (
        (own("cnn-int8"), "is not a chain of layers of neurons (CONV_2D"),
        (Path(__file__).parent / "models" / "cnn.keras", "is a Keras model; make a .tflite of it"),
    ):
        ran = digitreader("train", "tiny", "--from", path, "--data", drawn_place.folder, "--any-digits")
        assert (ran.status, says in ran.err) == (2, True), ran.err


def test_a_changed_file_or_card_is_refused(own: Own) -> None:
    path = own("cnn-int8")
    content, card = path.read_bytes(), path.with_suffix(".json").read_bytes()
    path.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    with pytest.raises(ModelFormatError, match=r"another file than its card describes: .*; make its card again"):
        load_model(str(path))
    path.write_bytes(content)
    path.with_suffix(".json").write_bytes(card.replace(b'"0..1"', b'"0..2"'))
    with pytest.raises(ModelFormatError, match=r"damaged card \(OwnCard.range: is \"0..2\", need 0..1 or 0..255"):
        load_model(str(path))
    path.with_suffix(".json").write_bytes(card.replace(b'"ink": "light"', b'"ink": "dark"'))
    with pytest.raises(ModelFormatError, match="was changed after it was sealed"):
        load_model(str(path))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"centring": "by eye"}, "centres digits by 'by eye', this digitreader knows mass-20"),
        ({"outputs": 11}, "takes and gives .*, the card says"),
        ({"ink": "dark"}, "14 of 14 golden glyphs are answered differently|golden glyphs are answered differently"),
        ({"centring": "stretch-28"}, "golden inks become other glyphs here than on the card"),
        ({"golden": ()}, "has no golden glyphs"),
        ({"meaning": "sigmoid"}, None),
    ],
)
def test_a_card_that_says_otherwise_than_the_model_does_is_refused(
    change: dict[str, Any], said: str | None, own: Own
) -> None:
    path = own("cnn-int8")
    card = OwnCard.from_bytes(path.with_suffix(".json").read_bytes(), "")
    path.with_suffix(".json").write_bytes(write_sealed(card._replace(**change)))
    if said is None:  # of what lies between 0 and 1, both mean the same numbers
        load_model(str(path))
        return
    with pytest.raises(ModelFormatError, match=said):
        load_model(str(path))


def test_a_tflite_without_a_card_is_told_how_to_get_one(own: Own, digitreader: Command) -> None:
    path = own("cnn-int8")
    path.with_suffix(".json").unlink()
    ran = digitreader("read", "demo", "--frames", "1", "--model", path)
    assert ran.status == 1
    assert f"make its card: digitreader card {path}" in ran.err


def test_a_model_with_other_ends_is_told_what_is_needed(repository: Path) -> None:
    finder = repository / "models" / "finder.tflite"
    with pytest.raises(ModelFormatError, match=r"takes \(.*\) uint8; need one picture of 784, 28x28 or 28x28x1"):
        open_network(finder.read_bytes(), "finder.tflite")


def test_a_keras_model_from_which_nothing_was_exported_cannot_be_compared(tmp_path: Path, digitreader: Command) -> None:
    (tmp_path / "mine.keras").write_bytes(b"")
    ran = digitreader("compare", tmp_path / "mine.keras")
    assert (ran.status, "nothing was exported of it yet; first: digitreader export" in ran.err) == (2, True)
