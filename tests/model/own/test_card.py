"""`digitreader card`: what a .tflite of any maker is shown and gives is found out on labelled digits."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from digitreader.cli.card import warnings_of
from digitreader.errors import BlankGlyphError, ModelFormatError
from digitreader.measure.data import DataPlace
from digitreader.measure.data.glyphs import with_white_ink
from digitreader.measure.data.mnist import find_mnist
from digitreader.model.load import load_model
from digitreader.model.own.card import OwnCard
from digitreader.model.own.centring import CENTRINGS, by_mass, centre_all
from digitreader_export.own_model.digits import CardDigits, load_own_digits
from digitreader_export.own_model.make_card import CardResult, CardSettings, make_card

MODELS = Path(__file__).parent / "models"

FOUND_WEIGHTS = {
    "cnn-float32": ("0..1", "light", "softmax", "float32"),
    "cnn-int8": ("0..1", "light", "softmax", "int8"),
    "cnn-uint8": ("0..1", "light", "softmax", "uint8"),
    "cnn-dynamic": ("0..1", "light", "softmax", "dynamic"),
    "mlp-dark-255-float32": ("0..255", "dark", "logits of softmax", "float32"),
    "mlp-dark-255-int8": ("0..255", "dark", "logits of softmax", "int8"),
    "mlp-minus-one-float32": ("-1..1", "light", "sigmoid", "float32"),
    "mlp-minus-one-uint8": ("-1..1", "light", "sigmoid", "uint8"),
    "eleven-float32": ("0..1", "light", "softmax", "float32"),
}


def test_every_model_is_tried() -> None:
    assert set(FOUND_WEIGHTS) == {path.stem for path in MODELS.glob("*.tflite")}


@pytest.mark.parametrize("name", FOUND_WEIGHTS)
def test_the_form_that_a_model_was_trained_on_is_found(
    name: str, carded: Callable[[str], tuple[Path, CardResult]]
) -> None:
    _, made = carded(name)
    card = made.card
    assert (card.range, card.ink, card.meaning, card.variant) == FOUND_WEIGHTS[name]
    assert card.outputs == (11 if name.startswith("eleven") else 10)


@pytest.mark.parametrize("name", FOUND_WEIGHTS)
def test_a_model_reads_as_well_as_its_maker_measured(
    name: str, mnist_dir: Path, own_accuracy: Mapping[str, float], tmp_path_factory: pytest.TempPathFactory
) -> None:
    digits = DIGITS.get("mnist") or load_own_digits(DataPlace(mnist_dir, tmp_path_factory.mktemp("cache")))
    DIGITS["mnist"] = digits
    card = make_card(name, (MODELS / f"{name}.tflite").read_bytes(), digits, CardSettings(), source=name).card
    assert (card.range, card.ink, card.meaning, card.variant) == FOUND_WEIGHTS[name]
    assert card.measured.test.accuracy >= own_accuracy[name] - 0.002
    assert abs(card.measured.as_given - own_accuracy[name]) <= 0.002


DIGITS: dict[str, Any] = {}
"""MNIST's digits, centred in all ways, which takes a while."""


def test_mnists_own_images_stay_as_they_are(mnist_dir: Path, tmp_path: Path) -> None:
    images = find_mnist(DataPlace(mnist_dir, tmp_path)).read("test").images[:500]
    white = [with_white_ink(image) for image in images]
    assert all(np.array_equal(by_mass(image), image) for image in white)


@pytest.mark.parametrize("centring", CENTRINGS)
def test_ink_of_any_size_becomes_a_glyph(centring: str) -> None:
    for shape in ((1, 1), (3, 90), (90, 3), (28, 28), (300, 200)):
        ink = np.zeros((shape[0] + 10, shape[1] + 6), np.uint8)
        ink[4:-6, 2:-4] = 255
        glyph = CENTRINGS[centring](ink)
        assert glyph.shape == (28, 28)
        assert glyph.max() > 100


