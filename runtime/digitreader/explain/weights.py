"""A network's weights as pictures: what each neuron of the first layer looks for, and what each other one counts."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from digitreader.engines.layers import Layer, LayeredNetwork
from digitreader.explain.tiles import INK_BGR, PALE_BGR, signed, text
from digitreader.values import GLYPH_SIDE, ColourImage

GAP_PX, TITLE_PX, CAPTION_PX = 12, 84, 18
LARGE_PX, SMALL_PX, MOST_LARGE = 140, 56, 64
"""Sides of a neuron's picture, the first where a layer has no more neurons than the last."""
CELL_PX, MOST_CELL_PX = 24, 1400
"""Side of a weight's square in the pictures of later layers, and the most that such a picture measures."""
PALEST = 0.998
"""The weight that is drawn in full colour: this share of all is weaker. The few strongest would leave the rest pale."""


def draw_weights(network: LayeredNetwork, name: str) -> dict[str, ColourImage]:
    """One picture of each layer, (H, W, 3) uint8 BGR, by the names of their files."""
    *_, last = range(1, len(network.layers) + 1)
    pictures = {}
    for number, layer in enumerate(network.layers, start=1):
        of = "outputs" if number == last else f"layer-{number}"
        title = f"{name}: " + ("the outputs" if number == last else f"hidden layer {number}")
        pictures[f"{name}-{of}.png"] = (
            _first(layer, title) if number == 1 else _later(layer, title, is_last=number == last)
        )
    return pictures


def _first(layer: Layer, title: str) -> ColourImage:
    """The 784 weights of each neuron as a picture."""
    count = len(layer.weights)
    side = LARGE_PX if count <= MOST_LARGE else SMALL_PX
    columns = int(np.ceil(np.sqrt(count if side == LARGE_PX else 2 * count)))
    rows = -(-count // columns)
    step_x, step_y = side + GAP_PX, side + GAP_PX + (CAPTION_PX if side == LARGE_PX else 0)
    canvas = _page(
        title, "Red: what goes in there excites the neuron; blue: it holds it back.", columns * step_x, rows * step_y
    )
    scaled = layer.weights / _limit_of(layer)
    for number, row in enumerate(scaled.reshape(count, GLYPH_SIDE, GLYPH_SIDE)):
        x, y = GAP_PX + number % columns * step_x, TITLE_PX + number // columns * step_y
        canvas[y : y + side, x : x + side] = cv2.resize(signed(row), (side, side), interpolation=cv2.INTER_NEAREST)
        cv2.rectangle(canvas, (x - 1, y - 1), (x + side, y + side), PALE_BGR, 1)
        if side == LARGE_PX:
            text(canvas, f"neuron {number + 1}", (x, y + side + 14), height_px=9)
    return canvas


def _later(layer: Layer, title: str, *, is_last: bool) -> ColourImage:
    """All weights as one picture: a row for each neuron, a column for each of the layer before."""
    rows, columns = layer.weights.shape
    cell = max(1, min(CELL_PX, MOST_CELL_PX // max(rows, columns)))
    left = 60
    canvas = _page(title, "A row for each, a column for each neuron before it.", left + columns * cell, rows * cell)
    tile = signed(layer.weights / _limit_of(layer))
    size_wh = columns * cell, rows * cell
    canvas[TITLE_PX : TITLE_PX + size_wh[1], left : left + size_wh[0]] = cv2.resize(
        tile, size_wh, interpolation=cv2.INTER_NEAREST
    )
    cv2.rectangle(canvas, (left - 1, TITLE_PX - 1), (left + size_wh[0], TITLE_PX + size_wh[1]), INK_BGR, 1)
    if cell == CELL_PX:
        for row in range(rows):
            text(canvas, str(row if is_last else row + 1), (left - 34, TITLE_PX + row * cell + 17), height_px=10)
    return canvas


def _limit_of(layer: Layer) -> float:
    return float(np.quantile(np.abs(layer.weights), PALEST)) or 1.0


def _page(title: str, remark: str, width_px: int, height_px: int) -> ColourImage:
    canvas: npt.NDArray[np.uint8] = np.full(
        (TITLE_PX + height_px + GAP_PX, max(width_px + GAP_PX, 620), 3), 255, np.uint8
    )
    text(canvas, title, (GAP_PX, 34), height_px=17, bold=True)
    text(canvas, remark, (GAP_PX, 62), height_px=11)
    return canvas
