"""The explanation in short, for a terminal."""

from __future__ import annotations

import numpy as np

from digitreader.explain.explanation import Explanation
from digitreader.explain.sums import WeightedSum, most_important_neurons, reasons_for
from digitreader.explain.words import a_digit, confidence_of, input_place
from digitreader.features import FeatureKind
from digitreader.score.told import counted
from digitreader.values import GLYPH_SIDE, GrayImage

SHADES = " .:-=+*#%@"
NUMBERED = 10
"""So many digits of the picture are listed on a line, each with its number."""
LEVELS = " ▁▂▃▄▅▆▇█"
BAR = 30
SHOWN_NEURONS = 16
SHOWN_TERMS = 12
"""So many terms of a sum are written one by one; the others as their sum."""
INPUTS = {"pixels": "the glyph's pixels", "directions": "8 maps of 14x7, one for each direction of an edge"}


def terminal_text(explanation: Explanation) -> str:
    """The glyph, how active each neuron is, the ten outputs, and why it is no other digit."""
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
    lines += ["outputs, each 0 to 1", *map(_output_line, enumerate(explanation.activations[-1].tolist()))]
    return "\n".join([*lines, "", reasons_text(explanation)])


def reasons_text(explanation: Explanation) -> str:
    """Why it is this digit and not the other, in one sentence that adds up."""
    digit, other = explanation.reading.digit, explanation.against
    reasons = reasons_for(explanation, digit, other)
    more, less = float(reasons.inputs[reasons.inputs > 0].sum()), float(reasons.inputs[reasons.inputs < 0].sum())
    return (
        f"why {a_digit(digit)} and not {a_digit(other)}: inputs that speak for the {digit} add {more:+.2f}, "
        f"those for the {other} {less:+.2f}, the biases {reasons.biases:+.2f}; in all {reasons.total:+.2f}"
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
        lines.append(f"  {f'{weighed.activation}(sum), rounded to 8 bits':33} = {weighed.gives:9.4f}")
    return "\n".join(lines)


def drawn(glyph: GrayImage) -> list[str]:
    """A (28, 28) picture in characters, two rows of pixels to a line."""
    rows = glyph.reshape(GLYPH_SIDE // 2, 2, GLYPH_SIDE).astype(np.float64).mean(axis=1)
    return ["".join(SHADES[round(value / 255 * (len(SHADES) - 1))] for value in row) for row in rows.tolist()]


def _numbered(explanation: Explanation) -> list[str]:
    """Where the picture has several digits, the number of each for ``--digit``."""
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
