"""Shows an explanation briefly on the terminal, and as one HTML page."""

from __future__ import annotations

from html import escape

import numpy as np

from digitreader.measure.explain.explanation import (
    Explanation,
    WeightedSum,
    most_important_neurons,
    reasons_for,
    weighted_sum,
)
from digitreader.measure.explain.pictures import (
    a_digit,
    confidence_of,
    draw_explanation,
    input_place,
    on_white,
    part_maps,
    signed,
)
from digitreader.measure.explain.weights import draw_overview
from digitreader.measure.report import Heading, Html, Shown, bar, counted, gallery, page_of, panel, section, table
from digitreader.measure.report_pictures import jpeg_address, png_address
from digitreader.model.glyph.features import FeatureKind
from digitreader.model.own.layers import RealNetwork, kinds_in_words
from digitreader.values import GLYPH_SIDE, GrayImage

SHADES = " .:-=+*#%@"
NUMBERED = 10
"""Digits of the picture that are listed on one line, each with its number."""
LEVELS = " ▁▂▃▄▅▆▇█"
BAR = 30
SHOWN_NEURONS = 16
SHOWN_TERMS = 12
"""The most terms of a sum that are written one by one; the others are added up."""
INPUTS = {"pixels": "the glyph's pixels", "directions": "8 maps of 14x7, one for each direction of an edge"}


def terminal_text(explanation: Explanation) -> str:
    """The glyph, how active each neuron is, the ten outputs, and why it is not another digit."""
    reading, layers = explanation.reading, explanation.network.layers
    lines = [
        f"digit {explanation.number} of {explanation.digit_count}: {a_digit(reading.digit)}, {confidence_of(reading)}",
        *_numbered(explanation),
        "",
        *drawn(explanation.glyph),
        "",
        f"784 inputs       {_inputs_line(explanation)}",
    ]
    lines += [f"hidden layer {layer}   {_layer_line(explanation, layer)}" for layer in range(1, len(layers))]
    lines += [f"network          {not_shown(explanation)}"] if not layers else []
    lines += ["outputs, each 0 to 1", *map(_output_line, enumerate(explanation.activations[-1].tolist()))]
    return "\n".join([*lines, "", reasons_text(explanation)])


def not_shown(explanation: Explanation) -> str:
    """The parts of a network whose neurons cannot be shown; empty if they are shown."""
    network = explanation.network
    if network.layers or not isinstance(network, RealNetwork):
        return ""
    return f"{kinds_in_words(network.operators)}; only of plain layers are the neurons shown"


def reasons_text(explanation: Explanation) -> str:
    """Why it is this digit and not the other, in one sentence that adds up."""
    digit, other = explanation.reading.digit, explanation.against
    reasons = reasons_for(explanation, digit, other)
    more, less = float(reasons.inputs[reasons.inputs > 0].sum()), float(reasons.inputs[reasons.inputs < 0].sum())
    rest = "the biases" if explanation.measured is None else "a blank picture has"
    return (
        f"why {a_digit(digit)} and not {a_digit(other)}: inputs that speak for the {digit} add {more:+.2f}, "
        f"those for the {other} {less:+.2f}, {rest} {reasons.biases:+.2f}; in all {reasons.total:+.2f}"
    )


def sum_text(weighed: WeightedSum, *, features: FeatureKind) -> str:
    """A neuron's sum, term by term.

    Args:
        weighed: the sum.
        features: what the network's inputs are.
    """
    shown, rest = weighed.terms[:SHOWN_TERMS], weighed.terms[SHOWN_TERMS:]
    lines = [f"{weighed.name}: weight x input, summed, plus its bias"]
    for term in shown:
        letter, place = ("x", f"  {input_place(term.before, features)}") if weighed.layer == 1 else ("a", "")
        what = f"w{term.before + 1} {letter}{term.before + 1}"
        lines.append(f"  {what:14} {term.weight:+8.4f} x {term.value:7.4f} = {term.product:+9.4f}{place}")
    if rest:
        smaller = sum(term.product for term in rest)
        lines.append(f"  {counted(len(rest), 'smaller term'):33} = {smaller:+9.4f}")
    lines.append(f"  {'bias b':33} = {weighed.bias:+9.4f}")
    lines.append(f"  {'sum':33} = {weighed.total:+9.4f}")
    if weighed.activation != "none":
        what = "softmax of all ten sums" if weighed.activation == "softmax" else f"{weighed.activation}(sum)"
        lines.append(f"  {what + (', rounded to 8 bits' if weighed.in_steps else ''):33} = {weighed.gives:9.4f}")
    return "\n".join(lines)


