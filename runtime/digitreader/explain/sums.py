"""Why a neuron gives what it gives: its weighted sum, term by term; and what speaks for a digit and against another."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from digitreader.explain.explanation import Explanation, Values


class Term(NamedTuple):
    """One term of a weighted sum.

    Attributes:
        before: which input or neuron of the layer before, from 0.
        weight: what it counts.
        value: what it gives.
    """

    before: int
    weight: float
    value: float

    @property
    def product(self) -> float:
        """What it adds to the sum."""
        return self.weight * self.value


@dataclass(frozen=True, slots=True)
class WeightedSum:
    """A neuron's sum.

    Attributes:
        layer: from 1 for the first hidden layer.
        neuron: from 0.
        terms: that are not 0, the greatest first, by what they add or take away.
        bias: is added.
        activation: ``relu``, ``sigmoid`` or ``none``, what becomes of the sum.
        gives: what the neuron gives; an 8-bit network counts in 256 steps, so that it may differ a little from the sum,
            and a sum above the greatest step gives that step.
        is_output: whether it is one of the ten outputs.
    """

    layer: int
    neuron: int
    terms: tuple[Term, ...]
    bias: float
    activation: str
    gives: float
    is_output: bool

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
        explanation: of a digit.
        layer: from 1 for the first hidden layer; the outputs are the last.
        neuron: from 0.
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
        activation="sigmoid" if last else of.activation,
        gives=float(explanation.activations[layer - 1][neuron]),
        is_output=last,
    )


def values_before(explanation: Explanation, layer: int) -> Values:
    """What goes into a layer, counted from 1."""
    return explanation.inputs if layer == 1 else explanation.activations[layer - 2]


class Reasons(NamedTuple):
    """Why one digit and not another: shares of the difference between the sums of their two outputs.

    Attributes:
        inputs: (28, 28) float32, what each of the 784 inputs adds; above 0 speaks for the digit, below for the other.
        biases: what the biases of all layers add.
    """

    inputs: npt.NDArray[np.float32]
    biases: float

    @property
    def total(self) -> float:
        """The difference of the two sums, as the weights give it."""
        return float(self.inputs.sum()) + self.biases


def reasons_for(explanation: Explanation, digit: int, against: int) -> Reasons:
    """Share the difference between two outputs' sums out among the inputs and the biases.

    Near this digit a network of relu neurons is one large weighted sum: the neurons that give nothing are left out, and
    the weights of the others multiplied. With sigmoid neurons it is so for small changes alone.

    Args:
        explanation: of a digit.
        digit: above 0 speaks for this one.
        against: below 0 speaks for this one.
    """
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
    """How fast neurons' values change with their sums, where they give so much."""
    if activation == "relu":
        return np.asarray(given > 0, np.float32)
    return given * (1 - given) if activation == "sigmoid" else np.ones_like(given)


def most_important_neurons(explanation: Explanation, layer: int, count: int) -> list[int]:
    """The neurons of a hidden layer that matter most for the answer, in their order; all where there are no more.

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
