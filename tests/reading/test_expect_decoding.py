"""Decoding: the digits of a number are judged together, and told where they are right together."""

from __future__ import annotations

from itertools import product

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digitreader.reading.number_rules import (
    MISFIT,
    MOST_WAYS,
    NONE,
    SURE,
    Chances,
    Decoded,
    decode,
    likeliest_ways,
    parse_rules,
)

THRESHOLD = 0.33


def slot(**chances: float) -> npt.NDArray[np.float64]:
    """A candidate: `d7=0.9` is a 7 with 0.9, and what is missing to 1 is that it is not a digit."""
    row = np.zeros(10)
    for name, chance in chances.items():
        row[int(name[1:])] = chance
    return row


def decoded(*slots: npt.NDArray[np.float64], rules: str = "digits=1..24") -> Decoded | None:
    parsed = parse_rules([rules])
    return decode(np.stack(slots), parsed.fits, threshold=THRESHOLD)


def told(found: Decoded | None) -> str:
    """The number as it is told: ? for what cannot be told, and nothing for what is not a digit."""
    assert found is not None
    marks = ["" if label == NONE else str(label) for label in found.labels.tolist()]
    return "".join(mark if sure else "?" for mark, sure in zip(marks, found.sure, strict=True))


FOUR, SEVEN = slot(d4=0.99), slot(d7=0.99)


def test_what_is_sure_is_told() -> None:
    found = decoded(FOUR, SEVEN)
    assert told(found) == "47"
    assert found is not None
    # the two are independent, and a number that is not there at all competes
    assert found.confidence == pytest.approx(0.99 * 0.99, abs=1e-3)


def test_a_doubtful_digit_is_told_where_the_rules_leave_no_other() -> None:
    doubtful = slot(d1=0.55, d7=0.4)
    assert told(decoded(FOUR, doubtful, SEVEN)) == "4?7"
    assert told(decoded(FOUR, doubtful, SEVEN, rules="range=400..450")) == "417"
    assert told(decoded(FOUR, doubtful, SEVEN, rules="/4[4-9]7/")) == "477"


def test_a_candidate_below_the_threshold_is_a_digit_where_the_rules_need_it() -> None:
    faint = slot(d1=0.32)
    assert told(decoded(FOUR, faint, SEVEN)) == "47"
    assert told(decoded(FOUR, faint, SEVEN, rules="digits=3")) == "417"
    assert told(decoded(FOUR, slot(d1=0.16, d7=0.14), SEVEN, rules="digits=3")) == "4?7"


def test_a_candidate_that_is_one_digit_too_many_is_left_out() -> None:
    likely = slot(d1=0.6)
    assert told(decoded(FOUR, likely, SEVEN)) == "4?7"
    assert told(decoded(FOUR, likely, SEVEN, rules="digits=2")) == "47"


def test_a_candidate_that_the_rules_need_and_that_looks_like_no_digit_cannot_be_told() -> None:
    assert told(decoded(FOUR, slot(d1=0.15), SEVEN, rules="digits=3")) == "4?7"
    assert decoded(FOUR, slot(d1=0.05), SEVEN, rules="digits=3") is None


def test_what_may_or_may_not_be_a_digit_is_not_left_out_in_silence() -> None:
    assert told(decoded(FOUR, slot(d1=0.45), SEVEN)) == "4?7"


@pytest.mark.parametrize("rules", ["digits=3", "digits=1", "range=0..9", "range=100..999", "/1./"])
def test_what_is_read_surely_is_not_bent_to_fit(rules: str) -> None:
    assert decoded(FOUR, SEVEN, rules=rules) is None


def test_digits_that_are_each_likely_but_not_all_together_are_not_all_told() -> None:
    likely = slot(d5=0.93, d6=0.05)
    found = decoded(*[likely] * 3)
    assert told(found) == "555"
    found = decoded(*[likely] * 6)
    assert told(found).count("?") == 3
    assert found is not None
    assert found.confidence < SURE


def test_the_least_sure_digit_is_taken_back_first() -> None:
    assert told(decoded(slot(d5=0.93), slot(d5=0.80), slot(d5=0.97))) == "5?5"


def test_the_confidence_is_the_share_of_what_may_be_there() -> None:
    found = decoded(slot(d1=0.6, d7=0.3), rules="range=1..1")
    assert found is not None
    # a 1; or a 7, which breaks the rules; or nothing
    assert found.confidence == pytest.approx(0.6 / (0.6 + 0.3 * MISFIT + 0.1))


def test_what_looks_like_no_digit_is_held_against_the_number_where_it_would_break_the_rules() -> None:
    found = decoded(slot(d4=1.0), slot(d6=0.3), rules="digits=1")
    assert told(found) == "4"
    assert found is not None
    assert found.confidence == pytest.approx(0.7 / (0.7 + 0.3 * MISFIT))


def test_only_numbers_that_fit_are_named() -> None:
    found = decoded(slot(d1=0.5, d7=0.45), rules="range=5..9")
    assert found is not None
    assert list(found.texts) == ["7"]


