# ruff: noqa: INP001  a script, no package
"""Draw the pictures of docs/network.md, and write its numbers: `python docs/network.py`, in a minute.

All of it comes from one shipped model, a digit that the demo's hand writes, and a small network that learns here.
"""

from __future__ import annotations

import re
import sys
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from digitreader.drawing import scene, write_glyph
from digitreader.measure.explain.explanation import Explanation, explain_digit, reasons_for, weighted_sum
from digitreader.measure.explain.pictures import (
    AGAINST_BGR,
    FOR_BGR,
    INK_BGR,
    PALE_BGR,
    a_digit,
    draw_explanation,
    on_white,
    signed,
    text,
)
from digitreader.measure.explain.weights import draw_weights
from digitreader.model.checks import sigmoid
from digitreader.model.glyph.normalise import normalise_glyphs
from digitreader.model.load import load_model
from digitreader.reading.pipeline import FrameReader
from digitreader.values import ColourImage, Frame, GrayImage

MODEL = "tiny"
WRITTEN, SEED, RIVAL = "4709", 7, 9
"""What is written, by whose hand, and the digit that its first one is compared with."""
DOCS = Path(__file__).parent
STORY, PICTURES, WHOLE = DOCS / "network.md", DOCS / "network", DOCS / "explain.png"
TERMS = 5
"""So many terms of a neuron's sum are written one by one."""
TILE_PX, GAP_PX = 224, 56
PATCH, PATCH_AT = 7, (10, 8)
"""Side of the piece of the glyph whose numbers are shown, and its first row and column."""
PRACTICE, UNSEEN, STEPS, BATCH, RATE, EVERY = 2000, 500, 600, 50, 0.1, 10
"""Of the network that learns here: digits to learn from, digits to be tried on, its steps, digits a step, how far one
goes, and after how many steps the loss is taken."""
START = 0.5
"""How large its weights are at the start, of what is usual: small ones let what was learned be seen."""

Array = npt.NDArray[np.float64]
Layers = list[tuple[Array, Array]]


def explain_example() -> Explanation:
    """The way of the first digit that is written through the model."""
    image = scene(WRITTEN, size_wh=(480, 240), rng=np.random.default_rng(SEED)).image
    explained = explain_digit(
        FrameReader(load_model(MODEL)), Frame(image, WRITTEN), model=MODEL, number=1, against=RIVAL
    )
    if explained.reading.digit != int(WRITTEN[0]):
        sys.exit(f"{MODEL} reads {a_digit(explained.reading.digit)} where {WRITTEN[0]} is written; choose another SEED")
    return explained


def written_parts(explained: Explanation) -> dict[str, str]:
    """What stands between the markers of the story, by their names."""
    return {
        "layers": _layers_table(explained),
        "sum": _sum_table(explained),
        "activations": _activations(explained),
        "outputs": _outputs_table(explained),
        "why": _why(explained),
    }


def with_parts(story: str, parts: dict[str, str]) -> str:
    """The story with other words between its markers."""
    for name, words in parts.items():
        between = re.compile(rf"(<!-- {name} -->\n).*?(\n<!-- end -->)", re.DOTALL)
        if len(between.findall(story)) != 1:
            sys.exit(f"{STORY}: needs <!-- {name} --> and <!-- end --> once")
        story = between.sub(rf"\g<1>{words}\g<2>", story)
    return story


def _layers_table(explained: Explanation) -> str:
    layers, before, rows = explained.network.layers, explained.inputs.size, []
    for number, layer in enumerate(layers, start=1):
        neurons = len(layer.biases)
        name = "outputs" if number == len(layers) else f"hidden layer {number}"
        rows.append(f"| {name} | {neurons} | {before} x {neurons} = {layer.weights.size:,} | {neurons} |")
        before = neurons
    weights, biases = (sum(getattr(layer, each).size for layer in layers) for each in ("weights", "biases"))
    head = "| layer | neurons | weights | biases |\n|---|---:|---:|---:|"
    return "\n".join([head, *rows, f"| all: {weights + biases:,} numbers | | {weights:,} | {biases} |"])


