from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from digitreader.errors import ModelFormatError
from digitreader.model.accept import AcceptanceRule
from digitreader.model.card import ModelCard, ModelFacts, pack_pixels
from digitreader.model.engine import TensorForm


def test_a_card_is_written_and_read_by_the_same_class_to_the_byte(model_path: Path, card: ModelCard) -> None:
    assert card.to_bytes() == model_path.with_suffix(".json").read_bytes()
    assert ModelCard.from_bytes(card.to_bytes(), "card").to_bytes() == card.to_bytes()


def test_the_last_field_seals_the_card(card: ModelCard) -> None:
    assert list(json.loads(card.to_bytes()))[-1] == "card_sha256"


def test_every_changed_byte_is_noticed(card: ModelCard) -> None:
    content = card.to_bytes()
    for place in range(0, len(content), 13):
        damaged = bytearray(content)
        damaged[place] ^= 1
        with pytest.raises(ModelFormatError):
            ModelCard.from_bytes(bytes(damaged), "card")


@pytest.mark.parametrize("cut", [0, 1, 100, -2])
def test_a_truncated_card_is_refused(card: ModelCard, cut: int) -> None:
    with pytest.raises(ModelFormatError, match="card"):
        ModelCard.from_bytes(card.to_bytes()[:cut], "card")


@pytest.mark.parametrize("content", [b"[]", b"null", b"3", b"{}", b'{"format": "other"}', b"\xff\xfe", b"[" * 100_000])
def test_what_is_no_card_is_refused(content: bytes) -> None:
    with pytest.raises(ModelFormatError, match="rerun digitreader export"):
        ModelCard.from_bytes(content, "card")


def test_a_missing_and_an_unknown_field_are_named(card: ModelCard) -> None:
    fields = json.loads(card.to_bytes())
    del fields["normalisation"]
    with pytest.raises(ModelFormatError, match="normalisation is missing"):
        ModelCard.from_bytes(json.dumps(fields).encode(), "card")
    fields |= {"normalisation": "moments-1", "colour": "red"}
    with pytest.raises(ModelFormatError, match="colour is unknown"):
        ModelCard.from_bytes(json.dumps(fields).encode(), "card")


def test_a_field_of_another_type_is_named(card: ModelCard) -> None:
    fields = json.loads(card.to_bytes())
    fields["acceptance"]["threshold"] = "high"
    with pytest.raises(ModelFormatError, match=r"acceptance.threshold: is \"high\", need float"):
        ModelCard.from_bytes(json.dumps(fields).encode(), "card")


def test_the_odds_of_no_digit_stand_on_the_card_and_inside_the_model_file(card: ModelCard) -> None:
    corrected = card._replace(acceptance=AcceptanceRule(0.4, 1.2, -2.5))
    assert ModelCard.from_bytes(corrected.to_bytes(), "card").acceptance == corrected.acceptance
    assert ModelFacts.from_bytes(corrected.facts().to_bytes(), "model").acceptance == corrected.acceptance


def test_a_card_from_before_the_correction_is_read_without_one(card: ModelCard) -> None:
    older = card._replace(acceptance=AcceptanceRule(0.4, 1.2))
    assert b'"none"' not in older.to_bytes() + older.facts().to_bytes()
    assert ModelCard.from_bytes(older.to_bytes(), "card").acceptance.none == 0.0
    assert ModelFacts.from_bytes(older.facts().to_bytes(), "model").acceptance.none == 0.0


def test_what_the_network_is_shown_stands_on_the_card_and_inside_the_model_file(card: ModelCard) -> None:
    assert card.features == "pixels"
    assert ModelCard.from_bytes(card.to_bytes(), "card").features == "pixels"
    assert ModelFacts.from_bytes(card.facts().to_bytes(), "model").features == "pixels"


def test_a_card_from_before_the_features_is_shown_pixels(card: ModelCard) -> None:
    older = card._replace(features="pixels")
    assert b'"features": "pixels"' not in older.to_bytes() + older.facts().to_bytes()
    assert ModelCard.from_bytes(older.to_bytes(), "card").features == "pixels"
    assert ModelFacts.from_bytes(older.facts().to_bytes(), "model").features == "pixels"


def test_features_that_this_digitreader_does_not_know_are_refused(card: ModelCard) -> None:
    fields = json.loads(card.facts().to_bytes())
    fields["features"] = "curvature"
    with pytest.raises(ModelFormatError, match=r'features: is "curvature", need pixels or directions'):
        ModelFacts.from_bytes(json.dumps(fields).encode(), "model")


def test_the_card_names_no_folder_of_its_maker(card: ModelCard, tmp_path: Path) -> None:
    assert str(tmp_path.parent.parent) not in card.to_bytes().decode()


def test_golden_glyphs_are_unpacked_as_they_were_packed(card: ModelCard) -> None:
    glyph = np.arange(784, dtype=np.uint16).astype(np.uint8).reshape(28, 28)
    ink = np.arange(35, dtype=np.uint8).reshape(5, 7)
    golden = card.golden[0]._replace(glyph=pack_pixels(glyph), ink=pack_pixels(ink), width_px=7)
    np.testing.assert_array_equal(golden.glyph_pixels(), glyph)
    np.testing.assert_array_equal(golden.ink_pixels(), ink)


@pytest.mark.parametrize("text", ["", "%%%", "AAAA", pack_pixels(np.zeros((2, 2), np.uint8))])
def test_a_damaged_golden_glyph_is_a_value_error(card: ModelCard, text: str) -> None:
    golden = card.golden[0]._replace(glyph=text, ink=text)
    for unpack in (golden.glyph_pixels, golden.ink_pixels):
        with pytest.raises(ValueError, match=r"."):
            unpack()


def test_any_flipped_byte_of_a_card_is_noticed(card: ModelCard) -> None:
    content = card.to_bytes()
    for place in range(len(content)):
        damaged = bytearray(content)
        damaged[place] ^= 1 << place % 8
        with pytest.raises(ModelFormatError):
            ModelCard.from_bytes(bytes(damaged), "card")


def test_a_card_of_a_newer_digitreader_says_what_to_install(card: ModelCard) -> None:
    newer = card.to_bytes().replace(card.format.encode(), b"digitreader-card-9")
    with pytest.raises(ModelFormatError, match="install the digitreader that wrote it"):
        ModelCard.from_bytes(newer, "card")


def test_integers_stand_for_reals_by_scale_and_zero_point() -> None:
    form = TensorForm("int8", 0.5, -3)
    np.testing.assert_array_equal(form.to_real(np.array([-128, -3, 127], np.int8)), np.array([-62.5, 0.0, 65.0]))
