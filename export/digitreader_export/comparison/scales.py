"""The axes of the picture: bytes and accuracy, both so that equal ratios are equally far apart."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

from digitreader_export.comparison.layout import choose_ticks

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
