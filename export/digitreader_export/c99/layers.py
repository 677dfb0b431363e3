"""A full-integer graph as the C sees it: dense layers from bytes to bytes, proven to stay within 32 bits."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from digitreader_export.c99.errors import NoCFormError

BYTE_OFFSET = 128
"""Between an int8 of the .tflite and the byte that the C keeps for it."""

SUM_LIMIT = 2**31 - 1
LARGEST_LAYER = 2**16 - 1
SHIFT_OF_EXPONENT_0 = 150
"""A positive float32 is its mantissa, 2^23 to 2^24, times 2 to the power of (its exponent's bits - 150)."""
LONGEST_SHIFT = 63


@dataclass(frozen=True, slots=True, eq=False)
class DenseLayer:
    """A layer of neurons; what goes in and comes out are bytes, numbers of the .tflite plus 128.

    Attributes:
        weights: (neurons, inputs) int8.
        biases: (neurons,) int64; the zero point of what comes in is part of them.
        scales: (neurons,) float32, from a sum to a step of what comes out.
        zero: the byte that stands for 0.
        least: the smallest byte that comes out; `zero` with a relu.
        table: (256,) uint8, what each byte then becomes; None without a sigmoid.
    """

    weights: npt.NDArray[np.int8]
    biases: npt.NDArray[np.int64]
    scales: npt.NDArray[np.float32]
    zero: int
    least: int
    table: npt.NDArray[np.uint8] | None = None

    @property
    def neurons(self) -> int:
        """How many bytes come out."""
        return int(self.weights.shape[0])

    @property
    def inputs(self) -> int:
        """How many bytes go in."""
        return int(self.weights.shape[1])

    def largest_sum(self) -> int:
        """What no sum of this layer can exceed, on either side of 0, wherever in the adding it is looked at."""
        reach = 255 * np.abs(self.weights.astype(np.int64)).sum(axis=1) + np.abs(self.biases)
        return int(reach.max())


def check_layer(layer: DenseLayer, source: str) -> None:
    """Prove that the C computes this layer without overflow, and that its shifts are defined.

    Raises:
        NoCFormError: it would not.
    """
    if layer.largest_sum() > SUM_LIMIT:
        raise NoCFormError(
            f"{source}: a sum may reach {layer.largest_sum():,}, more than the {SUM_LIMIT:,} of 32 bits; "
            "digitreader did not export this file; export the run again"
        )
    if max(layer.weights.shape) > LARGEST_LAYER:
        raise NoCFormError(
            f"{source}: a layer from {layer.inputs:,} values to {layer.neurons:,} neurons, the C counts to "
            f"{LARGEST_LAYER:,}; export a smaller network"
        )
    shifts = SHIFT_OF_EXPONENT_0 - (float_bits(layer.scales) >> 23)
    # nor is there such a shift for what is 0, negative, infinite or no number
    usable = (shifts >= 0) & (shifts <= LONGEST_SHIFT)
    if not usable.all():
        raise NoCFormError(
            f"{source}: a sum is scaled by {layer.scales[~usable][0]:g}, need about 1e-12 to 1e7; "
            "digitreader did not export this file; export the run again"
        )


def float_bits(numbers: npt.NDArray[np.float32]) -> npt.NDArray[np.int64]:
    """The bits of float32 numbers as whole numbers, of the same shape."""
    return numbers.astype(np.float32).view(np.uint32).astype(np.int64)