def _most_active(explained: Explanation) -> int:
    return int(explained.activations[0].argmax())


def _sum_table(explained: Explanation) -> str:
    weighed = weighted_sum(explained, 1, _most_active(explained))
    shown, rest = weighed.terms[:TERMS], weighed.terms[TERMS:]
    lines = [f"{weighed.name.capitalize()}, the one that this {explained.reading.digit} excites most:", "```"]
    lines += [f"{term.weight:+7.3f} x {term.value:5.3f} = {term.product:+7.3f}" for term in shown]
    lines.append(f"{f'{len(rest)} other terms':>15} = {sum(term.product for term in rest):+7.3f}")
    lines += [f"{'bias':>15} = {weighed.bias:+7.3f}", f"{'sum':>15} = {weighed.total:+7.3f}"]
    lines += [f"{f'{weighed.activation}(sum)':>15} = {weighed.gives:+7.3f}", "```"]
    return "\n".join(lines)


def _activations(explained: Explanation) -> str:
    names = {"relu": "the ReLU", "sigmoid": "the sigmoid", "none": "no function"}
    hidden = {names[layer.activation] for layer in explained.network.layers[:-1]}
    return f"In this network the hidden neurons use {' and '.join(sorted(hidden))}, the ten outputs use the sigmoid."


def _outputs_table(explained: Explanation) -> str:
    given = explained.activations[-1].tolist()
    rows = ["| " + " | ".join(map(str, range(10))) + " |", "|" + "---:|" * 10]
    return "\n".join([*rows, "| " + " | ".join(f"{each:.2f}" for each in given) + " |"])


def _why(explained: Explanation) -> str:
    digit = explained.reading.digit
    reasons = reasons_for(explained, digit, RIVAL)
    more, less = (float(reasons.inputs[reasons.inputs * sign > 0].sum()) for sign in (1, -1))
    return (
        f"Inputs that speak for the {digit} add {more:+.2f}, those for the {RIVAL} add {less:+.2f}, and the biases "
        f"add {reasons.biases:+.2f}.\nTogether they are {reasons.total:+.2f}. That is above 0, so the {digit} wins."
    )


def draw_pictures(explained: Explanation) -> dict[Path, ColourImage]:
    """Every picture of the story."""
    digit, first = explained.reading.digit, _most_active(explained)
    weights = explained.network.layers[0].weights[first].reshape(28, 28)
    products, shown = weights * explained.inputs.reshape(28, 28), explained.shown
    weighed = weighted_sum(explained, 1, first)
    why = reasons_for(explained, digit, RIVAL).inputs
    (of_first, *_) = draw_weights(explained.network, MODEL, explained.features).values()
    neuron = [("inputs", shown, "x"), ("weights", _full(weights), "="), ("weight x input", _full(products), "")]
    reasons = [("inputs", shown, ""), (f"for the {digit} (red), for the {RIVAL} (blue)", _full(why), "")]
    return {
        WHOLE: draw_explanation(explained),
        PICTURES / "glyph.png": _draw_glyph(explained),
        PICTURES / "neuron.png": _row(neuron, f"sum with bias {weighed.total:+.2f}, neuron {weighed.gives:.2f}"),
        PICTURES / "curves.png": _draw_curves(),
        PICTURES / "weights.png": of_first,
        PICTURES / "why.png": _row(reasons),
        PICTURES / "loss.png": _draw_learning(),
    }


def _full(values: npt.NDArray[np.floating]) -> ColourImage:
    return signed(values / (float(np.abs(values).max()) or 1.0))


