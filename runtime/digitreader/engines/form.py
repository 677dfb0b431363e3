"""How the integers of a quantized tensor stand for real numbers."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt


class TensorForm(NamedTuple):
    """How a tensor's numbers stand for real ones: real = (number - zero_point) * scale."""

    dtype: str
    scale: float
    zero_point: int

    def to_real(self, numbers: npt.NDArray[Any]) -> npt.NDArray[np.float32]:
        """Turn raw tensor values, of any shape, into the real numbers that they stand for (float32)."""
        if self.dtype == "float32":
            return numbers.astype(np.float32)
        return (numbers.astype(np.float32) - np.float32(self.zero_point)) * np.float32(self.scale)
