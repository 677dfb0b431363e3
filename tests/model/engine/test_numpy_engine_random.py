"""The NumPy engine beside LiteRT, on networks that nobody trained."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from hypothesis import given, settings
from hypothesis import strategies as st

from digitreader.model.engine.numpy_engine import NumpyEngine
from digitreader.values import Glyphs

Ask = Callable[[bytes, Glyphs, str], npt.NDArray[Any]]
Make = Any  # conftest's Builder

LIMITS = {"int8": (-128, 127), "uint8": (0, 255), "int16": (-32768, 32767)}


@dataclass(frozen=True)
class Drawn:
    """What hypothesis chooses of a network; the numbers follow from the seed.

    Attributes:
        dtype: of the activations.
        hidden: neurons of each hidden layer.
        activations: of each layer, the last one among them.
        per_channel: whether each neuron has a scale of its own.
        powers: whether all scales are powers of two, which makes ties.
        loud: how far the sums run beyond what the outputs can say.
        sigmoids: whether a LOGISTIC follows each hidden layer.
        ending: what follows the last layer.
        pixels: type of the pixels that go in.
        heavy: whether the weights are as large as they can be, so that sums outgrow a float32.
        biased: whether there are biases.
    """

    seed: int
    dtype: str
    hidden: tuple[int, ...]
    activations: tuple[str, ...]
    per_channel: bool
    powers: bool
    loud: float
    sigmoids: bool
    ending: str
    pixels: str
    heavy: bool
    biased: bool


@st.composite
def networks(draw: st.DrawFn) -> Drawn:
    dtype = draw(st.sampled_from(["int8", "int8", "int16"]))
    hidden = tuple(draw(st.lists(st.integers(1, 40), max_size=3)))
    relus = st.sampled_from(["NONE", "RELU", "RELU", "RELU6", "RELU_N1_TO_1"])
    return Drawn(
        seed=draw(st.integers(0, 2**32 - 1)),
        dtype=dtype,
        hidden=hidden,
        activations=(*(draw(relus) for _ in hidden), "NONE"),
        per_channel=draw(st.booleans()),
        powers=draw(st.booleans()),
        loud=draw(st.sampled_from([0.3, 1.0, 5.0])),
        sigmoids=draw(st.booleans()),
        ending=draw(st.sampled_from(["none", "LOGISTIC", "SOFTMAX", "QUANTIZE"] if dtype == "int8" else ["none"])),
        pixels="int16" if dtype == "int16" else draw(st.sampled_from(["uint8", "int8"])),
        heavy=draw(st.booleans()),
        biased=draw(st.booleans()) or dtype == "int16",
    )


class Drawing:
    """Turns what was drawn into a .tflite."""

    def __init__(self, make: Make, drawn: Drawn) -> None:
        self.make, self.drawn = make, drawn
        self.rng = np.random.default_rng(drawn.seed)
        self.tensors: list[Any] = []
        self.operators: list[Any] = []

    def tflite(self) -> bytes:
        drawn = self.drawn
        scale = np.float32(1 / 32767 if drawn.dtype == "int16" else 1 / 255)
        if drawn.pixels == "uint8":
            self.add((1, 28, 28), "uint8", scale, 0)
            self.add((1, 28, 28), "int8", scale, -128)
            self.run("QUANTIZE")
        else:
            self.add((1, 28, 28), drawn.pixels, scale, LIMITS["int8"][0] if drawn.pixels == "int8" else 0)
        zero_point = self.tensors[-1].zero_points[0]
        self.constant(np.array([-1, 784], np.int32))
        self.add((1, 784), drawn.dtype, scale, zero_point)
        self.run("RESHAPE", len(self.tensors) - 2)
        for neurons, activation in zip((*drawn.hidden, 10), drawn.activations, strict=True):
            self.dense(neurons, activation)
            if drawn.sigmoids and len(self.operators) < 2 + 2 * len(drawn.hidden) and neurons != 10:
                self.sigmoid()
        self.end()
        return bytes(self.make.tflite(self.tensors, self.operators, (0, len(self.tensors) - 1)))

    def dense(self, neurons: int, activation: str) -> None:
        taken = self.tensors[-1]
        at, inputs = len(self.tensors) - 1, taken.shape[-1]
        weights = self.weights(neurons, inputs)
        given = self.power(10 ** self.rng.uniform(-2.5, 0))
        # typical sums come out as some of the steps that the output has, or many times as many
        spread = np.sqrt((weights.astype(float) ** 2).sum(axis=1)).max() + 1
        share = 1.0 if self.drawn.dtype == "int8" else 2.0
        typical = float(given) * share * self.drawn.loud / (float(taken.scales[0]) * spread)
        scales = np.array([self.power(typical * 2 ** self.rng.uniform(-1, 1)) for _ in self.channels(neurons)])
        bias = self.rng.integers(-1, 2, neurons) * self.rng.integers(0, int(100 * spread), neurons)
        self.constant(weights, scales)
        sums_scales = np.float32(taken.scales[0]) * scales
        self.constant(bias.astype(np.int32 if self.drawn.dtype == "int8" else np.int64), sums_scales)
        low, high = LIMITS[self.drawn.dtype]
        zero_point = int(self.rng.integers(low, high + 1)) if self.drawn.dtype == "int8" else 0
        self.add((1, neurons), self.drawn.dtype, given, zero_point)
        constants = (at + 1, at + 2 if self.drawn.biased else -1)
        self.operators.append(
            self.make.operator("FULLY_CONNECTED", (at, *constants), (at + 3,), version=4, activation=activation)
        )

    def sigmoid(self) -> None:
        last = self.tensors[-1]
        given = (1 / 256, -128) if self.drawn.dtype == "int8" else (1 / 32768, 0)
        self.add(last.shape, self.drawn.dtype, np.float32(given[0]), given[1])
        self.run("LOGISTIC")

    def end(self) -> None:
        last, ending = self.tensors[-1], self.drawn.ending
        if ending == "QUANTIZE":
            self.add(last.shape, "uint8", np.float32(last.scales[0]), last.zero_points[0] + 128)
        elif ending != "none":
            self.add(last.shape, "int8", np.float32(1 / 256), -128)
        if ending != "none":
            self.run(ending)

    def weights(self, neurons: int, inputs: int) -> npt.NDArray[np.int8]:
        if self.drawn.heavy:
            return self.rng.choice(np.array([-127, 127], np.int8), (neurons, inputs))
        return self.rng.integers(-127, 128, (neurons, inputs)).astype(np.int8)

    def channels(self, neurons: int) -> range:
        return range(neurons if self.drawn.per_channel else 1)

    def power(self, scale: float) -> np.float32:
        return np.float32(2.0 ** np.round(np.log2(scale)) if self.drawn.powers else scale)

    def add(self, shape: tuple[int, ...], dtype: str, scale: np.float32, zero_point: int) -> None:
        self.tensors.append(self.make.tensor(shape, dtype, None, [float(scale)], [zero_point]))

    def constant(self, data: npt.NDArray[Any], scales: npt.NDArray[np.float32] | None = None) -> None:
        scales = np.zeros(0, np.float32) if scales is None else scales
        self.tensors.append(self.make.tensor(data.shape, data.dtype.name, data, scales, [0] * len(scales)))

    def run(self, kind: str, *constants: int) -> None:
        """Add an operator from the last tensor but one (and its constants) to the last."""
        given = len(self.tensors) - 1
        self.operators.append(self.make.operator(kind, (given - 1 - len(constants), *constants), (given,)))


def draw_glyphs(seed: int) -> Glyphs:
    """Noise, thin noise, and the two extremes."""
    rng = np.random.default_rng(seed)
    noise = rng.integers(0, 256, (12, 28, 28), dtype=np.uint8)
    thin = noise * (rng.random(noise.shape) < 0.15).astype(np.uint8)
    flat = np.stack([np.zeros((28, 28), np.uint8), np.full((28, 28), 255, np.uint8)])
    return np.concatenate([noise, thin, flat])


@settings(max_examples=150, deadline=None)
@given(drawn=networks())
def test_any_network_gives_the_integers_that_litert_gives(make: Make, litert_answers: Ask, drawn: Drawn) -> None:
    content, glyphs = Drawing(make, drawn).tflite(), draw_glyphs(drawn.seed)
    mine = NumpyEngine(content, "drawn").integers(glyphs)
    theirs = litert_answers(content, glyphs, "AUTO")
    assert mine.dtype == theirs.dtype
    np.testing.assert_array_equal(mine, theirs)


@settings(max_examples=100, deadline=None)
@given(drawn=networks().filter(lambda drawn: drawn.ending != "SOFTMAX"))
def test_any_network_gives_the_integers_of_the_reference_kernels(make: Make, litert_answers: Ask, drawn: Drawn) -> None:
    content, glyphs = Drawing(make, drawn).tflite(), draw_glyphs(drawn.seed)
    mine = NumpyEngine(content, "drawn", rounding="reference").integers(glyphs)
    np.testing.assert_array_equal(mine, litert_answers(content, glyphs, "BUILTIN_REF"))
