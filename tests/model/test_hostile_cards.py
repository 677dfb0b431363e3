"""Numbers that no model has are refused, also in a card whose seal fits."""

from __future__ import annotations

import json
import math
import zlib
from typing import Any

import pytest

from digitreader.errors import ModelFormatError
from digitreader.model.accept import AcceptanceRule
from digitreader.model.card import ModelCard, inflate
from digitreader.model.locate import shipped_models
from digitreader.model.sealed_json import write_sealed


@pytest.mark.parametrize("threshold", [math.nan, -1, 1e30, math.inf])
def test_a_threshold_is_a_share(threshold: float) -> None:
    with pytest.raises(ValueError, match="threshold"):
        AcceptanceRule(threshold=threshold)


@pytest.mark.parametrize("temperature", [math.nan, 0, -1, 1e30])
def test_a_temperature_is_more_than_nothing(temperature: float) -> None:
    with pytest.raises(ValueError, match="temperature"):
        AcceptanceRule(temperature=temperature)


@pytest.mark.parametrize("none", [math.nan, math.inf, -1e30])
def test_the_odds_of_no_digit_are_bounded(none: float) -> None:
    with pytest.raises(ValueError, match="the log odds of no digit are"):
        AcceptanceRule(none=none)


def without_seed(fields: dict[str, Any]) -> None:
    del fields["recipe"]["seed"]


def not_a_number(fields: dict[str, Any]) -> None:
    fields["golden"][0]["activations"] = [math.nan] * 10


def too_many_bits(fields: dict[str, Any]) -> None:
    fields["golden"][0]["activations"][0] = 10**400


def without_activations(fields: dict[str, Any]) -> None:
    fields["golden"][0]["activations"] = []


def without_heat(fields: dict[str, Any]) -> None:
    fields["acceptance"]["temperature"] = 0


@pytest.mark.parametrize("change", [without_seed, not_a_number, too_many_bits, without_activations, without_heat])
def test_a_card_that_was_sealed_again_is_refused_in_one_line(change: Any) -> None:
    fields = json.loads(shipped_models()["tiny"].with_suffix(".json").read_bytes())
    fields.pop("card_sha256")
    change(fields)
    with pytest.raises(ModelFormatError) as caught:
        ModelCard.from_bytes(write_sealed(fields), "card")
    assert "\n" not in str(caught.value)


def test_a_bomb_is_not_unpacked() -> None:
    with pytest.raises(ValueError, match="more than 1,000 bytes"):
        inflate(zlib.compress(bytes(10_000_000)), most=1000)


def test_a_number_that_is_larger_than_any_float_is_refused() -> None:
    with pytest.raises(ModelFormatError, match=r"card: the card is not JSON \(the number 1e999 is too large\)"):
        ModelCard.from_bytes(b'{"threshold": 1e999}', "card")


def test_a_golden_ink_without_a_width_is_a_value_error() -> None:
    card = ModelCard.from_bytes(shipped_models()["tiny"].with_suffix(".json").read_bytes(), "tiny.json")
    with pytest.raises(ValueError, match="it is 0 pixels wide"):
        card.golden[0]._replace(width_px=0).ink_pixels()
