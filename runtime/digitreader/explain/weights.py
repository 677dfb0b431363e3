"""A network's weights as pictures: what each neuron of the first layer looks for, and what each other one counts."""

from __future__ import annotations

import cv2
import numpy as np

from digitreader.engines.layers import Layer, LayeredNetwork
from digitreader.explain.tiles import INK_BGR, PALE_BGR, part_maps, signed, text
from digitreader.features import FeatureKind
from digitreader.values import GLYPH_SIDE, ColourImage

GAP_PX, TITLE_PX, CAPTION_PX, LEFT_PX, LEAST_WIDTH_PX = 12, 100, 18, 60, 640
LARGE_PX, SMALL_PX, MOST_LARGE = 140, 56, 64
"""Sides of a neuron's picture, the first where a layer has no more neurons than the last."""
CELL_PX, MOST_CELL_PX = 24, 1400
"""Side of a weight's square in the pictures of later layers, and the most that such a picture measures."""
EVERY = 16
"""Of rows and columns that are finer, every so manyth has its number."""
PALEST = 0.998
"""The weight that is drawn in full colour: this share of all is weaker. The few strongest would leave the rest pale."""
COLOURS = "Red: what goes in there raises the neuron's sum. Blue: it lowers it."
INPUTS = {
    "pixels": "Each picture: one neuron's weights, one for each pixel of the glyph.",
    "directions": "Each picture: one neuron's weights, in eight maps of 14x7, one for each way an edge faces.",
}


def draw_weights(network: LayeredNetwork, name: str, features: FeatureKind) -> dict[str, ColourImage]:
    """One picture of each layer, (H, W, 3) uint8 BGR, by the names of their files.

    Args:
        network: its layers.
        name: of the model.
        features: what its 784 inputs are.
    """
    first, *hidden, last = network.layers
    pictures = {f"{name}-layer-1.png": _first(first, f"{name}: hidden layer 1", features)}
    for number, layer in enumerate(hidden, start=2):
        pictures[f"{name}-layer-{number}.png"] = _later(layer, f"{name}: hidden layer {number}", first_row=1)
    pictures[f"{name}-outputs.png"] = _later(last, f"{name}: the outputs", first_row=0)
    return pictures


def _first(layer: Layer, title: str, features: FeatureKind) -> ColourImage:
    """The 784 weights of each neuron as a picture."""
    count = len(layer.weights)
    is_large = count <= MOST_LARGE
    side = LARGE_PX if is_large else SMALL_PX
    columns = int(np.ceil(np.sqrt(count if is_large else 2 * count)))
    step_x, step_y = side + GAP_PX, side + GAP_PX + CAPTION_PX
    canvas = _page(title, INPUTS[features], columns * step_x, -(-count // columns) * step_y)
    scaled = layer.weights / _limit_of(layer)
    for number, row in enumerate(scaled.reshape(count, GLYPH_SIDE, GLYPH_SIDE)):
        x, y = GAP_PX + number % columns * step_x, TITLE_PX + number // columns * step_y
        canvas[y : y + side, x : x + side] = cv2.resize(signed(row), (side, side), interpolation=cv2.INTER_NEAREST)
        cv2.rectangle(canvas, (x - 1, y - 1), (x + side, y + side), PALE_BGR, 1)
        if features == "directions" and is_large:
            part_maps(canvas, (x, y), side)
        text(canvas, f"neuron {number + 1}" if is_large else str(number + 1), (x, y + side + 14), height_px=9)
    return canvas


def _later(layer: Layer, title: str, *, first_row: int) -> ColourImage:
    """All weights as one picture: a row for each neuron, a column for each of the layer before."""
    rows, columns = layer.weights.shape
    cell = max(1, min(CELL_PX, MOST_CELL_PX // max(rows, columns)))
    size_wh = columns * cell, rows * cell
    remark = "Each row is a neuron of this layer; each column is a neuron of the layer before."
    canvas = _page(title, remark, LEFT_PX + size_wh[0], CAPTION_PX + size_wh[1])
    top = TITLE_PX + CAPTION_PX
    tile = cv2.resize(signed(layer.weights / _limit_of(layer)), size_wh, interpolation=cv2.INTER_NEAREST)
    canvas[top : top + size_wh[1], LEFT_PX : LEFT_PX + size_wh[0]] = tile
    cv2.rectangle(canvas, (LEFT_PX - 1, top - 1), (LEFT_PX + size_wh[0], top + size_wh[1]), INK_BGR, 1)
    every = 1 if cell == CELL_PX else EVERY
    for row in range(0, rows, every):
        text(canvas, str(first_row + row), (LEFT_PX - 34, top + row * cell + min(17, 9 + cell // 2)), height_px=9)
    for column in range(0, columns, every):
        text(canvas, str(1 + column), (LEFT_PX + column * cell + cell // 4, top - 6), height_px=9)
    return canvas


def _limit_of(layer: Layer) -> float:
    return float(np.quantile(np.abs(layer.weights), PALEST)) or 1.0


def _page(title: str, remark: str, width_px: int, height_px: int) -> ColourImage:
    shape = TITLE_PX + height_px + GAP_PX, max(width_px + GAP_PX, LEAST_WIDTH_PX), 3
    canvas = np.full(shape, 255, np.uint8)
    text(canvas, title, (GAP_PX, 34), height_px=17, bold=True)
    text(canvas, remark, (GAP_PX, 60), height_px=10)
    text(canvas, COLOURS, (GAP_PX, 80), height_px=10)
    return canvas
