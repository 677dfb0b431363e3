"""The explanation as one HTML page: the figure, every neuron with its weights, and its sum."""

from __future__ import annotations

from html import escape

import numpy as np

from digitreader.explain.explanation import Explanation
from digitreader.explain.figure import draw_explanation
from digitreader.explain.sums import most_telling, weighted_sum
from digitreader.explain.tell import tell_sum
from digitreader.explain.tiles import signed
from digitreader.score.report.elements import Html, Shown, bar, gallery, panel, section, table
from digitreader.score.report.page import Heading, page_of
from digitreader.score.report.pictures import png_address
from digitreader.score.told import percent
from digitreader.values import GLYPH_SIDE

MOST_NEURONS = 32
"""Of a larger layer, so many neurons are shown: those that count most for the answer."""
TILE_PX = 112


def write_page(explanation: Explanation, *, model: str, command: str) -> str:
    """The page, complete in itself.

    Args:
        explanation: of a digit.
        model: its name.
        command: the command line that made it.
    """
    reading = explanation.reading
    picture = png_address(draw_explanation(explanation))
    figure = panel(f'<img src="{picture}" alt="the way of the digit through the network" style="width:100%">')
    heading = Heading(f"How a {reading.digit} is read", f"{model}, {percent(reading.confidence)} sure", command)
    hidden = [_layer_section(explanation, layer) for layer in range(1, len(explanation.network.layers))]
    return page_of(heading, [section("The way of the digit", figure), *hidden, _outputs_section(explanation)])


def _layer_section(explanation: Explanation, layer: int) -> str:
    given = explanation.given[layer - 1]
    neurons = most_telling(explanation, layer, MOST_NEURONS)
    of = "" if len(neurons) == len(given) else f"{len(neurons)} of {len(given)} neurons, those that count most. "
    shown = "its weights, red where what goes in excites it, blue where it holds it back"
    return section(
        f"Hidden layer {layer}",
        gallery([_neuron(explanation, layer, at) for at in neurons], tile_px=TILE_PX, pixelated=True),
        *(_sum_of(explanation, layer, at) for at in neurons[:MOST_NEURONS]),
        note=f"{of}Each with {shown}; below, the sum of each.",
    )


def _neuron(explanation: Explanation, layer: int, neuron: int) -> Shown:
    weights = explanation.network.layers[layer - 1].weights
    rows = GLYPH_SIDE if layer == 1 else _rows_of(weights.shape[1])
    limit = float(np.quantile(np.abs(weights), 0.998)) or 1.0
    tile = signed(weights[neuron].reshape(rows, -1) / limit)
    given = float(explanation.given[layer - 1][neuron])
    return Shown(
        png_address(tile), f"{layer}.{neuron + 1} gives {given:.2f}", f"weights of neuron {layer}.{neuron + 1}"
    )


def _rows_of(count: int) -> int:
    """So many rows make of a count of weights a picture that is about square."""
    return max(rows for rows in range(1, int(np.sqrt(count)) + 1) if count % rows == 0)


def _sum_of(explanation: Explanation, layer: int, neuron: int) -> str:
    told = tell_sum(weighted_sum(explanation, layer, neuron), inputs="x" if layer == 1 else "a")
    title, _, body = told.partition("\n")
    return f"<details><summary>{escape(title)}</summary><pre>{escape(body)}</pre></details>"


def _outputs_section(explanation: Explanation) -> str:
    last = len(explanation.network.layers)
    rows: list[list[str | Html]] = []
    for digit, given in enumerate(explanation.given[-1].tolist()):
        total = weighted_sum(explanation, last, digit).total
        rows.append([str(digit), f"{total:+.2f}", f"{given:.3f}", bar(given)])
    sums = (_sum_of(explanation, last, digit) for digit in range(10))
    return section(
        "Outputs",
        table(["digit", "sum", "sigmoid(sum)", ""], rows),
        *sums,
        note="Each output is a neuron too: the sigmoid of its sum, 0 for no likeness, 1 for full likeness.",
    )
