"""The pictures of a finder's run: scenes with what was found, its worst mistakes, and how it learned."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from digitreader_train.finder.fit import FinderEpoch
from digitreader_train.finder.found import Planes
from digitreader_train.pictures.curves import draw_curves
from digitreader_train.pictures.style import GREEN, ORANGE, RED, new_figure, to_png

if TYPE_CHECKING:
    from digitreader_train.finder.look import Look

COLUMNS, ROWS = 4, 4
SIDE_IN, GAP_IN = 1.35, 0.08
HEAD_IN = 1.15
LEGEND = (
    "Left the scene: green boxes are digits that were found, red ones were missed, orange crosses are centres where "
    "none is.\nRight what the network sees: ink of digits blue, other writing gray, centres red."
)


def draw_finder_pictures(looks: Sequence[Look], history: Sequence[FinderEpoch]) -> dict[str, bytes]:
    """Draw all pictures of a run.

    Args:
        looks: the validation scenes with what was told of each.
        history: of the training; no learning curves where it is empty.

    Returns:
        PNG files by their names.
    """
    busy = [look for look in looks if len(look.compared.truth)] or list(looks)
    worst = sorted(looks, key=lambda look: -look.compared.mistakes)[: COLUMNS * ROWS]
    wrong = sum(look.compared.mistakes > 0 for look in looks)
    files = {
        "scenes.png": to_png(draw_looks("Scenes", LEGEND, busy[: COLUMNS * ROWS])),
        "mistakes.png": to_png(
            draw_looks("The worst mistakes", f"{wrong:,} of {len(looks):,} scenes have one. {LEGEND}", worst)
        ),
    }
    return files | ({"learning_curves.png": to_png(draw_losses(history))} if history else {})


def draw_losses(history: Sequence[FinderEpoch]) -> Figure:
    """Draw the losses of maps and geometry over the epochs; the last epoch is kept."""
    figure = new_figure(
        9.0, 4.2, "Learning curves",
        "Training sees its scenes in changing colours and is the harder exam.",
    )  # fmt: skip
    pairs = (("loss of maps", 0, 2), ("loss of geometry", 1, 3))
    for (name, learned, judged), x in zip(pairs, (0.065, 0.555), strict=True):
        axes = figure.add_axes((x, 0.13, 0.345, 0.62))
        draw_curves(axes, name, [each[learned] for each in history], [each[judged] for each in history], len(history))
    return figure


def draw_looks(title: str, subtitle: str, looks: Sequence[Look]) -> Figure:
    """Draw scenes beside what the network sees of them."""
    rows = max(-(-len(looks) // COLUMNS), 1)
    width = COLUMNS * (2 * SIDE_IN + 3 * GAP_IN) + 0.4
    height = rows * (SIDE_IN + 2 * GAP_IN) + HEAD_IN
    figure = new_figure(width, height, title, subtitle)
    for place, look in enumerate(looks):
        left = 0.25 + place % COLUMNS * (2 * SIDE_IN + 3 * GAP_IN)
        bottom = height - HEAD_IN - (place // COLUMNS + 1) * (SIDE_IN + 2 * GAP_IN)
        for picture, at in ((look.image[..., ::-1], left), (_seen(look), left + SIDE_IN + GAP_IN)):
            axes = figure.add_axes((at / width, bottom / height, SIDE_IN / width, SIDE_IN / height))
            _show(axes, picture, look.image.shape[0])
            if at == left:
                _mark(axes, look)
    return figure


def _show(axes: Axes, picture: npt.NDArray[np.uint8], side_px: int) -> None:
    axes.imshow(picture, extent=(0, side_px, side_px, 0), interpolation="nearest")
    axes.axis("off")


def _mark(axes: Axes, look: Look) -> None:
    compared = look.compared
    for (x, y, width, height), is_found in zip(compared.truth.tolist(), compared.is_found.tolist(), strict=True):
        colour = GREEN if is_found else RED
        corner = (x - width / 2, y - height / 2)
        axes.add_patch(Rectangle(corner, width, height, fill=False, edgecolor=colour, linewidth=0.9))
    wrong = compared.centres[~compared.is_right]
    axes.plot(wrong[:, 0], wrong[:, 1], "x", color=ORANGE, markersize=5, markeredgewidth=1.4)
    side_px = look.image.shape[0]
    axes.set_xlim(0, side_px)
    axes.set_ylim(side_px, 0)


def _seen(look: Look) -> npt.NDArray[np.uint8]:
    """(S/2, S/2, 3) uint8 RGB: white paper, blue ink of digits, gray other writing, red centres."""
    share = 1 / (1 + np.exp(-look.told[..., :9].astype(np.float32)))
    digits, writing = _at_half_size(share[..., 1:5])[..., None], _at_half_size(share[..., 5:9])[..., None]
    heat = np.repeat(np.repeat(share[..., 0], 2, axis=0), 2, axis=1)[..., None]
    picture = np.full((*digits.shape[:2], 3), 255, np.float32)
    for cover, colour in ((writing, (160, 160, 160)), (digits, (37, 99, 235)), (heat, (220, 38, 38))):
        picture += (np.array(colour, np.float32) - picture) * cover
    return np.asarray(picture.clip(0, 255), np.uint8)


def _at_half_size(quarters: Planes) -> Planes:
    """(C, C, 4), the four quarters of each cell, as (2C, 2C)."""
    cells = quarters.shape[0]
    return quarters.reshape(cells, cells, 2, 2).transpose(0, 2, 1, 3).reshape(2 * cells, 2 * cells)
