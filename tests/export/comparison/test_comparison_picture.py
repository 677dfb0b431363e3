from __future__ import annotations

import dataclasses
import itertools

import cv2
import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.text import Text

from digitreader_export.comparison.picture import choose_ticks, compose, draw_comparison, pareto_front, spread
from digitreader_export.comparison.report import Comparison, VariantRow
from digitreader_export.comparison.statistics import wilson_interval

ELEVEN = ("float32", "float16", "dynamic", "int8", "uint8", "int16x8", "qat", "pruned", "clustered", "pqat", "cqat")


NINE_SMALL, NINE_LARGE = (54_000, 29_000, *range(17_000, 17_009)), (17_000, 29_000, *range(54_000, 54_009))
"""Eleven sizes, nine of them within a few bytes of each other."""


def crowd(row: VariantRow, sizes: tuple[int, ...] = NINE_SMALL) -> tuple[VariantRow, ...]:
    """Eleven variants of these sizes."""
    return tuple(
        dataclasses.replace(row, variant=name, file_bytes=size, compressed_bytes=size - 4_000 - place * 100)
        for place, (name, size) in enumerate(zip(ELEVEN, sizes, strict=True))
    )


def names_in(figure: Figure) -> dict[str, Text]:
    texts = [text for axes in figure.axes for text in axes.texts]
    return {text.get_text().split()[0]: text for text in texts}


def corners(text: Text, canvas: FigureCanvasAgg) -> npt.NDArray[np.float32]:
    """The corners of a slanting text, (4, 2) in pixels."""
    slant = text.get_rotation()
    text.set_rotation(0)
    straight = text.get_window_extent(canvas.get_renderer())  # type: ignore[no-untyped-call]
    text.set_rotation(slant)
    foot = np.asarray(text.get_transform().transform(text.get_position()))
    turn = cv2.getRotationMatrix2D((0, 0), -slant, 1)[:, :2]
    across, up = straight.intervalx[[0, 1, 1, 0]], straight.intervaly[[0, 0, 1, 1]]
    turned: npt.NDArray[np.float32] = ((np.stack([across, up], axis=1) - foot) @ turn.T + foot).astype(np.float32)
    return turned


def steps(line: Line2D) -> bool:
    return line.get_drawstyle() == "steps-post"


def first_x(line: Line2D) -> float:
    return float(np.asarray(line.get_xdata())[0])


def first_y(line: Line2D) -> float:
    return float(np.asarray(line.get_ydata())[0])


def test_the_picture_is_a_png_with_something_on_it(comparison: Comparison) -> None:
    content = draw_comparison(comparison)
    image = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_COLOR)
    assert image is not None
    assert min(image.shape[:2]) > 500
    assert 0.01 < float((image.min(axis=2) < 200).mean()) < 0.3


def test_the_same_comparison_gives_the_same_picture(comparison: Comparison) -> None:
    assert draw_comparison(comparison) == draw_comparison(comparison)


def test_each_variant_is_named_with_its_accuracy_and_the_recommended_one_stands_out(comparison: Comparison) -> None:
    names = names_in(compose(comparison))
    assert set(names) == {row.variant for row in comparison.rows}
    assert names["pruned"].get_text() == "pruned  94.00%"
    assert [name for name, text in names.items() if text.get_fontweight() == "bold"] == ["int8"]
    colours = [text.get_color() for text in names.values()]
    assert colours.count(names["int8"].get_color()) == 1
    assert names["qat"].get_color() == names["pruned"].get_color() != names["dynamic"].get_color()


def test_the_front_goes_from_the_smallest_to_the_best(comparison: Comparison) -> None:
    rows = [dataclasses.replace(row, file_bytes=100_000 - 10_000 * place) for place, row in enumerate(comparison.rows)]
    (front,) = [
        line for line in compose(dataclasses.replace(comparison, rows=tuple(rows))).axes[0].lines if steps(line)
    ]
    assert np.asarray(front.get_ydata()).tolist() == [0.94, 0.978, 0.98, 0.98]


