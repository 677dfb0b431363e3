"""Learning curves: loss and error, on the digits that are learned from and on those that are not."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator

from digitreader_train.pictures.style import BLUE, FAINT, INK, ORANGE, new_figure, quiet_axes

if TYPE_CHECKING:
    from digitreader_train.fit import Epoch


def draw_learning_curves(history: Sequence[Epoch], best_epoch: int) -> Figure:
    """Draw both curves over the epochs and mark the epoch that was kept."""
    best = history[best_epoch - 1]
    figure = new_figure(
        9.0, 4.4, "Learning curves",
        f"Epoch {best_epoch} was kept: it misreads {1 - best.val_accuracy:.2%} of the validation digits, "
        "from which nothing is learned.\n"
        "The training curve counts every training glyph, with other pens and non-digits, and these are harder.",
    )  # fmt: skip
    left, right = (figure.add_axes((x, 0.13, 0.345, 0.58)) for x in (0.065, 0.555))
    draw_curves(left, "loss", [each.loss for each in history], [each.val_loss for each in history], best_epoch)
    draw_curves(
        right, "misread", [1 - each.accuracy for each in history], [1 - each.val_accuracy for each in history],
        best_epoch,
    )  # fmt: skip
    right.yaxis.set_major_formatter(FuncFormatter(lambda share, _: f"{share:.3g}" if share <= 0 else f"{share:.1%}"))
    return figure


def draw_curves(axes: Axes, name: str, learned: list[float], validated: list[float], best_epoch: int) -> None:
    """Draw what was reached in training and in validation over the epochs, and mark the epoch that was kept."""
    epochs = range(1, len(learned) + 1)
    quiet_axes(axes)
    axes.set_yscale("log")
    axes.yaxis.set_major_locator(LogLocator(subs=(1, 2, 3, 5)))
    axes.yaxis.set_minor_locator(LogLocator(subs=()))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda loss, _: f"{loss:.3g}"))
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.set_title(name, loc="left", fontsize=10, color=INK)
    axes.set_xlabel("epoch")
    least = 1e-4  # a share of 0 has no place on a logarithmic axis
    axes.plot(epochs, np.maximum(learned, least), color=BLUE, linewidth=1.8)
    axes.plot(epochs, np.maximum(validated, least), color=ORANGE, linewidth=1.8)
    axes.axvline(best_epoch, color=FAINT, linewidth=1, linestyle=(0, (3, 3)), zorder=1)
    axes.plot([best_epoch], [max(validated[best_epoch - 1], least)], "o", color=ORANGE, markersize=6)
    for label, values, colour in (("training", learned, BLUE), ("validation", validated, ORANGE)):
        axes.annotate(
            label, (epochs[-1], max(values[-1], least)), xytext=(8, 0), textcoords="offset points", va="center",
            color=colour, fontsize=9, annotation_clip=False,
        )  # fmt: skip
