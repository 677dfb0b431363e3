"""The picture of a comparison: accuracy against bytes, and the variants that no other one beats in both."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

from digitreader_export.comparison.report import Comparison, VariantRow
from digitreader_train.pictures.style import BLUE, FAINT, GREEN, INK, ORANGE, new_figure, quiet_axes, to_png

ENOUGH_TICKS = 4


def spread(wanted: Sequence[float], gap: float, *, low: float = -math.inf, high: float = math.inf) -> list[float]:
    """Move positions as little as possible until neighbours are `gap` apart; their order stays.

    Args:
        wanted: rising.
        gap: what must lie between two of them.
        low: none may lie below.
        high: none may lie above, as far as there is room for all.

    Source: isotonic regression of the positions less the gaps before them, by pooling adjacent violators.
    """
    pools: list[list[float]] = []
    for place, position in enumerate(wanted):
        pools.append([position - place * gap])
        while len(pools) > 1 and _mean(pools[-2]) >= _mean(pools[-1]):
            pools[-2:] = [pools[-2] + pools[-1]]
    means = [_mean(pool) for pool in pools for _ in pool]
    end = high - (len(wanted) - 1) * gap
    return [max(min(mean, end), low) + place * gap for place, mean in enumerate(means)]


def pareto_front(points: Sequence[tuple[float, float]]) -> list[int]:
    """The places of the points (cost, worth) that no other one beats: as cheap and worth more, or cheaper and as good.

    Returns:
        from the cheapest to the dearest; of equals the first.
    """
    front: list[int] = []
    for place in sorted(range(len(points)), key=lambda place: (points[place][0], -points[place][1])):
        if not front or points[place][1] > points[front[-1]][1]:
            front.append(place)
    return front


def choose_ticks(
    groups: Iterable[Iterable[float]], low: float, high: float, *, apart: float, scale: Callable[[float], float]
) -> list[float]:
    """Choose the numbers that an axis from `low` to `high` names.

    Args:
        groups: of numbers, the roundest group first; numbers outside of the axis are passed over.
        low: the least number that may be chosen.
        high: the largest.
        apart: the least distance between two on the axis.
        scale: where on the axis a number lies.

    Returns:
        rising; of the finer groups none, as soon as there are `ENOUGH_TICKS`.
    """
    chosen: list[float] = []
    for group in groups:
        if len(chosen) >= ENOUGH_TICKS:
            break
        for number in group:
            if low <= number <= high and all(abs(scale(number) - scale(other)) >= apart for other in chosen):
                chosen.append(number)
    return sorted(chosen)


def _mean(pool: Sequence[float]) -> float:
    return math.fsum(pool) / len(pool)


Numbers = npt.NDArray[np.float64]

LEAST_MISREAD = 1e-9
"""Of a share; none at all would be infinitely high, where matplotlib looks although nothing is drawn there."""

ROUND_SIZES = tuple(tuple(lead * 10.0**power for power in range(1, 9)) for lead in (1, 2, 5, 3, 1.5, 7))
ROUND_SHARES = tuple(tuple(step * place / 1_000 for place in range(1_000 // step)) for step in (100, 50, 10, 5, 1))


def set_scales(axes: Axes, *, sizes: Sequence[int], shares: Sequence[float]) -> None:
    """Fit both axes to what will be drawn and name round numbers on them.

    Args:
        axes: of the picture.
        sizes: bytes.
        shares: accuracies and the ends of their intervals, 0 to below 1.
    """
    _set_sizes(axes, sizes)
    _set_accuracies(axes, shares)


def _set_sizes(axes: Axes, sizes: Sequence[int]) -> None:
    low, high = math.log10(min(sizes)), math.log10(max(sizes))
    room = max(high - low, 0.3)
    axes.set_xscale("log")
    axes.set_xlim(10 ** (low - 0.06 * room), 10 ** (high + 0.08 * room))
    ticks = choose_ticks(ROUND_SIZES, *axes.get_xlim(), apart=0.08 * room, scale=math.log10)
    axes.xaxis.set_major_locator(FixedLocator(ticks))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_major_formatter(FuncFormatter(lambda size, _: f"{size / 1_000:,.3g} kB"))
    axes.set_xlabel("size (1 kB is 1,000 bytes)", labelpad=8)


def _set_accuracies(axes: Axes, shares: Sequence[float]) -> None:
    low, high = _height(min(shares)), _height(max(shares))
    room = max(high - low, 0.1)
    axes.set_yscale("function", functions=(_heights, _shares))
    axes.set_ylim(_share(low - 0.08 * room), _share(high + 0.08 * room))
    ticks = choose_ticks(ROUND_SHARES, *axes.get_ylim(), apart=0.09 * room, scale=_height)
    axes.yaxis.set_major_locator(FixedLocator(ticks))
    axes.yaxis.set_minor_locator(NullLocator())
    axes.yaxis.set_major_formatter(FuncFormatter(lambda share, _: f"{100 * share:.4g}%"))
    axes.set_ylabel("test accuracy", labelpad=8)


def _heights(shares: Numbers) -> Numbers:
    # as what is misread halves, so grows the height: 99 % stands as far above 98 % as that above 96 %
    heights: Numbers = -np.log10(np.maximum(1 - np.asarray(shares, np.float64), LEAST_MISREAD))
    return heights


def _shares(heights: Numbers) -> Numbers:
    shares: Numbers = 1 - 10.0 ** -np.asarray(heights, np.float64)
    return shares


def _height(share: float) -> float:
    return float(_heights(np.array(share)))


def _share(height: float) -> float:
    return float(_shares(np.array(height)))


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

    row: VariantRow
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


def _set_points(axes: Axes, rows: Sequence[VariantRow], comparison: Comparison) -> list[_Point]:
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


def _colour(row: VariantRow) -> str:
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
