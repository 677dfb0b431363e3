"""The reliability diagram: whether readings are as often right as their confidence says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from digitreader.measure.evaluation import expected_calibration_error
from digitreader.measure.report_pictures import Bin, bins_of
from digitreader.model.accept import AcceptanceRule, confidences_of
from digitreader.values import Activations
from digitreader_train.pictures.style import BLUE, FAINT, INK, ORANGE, new_figure, quiet_axes

PANEL, LONE_PANEL, HISTOGRAM = 3.5, 5.6, 0.8
"""Inches: the side of a diagram, of one that stands alone, and the height of the counts below it."""
LEFT, BETWEEN, BELOW, HEAD = 0.75, 0.85, 0.55, 1.6

FEW = 20
"""With fewer readings than this the share of right ones says little."""


@dataclass(frozen=True, slots=True, eq=False)
class Panel:
    """One diagram.

    Attributes:
        name: what it shows.
        bins: from the least sure readings to the surest.
        ece: their expected calibration error.
    """

    name: str
    bins: tuple[Bin, ...]
    ece: float


def panel_of(name: str, activations: Activations, labels: npt.NDArray[np.uint8], rule: AcceptanceRule) -> Panel:
    """What the confidences of a rule are worth.

    Args:
        name: what to call it.
        activations: (N, 10), 0..1.
        labels: (N,) the truth.
        rule: gives the confidences.
    """
    confidences = confidences_of(activations, rule).max(axis=1)
    right = activations.argmax(axis=1) == labels
    return Panel(name, bins_of(confidences, right), expected_calibration_error(confidences, right))


def draw_reliability(title: str, subtitle: str, panels: Sequence[Panel]) -> Figure:
    """Draw the diagrams side by side, each over its counts."""
    side = PANEL if len(panels) > 1 else LONE_PANEL
    width = LEFT + len(panels) * (side + BETWEEN) - BETWEEN + 0.4
    height = HEAD + side + 0.35 + HISTOGRAM + BELOW
    explained = (
        f"{subtitle}\nBlue: how many of each confidence are right; on the dashed line the confidence is exactly "
        f"right.\n"
        f"Orange: how much it is too high (filled) or too low (outlined). Pale: fewer than {FEW} readings."
    )
    figure = new_figure(width, height, title, explained)
    for place, panel in enumerate(panels):
        left = (LEFT + place * (side + BETWEEN)) / width
        upper = (left, (BELOW + HISTOGRAM + 0.35) / height, side / width, side / height)
        _draw_shares(figure.add_axes(upper), panel)
        _draw_counts(figure.add_axes((left, BELOW / height, side / width, HISTOGRAM / height)), panel.bins)
    return figure


def _draw_shares(axes: Axes, panel: Panel) -> None:
    quiet_axes(axes)
    axes.set_title(f"{panel.name}: calibration error {panel.ece:.2%}", loc="left", fontsize=10, color=INK)
    for each in panel.bins:
        if each.n:
            _draw_bin(axes, each)
    axes.plot((0, 1), (0, 1), color=INK, linewidth=1, linestyle=(0, (4, 3)))
    axes.set_xlim(0, 1)
    axes.set_ylim(0, 1)
    axes.set_ylabel("share that is right")
    axes.yaxis.set_major_formatter(FuncFormatter(lambda share, _: f"{share:.0%}"))
    axes.set_xticklabels([])


def _draw_bin(axes: Axes, each: Bin) -> None:
    width, strength = each.end - each.start, 0.35 if each.n < FEW else 1.0
    at = (each.start + each.end) / 2
    axes.bar(at, each.right, 0.86 * width, color=BLUE, alpha=0.75 * strength)
    gap, boastful = each.confidence - each.right, each.confidence > each.right
    axes.bar(
        at, abs(gap), 0.86 * width, bottom=min(each.right, each.confidence), linewidth=1,
        facecolor=ORANGE if boastful else "none", edgecolor=ORANGE, alpha=(0.6 if boastful else 1.0) * strength,
    )  # fmt: skip


def _draw_counts(axes: Axes, bins: Sequence[Bin]) -> None:
    quiet_axes(axes)
    places = [(each.start + each.end) / 2 for each in bins]
    axes.bar(places, [each.n for each in bins], 0.86 / len(bins), color=FAINT)
    axes.set_yscale("symlog", linthresh=1)
    axes.minorticks_off()
    axes.set_xlim(0, 1)
    axes.set_ylim(0, 2 * max(1, *(each.n for each in bins)))
    axes.set_yticks([1, 10, 100, 1_000, 10_000][: max(2, len(str(max(each.n for each in bins))))])
    axes.yaxis.set_major_formatter(FuncFormatter(lambda count, _: f"{count:,.0f}"))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda share, _: f"{share:.0%}"))
    axes.set_xlabel("confidence")
    axes.set_ylabel("readings")
