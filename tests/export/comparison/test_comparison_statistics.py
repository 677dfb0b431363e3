from __future__ import annotations

import itertools

import pytest

from digitreader_export.comparison.statistics import mcnemar_p, wilson_interval


@pytest.mark.parametrize(
    ("right", "images", "low", "high"),
    # Newcombe, "Two-sided confidence intervals for the single proportion", 1998, table I
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_the_intervals_are_the_published_ones(right: int, images: int, low: float, high: float) -> None:
    interval = wilson_interval(right, images)
    assert interval.low == pytest.approx(low, abs=5e-5)
    assert interval.high == pytest.approx(high, abs=5e-5)


@pytest.mark.parametrize("right", [0, 1, 500, 999, 1_000])
def test_an_interval_holds_the_measured_share_and_stays_a_share(right: int) -> None:
    interval = wilson_interval(right, 1_000)
    assert 0 <= interval.low <= right / 1_000 <= interval.high <= 1
    assert interval.low < interval.high


@pytest.mark.parametrize("images", [1, 10, 13, 25, 1_000, 10_000])
def test_an_interval_of_nothing_begins_at_0_and_one_of_everything_ends_at_1(images: int) -> None:
    assert wilson_interval(0, images).low == 0.0
    assert wilson_interval(images, images).high == 1.0


def test_more_confidence_makes_a_wider_interval() -> None:
    usual, surer = wilson_interval(90, 100), wilson_interval(90, 100, confidence=0.99)
    assert surer.low < usual.low
    assert usual.high < surer.high


def test_more_images_make_a_narrower_interval() -> None:
    few, many = wilson_interval(98, 100), wilson_interval(9_800, 10_000)
    assert many.high - many.low < 0.2 * (few.high - few.low)


@pytest.mark.parametrize(
    ("lost", "gained", "p"),
    [(0, 0, 1), (1, 0, 1), (5, 0, 2 / 32), (6, 0, 2 / 64), (10, 2, 2 * 79 / 4_096), (5, 3, 2 * 93 / 256), (7, 7, 1)],
)
def test_mcnemar_gives_the_values_worked_out_by_hand(lost: int, gained: int, p: float) -> None:
    assert mcnemar_p(lost, gained) == pytest.approx(p, rel=1e-12)


@pytest.mark.parametrize(("lost", "gained"), [(0, 4), (2, 6), (3, 9), (5, 5), (8, 3)])
def test_mcnemar_is_the_share_of_coin_throws_that_fall_as_unevenly(lost: int, gained: int) -> None:
    throws = [sum(coins) for coins in itertools.product((0, 1), repeat=lost + gained)]
    uneven = [heads for heads in throws if abs(2 * heads - lost - gained) >= abs(lost - gained)]
    assert mcnemar_p(lost, gained) == pytest.approx(len(uneven) / len(throws), rel=1e-12)


def test_mcnemar_takes_both_sides_alike() -> None:
    assert mcnemar_p(59, 121) == mcnemar_p(121, 59) == pytest.approx(4.4344e-06, rel=1e-4)


def test_mcnemar_bears_thousands_of_differing_images() -> None:
    assert mcnemar_p(9_000, 1_000) == 0.0
    assert mcnemar_p(5_000, 5_000) == 1.0
    # the binomial is nearly normal here: 5,100 of 10,000 is 1.99 standard deviations out, with the half step
    assert mcnemar_p(5_100, 4_900) == pytest.approx(0.0466, abs=5e-4)
