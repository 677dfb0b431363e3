"""The engine that runs a network that draws maps of a picture, with LiteRT."""

from __future__ import annotations

import contextlib
import math
from collections import OrderedDict
from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from digitreader.engines.form import TensorForm
from digitreader.engines.map_ends import SIDE_UNIT, check_map_ends, take_picture
from digitreader.engines.maps import Maps
from digitreader.errors import ModelFormatError
from digitreader.quiet import native_stderr_muted
from digitreader.values import ColourImage

MOST_PIXELS = 600_000
"""Each shape of pictures keeps an interpreter, which needs about 46 bytes a pixel; where the shapes have more pixels
together than this, the one that was used longest ago is dropped."""


class LiteRTMaps:
    """Runs a .tflite with LiteRT on pictures of any size, on one thread.

    Args:
        model_bytes: the content of the .tflite.
        source: names it in messages.

    Raises:
        ModelFormatError: LiteRT cannot read it or cannot run it at every size, or it does not lead from a colour
            picture to maps.
    """

    name = "litert"

    def __init__(self, model_bytes: bytes, source: str) -> None:
        self._content, self._source = model_bytes, source
        self._interpreters: OrderedDict[tuple[int, ...], Any] = OrderedDict()
        with native_stderr_muted():  # XNNPACK greets when the first tensors of a program are allocated
            interpreter = self._interpreter((SIDE_UNIT, SIDE_UNIT))
        given, gives = interpreter.get_input_details(), interpreter.get_output_details()
        self.input, self.outputs = _form(given[0]), tuple(_form(each) for each in gives)
        self._given_index, self._gives_indices = given[0]["index"], [each["index"] for each in gives]
        self._take = take_picture(self.input)

    def integers(self, image: ColourImage) -> tuple[npt.NDArray[Any], ...]:
        """As `MapEngine`."""
        pixels = self._take(image)
        interpreter = self._interpreter(image.shape[:2])
        interpreter.set_tensor(self._given_index, pixels[None])
        interpreter.invoke()
        return tuple(interpreter.get_tensor(index)[0] for index in self._gives_indices)

    def maps(self, image: ColourImage) -> Maps:
        """As `MapEngine`."""
        return tuple(form.to_real(numbers) for form, numbers in zip(self.outputs, self.integers(image), strict=True))

    def _interpreter(self, shape: tuple[int, ...]) -> Any:
        """Give the interpreter for pictures of this shape, (H, W)."""
        if shape not in self._interpreters:
            while self._interpreters and math.prod(shape) + sum(map(math.prod, self._interpreters)) > MOST_PIXELS:
                self._interpreters.popitem(last=False)
            self._interpreters[shape] = _allocate(self._content, self._source, shape)
        self._interpreters.move_to_end(shape)
        return self._interpreters[shape]


def _allocate(content: bytes, source: str, shape: tuple[int, ...]) -> Any:
    from ai_edge_litert.interpreter import Interpreter

    with _reading(source):
        interpreter = Interpreter(model_content=content, num_threads=1)
        given, gives = interpreter.get_input_details(), interpreter.get_output_details()
    check_map_ends([_shape_and_dtype(each) for each in given], [_shape_and_dtype(each) for each in gives], source)
    with _reading(source):
        interpreter.resize_tensor_input(given[0]["index"], (1, *shape, 3))
        interpreter.allocate_tensors()
    return interpreter


@contextlib.contextmanager
def _reading(source: str) -> Iterator[None]:
    """Turn what LiteRT raises into one line."""
    try:
        yield
    except (ValueError, RuntimeError) as error:
        reason = str(error).strip().splitlines()[0] if str(error).strip() else "no reason given"
        raise ModelFormatError(f"{source}: LiteRT cannot read it ({reason}); rerun digitreader export") from error


def _shape_and_dtype(details: dict[str, Any]) -> tuple[tuple[int, ...], str]:
    return tuple(int(size) for size in details["shape"]), np.dtype(details["dtype"]).name


def _form(details: dict[str, Any]) -> TensorForm:
    scale, zero_point = details["quantization"]
    return TensorForm(np.dtype(details["dtype"]).name, float(scale), int(zero_point))
