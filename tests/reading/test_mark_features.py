"""What is measured of a sign and of its neighbours, against each formula written out for one thing at a time."""

from __future__ import annotations

import math

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from digitreader.reading.mark_features import (
    FARTHEST,
    GRID,
    REACH,
    LineItem,
    MeasuredLine,
    company_in,
    features_of,
    measure_line,
    places_between,
    shapes_of,
)
from digitreader.values import Box, Ink, Reading

PLACES = [(at + 0.5) / GRID - 0.5 for at in range(GRID)]


def blot(seed: int) -> Ink:
    """Random ink on the grid itself; it reaches all four sides."""
    ink = np.random.default_rng(seed).integers(0, 256, (GRID, GRID), np.uint8)
    ink[0, 0] = ink[-1, -1] = 255
    return ink


def mean_x(rows: npt.NDArray[np.float64]) -> float:
    return float((rows * np.array(PLACES)).sum() / rows.sum())


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize(("width", "height"), [(30, 40), (90, 30)])
def test_slope_slimness_thickness_and_bow_are_those_of_the_inks_moments(seed: int, width: int, height: int) -> None:
    ink = blot(seed)
    grid = ink / 255
    x, y = np.meshgrid(np.array(PLACES) * width / height, PLACES)
    (xx, xy), (_, yy) = np.cov(np.stack([x.ravel(), y.ravel()]), aweights=grid.ravel(), bias=True)
    short, long = np.linalg.eigvalsh([[xx, xy], [xy, yy]])
    shapes = shapes_of([ink], np.array([width]), np.array([height]))
    assert shapes.slope == pytest.approx([-xy / yy if yy > xx / 4 else 0.0])
    assert shapes.slim == pytest.approx([1 - math.sqrt(short / long)])
    assert shapes.thick == pytest.approx([math.sqrt(short)])
    bow = mean_x(grid[4:8]) - (mean_x(grid[:4]) + mean_x(grid[8:])) / 2
    assert shapes.bow == pytest.approx([bow * width / height])


def test_the_looks_are_the_ink_in_parts_of_the_box() -> None:
    ink = blot(5)
    grid = ink / 255
    bands = [grid[3 * band : 3 * band + 3].mean() for band in range(4)]
    bands += [grid[:, 3 * band : 3 * band + 3].mean() for band in range(4)]
    diagonals = [np.mean([grid[at, at] for at in range(12)]), np.mean([grid[at, 11 - at] for at in range(12)])]
    least = [grid.mean(axis=1).min(), grid.mean(axis=0).min()]
    looks = shapes_of([ink], np.array([30]), np.array([40])).looks
    np.testing.assert_allclose(looks, [[*bands, grid[4:8, 4:8].mean(), *diagonals, grid.mean(), *least]])


def test_a_margin_of_faint_ink_changes_nothing() -> None:
    ink = np.asarray(cv2.resize(blot(6), (36, 48), interpolation=cv2.INTER_NEAREST), np.uint8)
    bordered = np.asarray(cv2.copyMakeBorder(ink, 5, 9, 7, 3, cv2.BORDER_CONSTANT, value=[100]), np.uint8)
    plain, margin = (shapes_of([each], np.array([30]), np.array([40])) for each in (ink, bordered))
    for one, other in zip(plain, margin, strict=True):
        np.testing.assert_allclose(one, other)


def test_ink_in_one_third_alone_bows_as_if_the_others_stood_in_the_middle() -> None:
    ink = np.zeros((GRID, GRID), np.uint8)
    ink[5, 0] = ink[6, 11] = 255
    ink[5, 1] = 255
    # its box is two rows high; stretched, the upper half has the two pixels at the left and the lower half one
    shapes = shapes_of([ink], np.array([12]), np.array([2]))
    middle = (2 * (PLACES[0] + PLACES[1]) + 2 * PLACES[11]) / 6
    assert shapes.bow == pytest.approx([6 * (middle - ((PLACES[0] + PLACES[1]) / 2 + PLACES[11]) / 2)])


def test_blank_ink_has_no_shape() -> None:
    shapes = shapes_of([np.zeros((9, 7), np.uint8)], np.array([7]), np.array([9]))
    assert [shapes.slope[0], shapes.thick[0], shapes.bow[0]] == [0, 0, 0]
    assert not shapes.looks.any()


def thing(box: Box, seed: int, *, evidence: float | None = None, heat: float = 0.7) -> LineItem:
    if evidence is None:
        return LineItem(box, blot(seed))
    chances = tuple(np.random.default_rng(seed).random(10).tolist())
    return LineItem(box, blot(seed), Reading(box, 3, 0.9, chances=chances, evidence=evidence), heat)


def line(tilt_rad: float = 0.0) -> MeasuredLine:
    things = (
        thing(Box(0, 3, 30, 40), 1, evidence=0.95),
        thing(Box(44, 0, 25, 44), 2, evidence=0.8, heat=0.3),
        thing(Box(76, 30, 5, 9), 3),
        thing(Box(90, -4, 12, 50), 4, evidence=0.4),
        thing(Box(120, 5, 28, 38), 5, evidence=0.99, heat=1.0),
    )
    return measure_line(things, tilt_rad)


WEIGHTS = np.array([0.95, 0.8, 0.0, 0.0, 0.99])


def company(measured: MeasuredLine, one: int, other: int) -> float:
    """How much one thing says of another, by the distance of their middles in digit heights."""
    if one == other:
        return 0.0
    x, _, width, _ = measured.boxes.T
    apart = abs(x[one] + width[one] / 2 - x[other] - width[other] / 2)
    return math.exp(-apart / (REACH * 40)) * float(WEIGHTS[other])  # the digits are 38, 40 and 44 high