def _row(tiles: list[tuple[str, ColourImage | GrayImage, str]], said: str = "") -> ColourImage:
    """Pictures side by side, a caption below each and a sign behind it; words behind the last."""
    step = TILE_PX + GAP_PX
    canvas = _blank(GAP_PX // 2 + step * len(tiles) + (250 if said else 0), TILE_PX + 60)
    for number, (caption, image, sign) in enumerate(tiles):
        x = GAP_PX // 2 + number * step
        _put(canvas, on_white(image, TILE_PX), (x, 16), caption)
        text(canvas, sign, (x + TILE_PX + GAP_PX // 2 - 6, 16 + TILE_PX // 2), height_px=16)
    for line, words in enumerate(said.split(", ") if said else []):
        text(canvas, words, (step * len(tiles) + 12, 16 + TILE_PX // 2 - 8 + 32 * line), height_px=14, bold=bool(line))
    return canvas


def _blank(width_px: int, height_px: int) -> ColourImage:
    return np.full((height_px, width_px, 3), 255, np.uint8)


def _put(canvas: ColourImage, tile: ColourImage, at_xy: tuple[int, int], caption: str = "") -> None:
    (x, y), (height, width) = at_xy, tile.shape[:2]
    canvas[y : y + height, x : x + width] = tile
    cv2.rectangle(canvas, (x - 1, y - 1), (x + width, y + height), PALE_BGR, 1)
    text(canvas, caption, (x, y + height + 20), height_px=10)


def _draw_glyph(explained: Explanation) -> ColourImage:
    """The digit as it is seen, its 28x28 pixels, and the numbers in a piece of them."""
    box, side, cell = explained.reading.box, 10 * 28, 40
    room = box.height // 2
    seen = explained.image[box.y - room : box.y + box.height + room, box.x - room : box.x + box.width + room]
    canvas = _blank(3 * (side + 40), side + 60)
    _put(canvas, on_white(seen, side), (20, 16), "seen by the camera")
    _put(canvas, on_white(explained.glyph, side), (60 + side, 16), "28 x 28 = 784 pixels")
    row, column = PATCH_AT
    corner = 60 + side + 10 * column, 16 + 10 * row
    cv2.rectangle(canvas, corner, (corner[0] + 10 * PATCH, corner[1] + 10 * PATCH), FOR_BGR, 2)
    piece = explained.glyph[row : row + PATCH, column : column + PATCH]
    left = 100 + 2 * side
    _put(canvas, on_white(piece, PATCH * cell), (left, 16), "the piece in the red frame: one number a pixel")
    for (down, right), value in np.ndenumerate(piece):
        colour = (255, 255, 255) if value < 128 else INK_BGR
        text(canvas, f"{value / 255:.2f}", (left + right * cell + 5, 42 + down * cell), height_px=10, colour=colour)
    return canvas


def _draw_curves() -> ColourImage:
    """The sigmoid and the ReLU."""
    canvas, sums = _blank(640, 250), np.linspace(-6, 6, 241)
    curves = (("sigmoid", sigmoid(sums.astype(np.float32)), 1.0), ("ReLU", np.maximum(sums, 0), 6.0))
    for at, (name, given, most) in enumerate(curves):
        cv2.line(canvas, (165 + 310 * at, 20), (165 + 310 * at, 190), PALE_BGR, 1)
        _plot(canvas, (40 + 310 * at, 20), [(given / most, FOR_BGR)], size_wh=(250, 170))
        text(canvas, f"{name}: sum from -6 to 6, result from 0 to {most:.0f}", (40 + 310 * at, 220), height_px=9)
    return canvas


def _plot(
    canvas: ColourImage,
    at_xy: tuple[int, int],
    curves: list[tuple[npt.NDArray[np.floating], tuple[int, int, int]]],
    *,
    size_wh: tuple[int, int],
) -> None:
    """Curves of values from 0 to 1 in a frame."""
    (x, y), (width, height) = at_xy, size_wh
    cv2.rectangle(canvas, (x, y), (x + width, y + height), PALE_BGR, 1)
    for values, colour in curves:
        across = np.linspace(x, x + width, len(values))
        points = np.stack([across, y + height - height * values], axis=1)
        cv2.polylines(canvas, [np.round(points).astype(np.int32)], False, colour, 2, cv2.LINE_AA)


def _draw_learning() -> ColourImage:
    """How the loss of a network falls that learns here, and three of its neurons before and after."""
    before, after, losses = _learn()
    canvas = _blank(960, 330)
    curves = [(np.array([each[at] for each in losses]), colour) for at, colour in ((0, AGAINST_BGR), (1, FOR_BGR))]
    _plot(canvas, (60, 30), [(each / curves[0][0][0], colour) for each, colour in curves], size_wh=(480, 230))
    for at, (words, colour) in enumerate((("digits it learns from", AGAINST_BGR), ("other digits", FOR_BGR))):
        text(canvas, words, (330, 60 + 24 * at), height_px=11, colour=colour)
    for at in (0, -1):
        text(canvas, f"{losses[at][0]:.2f}", (18, 40 if at == 0 else 262), height_px=10)
    text(canvas, f"loss, from the start to step {STEPS}", (60, 284), height_px=10)
    changed = np.abs(after[0][0] - before[0][0]).max(axis=1).argsort()[::-1][:3].tolist()
    for row, (layers, words) in enumerate(
        ((before, "weights of three neurons at the start"), (after, "and at the end"))
    ):
        for column, neuron in enumerate(changed):
            tile = on_white(_full(layers[0][0][neuron].reshape(28, 28)), 112)
            _put(canvas, tile, (590 + 120 * column, 30 + 146 * row), "" if column else words)
    return canvas


def _learn() -> tuple[Layers, Layers, list[tuple[float, float]]]:
    """Learn drawn digits by gradient descent; gives the layers before and after, and both losses now and then."""
    rng = np.random.default_rng(SEED)
    labels = rng.integers(0, 10, PRACTICE + UNSEEN)
    inks = [write_glyph(int(label), rng, height_px=40.0) for label in labels]
    inputs, wanted = normalise_glyphs(inks).reshape(len(inks), -1) / 255.0, np.eye(10)[labels]
    sizes = (784, 16, 16, 10)
    start = [(rng.normal(0, START * np.sqrt(2 / a), (b, a)), np.zeros(b)) for a, b in pairwise(sizes)]
    layers, losses = start, []
    for step in range(STEPS + 1):
        if step % EVERY == 0:
            losses.append(
                (_loss(layers, inputs[:UNSEEN], wanted[:UNSEEN]), _loss(layers, inputs[PRACTICE:], wanted[PRACTICE:]))
            )
        some = rng.integers(0, PRACTICE, BATCH)
        layers = _step(layers, inputs[some], wanted[some])
    return start, layers, losses


def _run(layers: Layers, inputs: Array) -> list[Array]:
    """What every layer gives, the inputs first."""
    given = [inputs]
    for number, (weights, biases) in enumerate(layers, start=1):
        sums = given[-1] @ weights.T + biases
        given.append(np.maximum(sums, 0) if number < len(layers) else 1 / (1 + np.exp(-sums)))
    return given


def _loss(layers: Layers, inputs: Array, wanted: Array) -> float:
    """The ten squared differences, added up; the mean over the digits."""
    return float(((_run(layers, inputs)[-1] - wanted) ** 2).sum(axis=1).mean())


def _step(layers: Layers, inputs: Array, wanted: Array) -> Layers:
    """One step downhill: each number changes a little in the direction in which the loss falls."""
    given, better = _run(layers, inputs), []
    slope = 2 * (given[-1] - wanted) * given[-1] * (1 - given[-1]) / len(inputs)
    for (weights, biases), before in zip(reversed(layers), reversed(given[:-1]), strict=True):
        better.append((weights - RATE * slope.T @ before, biases - RATE * slope.sum(axis=0)))
        slope = (slope @ weights) * (before > 0)
    return better[::-1]


def main() -> None:
    """Write the pictures, and the numbers into the story."""
    explained = explain_example()
    PICTURES.mkdir(exist_ok=True)
    for path, picture in draw_pictures(explained).items():
        # fewer shades make the files half as large
        shades = np.minimum(255, 8 * np.round(picture / 8)).astype(np.uint8)
        cv2.imwrite(
            str(path), shades, [cv2.IMWRITE_PNG_COMPRESSION, 9, cv2.IMWRITE_PNG_FILTER, cv2.IMWRITE_PNG_FILTER_NONE]
        )
    story = STORY.read_text(encoding="utf-8")
    STORY.write_text(with_parts(story, written_parts(explained)), encoding="utf-8")


if __name__ == "__main__":
    main()
