"""The interface of map engines: they run a network that gives maps of a whole picture."""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from digitreader.model.engine.engine import TensorForm
from digitreader.values import ColourImage

Maps = tuple[npt.NDArray[np.float32], ...]
"""(h, w, channels) float32 for each output of the network: real numbers, in the order of the graph's outputs."""


class MapEngine(Protocol):
    """Runs one network on pictures of any size, one call at a time.

    Attributes:
        name: its name for ``--engine``.
        input: the form of the pixels that the graph takes.
        outputs: the form of the numbers of each output, in the order of the graph's outputs.
    """

    name: str
    input: TensorForm
    outputs: tuple[TensorForm, ...]

    def integers(self, image: ColourImage) -> tuple[npt.NDArray[Any], ...]:
        """Give the graph's raw outputs, each (h, w, channels) of its dtype.

        Args:
            image: (H, W, 3) uint8; H and W are multiples of 32. The order of the colours is the one of the training.

        Raises:
            ImageError: the image has another shape or dtype.
        """
        ...

    def maps(self, image: ColourImage) -> Maps:
        """Give the real numbers that the raw outputs stand for, with the arguments and errors of `integers`."""
        ...
