"""Looks drawn by hand, as if the network had told them."""

from __future__ import annotations

import numpy as np

from digitreader.find.network_maps import CELL_PX, SIZE_UNIT_PX, NetworkMaps, strokes_in


def blank_look(cells: tuple[int, int] = (16, 24), *, scale: float = 1.0) -> NetworkMaps:
    """A look at white paper on which the network sees nothing."""
    rows, columns = cells
    quarter, half = np.zeros((rows, columns), np.float32), np.zeros((2 * rows, 2 * columns), np.float32)
    return NetworkMaps(
        canvas=np.full((CELL_PX * rows, CELL_PX * columns, 3), 240, np.uint8),
        scale=scale,
        left=0,
        top=0,
        heatmap=quarter,
        digit_ink=half,
        any_ink=half.copy(),
        small=quarter.copy(),
        geometry=np.zeros((rows, columns, 4), np.float32),
        strokes=strokes_in(half, half),
    )


def put_digit(look: NetworkMaps, x: float, y: float, width: float, height: float, *, heat: float = 0.9) -> None:
    """Let the network see a digit: a block of black ink about a centre, in pixels of the canvas."""
    left, top, right, bottom = (round(v) for v in (x - width / 2, y - height / 2, x + width / 2, y + height / 2))
    look.canvas[top:bottom, left:right] = 20
    look.digit_ink[top // 2 : bottom // 2, left // 2 : right // 2] = 0.95
    look.any_ink[top // 2 : bottom // 2, left // 2 : right // 2] = 0.95
    rows = slice(top // CELL_PX, -(-bottom // CELL_PX))
    columns = slice(left // CELL_PX, -(-right // CELL_PX))
    middle_x, middle_y = ((np.arange(look.heatmap.shape[axis]) + 0.5) * CELL_PX for axis in (1, 0))
    look.geometry[rows, columns, 0] = ((x - middle_x) / SIZE_UNIT_PX)[columns]
    look.geometry[rows, columns, 1] = ((y - middle_y) / SIZE_UNIT_PX)[rows][:, None]
    look.geometry[rows, columns, 2:] = np.log(np.array([width, height]) / SIZE_UNIT_PX)
    look.heatmap[int(y / CELL_PX), int(x / CELL_PX)] = heat
