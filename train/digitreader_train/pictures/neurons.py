"""The first layer's neurons: the weights from all that they are shown, as a picture of what each looks for."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from digitreader.model.glyph.features import MAP_COLUMNS, MAP_ROWS, FeatureKind
from digitreader.values import GLYPH_SIDE
from digitreader_train.pictures.style import FAINT, INK, new_figure

COLUMNS = 4
SAYS = {
    "pixels": "Ink on red pixels excites a neuron, ink on blue pixels holds it back; white pixels do not matter.",
    "directions": "Each sees eight maps of a glyph: where the edges of strokes face the way of the arrow.\n"
    "An edge on red excites it, one on blue holds it back; white does not matter.",
}
ARROWS = "→←↓↑↘↖↗↙"
"""In the order of `digitreader.model.glyph.features.MAPS`."""


def draw_neurons(kernel: npt.NDArray[np.float32], features: FeatureKind) -> Figure:
    """Draw one 28x28 picture a neuron, all on one scale about 0.

    Args:
        kernel: (784, neurons) weights of the first layer; the first 64 neurons are drawn.
        features: what they are shown.
    """
    shown = kernel.T[:64].reshape(-1, GLYPH_SIDE, GLYPH_SIDE)
    rows = -(-len(shown) // COLUMNS)
    width, height = 7.6, 1.2 + rows * 1.7
    figure = new_figure(
        width, height, "What the first-layer neurons look for",
        SAYS[features],
    )  # fmt: skip
    # the few strongest weights would leave all the others pale
    limit = float(np.quantile(np.abs(shown), 0.998)) or 1.0
    grid = figure.add_gridspec(
        rows, COLUMNS, left=0.045, right=0.87, bottom=0.2 / height, top=1 - 1.15 / height, wspace=0.08, hspace=0.2
    )
    for place, weights in enumerate(shown):
        axes = figure.add_subplot(grid[place // COLUMNS, place % COLUMNS])
        image = axes.imshow(weights, cmap="RdBu_r", vmin=-limit, vmax=limit, interpolation="nearest")
        axes.set_title(f"neuron {place + 1}", fontsize=8, color=INK, pad=3)
        axes.set_xticks([])
        axes.set_yticks([])
        axes.spines[:].set_color(FAINT)
        if features == "directions":
            _mark_maps(axes)
    bar = figure.colorbar(image, cax=figure.add_axes((0.9, 0.2 / height, 0.022, 1 - 1.35 / height)), extend="both")
    bar.outline.set_edgecolor(FAINT)
    bar.ax.tick_params(length=2, labelsize=8)
    bar.set_label("weight", fontsize=9)
    return figure


def _mark_maps(axes: Axes) -> None:
    axes.hlines(MAP_ROWS - 0.5, -0.5, GLYPH_SIDE - 0.5, color=FAINT, linewidth=0.8)
    axes.vlines(
        [place * MAP_COLUMNS - 0.5 for place in range(1, 4)], -0.5, GLYPH_SIDE - 0.5, color=FAINT, linewidth=0.8
    )
    for place, arrow in enumerate(ARROWS):
        x, y = place % 4 * MAP_COLUMNS, place // 4 * MAP_ROWS
        axes.text(x - 0.2, y - 0.2, arrow, fontsize=6, color=INK, ha="left", va="top")