def drawn(glyph: GrayImage) -> list[str]:
    """A (28, 28) picture in characters, two rows of pixels to a line."""
    rows = glyph.reshape(GLYPH_SIDE // 2, 2, GLYPH_SIDE).astype(np.float64).mean(axis=1)
    return ["".join(SHADES[round(value / 255 * (len(SHADES) - 1))] for value in row) for row in rows.tolist()]


def _numbered(explanation: Explanation) -> list[str]:
    """The number of each digit for ``--digit``, if the picture has several."""
    if explanation.digit_count == 1:
        return []
    each = [f"{number}: {reading.text}" for number, reading in enumerate(explanation.readings, start=1)]
    rows = ["   ".join(each[first : first + NUMBERED]) for first in range(0, len(each), NUMBERED)]
    return ["digits of the picture, each with its number for --digit:", *(f"  {row}" for row in rows)]


def _inputs_line(explanation: Explanation) -> str:
    above = int((explanation.inputs > 0).sum())
    return f"{INPUTS[explanation.features]}; {above} are above 0, the greatest is {float(explanation.inputs.max()):.2f}"


def _layer_line(explanation: Explanation, layer: int) -> str:
    given = explanation.activations[layer - 1]
    neurons, most = most_important_neurons(explanation, layer, SHOWN_NEURONS), float(given.max()) or 1.0
    bars = "".join(LEVELS[round(float(given[at]) / most * (len(LEVELS) - 1))] for at in neurons)
    of = "" if len(neurons) == len(given) else "; the bars show the 16 that matter most"
    return f"|{bars}|  {int((given > 0).sum())} of {len(given)} neurons are active (above 0){of}"


def _output_line(output: tuple[int, float]) -> str:
    digit, given = output
    return f"  {digit}  {'█' * round(BAR * given):{BAR}}  {given:.3f}"


MOST_NEURONS = 32
"""The most neurons of a layer that are shown: those that matter most for the answer."""
TILE_PX = 112
LARGE_TILE_PX = 8 * GLYPH_SIDE
"""Side of a first-layer neuron's picture in the file."""


def write_page(explanation: Explanation, *, model: str, command: str) -> str:
    """The page, complete in itself.

    Args:
        explanation: the explanation of a digit.
        model: the name of the model.
        command: the command line that made it.
    """
    reading = explanation.reading
    picture = png_address(draw_explanation(explanation))
    figure = panel(f'<img src="{picture}" alt="the way of the digit through the network" style="width:100%">')
    heading = Heading(f"How {a_digit(reading.digit)} is read", f"{model}: {confidence_of(reading)}", command)
    why = f"<p>{escape(reasons_text(explanation).capitalize())}.</p>"
    if of := not_shown(explanation):
        why += f"<p>The network has {escape(of)}.</p>"
    hidden = [_layer_section(explanation, layer) for layer in range(1, len(explanation.network.layers))]
    way = section("From picture to answer", figure, why)
    return page_of(heading, [*_overview_section(explanation), way, *hidden, _outputs_section(explanation)])


def _overview_section(explanation: Explanation) -> list[str]:
    """The digits of the picture; empty if it has only one."""
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
    """Rows that arrange a number of weights as an almost square picture."""
    return max(rows for rows in range(1, int(np.sqrt(count)) + 1) if count % rows == 0)


def _sum_of(explanation: Explanation, layer: int, neuron: int) -> str:
    weighed = weighted_sum(explanation, layer, neuron)
    terms = sum_text(weighed, features=explanation.features).partition("\n")[2]
    title = f"{weighed.name.capitalize()}: {weighed.gives:.2f}"
    return f"<details><summary>{escape(title)}</summary><pre>{escape(terms)}</pre></details>"


def _outputs_section(explanation: Explanation) -> str:
    outputs, last = explanation.activations[-1].tolist(), len(explanation.network.layers)
    means = "0: not like this digit; 1: very like it. The confidence is calibrated from all ten."
    if not last:
        plain: list[list[str | Html]] = [
            [str(digit), f"{given:.3f}", bar(given)] for digit, given in enumerate(outputs)
        ]
        return section("Outputs", table(["digit", "output", ""], plain), note=means)
    rows: list[list[str | Html]] = []
    for digit, given in enumerate(outputs):
        total = weighted_sum(explanation, last, digit).total
        rows.append([str(digit), f"{total:+.2f}", f"{given:.3f}", bar(given)])
    sums = (_sum_of(explanation, last, digit) for digit in range(10))
    how = "softmax of all ten sums" if explanation.output == "softmax" else "sigmoid(sum)"
    rounded = ", rounded as the 8-bit model does" if explanation.in_steps else ""
    return section(
        "Outputs",
        table(["digit", "sum", "output", ""], rows),
        panel("".join(sums)),
        note=f"Each output is a neuron too: {how}{rounded}. {means}",
    )