def test_the_card_has_the_form_of_its_schema(
    repository: Path, carded: Callable[[str], tuple[Path, CardResult]]
) -> None:
    jsonschema = pytest.importorskip("jsonschema", reason="jsonschema is not installed")
    schema = json.loads((repository / "docs" / "card.schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    for name in ("cnn-int8", "mlp-dark-255-float32", "eleven-float32"):
        card = json.loads(carded(name)[0].with_suffix(".json").read_text(encoding="utf-8"))
        jsonschema.validate(card, schema)
        for field, wrong in (("range", "0..2"), ("outputs", 9), ("golden", []), ("sha256", "abc"), ("more", 1)):
            with pytest.raises(jsonschema.ValidationError):
                jsonschema.validate({**card, field: wrong}, schema)
        for field in card:
            with pytest.raises(jsonschema.ValidationError):
                jsonschema.validate({other: value for other, value in card.items() if other != field}, schema)


def test_schema_and_page_name_every_field_and_every_choice(repository: Path) -> None:
    schema = json.loads((repository / "docs" / "card.schema.json").read_text(encoding="utf-8"))
    page = (repository / "docs" / "card.md").read_text(encoding="utf-8")
    assert set(schema["properties"]) == {*OwnCard._fields, "card_sha256"}
    assert schema["properties"]["centring"]["enum"] == list(CENTRINGS)
    for name in (*OwnCard._fields, *CENTRINGS):
        assert f"`{name}`" in page


def test_the_command_writes_the_card_and_says_what_it_found(
    drawn_place: DataPlace, digitreader: Callable[..., Any], tmp_path: Path
) -> None:
    path = tmp_path / "mine.tflite"
    path.write_bytes((MODELS / "cnn-int8.tflite").read_bytes())
    data = ("--data", str(drawn_place.folder), "--any-digits")
    ran = digitreader("card", path, *data, "--purpose", "my first one", "--threshold", "0.7")
    assert ran.status == 0, ran.err
    assert "takes       28x28x1 int8, pixels 0..1, light ink, centred by" in ran.out
    assert "gives       10 int8 numbers: softmax" in ran.out
    model = load_model(str(path))
    assert (model.facts.purpose, model.facts.acceptance.threshold) == ("my first one", 0.7)
    assert model.facts.repeat == ("digitreader card mine.tflite --purpose 'my first one' --threshold 0.7 --any-digits",)
    told = json.loads(digitreader("card", path, *data, "--format", "json").out)
    assert told == json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))


def test_what_speaks_against_a_model_is_said(drawn_digits: CardDigits) -> None:
    content = (MODELS / "cnn-float32.tflite").read_bytes()
    measured = make_card("mine", content, drawn_digits, CardSettings(), source="mine").card.measured
    assert warnings_of(measured, Path("mine.tflite")) == []
    labels = drawn_digits.test.labels.copy()
    labels[::4] = 9 - labels[::4]
    others = replace(drawn_digits, test=replace(drawn_digits.test, labels=labels), centred={})
    poor = make_card("mine", content, others, CardSettings(), source="mine").card.measured
    assert re.match(
        r"mine\.tflite: reads only 7\d\.\d% of these [\d,]+ digits; train it for longer",
        warnings_of(poor, Path("mine.tflite"))[0],
    )
    (unsure,) = warnings_of(measured._replace(test=measured.test._replace(ece=0.125)), Path("mine.tflite"))
    assert "its confidence is 12.5% from the share of right answers" in unsure


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("gone.tflite", None, "gone.tflite: no such model"),
        ("mine.tflite", b"nothing", "is not a .tflite"),
        ("mine.h5", b"nothing", "is a Keras model; make a .tflite of it: digitreader export"),
        ("mine.onnx", b"nothing", "is an ONNX model; convert it to a .tflite first"),
        ("mine.txt", b"nothing", "is not a .tflite; give one, or a Keras model"),
    ],
)
def test_what_is_no_tflite_is_told_as_what_it_is(
    name: str, content: bytes | None, said: str, digitreader: Callable[..., Any], tmp_path: Path, drawn_place: DataPlace
) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    ran = digitreader("card", tmp_path / name, "--data", drawn_place.folder, "--any-digits")
    assert ran.status != 0
    assert said in ran.err
    if name != "mine.tflite":
        assert said in digitreader("verify", tmp_path / name).err


def test_cards_of_digitreaders_own_models_are_not_replaced(
    digitreader: Callable[..., Any], tmp_path: Path, repository: Path
) -> None:
    for suffix in ("tflite", "json"):
        shutil.copy(repository / "models" / f"tiny.{suffix}", tmp_path / f"mine.{suffix}")
    ran = digitreader("card", tmp_path / "mine.tflite")
    assert "is the card of a model that digitreader made; it is not replaced" in ran.err
    ran = digitreader("card", "tiny")
    assert "tiny: comes with digitreader and has its card" in ran.err
    ran = digitreader("card", "tiny", "--threshold", "7")
    assert (ran.status, "--threshold 7: give a number from 0 to 1" in ran.err) == (2, True)


def test_a_model_that_reads_no_digits_is_refused(drawn_digits: CardDigits) -> None:
    content = (MODELS / "cnn-float32.tflite").read_bytes()
    shuffled = replace(drawn_digits, labels=np.random.default_rng(1).permutation(drawn_digits.labels))
    with pytest.raises(ModelFormatError, match=r"mine: reads \d+% of the digits that it was tried on, whatever input"):
        make_card("mine", content, shuffled, CardSettings(), source="mine")


@pytest.mark.parametrize("centring", list(CENTRINGS))
def test_ink_without_a_pixel_has_no_glyph_in_any_centring(centring: str) -> None:
    with pytest.raises(BlankGlyphError, match="ink of 9x5 pixels has no inked pixel"):
        centre_all([np.zeros((5, 9), np.uint8)], centring)
