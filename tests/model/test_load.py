from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from digitreader.errors import ModelFormatError
from digitreader.model import load_model
from digitreader.model.card import FACTS, Figures, ModelCard
from digitreader.model.checks import FinderInspection, compare_activations, sigmoid
from digitreader.model.finder_card import FinderCard
from digitreader.model.load import load_finder
from digitreader.model.sealed_json import write_sealed

Seal = Callable[..., None]


def test_a_model_is_loaded_by_its_path(model_path: Path) -> None:
    model = load_model(str(model_path))
    activations = model.activations(np.zeros((3, 28, 28), np.uint8))
    assert activations.shape == (3, 10)
    assert activations.dtype == np.float32
    assert ((activations >= 0) & (activations <= 1)).all()


def test_the_float_model_is_loaded_too(exported: Path) -> None:
    assert load_model(str(exported / "tiny-float32.tflite")).facts.variant == "float32"


@pytest.mark.parametrize("place", [0, 10, 4_000, -1])
def test_a_flipped_byte_in_the_model_is_refused(model_path: Path, place: int) -> None:
    content = bytearray(model_path.read_bytes())
    content[place] ^= 1
    model_path.write_bytes(content)
    with pytest.raises(ModelFormatError, match="damaged or another file: sha256"):
        load_model(str(model_path))


def test_a_flipped_byte_in_the_card_is_refused(model_path: Path) -> None:
    card = model_path.with_suffix(".json")
    card.write_bytes(card.read_bytes().replace(b'"seed": 1', b'"seed": 2'))
    with pytest.raises(ModelFormatError, match="changed after it was sealed"):
        load_model(str(model_path))


def test_a_lone_file_still_reads_by_what_stands_inside(model_path: Path, card: ModelCard) -> None:
    glyphs = np.stack([each.glyph_pixels() for each in card.golden])
    together = load_model(str(model_path)).activations(glyphs)
    model_path.with_suffix(".json").unlink()
    alone = load_model(str(model_path))
    assert alone.card is None
    assert alone.facts.acceptance == card.acceptance
    np.testing.assert_array_equal(alone.activations(glyphs), together)


def test_of_a_lone_file_any_flipped_byte_is_noticed(model_path: Path) -> None:
    model_path.with_suffix(".json").unlink()
    content = model_path.read_bytes()
    for place in np.random.default_rng(5).choice(len(content), 300, replace=False):
        damaged = bytearray(content)
        damaged[place] ^= 1 << int(place) % 8
        model_path.write_bytes(damaged)
        with pytest.raises(ModelFormatError):
            load_model(str(model_path))


def test_a_foreign_tflite_is_refused(model_path: Path) -> None:
    model_path.with_suffix(".json").unlink()
    model_path.write_bytes(build_float_tflite(28, 10))
    with pytest.raises(ModelFormatError, match="neither a card beside it nor a seal inside"):
        load_model(str(model_path))


def test_a_file_that_says_otherwise_than_its_card_is_refused(model_path: Path, seal: Seal) -> None:
    seal(purpose="another")
    with pytest.raises(ModelFormatError, match="the facts inside it differ from its card"):
        load_model(str(model_path))


def test_another_glyph_of_a_golden_ink_is_refused(model_path: Path, card: ModelCard, seal: Seal) -> None:
    other = card.golden[3]._replace(ink=card.golden[4].ink, width_px=card.golden[4].width_px)
    seal(golden=(*card.golden[:3], other, *card.golden[4:]))
    with pytest.raises(ModelFormatError, match=r"1 of 14 golden inks become other glyphs .*first: 3"):
        load_model(str(model_path))


def test_activations_that_differ_in_the_fourth_decimal_are_refused(
    model_path: Path, card: ModelCard, seal: Seal
) -> None:
    first = card.golden[0]
    wrong = first._replace(activations=(first.activations[0] + 1e-4, *first.activations[1:]))
    seal(golden=(wrong, *card.golden[1:]))
    with pytest.raises(ModelFormatError, match=r"golden activations are up to 0.00010 from the card's"):
        load_model(str(model_path))