@pytest.mark.parametrize("sizes", [NINE_SMALL, NINE_LARGE], ids=["small", "large"])
def test_no_two_names_overlap_and_none_leaves_the_picture(comparison: Comparison, sizes: tuple[int, ...]) -> None:
    crowded = dataclasses.replace(comparison, rows=crowd(comparison.rows[2], sizes))
    figure = compose(crowded)
    canvas = FigureCanvasAgg(figure)
    boxes = [corners(text, canvas) for text in names_in(figure).values()]
    width, height = figure.get_size_inches() * figure.dpi
    assert len(boxes) == 11
    for box in boxes:
        assert box.min() >= 0
        assert box[:, 0].max() <= width
        assert box[:, 1].max() <= height
    for one, other in itertools.combinations(boxes, 2):
        touching, _ = cv2.rotatedRectangleIntersection(cv2.minAreaRect(one), cv2.minAreaRect(other))
        assert touching == cv2.INTERSECT_NONE


def test_points_of_one_size_stand_side_by_side(comparison: Comparison) -> None:
    crowded = dataclasses.replace(comparison, rows=crowd(comparison.rows[2]))
    axes = compose(crowded).axes[0]
    intervals = [line for line in axes.lines if line.get_linewidth() == pytest.approx(1.6)]
    places = sorted(float(np.asarray(axes.transData.transform((first_x(line), 0.98)))[0]) for line in intervals)
    assert len(places) == 11
    assert min(np.diff(places)) > 5


@pytest.mark.parametrize("right", [0, 1, 999, 1_000])
def test_the_extremes_of_accuracy_have_their_place(comparison: Comparison, right: int) -> None:
    row = dataclasses.replace(
        comparison.rows[2], accuracy=right / 1_000, interval=wilson_interval(right, 1_000), variant="int8"
    )
    axes = compose(dataclasses.replace(comparison, rows=(row,))).axes[0]
    low, high = axes.get_ylim()
    points = [first_y(line) for line in axes.lines if line.get_marker() == "*"]
    assert len(points) == 1
    assert low < points[0] < high
    assert len(axes.get_yticks()) >= 1


@given(
    st.lists(st.floats(-100, 100), min_size=1, max_size=12).map(sorted),
    st.floats(0.01, 5),
)
def test_spread_positions_keep_their_order_and_distance(wanted: list[float], gap: float) -> None:
    placed = spread(wanted, gap)
    assert len(placed) == len(wanted)
    assert all(after - before >= gap - 1e-9 for before, after in itertools.pairwise(placed))


@pytest.mark.parametrize(
    ("wanted", "limits", "placed"),
    [
        ([0.0, 10.0], {}, [0.0, 10.0]),
        ([5.0, 5.0, 5.0], {}, [4.0, 5.0, 6.0]),
        ([0.0, 5.0, 5.5, 20.0], {}, [0.0, 4.75, 5.75, 20.0]),
        ([9.0, 9.0, 9.0], {"high": 9.5}, [7.5, 8.5, 9.5]),
        ([0.0, 0.0], {"low": 0.0}, [0.0, 1.0]),
    ],
)
def test_spread_moves_no_further_than_it_must(
    wanted: list[float], limits: dict[str, float], placed: list[float]
) -> None:
    assert spread(wanted, 1.0, **limits) == pytest.approx(placed)


@pytest.mark.parametrize(
    ("points", "front"),
    [
        ([(1, 0.9), (2, 0.8), (3, 0.95)], [0, 2]),
        ([(3, 0.95), (1, 0.9), (2, 0.97)], [1, 2]),
        ([(1, 0.9), (1, 0.95), (2, 0.95)], [1]),
        ([(1, 0.9), (1, 0.9)], [0]),
        ([(2, 0.5)], [0]),
    ],
)
def test_the_front_is_what_nothing_beats(points: list[tuple[float, float]], front: list[int]) -> None:
    assert pareto_front(points) == front


def test_ticks_are_round_and_apart() -> None:
    groups = ([10, 20, 30], [15, 25], [11, 12])
    assert choose_ticks(groups, 9, 31, apart=4, scale=float) == [10, 15, 20, 25, 30]
    assert choose_ticks(groups, 9, 31, apart=8, scale=float) == [10, 20, 30]


def test_finer_ticks_come_only_where_there_are_few() -> None:
    groups = ([10, 20, 30, 40], [15, 25])
    assert choose_ticks(groups, 0, 50, apart=1, scale=float) == [10, 20, 30, 40]
    assert choose_ticks(groups, 0, 35, apart=1, scale=float) == [10, 15, 20, 25, 30]
