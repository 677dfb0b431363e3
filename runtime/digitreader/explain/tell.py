"""The explanation in short, for a terminal."""

from __future__ import annotations

import numpy as np

from digitreader.explain.explanation import Explanation
from digitreader.explain.sums import WeightedSum, most_telling, speaks_for
from digitreader.features import MAP_COLUMNS, MAP_ROWS, MAPS
from digitreader.score.told import percent
from digitreader.values import GLYPH_SIDE, GrayImage

SHADES = " .:-=+*#%@"
LEVELS = " ▁▂▃▄▅▆▇█"
BAR = 30
SHOWN_NEURONS = 16
SHOWN_TERMS = 12
"""So many terms of a sum are written one by one; the others as their sum."""


def tell(explanation: Explanation) -> str:
    """The glyph, how much each neuron is lit, and the ten outputs."""
    reading, layers = explanation.reading, explanation.network.layers
    lines = [
        f"digit {explanation.place} of {explanation.of}: a {reading.digit}, {percent(reading.confidence)} sure",
        "",
        *drawn(explanation.glyph),
        "",
        f"784 inputs           {_told_inputs(explanation)}",
    ]
    lines += [f"hidden layer {layer}       {_told_layer(explanation, layer)}" for layer in range(1, len(layers))]
    lines += ["outputs, each 0 to 1", *map(_told_output, enumerate(explanation.given[-1].tolist()))]
    return "\n".join([*lines, "", *_told_reasons(explanation)])


def tell_sum(weighed: WeightedSum, *, inputs: str) -> str:
    """A neuron's sum, term by term.

    Args:
        weighed: the sum.
        inputs: what stands for one of what goes in: ``x`` for inputs of the network, ``a`` for neurons.
    """
    shown, rest = weighed.terms[:SHOWN_TERMS], weighed.terms[SHOWN_TERMS:]
    lines = [f"neuron {weighed.layer}.{weighed.neuron + 1}: its weights times what goes in, and its bias"]
    for term in shown:
        what = f"w{term.before + 1} {inputs}{term.before + 1}"
        lines.append(f"  {what:14} {term.weight:+8.4f} x {term.value:7.4f} = {term.product:+9.4f}")
    if rest:
        lines.append(f"  {f'{len(rest)} smaller terms':33} = {sum(term.product for term in rest):+9.4f}")
    lines.append(f"  {'bias b':33} = {weighed.bias:+9.4f}")
    lines.append(f"  {'sum':33} = {weighed.total:+9.4f}")
    if weighed.activation != "none":
        lines.append(f"  {f'{weighed.activation}(sum), in whole steps':33} =  {weighed.gives:8.4f}")
    return "\n".join(lines)


def drawn(glyph: GrayImage) -> list[str]:
    """A (28, 28) picture in characters, two rows of pixels to a line."""
    rows = glyph.reshape(GLYPH_SIDE // 2, 2, GLYPH_SIDE).astype(np.float64).mean(axis=1)
    return ["".join(SHADES[round(value / 255 * (len(SHADES) - 1))] for value in row) for row in rows.tolist()]


def _told_inputs(explanation: Explanation) -> str:
    lit = int((explanation.inputs > 0).sum())
    what = "the glyph's pixels" if explanation.features == "pixels" else "how the glyph's strokes run"
    return f"{what}; {lit} are above 0, the greatest is {float(explanation.inputs.max()):.2f}"


def _told_layer(explanation: Explanation, layer: int) -> str:
    given = explanation.given[layer - 1]
    neurons, most = most_telling(explanation, layer, SHOWN_NEURONS), float(given.max()) or 1.0
    marks = "".join(LEVELS[round(float(given[at]) / most * (len(LEVELS) - 1))] for at in neurons)
    of = "" if len(neurons) == len(given) else f" (16 of {len(given)}, those that count most)"
    return f"|{marks}|  {int((given > 0).sum())} of {len(given)} neurons are lit{of}"


def _told_output(output: tuple[int, float]) -> str:
    digit, given = output
    return f"  {digit}  {'█' * round(BAR * given):{BAR}}  {given:.3f}"


def _told_reasons(explanation: Explanation) -> list[str]:
    digit, other = explanation.reading.digit, explanation.against
    says = speaks_for(explanation, digit, other)
    for_it, against_it = float(says[says > 0].sum()), float(says[says < 0].sum())
    lines = [
        f"why a {digit} and not a {other}: what goes in adds {for_it:+.2f} for the {digit}, {against_it:+.2f} against"
    ]
    if explanation.features == "directions":
        maps = says.reshape(2, MAP_ROWS, 4, MAP_COLUMNS).sum(axis=(1, 3)).ravel()
        best = int(maps.argmax())
        lines.append(f"most of it by the edges that grow brighter to the {MAPS[best]} ({float(maps[best]):+.2f})")
    return lines
