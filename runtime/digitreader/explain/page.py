"""The explanation as one HTML page: the figure, every neuron with its weights, and its sum."""

from __future__ import annotations

from html import escape

import numpy as np

from digitreader.explain.explanation import Explanation
from digitreader.explain.figure import draw_explanation
from digitreader.explain.overview import draw_overview
from digitreader.explain.sums import most_important_neurons, weighted_sum
from digitreader.explain.terminal import reasons_text, sum_text
from digitreader.explain.tiles import on_white, part_maps, signed
from digitreader.explain.words import a_digit, confidence_of
from digitreader.score.report.elements import Html, Shown, bar, gallery, panel, section, table
from digitreader.score.report.page import Heading, page_of
from digitreader.score.report.pictures import jpeg_address, png_address
from digitreader.values import GLYPH_SIDE

MOST_NEURONS = 32
"""Of a larger layer, so many neurons are shown: those that matter most for the answer."""
TILE_PX = 112
LARGE_TILE_PX = 8 * GLYPH_SIDE
"""Side of a first-layer neuron's picture in the file."""


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
    heading = Heading(f"How {a_digit(reading.digit)} is read", f"{model}: {confidence_of(reading)}", command)
    why = f"<p>{escape(reasons_text(explanation).capitalize())}.</p>"
    hidden = [_layer_section(explanation, layer) for layer in range(1, len(explanation.network.layers))]
    way = section("From picture to answer", figure, why)
    return page_of(heading, [*_overview_section(explanation), way, *hidden, _outputs_section(explanation)])


def _overview_section(explanation: Explanation) -> list[str]:
    """Which digits the picture has; nothing where it has one alone."""
    if explanation.digit_count == 1:
        return []
    address = jpeg_address(draw_overview(explanation))
    picture = f'<img src="{address}" alt="the picture with a numbered box round each digit" style="max-width:100%">'
    return [section(f"The {explanation.digit_count} digits of the picture", panel(picture))]


def _layer_section(explanation: Explanation, layer: int) -> str:
    given = explanation.activations[layer - 1]
    neurons = most_important_neurons(explanation, layer, MOST_NEURONS)
    of = "" if len(neurons) == len(given) else f"{len(neurons)} of {len(given)} neurons, those that matter most. "
    folded = "" if layer == 1 else " The weights of a row of the layer before are folded into a square."
    return section(
        f"Hidden layer {layer}",
        gallery([_neuron(explanation, layer, at) for at in neurons], tile_px=TILE_PX, pixelated=True),
        panel("".join(_sum_of(explanation, layer, at) for at in neurons)),
        note=f"{of}Each picture shows a neuron's weights. Red: this input raises its sum. Blue: it lowers it.{folded}",
    )


def _neuron(explanation: Explanation, layer: int, neuron: int) -> Shown:
    weights = explanation.network.layers[layer - 1].weights
    rows = GLYPH_SIDE if layer == 1 else _rows_of(weights.shape[1])
    limit = float(np.quantile(np.abs(weights), 0.998)) or 1.0
    tile = signed(weights[neuron].reshape(rows, -1) / limit)
    if layer == 1:
        tile = on_white(tile, LARGE_TILE_PX)
        if explanation.features == "directions":
            part_maps(tile, (0, 0), LARGE_TILE_PX)
    given = float(explanation.activations[layer - 1][neuron])
    return Shown(
        png_address(tile), f"{layer}.{neuron + 1} gives {given:.2f}", f"weights of neuron {layer}.{neuron + 1}"
    )


def _rows_of(count: int) -> int:
    """So many rows make of a count of weights a picture that is about square."""
    return max(rows for rows in range(1, int(np.sqrt(count)) + 1) if count % rows == 0)


def _sum_of(explanation: Explanation, layer: int, neuron: int) -> str:
    weighed = weighted_sum(explanation, layer, neuron)
    terms = sum_text(weighed, features=explanation.features).partition("\n")[2]
    title = f"{weighed.name.capitalize()}: {weighed.gives:.2f}"
    return f"<details><summary>{escape(title)}</summary><pre>{escape(terms)}</pre></details>"


def _outputs_section(explanation: Explanation) -> str:
    last = len(explanation.network.layers)
    rows: list[list[str | Html]] = []
    for digit, given in enumerate(explanation.activations[-1].tolist()):
        total = weighted_sum(explanation, last, digit).total
        rows.append([str(digit), f"{total:+.2f}", f"{given:.3f}", bar(given)])
    sums = (_sum_of(explanation, last, digit) for digit in range(10))
    return section(
        "Outputs",
        table(["digit", "sum", "output", ""], rows),
        panel("".join(sums)),
        note="Each output is a neuron too: sigmoid(sum), rounded as the 8-bit model does. 0: not like this digit; "
        "1: very like it. The confidence is calibrated from all ten.",
    )
