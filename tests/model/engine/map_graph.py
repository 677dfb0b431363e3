"""Graphs on pictures that a test builds by hand, operator by operator."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from ai_edge_litert import schema_py_generated as schema

Make = Any  # conftest's Builder

OPTIONS = {
    "ADD": "AddOptions",
    "CONCATENATION": "ConcatenationOptions",
    "CONV_2D": "Conv2DOptions",
    "DEPTH_TO_SPACE": "DepthToSpaceOptions",
    "MAX_POOL_2D": "Pool2DOptions",
}
VERSIONS = {"CONV_2D": 3}
ACTIVATIONS = {"NONE": 0, "RELU": 1, "RELU_N1_TO_1": 2, "RELU6": 3}
SIDE = 32


class MapGraph:
    """A graph from a colour picture; tensors are named by their places, of which 1 is the picture as int8."""

    def __init__(self, make: Make) -> None:
        self.make = make
        self.tensors: list[Any] = []
        self.operators: list[tuple[str, tuple[int, ...], int, dict[str, Any]]] = []
        self.tensor(3, 1 / 255, 0, "uint8")
        self.run("QUANTIZE", (0,), self.tensor(3, 1 / 255, -128))

    def tensor(self, channels: int, scale: float, zero_point: int, dtype: str = "int8") -> int:
        """Add a computed tensor."""
        return self._add(self.make.tensor((1, SIDE, SIDE, channels), dtype, None, [float(scale)], [int(zero_point)]))

    def constant(self, data: npt.NDArray[Any], scales: npt.NDArray[Any]) -> int:
        """Add a constant with a scale for each channel along its first axis, or one for all."""
        return self._add(self.make.tensor(data.shape, data.dtype.name, data, scales.tolist(), [0] * len(scales)))

    def run(self, kind: str, inputs: tuple[int, ...], output: int, **options: Any) -> int:
        """Add an operator; gives its output.

        Args:
            kind: its name in the schema.
            inputs: places of its tensors.
            output: the place of the one that it gives.
            options: fields of its options as the schema names them; fusedActivationFunction by its name.
        """
        self.operators.append((kind, inputs, output, options))
        return output

    def content(self, *outputs: int) -> bytes:
        """The file, with these outputs or the last operator's."""
        operators = [
            self.make.operator(kind, inputs, (output,), VERSIONS.get(kind, 2))
            for kind, inputs, output, _ in self.operators
        ]
        model = self.make.model(self.tensors, operators, (0, self.operators[-1][2]))
        graph = model.subgraphs[0]
        graph.outputs = list(outputs) or graph.outputs
        for packed, (kind, _, _, options) in zip(graph.operators, self.operators, strict=True):
            if kind in OPTIONS:
                packed.builtinOptionsType = getattr(schema.BuiltinOptions, OPTIONS[kind])
                packed.builtinOptions = _options(kind, options)
        return bytes(self.make.pack(model))

    def _add(self, tensor: Any) -> int:
        self.tensors.append(tensor)
        return len(self.tensors) - 1


class RandomGraph(MapGraph):
    """A graph whose numbers follow from a seed; with an odd seed, scales are powers of two, which makes ties."""

    def __init__(self, make: Make, seed: int) -> None:
        super().__init__(make)
        self.rng, self.powers = np.random.default_rng(seed), seed % 2 == 1

    def scale(self, least: float, most: float) -> float:
        """Draw a scale between these."""
        scale = 2.0 ** self.rng.uniform(np.log2(least), np.log2(most))
        return float(np.float32(2.0 ** np.round(np.log2(scale)) if self.powers else scale))

    def zero_point(self) -> int:
        """Draw a zero point."""
        return int(self.rng.integers(-128, 128))

    def convolve(self, taken: int, given: int, side: int = 1, *, heavy: bool = False, **options: Any) -> int:
        """Add a convolution with random weights and biases, whose sums fill the steps of its output."""
        inputs, channels = self.tensors[taken].shape[3], self.tensors[given].shape[3]
        shape = (channels, side, side, inputs)
        weights = self.rng.choice([-127, 127], shape) if heavy else self.rng.integers(-127, 128, shape)
        typical = 60 * np.sqrt((weights.astype(float) ** 2).sum(axis=(1, 2, 3)))
        worth = [self.scale(60 / each, 200 / each) for each in typical]
        scales = np.array(worth, np.float32) * self.tensors[given].scales[0] / self.tensors[taken].scales[0]
        bias = self.rng.integers(-1, 2, channels) * self.rng.integers(0, typical.max(), channels)
        constants = self.constant(weights.astype(np.int8), scales), self.constant(bias.astype(np.int32), scales)
        fields = {"strideW": 1, "strideH": 1, **options}
        return self.run("CONV_2D", (taken, *constants), given, **fields)


def _options(kind: str, fields: dict[str, Any]) -> Any:
    options = getattr(schema, f"{OPTIONS[kind]}T")()
    if kind == "CONV_2D":
        options.dilationWFactor = options.dilationHFactor = 1
    for name, value in fields.items():
        setattr(options, name, ACTIVATIONS[value] if name == "fusedActivationFunction" else value)
    return options