def test_a_card_without_a_model_is_refused(model_path: Path) -> None:
    model_path.unlink()
    with pytest.raises(ModelFormatError, match="its card is here"):
        load_model(str(model_path))


def test_another_normalisation_is_refused(model_path: Path, card: ModelCard, seal: Seal) -> None:
    reseal_inside(model_path, card._replace(normalisation="moments-0"))
    seal(normalisation="moments-0")
    with pytest.raises(ModelFormatError, match="made for normalisation 'moments-0'"):
        load_model(str(model_path))


def test_another_scale_than_the_card_says_is_refused(model_path: Path, card: ModelCard, seal: Seal) -> None:
    output = card.quantization.output._replace(zero_point=card.quantization.output.zero_point + 1)
    seal(quantization=card.quantization._replace(output=output))
    with pytest.raises(ModelFormatError, match=r"output is .*the card says"):
        load_model(str(model_path))


def test_a_golden_answer_that_differs_by_one_is_refused(model_path: Path, card: ModelCard, seal: Seal) -> None:
    first = card.golden[0]
    wrong = first._replace(output=(first.output[0] - 1, *first.output[1:]))
    seal(golden=(wrong, *card.golden[1:]))
    with pytest.raises(ModelFormatError, match="1 of 14 golden glyphs are answered differently"):
        load_model(str(model_path))


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"agreement": 7.0}, r"measured\.agreement: is 7\.0, need 0 to 1"),
        ({"accepted": -0.5}, r"measured\.accepted: is -0\.5, need 0 to 1"),
        ({"test": Figures(n=-3, accuracy=0.9, ece=0.01)}, r"measured\.test\.n: is -3, need 0 to 1e\+12"),
        ({"test": Figures(n=10, accuracy=1e300, ece=0.01)}, r"measured\.test\.accuracy: is 1e\+300, need 0 to 1"),
        ({"confusion": ((1, 2), (3, 4))}, "confusion is not 10 x 10 counts"),
    ],
)
def test_figures_that_cannot_be_are_refused_whoever_sealed_them(
    model_path: Path, card: ModelCard, seal: Seal, changed: dict[str, Any], says: str
) -> None:
    seal(measured=card.measured._replace(**changed))
    with pytest.raises(ModelFormatError, match=f"damaged card .*{says}"):
        load_model(str(model_path))


def test_a_card_without_golden_glyphs_is_refused(model_path: Path, seal: Seal) -> None:
    seal(golden=())
    with pytest.raises(ModelFormatError, match="no golden glyphs"):
        load_model(str(model_path))


def test_a_golden_glyph_that_cannot_be_unpacked_is_refused(model_path: Path, card: ModelCard, seal: Seal) -> None:
    seal(golden=(card.golden[0]._replace(glyph="AAAA"),))
    with pytest.raises(ModelFormatError, match="golden glyph 0 is damaged"):
        load_model(str(model_path))


@pytest.mark.parametrize(
    ("side", "neurons", "says"), [(14, 10, r"input is \(1, 14, 14\)"), (28, 5, r"output is \(1, 5\)")]
)
def test_a_model_of_another_shape_is_refused(
    model_path: Path, card: ModelCard, seal: Seal, side: int, neurons: int, says: str
) -> None:
    model_path.write_bytes(build_float_tflite(side, neurons))
    reseal_inside(model_path, card)
    seal()
    with pytest.raises(ModelFormatError, match=says):
        load_model(str(model_path))


@pytest.mark.parametrize("name", ["enormous", "nowhere/tiny.tflite", "nowhere/README.md"])
def test_an_unknown_model_is_refused_with_what_may_be_given(name: str) -> None:
    with pytest.raises(ModelFormatError, match=f"{name}: no such model; give the path of a .tflite, or a shipped name"):
        load_model(name)