def test_company_is_nearer_digits_more_and_never_the_thing_itself() -> None:
    measured = line()
    expected = [[company(measured, one, other) for other in range(5)] for one in range(5)]
    np.testing.assert_allclose(company_in(measured, WEIGHTS), expected)
    assert not company_in(measured, np.zeros(5)).any()


def test_the_levels_are_the_feet_without_the_slope_of_the_line() -> None:
    for tilt_rad in (0.0, 0.2, -0.1):
        feet = [
            y + height - math.tan(tilt_rad) * (x + width / 2) for x, y, width, height in line(tilt_rad).boxes.tolist()
        ]
        np.testing.assert_allclose(line(tilt_rad).levels, feet)


def log_odds(chance: float) -> float:
    kept = min(max(chance, 1e-4), 1 - 1e-4)
    return math.log(kept / (1 - kept))


def between(measured: MeasuredLine, at: int, height_px: float) -> tuple[float, float, float]:
    """What `places_between` gives for one thing, computed neighbour by neighbour."""
    left, width = measured.boxes[at][[0, 2]].tolist()
    over, before, after = 0.0, 0.0, 0.0
    for other, ((x, _, wide, _), sure) in enumerate(zip(measured.boxes.tolist(), WEIGHTS.tolist(), strict=True)):
        if other == at:
            continue
        shared = min(left + width, x + wide) - max(left, x)
        over = max(over, sure * max(shared, 0.0) / width)
        near = sure * (1 - min(max(-shared, 0.0) / height_px, FARTHEST) / FARTHEST)
        if other < at:
            before = max(before, near)
        else:
            after = max(after, near)
    return over, FARTHEST * (1 - before), FARTHEST * (1 - after)


@pytest.mark.parametrize("at", range(5))
def test_the_features_compare_a_thing_with_what_is_usual_around_it(at: int) -> None:
    measured = line(0.1)
    features, strength = features_of(measured, WEIGHTS)
    says = np.array([company(measured, at, other) for other in range(5)])
    total = says.sum()

    def usual(values: npt.NDArray[np.float64], weights: npt.NDArray[np.float64] = says) -> float:
        return float((values * weights).sum() / weights.sum())

    _, _, widths, heights = measured.boxes.T
    shapes = measured.shapes
    height_px = math.exp(usual(np.log(heights)))
    tall, wide = math.log(heights[at] / height_px), math.log(widths[at] / height_px)
    foot = (measured.levels[at] - usual(measured.levels)) / height_px
    top = foot - heights[at] / height_px + 1
    lean = shapes.slope[at] - usual(shapes.slope)
    slim, thick, bow = shapes.slim[at], shapes.thick[at], shapes.bow[at]
    item = measured.things[at]
    ones = np.array([each.chance_of(1) for each in measured.things])
    bars = says * ones
    beside = shapes.slope[at] - usual(shapes.slope, bars)
    taller = tall - usual(features[:, 1], bars)
    told = min(bars.sum(), 1.0)
    expected = [
        1, tall, tall**2, wide, max(wide, -1.5) ** 2, foot, abs(foot), top, abs(top), lean, abs(lean), slim,
        slim * lean, slim * abs(lean), slim * tall, thick, bow, abs(bow), slim * abs(bow), shapes.slope[at],
        log_odds(item.evidence), log_odds(item.heat), float(item.reading is not None), ones[at], ones[at] * lean,
        item.chance_of(7), told * beside, told * abs(beside), told * taller, math.log(1 + total),
        *between(measured, at, height_px), *shapes.looks[at],
    ]  # fmt: skip
    assert strength[at] == pytest.approx(total)
    np.testing.assert_allclose(features[at], expected, atol=1e-9)


def test_the_chance_of_a_digit_is_its_share_of_all_chances_by_the_evidence() -> None:
    item = thing(Box(0, 0, 30, 40), 1, evidence=0.8)
    assert item.reading is not None
    chances = item.reading.chances
    assert item.chance_of(7) == pytest.approx(0.8 * chances[7] / sum(chances))
    assert thing(Box(0, 0, 30, 40), 1).chance_of(7) == 0.0
    assert LineItem(item.box, item.ink, Reading(item.box, 7, 0.9, evidence=0.9)).chance_of(7) == 0.0


def test_what_has_no_company_is_compared_with_itself() -> None:
    measured = measure_line((thing(Box(10, 20, 30, 40), 1, evidence=0.9),), 0.0)
    features, strength = features_of(measured, np.array([0.9]))
    assert strength.tolist() == [0.0]
    assert features[0, 1] == 0.0  # as high as is usual
    assert features[0, 26:30].tolist() == [0.0, 0.0, 0.0, 0.0]


def test_a_piece_over_a_digit_is_told_from_a_dot_between_two() -> None:
    boxes = np.array([(0, 0, 30, 40), (10, 2, 6, 6), (34, 34, 6, 6), (44, 0, 30, 40)], np.float64)
    over, before, after = places_between(boxes, np.array([1.0, 0.0, 0.0, 1.0]), np.full(4, 40.0))
    assert over.tolist() == [0, 1, 0, 0]
    assert before.tolist() == pytest.approx([FARTHEST, FARTHEST, 4 / 40, 14 / 40])
    assert after.tolist() == pytest.approx([14 / 40, 0, 4 / 40, FARTHEST])
