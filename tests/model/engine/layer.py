"""A network of one layer, built by hand, that a test changes in what it is about."""

from __future__ import annotations

from typing import Any

import numpy as np

from digitreader.model.engine.numpy_engine import NumpyEngine

Make = Any  # conftest's Builder


class Layer:
    """The parts of a file with one layer, from 784 pixels to ten numbers; a test changes what it is about."""

    def __init__(self, make: Make) -> None:
        self.make = make
        weights = np.random.default_rng(1).integers(-20, 21, (10, 784)).astype(np.int8)
        self.tensors = [
            make.tensor((1, 28, 28), "int8", None, [1 / 255], [-128]),
            make.tensor((2,), "int32", np.array([-1, 784], np.int32)),
            make.tensor((1, 784), "int8", None, [1 / 255], [-128]),
            make.tensor((10, 784), "int8", weights, [0.02], [0]),
            make.tensor((10,), "int32", np.arange(-5, 5, dtype=np.int32) * 300, [0.02 / 255], [0]),
            make.tensor((1, 10), "int8", None, [0.1], [4]),
        ]
        self.operators = [
            make.operator("RESHAPE", (0, 1), (2,)),
            make.operator("FULLY_CONNECTED", (2, 3, 4), (5,), version=4),
        ]
        self.ends = (0, 5)

    def change(self, place: int, **fields: Any) -> None:
        """Change fields of a tensor."""
        tensor = self.tensors[place]
        self.tensors[place] = type(tensor)(**{**vars(tensor), **fields})

    def change_operator(self, place: int, **fields: Any) -> None:
        """Change fields of an operator."""
        operator = self.operators[place]
        self.operators[place] = type(operator)(**{**vars(operator), **fields})

    def then(self, kind: str, **fields: Any) -> None:
        """Add an operator after the layer, and its output, which is like the layer's where `fields` say nothing."""
        self.tensors.append(type(self.tensors[5])(**{**vars(self.tensors[5]), **fields}))
        self.operators.append(self.make.operator(kind, (5,), (6,)))
        self.ends = (0, 6)

    def engine(self) -> NumpyEngine:
        """The engine that runs it."""
        return NumpyEngine(self.content(), "made")

    def content(self) -> bytes:
        """The file."""
        return bytes(self.make.tflite(self.tensors, self.operators, self.ends))