@pytest.mark.parametrize(
    ("inside", "says"),
    [
        ("run.json", "is a run; make a .tflite of it: digitreader export "),
        ("saved_model.pb", "is a SavedModel; convert it to a .tflite with TensorFlow Lite's converter"),
        ("tiny.tflite", "is a folder; give a .tflite"),
    ],
)
def test_a_folder_is_refused_by_what_it_is(tmp_path: Path, inside: str, says: str) -> None:
    (tmp_path / inside).write_bytes(b"")
    with pytest.raises(ModelFormatError, match=f"{tmp_path.name}: {says}"):
        load_model(str(tmp_path))


def test_a_file_that_an_export_did_not_make_is_told_how_to_get_a_card(tmp_path: Path, repository: Path) -> None:
    content = (repository / "models" / "tiny.tflite").read_bytes().replace(FACTS.encode(), b"x" * len(FACTS))
    (tmp_path / "tiny.tflite").write_bytes(content)
    card = ModelCard.from_bytes((repository / "models" / "tiny.json").read_bytes(), "tiny.json")
    (tmp_path / "tiny.json").write_bytes(card._replace(sha256=hashlib.sha256(content).hexdigest()).to_bytes())
    with pytest.raises(ModelFormatError, match=r"has no facts inside, .*its card by: digitreader card "):
        load_model(str(tmp_path / "tiny.tflite"))


@pytest.fixture
def finder_path(tmp_path: Path, repository: Path) -> Path:
    """A copy of the shipped finder with its card."""
    for name in ("finder.tflite", "finder.json"):
        shutil.copy(repository / "models" / name, tmp_path)
    return tmp_path / "finder.tflite"


def test_a_finder_of_other_scales_than_its_card_says_is_refused(finder_path: Path) -> None:
    path = finder_path.with_suffix(".json")
    card = FinderCard.from_bytes(path.read_bytes(), "finder.json")
    path.write_bytes(write_sealed(card._replace(input=card.input._replace(zero_point=3))))
    with pytest.raises(ModelFormatError, match=r"finder\.tflite: takes and gives .*, the card says .*zero_point=3"):
        load_finder(str(finder_path))


def test_a_finder_without_golden_pictures_is_not_verified(finder_path: Path) -> None:
    path = finder_path.with_suffix(".json")
    path.write_bytes(write_sealed(FinderCard.from_bytes(path.read_bytes(), "finder.json")._replace(golden=())))
    inspection = FinderInspection(finder_path)
    inspection.check_card()
    with pytest.raises(ModelFormatError, match=r"finder\.json: has no golden pictures; rerun digitreader export"):
        inspection.check_integers()


def test_the_sigmoid_is_right_at_both_ends_and_in_the_middle() -> None:
    with np.errstate(all="raise", under="ignore"):
        found = sigmoid(np.array([-1e4, -1.0, 0.0, 1.0, 1e4], np.float32))
    # float32 holds seven digits
    np.testing.assert_allclose(found, [0.0, 0.26894142, 0.5, 0.73105858, 1.0], atol=1e-6)


def reseal_inside(model_path: Path, card: ModelCard) -> None:
    from digitreader_export.package import seal_model

    model_path.write_bytes(seal_model(model_path.read_bytes(), card.facts()))


def build_float_tflite(side: int, neurons: int) -> bytes:
    from digitreader_train.backend import keras, tf

    layers = [keras.layers.Flatten(input_shape=(side, side)), keras.layers.Dense(neurons)]
    content: bytes = tf.lite.TFLiteConverter.from_keras_model(keras.Sequential(layers)).convert()
    return content


def test_activations_that_are_no_numbers_are_refused(card: ModelCard) -> None:
    found = np.array([each.activations for each in card.golden], np.float32)
    told = compare_activations(Path("m.tflite"), found, card.golden, dtype="int8", advice="export it again")
    assert told == f"{found.size} of {found.size} neurons as on the card"
    found[0, 3] = np.nan
    with pytest.raises(ModelFormatError, match=r"m\.tflite: golden activations are up to nan .*; export it again"):
        compare_activations(Path("m.tflite"), found, card.golden, dtype="int8", advice="export it again")
