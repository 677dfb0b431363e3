"""The worst mistakes: misread digits of which the network was most sure, with all it had to say."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Circle

from digitreader.model.accept import AcceptanceRule, confidences_of
from digitreader.values import Activations
from digitreader_train.digits import LabelledGlyphs
from digitreader_train.pictures.style import FAINT, GREEN, INK, RED, new_figure

COLUMNS, ROWS = 6, 4
CELL_WIDTH, CELL_HEIGHT = 1.72, 1.62


def draw_mistakes(digits: LabelledGlyphs, activations: Activations) -> Figure:
    """Draw up to 24 misread digits, the surest first, each over its ten output neurons.

    Args:
        digits: N of them.
        activations: (N, 10), 0..1.
    """
    read, sure = activations.argmax(axis=1), confidences_of(activations, AcceptanceRule()).max(axis=1)
    wrong = np.flatnonzero(read != digits.labels)
    worst = wrong[np.argsort(-sure[wrong], kind="stable")][: COLUMNS * ROWS]
    rows = max(-(-len(worst) // COLUMNS), 1)
    width, height = COLUMNS * CELL_WIDTH + 0.5, rows * CELL_HEIGHT + 1.25
    figure = new_figure(
        width, height, "The worst mistakes",
        f"{len(wrong):,} of {len(digits):,} validation digits are misread, these with the most confidence. Left as "
        "written, right its glyph;\nbelow, the output neurons 0 to 9, the darker the more lit: "
        "green rings the truth, red what was read.",
    )  # fmt: skip
    for place, which in enumerate(worst):
        corner = (0.25 + place % COLUMNS * CELL_WIDTH, height - 1.15 - (place // COLUMNS + 1) * CELL_HEIGHT)
        axes = figure.add_axes((corner[0] / width, corner[1] / height, CELL_WIDTH / width, CELL_HEIGHT / height))
        _draw_cell(axes, digits, int(which), activations[which])
        axes.text(1.54, 1.34, f"{sure[which]:.2f}", color=INK, fontsize=8, ha="right")
    return figure


def _draw_cell(axes: Axes, digits: LabelledGlyphs, which: int, lit: Activations) -> None:
    truth, read = int(digits.labels[which]), int(lit.argmax())
    axes.set_xlim(0, CELL_WIDTH)
    axes.set_ylim(0, CELL_HEIGHT)
    axes.axis("off")
    for image, left in ((digits.images[which], 0.08), (digits.glyphs[which], 0.83)):
        axes.imshow(255 - image, cmap="gray", vmin=0, vmax=255, extent=(left, left + 0.71, 0.52, 1.23), aspect="auto")
    axes.set_xlim(0, CELL_WIDTH)
    axes.set_ylim(0, CELL_HEIGHT)
    axes.text(0.08, 1.34, f"{truth}", color=GREEN, fontsize=11, fontweight="bold")
    axes.text(0.225, 1.34, "read as", color=INK, fontsize=8)
    axes.text(0.7, 1.34, f"{read}", color=RED, fontsize=11, fontweight="bold")
    for digit, light in enumerate(lit):
        ring = {truth: GREEN, read: RED}.get(digit, FAINT)
        spot = (0.15 + digit * 0.1467, 0.36)
        axes.add_patch(Circle(spot, 0.055, facecolor=str(1 - float(light)), edgecolor=ring, linewidth=1.2))
        axes.text(
            spot[0], 0.19, str(digit), ha="center", fontsize=6, color=ring if digit in (truth, read) else "#6b7280"
        )
