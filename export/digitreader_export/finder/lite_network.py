"""Runs a .tflite of any variant over scenes, with LiteRT on one thread; the runtime's engines take integers alone."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
import numpy.typing as npt
from ai_edge_litert.interpreter import Interpreter

from digitreader.host.native_stderr import native_stderr_muted
from digitreader.model.engine.engine import TensorForm
from digitreader_train.finder.network import GEOMETRY, MAPS

Pictures = npt.NDArray[np.uint8]


class LiteNetwork:
    """A .tflite on pictures of one size.

    Args:
        content: of the .tflite.
        height_px: of the pictures.
        width_px: of the pictures.
    """

    def __init__(self, content: bytes, height_px: int, width_px: int) -> None:
        with native_stderr_muted():  # XNNPACK greets when the first tensors of a program are allocated
            self._interpreter = Interpreter(model_content=content, num_threads=1)
            self._given = self._interpreter.get_input_details()[0]
            self._interpreter.resize_tensor_input(self._given["index"], (1, height_px, width_px, 3))
            self._interpreter.allocate_tensors()
        outputs = {int(each["shape"][-1]): each for each in self._interpreter.get_output_details()}
        self._outputs = [outputs[MAPS], outputs[GEOMETRY]]

    def __call__(self, images: Pictures) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
        """(N, H, W, 3) uint8 to (N, H/4, W/4, 10) logits of maps and (N, H/4, W/4, 4) geometry, float32."""
        told = [self._run(image) for image in images]
        return np.stack([maps for maps, _ in told]), np.stack([geometry for _, geometry in told])

    def time_ms(self, image: Pictures) -> float:
        """Milliseconds of one bare invoke."""
        self._set(image)
        began = time.perf_counter()
        self._interpreter.invoke()
        return (time.perf_counter() - began) * 1_000

    def _run(self, image: Pictures) -> tuple[npt.NDArray[np.float32], ...]:
        self._set(image)
        self._interpreter.invoke()
        return tuple(_real(self._interpreter.get_tensor(each["index"])[0], each) for each in self._outputs)

    def _set(self, image: Pictures) -> None:
        pixels = image if self._given["dtype"] is np.uint8 else image.astype(np.float32) / np.float32(255)
        self._interpreter.set_tensor(self._given["index"], pixels[None])


def _real(numbers: npt.NDArray[Any], details: dict[str, Any]) -> npt.NDArray[np.float32]:
    scale, zero_point = details["quantization"]
    return TensorForm(np.dtype(details["dtype"]).name, float(scale), int(zero_point)).to_real(numbers)
