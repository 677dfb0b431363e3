"""The picture of a comparison: accuracy against bytes, and the variants that no other one beats in both."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from digitreader_export.comparison.layout import pareto_front, spread
from digitreader_export.comparison.report import Comparison, Row
from digitreader_export.comparison.scales import set_scales
from digitreader_train.pictures.style import BLUE, FAINT, GREEN, INK, ORANGE, new_figure, quiet_axes, to_png

WIDTH, HEIGHT = 10.0, 7.0
LEFT, RIGHT, BOTTOM, TOP = 0.9, 0.45, 1.05, 2.4
"""Inches from the figure's edges to the axes'; above them the names stand."""

PLOT_WIDTH, PLOT_HEIGHT = WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM

SIDE_BY_SIDE = 0.09
"""Inches between points of almost one size, so that no interval covers another."""

BETWEEN_NAMES, NAMES_RISE, NAME_WIDTH, SLANT = 0.24, 0.36, 0.95, 48
"""Inches from one name to the next, from the axes up to them, and to a name's right end; how they lean, in degrees."""

FRONT = "#fde68a"


@dataclass(frozen=True, slots=True)
class _Point:
    """A variant in the picture: where it stands, which may be beside its size, and how far its interval reaches."""

    row: Row
    size: float
    accuracy: float
    low: float
    high: float
    colour: str
    recommended: bool


def draw_comparison(comparison: Comparison) -> bytes:
    """Draw the comparison as a PNG."""
    return to_png(compose(comparison))


def compose(comparison: Comparison) -> Figure:
    """Compose the figure: points with their intervals, names above them, the front below them."""
    figure = new_figure(
        WIDTH, HEIGHT, f"What each variant of {comparison.recipe} costs",
        f"Accuracy on {comparison.test_digits:,} test digits with its 95 % confidence interval, against the size of "
        "the file and of what zlib leaves of it.\nPoints that would cover each other stand side by side. On the Pareto "
        "front, no variant is both smaller and better.",
    )  # fmt: skip
    axes = figure.add_axes((LEFT / WIDTH, BOTTOM / HEIGHT, PLOT_WIDTH / WIDTH, PLOT_HEIGHT / HEIGHT))
    rows = sorted(comparison.rows, key=lambda row: (row.file_bytes, row.compressed_bytes))
    highest = _highest(comparison)
    set_scales(
        quiet_axes(axes),
        sizes=[size for row in rows for size in (row.compressed_bytes, row.file_bytes)],
        shares=[min(share, highest) for row in rows for share in (row.interval.low, row.interval.high)],
    )
    points = _set_points(axes, rows, comparison)
    _draw_front(axes, points)
    for point in points:
        _draw_point(axes, point)
    _draw_names(axes, points)
    _draw_key(figure)
    return figure


def _highest(comparison: Comparison) -> float:
    # all read right has no place on the axis; half a digit less stands for it
    return 1 - 0.5 / comparison.test_digits


def _set_points(axes: Axes, rows: Sequence[Row], comparison: Comparison) -> list[_Point]:
    left, right = map(math.log10, axes.get_xlim())
    gap = SIDE_BY_SIDE * (right - left) / PLOT_WIDTH
    sizes = spread([math.log10(row.file_bytes) for row in rows], gap)
    highest, chosen = _highest(comparison), comparison.recommendation.name
    return [
        _Point(
            row=row,
            size=10.0**size,
            accuracy=min(row.accuracy, highest),
            low=min(row.interval.low, highest),
            high=min(row.interval.high, highest),
            colour=GREEN if row.variant == chosen else _colour(row),
            recommended=row.variant == chosen,
        )
        for row, size in zip(rows, sizes, strict=True)
    ]


def _colour(row: Row) -> str:
    if row.arithmetic.full_integer:
        return BLUE
    return ORANGE if row.arithmetic.hybrid or row.arithmetic.integer else INK


def _draw_front(axes: Axes, points: Sequence[_Point]) -> None:
    front = [points[place] for place in pareto_front([(each.row.file_bytes, each.row.accuracy) for each in points])]
    across = [*(each.size for each in front), axes.get_xlim()[1]]
    up = [*(each.accuracy for each in front), front[-1].accuracy]
    axes.step(across, up, where="post", color=FRONT, linewidth=4, solid_joinstyle="miter", zorder=1.5)


def _draw_point(axes: Axes, point: _Point) -> None:
    zlib, colour = point.row.compressed_bytes, point.colour
    axes.plot([zlib, point.size], [point.accuracy] * 2, linewidth=0.7, alpha=0.35, color=colour, zorder=2)
    axes.plot([point.size] * 2, [point.low, point.high], linewidth=1.6, alpha=0.6, color=colour, zorder=2)
    axes.plot([zlib], [point.accuracy], "o", markersize=5.5, markerfacecolor="white", color=colour, zorder=3)
    marker, size, order = ("*", 15, 5) if point.recommended else ("o", 7.5, 4)
    axes.plot(
        [point.size], [point.accuracy], marker, markersize=size, color=colour, markeredgecolor="white",
        markeredgewidth=0.9, zorder=order,
    )  # fmt: skip


def _draw_names(axes: Axes, points: Sequence[_Point]) -> None:
    # in the order of the points, so that no two lines cross
    to_axes = axes.transScale + axes.transLimits
    tops = [to_axes.transform((each.size, each.high)) for each in points]
    feet = spread([PLOT_WIDTH * x for x, _ in tops], BETWEEN_NAMES, low=0, high=PLOT_WIDTH + RIGHT - NAME_WIDTH)
    for point, (x, y), foot in zip(points, tops, feet, strict=True):
        path = (x, x, foot / PLOT_WIDTH), (y, 1, 1 + (NAMES_RISE - 0.05) / PLOT_HEIGHT)
        axes.plot(*path, color=FAINT, linewidth=0.6, transform=axes.transAxes, clip_on=False, zorder=1)
        axes.text(
            foot / PLOT_WIDTH, 1 + NAMES_RISE / PLOT_HEIGHT, f"{point.row.variant}  {point.row.accuracy:.2%}",
            color=point.colour, fontsize=9, fontweight="bold" if point.recommended else "normal", va="center",
            rotation=SLANT, rotation_mode="anchor", transform=axes.transAxes,
        )  # fmt: skip


def _draw_key(figure: Figure) -> None:
    dots = [("integers alone", BLUE), ("some integers", ORANGE), ("floats", INK)]
    handles = [_handle("recommended", "*", GREEN, size=13)]
    handles += [_handle(label, "o", colour) for label, colour in dots]
    handles += [_handle("through zlib", "o", INK, size=5.5, inside="white")]
    handles += [Line2D([], [], color=FRONT, linewidth=4, label="Pareto front")]
    figure.legend(
        handles=handles, loc="lower left", bbox_to_anchor=(LEFT / WIDTH - 0.01, 0.18 / HEIGHT), ncols=len(handles),
        frameon=False, fontsize=9, labelcolor=INK, handletextpad=0.5, columnspacing=2.2, handlelength=1.4,
        borderpad=0,
    )  # fmt: skip


def _handle(label: str, marker: str, colour: str, *, size: float = 7.5, inside: str | None = None) -> Line2D:
    return Line2D([], [], linestyle="", marker=marker, color=colour, markersize=size, markerfacecolor=inside or colour,
                  markeredgecolor=colour, label=label)  # fmt: skip
