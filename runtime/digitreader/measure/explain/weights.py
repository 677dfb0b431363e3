"""Draws which digit of a picture is explained, and a model's weights as pictures."""

from __future__ import annotations

import cv2
import numpy as np

from digitreader.measure.explain.explanation import Explanation
from digitreader.measure.explain.pictures import (
    AGAINST_BGR,
    FONT,
    FOR_BGR,
    INK_BGR,
    PALE_BGR,
    WEIGHT,
    part_maps,
    signed,
    text,
)
from digitreader.model.engine.numpy_engine import Layer, LayeredNetwork
from digitreader.model.glyph.features import FeatureKind
from digitreader.model.own.layers import RealNetwork
from digitreader.output.overlay import Colour, Lettering
from digitreader.values import GLYPH_SIDE, Box, ColourImage, GrayImage

SIDE_PX = 1200
"""The longer side of the picture, as it is drawn."""
STRIP_PX, MARGIN_PX = 40, 14
LABEL_PX = 18, 11
"""The height of a number if there is room, and its least height."""
LINE_PX = 2
NOTE = "The number at each box is the N of --digit N. Red: the digit that is explained."
WHITE: Colour = (255, 255, 255)


def draw_overview(explanation: Explanation) -> ColourImage:
    """Draw the picture, enlarged or reduced, with a numbered box round each digit and a note below: (H, W, 3) BGR."""
    canvas, zoom = _scaled(explanation.image)
    boxes = [_zoomed(reading.box, zoom) for reading in explanation.readings]
    label_px = max(LABEL_PX[1], min(LABEL_PX[0], round(0.35 * float(np.median([box.height for box in boxes])))))
    chosen = explanation.number - 1
    for at, box in enumerate(boxes):
        corner = box.x + box.width + LINE_PX, box.y + box.height + LINE_PX
        cv2.rectangle(canvas, (box.x - LINE_PX, box.y - LINE_PX), corner, _colour(at == chosen), LINE_PX, cv2.LINE_AA)
    # the numbers come last, so that no edge of a box crosses them
    for at, box in enumerate(boxes):
        _draw_number(canvas, str(at + 1), box, _colour(at == chosen), label_px)
    return np.vstack([canvas, _strip(canvas.shape[1])])


def _scaled(image: ColourImage | GrayImage) -> tuple[ColourImage, float]:
    colour = cv2.cvtColor(image, cv2.COLOR_GRAY2BGR) if image.ndim == 2 else image
    zoom = SIDE_PX / max(image.shape[:2])
    how = cv2.INTER_AREA if zoom < 1 else cv2.INTER_CUBIC
    return np.array(cv2.resize(colour, None, fx=zoom, fy=zoom, interpolation=how), np.uint8), zoom


def _zoomed(box: Box, zoom: float) -> Box:
    return Box(*(round(each * zoom) for each in (box.x, box.y, box.width, box.height)))


def _colour(is_chosen: bool) -> Colour:
    return FOR_BGR if is_chosen else AGAINST_BGR


def _draw_number(canvas: ColourImage, number: str, box: Box, colour: Colour, height_px: int) -> None:
    """Draw a number on a filled ground above a box's upper left corner; it is moved if it would leave the picture."""
    pad = max(2, height_px // 4)
    width, height = Lettering(number, height_px, weight=WEIGHT, font=FONT).width + 2 * pad + 1, height_px + 2 * pad
    left = min(max(0, box.x - LINE_PX - 1), canvas.shape[1] - width)
    bottom = max(height, box.y - LINE_PX)
    cv2.rectangle(canvas, (left, bottom - height), (left + width - 1, bottom - 1), colour, cv2.FILLED)
    text(canvas, number, (left + pad, bottom - pad), height_px=height_px, bold=True, colour=WHITE)


def _strip(width_px: int) -> ColourImage:
    strip = np.full((STRIP_PX, width_px, 3), WHITE, np.uint8)
    note = Lettering(NOTE, LABEL_PX[0] - 5, weight=WEIGHT, font=FONT).fitted(width_px - 2 * MARGIN_PX)
    note.draw(strip, (MARGIN_PX, STRIP_PX - MARGIN_PX), INK_BGR)
    return strip


GAP_PX, TITLE_PX, CAPTION_PX, LEFT_PX, LEAST_WIDTH_PX = 12, 100, 18, 60, 640
LARGE_PX, SMALL_PX, MOST_LARGE = 140, 56, 64
"""The side of a neuron's picture in layers of at most this many neurons (last): the first; else the second."""
CELL_PX, MOST_CELL_PX = 24, 1400
"""The side of a weight's square in the pictures of later layers, and the greatest side of such a picture."""
EVERY = 16
"""If rows and columns are narrow, only every 16th has its number."""
PALEST = 0.998
"""This share of all weights is weaker than the weight in full colour. Without it, the few strongest would make the rest
pale."""
COLOURS = "Red: what goes in there raises the neuron's sum. Blue: it lowers it."
INPUTS = {
    "pixels": "Each picture: one neuron's weights, one for each pixel of the glyph.",
    "directions": "Each picture: one neuron's weights, in eight maps of 14x7, one for each way an edge faces.",
}


def draw_weights(network: LayeredNetwork | RealNetwork, name: str, features: FeatureKind) -> dict[str, ColourImage]:
    """One picture of each layer, (H, W, 3) uint8 BGR, by the names of their files.

    Args:
        network: the network.
        name: the name of the model.
        features: the kind of its 784 inputs.
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