def test_the_chances_of_a_digit_are_those_within_a_number_that_fits() -> None:
    found = decoded(slot(d1=0.5, d2=0.45), slot(d9=0.99), rules="range=18..30")
    assert found is not None
    assert found.chances[0, 1] == pytest.approx(0.5, abs=0.05)
    found = decoded(slot(d1=0.5, d2=0.45), slot(d9=0.99), rules="range=20..30")
    assert found is not None
    # the 1 breaks the rules
    assert found.chances[0, 1] == pytest.approx(0.5 * MISFIT / (0.5 * MISFIT + 0.45 + 0.05 * MISFIT), abs=0.01)


def test_the_likeliest_numbers_are_named_the_best_first_and_each_once() -> None:
    found = decoded(slot(d1=0.5), slot(d1=0.5), slot(d7=0.9))
    assert found is not None
    names = list(found.texts)
    assert names[:2] == ["17", "117"]
    assert len(names) == len(set(names))
    assert list(found.texts.values()) == sorted(found.texts.values(), reverse=True)
    # the 1 of 17 may be either candidate
    assert found.texts["17"] == pytest.approx(2 * found.texts["117"], rel=1e-6)


def rows_of(seed: int, count: int, sharpness: float) -> Chances:
    """Candidates drawn by chance: the smaller `sharpness`, the surer each."""
    return np.asarray(np.random.default_rng(seed).dirichlet(np.full(11, sharpness), count)[:, :10], np.float64)


def every_way(chances: Chances) -> dict[tuple[int, ...], float]:
    """Every way to take the candidates, with its mass."""
    rows = np.column_stack([chances, 1 - chances.sum(axis=1)])
    return {way: float(np.prod(rows[range(len(rows)), way])) for way in product(range(11), repeat=len(rows))}


def number_of(way: tuple[int, ...]) -> str:
    return "".join(str(label) for label in way if label != NONE)


@pytest.mark.parametrize(
    "rule", ["digits=1..24", "digits=2", "digits=2..3", "range=10..500", "/[0-4]+[0-9]/", "digits=3,range=0..99"]
)
@settings(max_examples=25, deadline=None, derandomize=True)
@given(seed=st.integers(0, 10**6), count=st.integers(1, 3), sharpness=st.floats(0.03, 1.0))
def test_the_number_is_the_most_likely_of_all_that_fit(rule: str, seed: int, count: int, sharpness: float) -> None:
    chances, rules = rows_of(seed, count, sharpness), parse_rules([rule])
    masses = every_way(chances)
    fits = {way for way in masses if rules.fits(number_of(way))}
    weights = {w: mass if w in fits or not number_of(w) else MISFIT * mass for w, mass in masses.items()}
    kept = sum(weights[way] for way in fits)
    broken = sum(weight for way, weight in weights.items() if way not in fits and number_of(way))
    found = decode(chances, rules.fits, threshold=THRESHOLD)
    # between the two, what is fainter than the faintest way may tip the balance
    if kept < 0.9 * broken - 0.001:
        assert found is None
    if kept > 1.1 * broken + 0.001:
        assert found is not None
        assert masses[tuple(found.labels.tolist())] == pytest.approx(max(masses[way] for way in fits), rel=1e-9)
        for slot_at, digit in product(range(count), range(10)):
            share = sum(weight for way, weight in weights.items() if way[slot_at] == digit) / sum(weights.values())
            assert found.chances[slot_at, digit] == pytest.approx(share, abs=0.02)


@settings(max_examples=50, deadline=None, derandomize=True)
@given(seed=st.integers(0, 10**6), count=st.integers(1, 3), sharpness=st.floats(0.1, 2.0))
def test_the_ways_are_the_likeliest_of_all_in_order(seed: int, count: int, sharpness: float) -> None:
    chances = rows_of(seed, count, sharpness)
    rows = np.column_stack([chances, 1 - chances.sum(axis=1)])
    ways, masses, unseen = likeliest_ways(rows)
    every = sorted((np.prod(rows[range(count), way]) for way in product(range(11), repeat=count)), reverse=True)
    np.testing.assert_allclose(masses, every[: len(masses)], rtol=1e-9)
    np.testing.assert_allclose(masses, [np.prod(rows[range(count), way]) for way in ways], rtol=1e-9)
    assert masses.sum() + unseen == pytest.approx(1.0)


def test_long_doubtful_numbers_are_looked_at_in_so_many_ways_and_no_more() -> None:
    asked: list[str] = []

    def remember(number: str) -> bool:
        asked.append(number)
        return False

    assert decode(rows_of(1, 40, 1.0), remember, threshold=THRESHOLD) is None
    assert len(asked) == MOST_WAYS


def test_what_was_not_looked_at_is_held_against_the_number() -> None:
    found = decoded(*[slot(d1=0.4, d2=0.2, d3=0.2, d4=0.2)] * 12, rules="digits=12")
    assert found is not None
    assert found.confidence == pytest.approx(0.4**12, rel=0.01)
    assert not found.sure.any()
