"""The memory that a graph's values need while it runs, as TFLite's planner lays them out."""

from __future__ import annotations

import math

import numpy as np

from digitreader.model.tflite.graph import Graph, Tensor

ALIGNMENT = 64
"""TFLite begins every tensor at a multiple of so many bytes."""


def peak_arena_bytes(graph: Graph) -> int:
    """The most bytes of values that are alive at any one operator, for a batch of 1.

    A value lives from the operator that writes it to the last one that reads it; the graph's inputs from the start, its
    outputs to the end. Weights are no part of it: they stay in the file.
    """
    last = len(graph.operators) - 1
    born = dict.fromkeys(graph.inputs, 0)
    dies = {**born, **dict.fromkeys(graph.outputs, last)}
    for place, operator in enumerate(graph.operators):
        born.update((output, place) for output in operator.outputs)
        dies.update((tensor, max(place, dies.get(tensor, 0))) for tensor in (*operator.inputs, *operator.outputs))
    sizes = {tensor: _aligned_bytes(graph.tensors[tensor]) for tensor in born}
    alive = (sum(sizes[tensor] for tensor in born if born[tensor] <= now <= dies[tensor]) for now in range(last + 1))
    return max(alive, default=0)


def _aligned_bytes(tensor: Tensor) -> int:
    content = math.prod(tensor.shape) * np.dtype(tensor.dtype).itemsize
    return -(-content // ALIGNMENT) * ALIGNMENT
