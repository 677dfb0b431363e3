"""The confusion matrix: which digits are taken for which."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure

from digitreader.measure.evaluation import count_confusion
from digitreader.values import Activations
from digitreader_train.pictures.style import FAINT, GREEN, INK, new_figure

DIGITS = tuple("0123456789")
MISREAD = LinearSegmentedColormap.from_list("misread", ["#ffffff", "#fed7aa", "#ea580c", "#7f1d1d"])


def draw_confusion(labels: npt.NDArray[np.uint8], activations: Activations) -> Figure:
    """Draw the counts; the colour is for the mistakes alone, which the right answers would otherwise outshine."""
    counts = np.array(count_confusion(labels, activations.argmax(axis=1)))
    right = int(np.trace(counts))
    figure = new_figure(
        7.0, 7.4, "Confusion matrix",
        f"{len(labels):,} validation digits, {right:,} read right ({right / len(labels):.2%}), "
        f"{len(labels) - right:,} misread.",
    )  # fmt: skip
    axes = figure.add_axes((0.09, 0.03, 0.78, 0.78))
    mistakes = np.where(np.eye(10, dtype=bool), 0, counts)
    axes.imshow(np.sqrt(mistakes), cmap=MISREAD, vmin=0, vmax=max(np.sqrt(mistakes.max()), 1.0))
    for truth, read in np.ndindex(10, 10):
        _write_count(axes, truth, read, int(counts[truth, read]), int(mistakes.max()))
    recalls = np.diag(counts) / np.maximum(counts.sum(axis=1), 1)
    for truth, recall in enumerate(recalls):
        axes.text(9.75, truth, f"{recall:.1%}", va="center", color=GREEN, fontsize=9)
    axes.text(9.75, -0.85, "right", color=GREEN, fontsize=9, va="center")
    axes.set_xticks(range(10), DIGITS, fontsize=11)
    axes.set_yticks(range(10), DIGITS, fontsize=11)
    axes.xaxis.tick_top()
    axes.xaxis.set_label_position("top")
    axes.set_xlabel("read as", labelpad=8)
    axes.set_ylabel("truth", labelpad=6)
    axes.set_xticks(np.arange(-0.5, 10), minor=True)
    axes.set_yticks(np.arange(-0.5, 10), minor=True)
    axes.grid(which="minor", color="#f3f4f6", linewidth=1)
    axes.tick_params(which="both", length=0)
    axes.spines[:].set_visible(False)
    return figure


def _write_count(axes: Axes, truth: int, read: int, count: int, most: int) -> None:
    if truth == read:
        axes.text(read, truth, str(count), ha="center", va="center", color=GREEN, fontsize=10, fontweight="bold")
    elif count:
        colour = "white" if count > 0.45 * most and most > 3 else INK
        axes.text(read, truth, str(count), ha="center", va="center", color=colour, fontsize=10)
    else:
        axes.text(read, truth, "·", ha="center", va="center", color=FAINT, fontsize=9)
