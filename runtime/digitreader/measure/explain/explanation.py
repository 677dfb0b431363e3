"""One digit's way through a network, number by number."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from digitreader.errors import UsageError
from digitreader.model.checks import read_part, sigmoid
from digitreader.model.engine.numpy_engine import LayeredNetwork
from digitreader.model.glyph.features import FeatureKind, features_of
from digitreader.model.glyph.normalise import normalise_glyph
from digitreader.model.locate import locate_model
from digitreader.model.own.engine import OwnEngine
from digitreader.model.own.layers import RealNetwork, read_layers
from digitreader.reading.pipeline import FrameReader
from digitreader.reading.rotation import turned
from digitreader.values import ColourImage, Features, Frame, Glyph, GrayImage, Ink, Reading

Values = npt.NDArray[np.float32]
"""(K,) float32, one number for each of K inputs or neurons."""


@dataclass(frozen=True, slots=True, eq=False)
class Explanation:
    """How one digit was read.

    Attributes:
        number: which digit of the picture it is, from 1 in reading order.
        readings: all readings in the picture, in reading order; the boxes lie in `image`.
        against: the digit to compare with: the one with the second highest output, if no other was asked for.
        image: the picture, upright: (H, W, 3) or (H, W) uint8.
        ink: (h, w) uint8, the digit's strokes as they were cut out.
        glyph: (28, 28) uint8, the ink normalised.
        features: the kind of the network's input.
        inputs: (784,) float32, the network's input: 0..1, or the range of the card for the user's own model.
        network: the layers, with their weights; no layers if the user's own model has other parts, as convolutions.
        activations: for each layer (neurons,) float32; the last are the ten outputs, 0..1.
        input_range: the least and the greatest possible input.
        output: how the outputs come from the last layer's sums, ``sigmoid`` or ``softmax``.
        in_steps: the values are those of the 8-bit network, not exact real numbers.
        measured: why it is this digit and not `against`, if the weights cannot show it.
    """

    number: int
    readings: tuple[Reading, ...]
    against: int
    image: ColourImage | GrayImage
    ink: Ink
    glyph: Glyph
    features: FeatureKind
    inputs: Values
    network: LayeredNetwork | RealNetwork
    activations: tuple[Values, ...]
    input_range: tuple[float, float] = (0.0, 1.0)
    output: str = "sigmoid"
    in_steps: bool = True
    measured: Reasons | None = None

    @property
    def reading(self) -> Reading:
        """The reading of the digit."""
        return self.readings[self.number - 1]

    @property
    def digit_count(self) -> int:
        """How many digits were read in the picture."""
        return len(self.readings)

    @property
    def shown(self) -> Features:
        """(28, 28) uint8, the inputs as a picture: black for the least possible input, white for the greatest."""
        low, high = self.input_range
        return np.round(255 * (self.inputs - low) / (high - low)).astype(np.uint8).reshape(self.glyph.shape)


def explain_digit(
    reader: FrameReader, frame: Frame, *, model: str, number: int | None = None, against: int | None = None
) -> Explanation:
    """Read a picture and follow one of its digits through the network.

    Args:
        reader: a reader with the model.
        frame: the picture.
        model: the name or path of the reader's model.
        number: which digit, from 1 in reading order; None for the surest.
        against: the digit to compare with; None for the one with the second highest output.

    Raises:
        UsageError: nothing was read, there is no such digit, or it would be compared with itself.
        ModelFormatError: one of digitreader's own models is not a chain of integer layers.
    """
    frame = replace(turned(frame, reader.read_upright(frame).turned_deg), scale=1.0)
    readings = [reading for line in reader.read(frame).lines for reading in line.readings]
    at = _choose(readings, number, frame.source)
    ink = _ink_of(readings[at], reader, frame)
    rival = _rival_of(readings[at], against)
    content, engine = read_part(locate_model(model), "a model"), reader.model.engine
    if isinstance(engine, OwnEngine):
        glyph = reader.model.normalise_one(ink)
        seen = Seen(at + 1, tuple(readings), rival, frame.image, ink, glyph)
        return _explain_own(seen, engine, read_layers(content, model))
    network = LayeredNetwork(content, model)
    glyph, kind = normalise_glyph(ink), reader.model.facts.features
    features = features_of(glyph[None], kind)
    *hidden, logits = network.activations(features)
    return Explanation(
        number=at + 1,
        readings=tuple(readings),
        against=rival,
        image=frame.image,
        ink=ink,
        glyph=glyph,
        features=kind,
        inputs=(features[0].ravel() / np.float32(255)).astype(np.float32),
        network=network,
        activations=(*(each[0] for each in hidden), sigmoid(logits)[0]),
    )


class Seen(NamedTuple):
    """The facts about a digit before the network; the fields are those of `Explanation`."""

    number: int
    readings: tuple[Reading, ...]
    against: int
    image: ColourImage | GrayImage
    ink: Ink
    glyph: Glyph


def _explain_own(seen: Seen, engine: OwnEngine, network: RealNetwork) -> Explanation:
    """Follow a digit through a model of any maker: through its layers or, if they are not plain, by experiments."""
    inputs = engine.shown_numbers(seen.glyph[None])[0]
    outputs = engine.activations_of(engine.integers(seen.glyph[None]))[0]
    digit = seen.readings[seen.number - 1].digit
    # for smooth activations the weights only show the effect of small changes
    adds_up = bool(network.layers) and {each.activation for each in network.layers[:-1]} <= {"relu", "none"}
    return Explanation(
        **seen._asdict(),
        features="pixels",
        inputs=inputs,
        network=network,
        activations=(*network.hidden(inputs), outputs),
        input_range=engine.input_range,
        output=engine.meaning.rpartition(" ")[2],
        in_steps=False,
        measured=None if adds_up else tried_reasons(engine, seen.glyph, digit, seen.against),
    )


def _choose(readings: Sequence[Reading], number: int | None, source: str) -> int:
    """The index of the reading that is asked for, or of the surest."""
    if not readings:
        raise UsageError(f"{source}: no digit was read in it; give a picture in which `digitreader read` finds one")
    if number is None:
        return max(range(len(readings)), key=lambda at: readings[at].evidence)
    if not 1 <= number <= len(readings):
        there = "1 digit was" if len(readings) == 1 else f"{len(readings)} digits were"
        possible = "1" if len(readings) == 1 else f"1 to {len(readings)}"
        raise UsageError(f"--digit {number}: {there} read in {source}; give {possible}")
    return number - 1


def _rival_of(reading: Reading, against: int | None) -> int:
    if against == reading.digit:
        raise UsageError(f"--against {against}: a {against} was read; name another digit")
    others = [digit for digit in range(10) if digit != reading.digit]
    return max(others, key=lambda digit: reading.activations[digit]) if against is None else against


def _ink_of(reading: Reading, reader: FrameReader, frame: Frame) -> Ink:
    """The ink of a reading: that of the candidate in its box for which the network gave the same activations."""
    inks = [each.ink for each in reader.finder.find(frame.image).candidates if each.box == reading.box]
    said = reader.model.activations(reader.model.normalise(inks))
    return inks[int(np.abs(said - np.array(reading.activations, np.float32)).sum(axis=1).argmin())]


class Term(NamedTuple):
    """One term of a weighted sum.

    Attributes:
        before: the input, or the neuron of the layer before, counted from 0.
        weight: its weight.
        value: its value.
    """

    before: int
    weight: float
    value: float

    @property
    def product(self) -> float:
        """The amount that it adds to the sum."""
        return self.weight * self.value


@dataclass(frozen=True, slots=True)
class WeightedSum:
    """A neuron's sum.

    Attributes:
        layer: the layer, counted from 1 for the first hidden layer.
        neuron: the neuron, counted from 0.
        terms: the terms that are not 0, the largest absolute products first.
        bias: the neuron's bias, which is added.
        activation: ``relu``, ``sigmoid`` or ``none``; it is applied to the sum.
        gives: the neuron's value. An 8-bit network has 256 steps, so the value may differ a little from the sum, and a
            sum above the greatest step gives that step.
        is_output: whether it is one of the ten outputs.
        in_steps: the value is rounded to 8 bits.
    """

    layer: int
    neuron: int
    terms: tuple[Term, ...]
    bias: float
    activation: str
    gives: float
    is_output: bool
    in_steps: bool = True

    @property
    def name(self) -> str:
        """``neuron 7 of hidden layer 1``, ``output for 4``."""
        if self.is_output:
            return f"output for {self.neuron}"
        return f"neuron {self.neuron + 1} of hidden layer {self.layer}"

    @property
    def total(self) -> float:
        """All terms and the bias."""
        return sum(term.product for term in self.terms) + self.bias


def weighted_sum(explanation: Explanation, layer: int, neuron: int) -> WeightedSum:
    """The sum of one neuron.

    Args:
        explanation: the explanation of a digit.
        layer: counted from 1 for the first hidden layer; the outputs are the last.
        neuron: counted from 0.
    """
    of, last = explanation.network.layers[layer - 1], layer == len(explanation.network.layers)
    before = values_before(explanation, layer)
    weights = of.weights[neuron]
    order = np.argsort(-np.abs(weights * before), kind="stable")
    terms = tuple(Term(int(at), float(weights[at]), float(before[at])) for at in order if weights[at] * before[at])
    return WeightedSum(
        layer=layer,
        neuron=neuron,
        terms=terms,
        bias=float(of.biases[neuron]),
        activation=explanation.output if last else of.activation,
        gives=float(explanation.activations[layer - 1][neuron]),
        is_output=last,
        in_steps=explanation.in_steps,
    )


def values_before(explanation: Explanation, layer: int) -> Values:
    """The inputs of a layer, which is counted from 1."""
    return explanation.inputs if layer == 1 else explanation.activations[layer - 2]


class Reasons(NamedTuple):
    """Why one digit and not another: shares of the difference between the sums of their two outputs.

    Attributes:
        inputs: (28, 28) float32, the share of each of the 784 inputs: above 0 for the digit, below 0 for the other.
        biases: the share of the biases of all layers.
    """

    inputs: npt.NDArray[np.float32]
    biases: float

    @property
    def total(self) -> float:
        """The difference of the two sums."""
        return float(self.inputs.sum()) + self.biases


PATCH_PX, ORDERS = 2, 16
"""Ink is removed in patches of this many pixels (first), in this many orders and their reverses (second)."""
LEAST_CHANCE = 1e-6


def tried_reasons(engine: OwnEngine, glyph: Glyph, digit: int, against: int) -> Reasons:
    """Divide the difference between two outputs among the patches of a glyph by drawing it patch by patch.

    The share of a patch is the amount that it adds when it is drawn, on average over random orders, which are always
    the same. All shares and the difference for the blank glyph, in place of the biases, add up to that of the glyph.

    Args:
        engine: any network.
        glyph: (28, 28) uint8.
        digit: above 0 speaks for this one.
        against: below 0 speaks for this one.

    Source: Shapley values by sampling; Strumbelj and Kononenko, "Explaining prediction models and individual
    predictions with feature contributions", 2014.
    """
    side = len(glyph) // PATCH_PX
    patches = glyph.reshape(side, PATCH_PX, side, PATCH_PX).transpose(0, 2, 1, 3)
    inked = np.argwhere(patches.reshape(side, side, -1).any(axis=2))
    rng, shares, blank = np.random.default_rng(0), np.zeros((side, side), np.float64), 0.0
    for order in (each for _ in range(ORDERS) for drawn in [rng.permutation(inked)] for each in (drawn, drawn[::-1])):
        grown = np.zeros((len(order) + 1, side, side, PATCH_PX, PATCH_PX), np.uint8)
        for step, (row, column) in enumerate(order.tolist(), start=1):
            grown[step:, row, column] = patches[row, column]
        glyphs = grown.transpose(0, 1, 3, 2, 4).reshape(-1, *glyph.shape)
        apart = _apart(engine, glyphs, digit, against)
        shares[order[:, 0], order[:, 1]] += np.diff(apart) / (2 * ORDERS)
        blank = float(apart[0])
    spread = np.kron(shares, np.ones((PATCH_PX, PATCH_PX))) / PATCH_PX**2
    return Reasons(np.asarray(spread, np.float32), blank)


def _apart(engine: OwnEngine, glyphs: npt.NDArray[np.uint8], digit: int, against: int) -> npt.NDArray[np.float64]:
    """The evidence for one digit against another: the difference of the sums before softmax or sigmoid."""
    chances = np.clip(engine.activations_of(engine.integers(glyphs)).astype(np.float64), LEAST_CHANCE, 1)
    odds = np.log(chances)
    if engine.meaning.endswith("sigmoid"):
        odds -= np.log(np.clip(1 - chances, LEAST_CHANCE, 1))
    return np.asarray(odds[:, digit] - odds[:, against], np.float64)


def reasons_for(explanation: Explanation, digit: int, against: int) -> Reasons:
    """Divide the difference between two outputs' sums among the inputs and the biases.

    For this digit a network of relu neurons is one large weighted sum: neurons with the value 0 are left out, and the
    weights of the others are multiplied. With sigmoid neurons this is true only for small changes.

    Args:
        explanation: of a digit.
        digit: above 0 speaks for this one.
        against: below 0 speaks for this one.
    """
    if explanation.measured is not None:
        return explanation.measured
    *hidden, last = explanation.network.layers
    weights = last.weights[digit] - last.weights[against]
    biases = float(last.biases[digit] - last.biases[against])
    for layer, given in zip(reversed(hidden), reversed(explanation.activations[:-1]), strict=True):
        through = weights * slope_of(given, layer.activation)
        biases += float(through @ layer.biases)
        weights = through @ layer.weights
    shares = np.asarray(weights * explanation.inputs, np.float32)
    return Reasons(shares.reshape(explanation.glyph.shape), biases)


def slope_of(given: Values, activation: str) -> Values:
    """The slope of the activation at these values: how fast a neuron's value changes with its sum."""
    if activation in {"relu", "relu6"}:
        return np.asarray((given > 0) & ((given < 6) | (activation == "relu")), np.float32)
    if activation == "tanh":
        return 1 - given**2
    return given * (1 - given) if activation == "sigmoid" else np.ones_like(given)


def most_important_neurons(explanation: Explanation, layer: int, count: int) -> list[int]:
    """The neurons of a hidden layer that matter most for the answer, in their order; all if there are no more.

    Args:
        explanation: of a digit.
        layer: from 1.
        count: how many at most.
    """
    layers = explanation.network.layers
    weights = layers[-1].weights[explanation.reading.digit]
    for at in range(len(layers) - 1, layer, -1):
        given, before = explanation.activations[at - 1], layers[at - 1]
        weights = (weights * slope_of(given, before.activation)) @ before.weights
    worth = np.abs(weights * explanation.activations[layer - 1])
    return sorted(np.argsort(-worth, kind="stable")[:count].tolist())
