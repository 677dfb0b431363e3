"""Draws an explanation as one figure."""

from __future__ import annotations

import math

import cv2
import numpy as np
import numpy.typing as npt

from digitreader.measure.explain.explanation import Explanation, most_important_neurons, reasons_for
from digitreader.measure.report import percent
from digitreader.model.glyph.features import MAP_COLUMNS, MAP_ROWS, MAPS, FeatureKind
from digitreader.output.overlay import Colour, Lettering
from digitreader.values import GLYPH_SIDE, ColourImage, GrayImage, Reading

ARROWS = "→←↓↑↘↖↗↙"
"""In the order of `digitreader.model.glyph.features.MAPS`."""
CERTAIN = 0.9995
"""A confidence above this would be written as 100.0 %."""


def a_digit(digit: int) -> str:
    """The digit with its article: ``a 4``, ``an 8``."""
    return f"an {digit}" if digit == 8 else f"a {digit}"


def confidence_of(reading: Reading) -> str:
    """How sure the reading is: ``confidence 97.5 %``."""
    return "confidence over 99.9 %" if reading.confidence >= CERTAIN else f"confidence {percent(reading.confidence)}"


def input_place(number: int, features: FeatureKind) -> str:
    """The place of one of the 784 inputs, counted from 0: ``row 3, column 14``, with its map if there are eight."""
    row, column = divmod(number, GLYPH_SIDE)
    if features == "pixels":
        return f"row {row + 1}, column {column + 1}"
    arrow = ARROWS[row // MAP_ROWS * (GLYPH_SIDE // MAP_COLUMNS) + column // MAP_COLUMNS]
    return f"{arrow} map, row {row % MAP_ROWS + 1}, column {column % MAP_COLUMNS + 1}"


INK_BGR, PALE_BGR = (40, 32, 28), (228, 224, 220)
FOR_BGR, AGAINST_BGR = (43, 40, 190), (180, 110, 30)
"""Red excites a neuron or is evidence for a digit; blue inhibits it or is evidence against it."""
MAP_BGR = (190, 180, 170)
WHITE = 255
FONT, WEIGHT = "uni", 400
"""A font without a stroke through its zero, because a small such zero looks like an 8."""


def text(
    canvas: ColourImage,
    words: str,
    base_xy: tuple[int, int],
    *,
    height_px: int,
    bold: bool = False,
    colour: Colour = INK_BGR,
) -> None:
    """Write a line of text with capitals of this height; `base_xy` is the left end of its baseline."""
    lettering = Lettering(words, height_px, weight=WEIGHT, font=FONT)
    # the font has one weight; text that is drawn twice, side by side, looks bold
    for right in range(1 + max(1, height_px // 11) if bold else 1):
        lettering.draw(canvas, (base_xy[0] + right, base_xy[1]), colour)


def lit(share: float, colour: Colour) -> Colour:
    """A colour between white, at 0, and the given one, at 1."""
    share = min(max(share, 0.0), 1.0)
    blue, green, red = (round(WHITE + share * (full - WHITE)) for full in colour)
    return blue, green, red


def signed(values: npt.NDArray[np.floating]) -> ColourImage:
    """(H, W) numbers from -1 to 1 as a picture: white at 0, red above, blue below."""
    share = np.clip(np.abs(values), 0, 1)[..., None]
    full = np.where((values > 0)[..., None], np.array(FOR_BGR), np.array(AGAINST_BGR))
    return np.asarray(np.round(WHITE + share * (full - WHITE)), np.uint8)


def on_white(image: ColourImage | GrayImage, side_px: int) -> ColourImage:
    """A picture, enlarged in squares or reduced, in the middle of a white square of this side."""
    colour = np.asarray(cv2.cvtColor(image, cv2.COLOR_GRAY2BGR), np.uint8) if image.ndim == 2 else image
    scale = side_px / max(colour.shape[:2])
    size_wh = max(1, round(colour.shape[1] * scale)), max(1, round(colour.shape[0] * scale))
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_NEAREST
    square = np.full((side_px, side_px, 3), WHITE, np.uint8)
    left, top = (side_px - size_wh[0]) // 2, (side_px - size_wh[1]) // 2
    square[top : top + size_wh[1], left : left + size_wh[0]] = cv2.resize(colour, size_wh, interpolation=how)
    return square


def part_maps(canvas: ColourImage, at_xy: tuple[int, int], side_px: int) -> list[tuple[int, int]]:
    """Draw lines between the eight maps of directions in their picture; returns the upper left corner of each."""
    (x, y), cell = at_xy, side_px / GLYPH_SIDE
    corners = []
    for number in range(len(MAPS)):
        left, top = x + round(number % 4 * cell * MAP_COLUMNS), y + round(number // 4 * cell * MAP_ROWS)
        right, bottom = left + round(cell * MAP_COLUMNS) - 1, top + round(cell * MAP_ROWS) - 1
        cv2.rectangle(canvas, (left, top), (right, bottom), MAP_BGR, 1)
        corners.append((left, top))
    return corners


SIZE_WH = 1280, 930
SHOWN_NEURONS = 16
"""The most neurons of a layer that are drawn: those that matter most for the answer."""
SHOWN_LINES = 48
"""The most lines between two layers: the terms with the largest absolute values. Half of the lines to the outputs lead
to the answer and to the digit that it is compared with."""
SMALL_PX, LARGE_PX, CAPTION_PX = 150, 224, 30
"""The sides of the pictures on the left, and the room below each for its text."""
NEURON_PX = 13
"""Radius of a neuron."""
X_LEFT, X_INPUTS, X_FIRST, X_LAST = 30, 210, 560, 1060
TOP, BOTTOM = 130, 770
"""The upper and the lower limit between which the neurons of a layer are spread."""
ARROW_BGR = (40, 140, 225)
MAP_WAYS = ((1, 0), (-1, 0), (0, 1), (0, -1), (1, 1), (-1, -1), (1, -1), (-1, 1))
"""Right and down, in the order of `digitreader.model.glyph.features.MAPS`."""
SHOWN = {"pixels": "the glyph's pixels", "directions": "where edges of its strokes face each of eight directions"}
INPUTS = {"pixels": "784 inputs: its pixels", "directions": "784 inputs: 8 maps of 14x7"}

Places = npt.NDArray[np.float64]
"""(N, 2) float64, x and y of the middles of neurons."""


def draw_explanation(explanation: Explanation) -> ColourImage:
    """Draw a digit's way through the network: (930, 1280, 3) uint8 BGR."""
    canvas = np.full((SIZE_WH[1], SIZE_WH[0], 3), 255, np.uint8)
    reading = explanation.reading
    text(
        canvas,
        f"{a_digit(reading.digit).capitalize()}, {confidence_of(reading)}",
        (X_LEFT, 56),
        height_px=24,
        bold=True,
    )
    text(canvas, _said_of(explanation), (X_LEFT, 92), height_px=11)
    _draw_steps(canvas, explanation)
    _draw_network(canvas, explanation)
    _draw_reasons(canvas, explanation)
    return canvas


def _said_of(explanation: Explanation) -> str:
    layers = [784, *(len(layer.biases) for layer in explanation.network.layers)]
    count = f"digit {explanation.number} of {explanation.digit_count} in the picture; "
    if len(layers) == 1:
        return f"{count}the network's neurons are not shown: it has more than plain layers in it"
    return f"{count}network {'-'.join(map(str, layers))}; inputs: {SHOWN[explanation.features]}"


def _draw_steps(canvas: ColourImage, explanation: Explanation) -> None:
    """The pictures on the left: the digit in the picture, its ink, its glyph, and the network's input."""
    small, large = SMALL_PX + CAPTION_PX, LARGE_PX + CAPTION_PX
    steps = (
        ("in the picture", _crop(explanation), (X_LEFT, TOP), SMALL_PX),
        ("its ink", explanation.ink, (X_LEFT, TOP + small), SMALL_PX),
        ("glyph of 28x28 pixels", explanation.glyph, (X_INPUTS, TOP), LARGE_PX),
        (INPUTS[explanation.features], explanation.shown, (X_INPUTS, TOP + large), LARGE_PX),
    )
    for said, image, (x, y), side in steps:
        _put(canvas, image, (x, y), side)
        text(canvas, said, (x, y + side + 18), height_px=10)
    if explanation.features == "directions":
        _mark_maps(canvas, (X_INPUTS, TOP + large), LARGE_PX)


def _mark_maps(canvas: ColourImage, at_xy: tuple[int, int], side_px: int) -> None:
    """Separate the eight maps of directions, and show with an arrow for which edges each is bright."""
    for number, (left, top) in enumerate(part_maps(canvas, at_xy, side_px)):
        middle, way = np.array((left + 10, top + 10)), np.array(MAP_WAYS[number])
        reach = np.round(6 * way / np.hypot(*way)).astype(int)
        first, last = ((middle + sign * reach).tolist() for sign in (-1, 1))
        cv2.arrowedLine(canvas, first, last, ARROW_BGR, 1, cv2.LINE_AA, tipLength=0.4)


def _crop(explanation: Explanation) -> ColourImage | GrayImage:
    box, image = explanation.reading.box, explanation.image
    room = round(0.25 * max(box.width, box.height)) + 2
    return image[max(0, box.y - room) : box.y + box.height + room, max(0, box.x - room) : box.x + box.width + room]


def _put(canvas: ColourImage, image: ColourImage | GrayImage, at_xy: tuple[int, int], side_px: int) -> None:
    """Put a picture on the canvas, enlarged or reduced to fit into a square, with a thin frame."""
    tile = on_white(image, side_px)
    x, y = at_xy
    canvas[y : y + side_px, x : x + side_px] = tile
    cv2.rectangle(canvas, (x - 1, y - 1), (x + side_px, y + side_px), PALE_BGR, 1)


def _draw_network(canvas: ColourImage, explanation: Explanation) -> None:
    layers = explanation.network.layers
    hidden = [most_important_neurons(explanation, layer, SHOWN_NEURONS) for layer in range(1, len(layers))]
    shown = [*hidden, list(range(len(explanation.activations[-1])))]
    columns = np.linspace(X_FIRST, X_LAST, len(shown)) if len(shown) > 1 else np.array([X_LAST])
    places = [_column(float(x), len(neurons)) for x, neurons in zip(columns, shown, strict=True)]
    for layer in range(1, len(shown)):
        products = (layers[layer].weights * explanation.activations[layer - 1])[np.ix_(shown[layer], shown[layer - 1])]
        rows = [explanation.reading.digit, explanation.against] if layer == len(shown) - 1 else []
        _draw_lines(canvas, places[layer - 1 : layer + 1], products, _strongest(products, rows))
    for layer, (neurons, middles) in enumerate(zip(shown, places, strict=True)):
        given, is_output = explanation.activations[layer], layer == len(shown) - 1
        numbers = [str(at if is_output else at + 1) for at in neurons]
        _draw_neurons(canvas, middles, given[neurons] / (1.0 if is_output else max(float(given.max()), 1e-6)), numbers)
        said = ("outputs", "0 to 1") if is_output else _layer_said(layer, len(given), len(neurons))
        for line, words in enumerate(said):
            text(canvas, words, (round(float(columns[layer])) - NEURON_PX, TOP - 12 + 16 * line), height_px=10)
    if layers:
        _draw_first_weights(canvas, explanation, shown[0], places[0])
    _draw_outputs(canvas, explanation, places[-1])


def _layer_said(layer: int, neurons: int, shown: int) -> tuple[str, str]:
    return f"hidden layer {layer + 1}", f"{neurons} neurons" if shown == neurons else f"{shown} of {neurons} neurons"


def _column(x: float, count: int) -> Places:
    ys = np.linspace(TOP + 30, BOTTOM, count)
    return np.stack([np.full(count, x), ys], axis=1)


def _strongest(products: npt.NDArray[np.float32], rows: list[int]) -> list[int]:
    """The indices of the terms to draw in (M, N) products, the weakest first; half of them in `rows` if it has any."""
    order = np.argsort(-np.abs(products), axis=None).tolist()
    of_rows = [at for at in order if at // products.shape[1] in rows][: SHOWN_LINES // 2]
    others = [at for at in order if at not in of_rows][: SHOWN_LINES - len(of_rows)]
    return sorted(of_rows + others, key=lambda at: abs(float(products.flat[at])))


def _draw_lines(canvas: ColourImage, places: list[Places], products: npt.NDArray[np.float32], drawn: list[int]) -> None:
    """Draw terms between a layer of N and one of M neurons: those of the (M, N) products with these indices."""
    most = float(np.abs(products).max()) or 1.0
    for at in drawn:
        to, begins = divmod(at, products.shape[1])
        share = float(products[to, begins]) / most
        if share:
            colour = lit(abs(share), FOR_BGR if share > 0 else AGAINST_BGR)
            first, last = (tuple(np.round(place).astype(int).tolist()) for place in (places[0][begins], places[1][to]))
            cv2.line(canvas, first, last, colour, 1 + round(2 * abs(share)), cv2.LINE_AA)


def _draw_neurons(canvas: ColourImage, middles: Places, shares: npt.NDArray[np.float32], numbers: list[str]) -> None:
    """Draw neurons with their numbers; more active neurons are darker."""
    for (x, y), share, number in zip(np.round(middles).astype(int).tolist(), shares.tolist(), numbers, strict=True):
        cv2.circle(canvas, (x, y), NEURON_PX, lit(share, INK_BGR), cv2.FILLED, cv2.LINE_AA)
        cv2.circle(canvas, (x, y), NEURON_PX, INK_BGR, 1, cv2.LINE_AA)
        colour = INK_BGR if share < 0.5 else (255, 255, 255)
        text(canvas, number, (x - 3 * len(number), y + 4), height_px=7, colour=colour)


def _draw_first_weights(canvas: ColourImage, explanation: Explanation, neurons: list[int], middles: Places) -> None:
    """Draw the 784 weights of each neuron of the first layer beside it, as a picture of the ink that it looks for."""
    weights = explanation.network.layers[0].weights[neurons]
    limit = float(np.quantile(np.abs(weights), 0.998)) or 1.0
    side = min(2 * 28, math.floor((BOTTOM - TOP - 30) / max(1, len(neurons) - 1)) - 3)
    for row, (x, y) in zip(weights, np.round(middles).astype(int).tolist(), strict=True):
        tile = signed(row.reshape(28, 28) / limit)
        _put(canvas, tile, (x - NEURON_PX - 10 - side, y - side // 2), side)


def _draw_outputs(canvas: ColourImage, explanation: Explanation, middles: Places) -> None:
    for digit, (given, (x, y)) in enumerate(zip(explanation.activations[-1].tolist(), middles.tolist(), strict=True)):
        bold, foot = digit == explanation.reading.digit, round(y) + 7
        text(canvas, str(digit), (round(x) + 26, foot), height_px=15, bold=bold)
        left, wide = round(x) + 50, 90
        cv2.rectangle(canvas, (left, foot - 12), (left + wide, foot - 2), PALE_BGR, cv2.FILLED)
        cv2.rectangle(canvas, (left, foot - 12), (left + round(wide * given), foot - 2), INK_BGR, cv2.FILLED)
        text(canvas, f"{given:.2f}", (left + wide + 8, foot - 1), height_px=10, bold=bold)


def _draw_reasons(canvas: ColourImage, explanation: Explanation) -> None:
    """Below the inputs: which of them are evidence for the answer, and which for the other digit."""
    digit, other = explanation.reading.digit, explanation.against
    reasons = reasons_for(explanation, digit, other)
    x, y = X_INPUTS + LARGE_PX + 24, SIZE_WH[1] - 122
    tile = signed(reasons.inputs / (float(np.abs(reasons.inputs).max()) or 1.0))
    place = X_INPUTS, TOP + 2 * (LARGE_PX + CAPTION_PX)
    _put(canvas, tile, place, LARGE_PX)
    if explanation.features == "directions":
        _mark_maps(canvas, place, LARGE_PX)
    rest = "The biases add" if explanation.measured is None else "Of a blank picture it is"
    said = (
        f"Red inputs speak for the {digit}, blue ones for the {other}: {reasons.inputs.sum():+.2f} in all.",
        f"{rest} {reasons.biases:+.2f}.",
        "A red line raises the sum of the neuron that it leads to, a blue one lowers it; a wide one more.",
        "The darker a neuron, the more active it is.",
    )
    text(canvas, f"Why {a_digit(digit)} and not {a_digit(other)}?", (x, y), height_px=14, bold=True)
    for line, words in enumerate(said):
        text(canvas, words, (x, y + 28 + 24 * line), height_px=11)
