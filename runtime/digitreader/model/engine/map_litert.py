"""Runs networks on whole pictures with LiteRT, and checks the inputs and outputs of a finder network."""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from digitreader.errors import ImageError, ModelFormatError
from digitreader.host.native_stderr import native_stderr_muted
from digitreader.model.engine.engine import TensorForm, pixel_table
from digitreader.model.engine.interpreter import (
    LITERT_ERRORS,
    litert_refusal,
    open_interpreter,
    scaled_form_in,
    shape_and_dtype,
)
from digitreader.model.engine.map_engine import Maps
from digitreader.values import ColourImage

SIDE_UNIT = 32
"""The sides of a picture are multiples of this: the network halves them five times and doubles them again."""

DTYPES = ("uint8", "int8")

TakePicture = Callable[[ColourImage], npt.NDArray[Any]]


def check_map_ends(
    given: Sequence[tuple[tuple[int, ...], str]], gives: Sequence[tuple[tuple[int, ...], str]], source: str
) -> None:
    """Check that one colour picture goes in and that maps come out.

    Args:
        given: shape and dtype of each input tensor.
        gives: shape and dtype of each output tensor.
        source: names the model in messages.

    Raises:
        ModelFormatError: the graph has other inputs or outputs.
    """
    colour = all(len(shape) == 4 and (shape[0], shape[3]) == (1, 3) for shape, _ in given)
    if len(given) != 1 or not colour or given[0][1] not in DTYPES:
        raise ModelFormatError(
            f"{source}: input is {_name(given)}, need (1, H, W, 3) {' or '.join(DTYPES)}; use a model that finds digits"
        )
    if not gives or any(len(shape) != 4 or shape[0] != 1 or dtype not in DTYPES for shape, dtype in gives):
        raise ModelFormatError(
            f"{source}: output is {_name(gives)}, need (1, h, w, channels) {' or '.join(DTYPES)}; "
            "use a model that finds digits"
        )


def check_picture(image: ColourImage) -> None:
    """Check that a network can take this picture.

    Raises:
        ImageError: it is not (H, W, 3) uint8 with sides that are multiples of 32.
    """
    usual = image.ndim == 3 and image.shape[2] == 3 and image.dtype == np.uint8
    if not usual or not image.size or image.shape[0] % SIDE_UNIT or image.shape[1] % SIDE_UNIT:
        raise ImageError(
            f"the picture is {image.shape} {image.dtype}, need (H, W, 3) uint8 with H and W that are multiples of "
            f"{SIDE_UNIT}; resize or pad it first"
        )


def take_picture(form: TensorForm) -> TakePicture:
    """Give the function that converts a picture to the numbers of a tensor of this form.

    The function takes (H, W, 3) uint8, checks it as `check_picture`, and gives (H, W, 3) of the form's dtype. A pixel
    stands for 0..1; if the form's numbers are the pixels 0..255 themselves, it gives the picture unchanged.
    """
    table = pixel_table(form)
    same = form.dtype == "uint8" and np.array_equal(table, np.arange(256))

    def take(image: ColourImage) -> npt.NDArray[Any]:
        check_picture(image)
        return image if same else table[image]

    return take


def _name(ends: Sequence[tuple[tuple[int, ...], str]]) -> str:
    return ", ".join(f"{shape} {dtype}" for shape, dtype in ends) or "nothing"


MOST_PIXELS = 600_000
"""There is an interpreter for each shape of pictures, which needs about 46 bytes a pixel. If all shapes together have
more pixels than this, the one that was used longest ago is dropped."""


class LiteRTMaps:
    """Runs a .tflite with LiteRT on pictures of any size, on one thread.

    Args:
        model_bytes: the content of the .tflite.
        source: names it in messages.

    Raises:
        ModelFormatError: it is damaged, LiteRT cannot run it at every size, or it does not lead from a colour
            picture to maps.
    """

    name = "litert"

    def __init__(self, model_bytes: bytes, source: str) -> None:
        self._content, self._source = model_bytes, source
        self._interpreters: OrderedDict[tuple[int, ...], Any] = OrderedDict()
        with native_stderr_muted():  # XNNPACK prints a line when the first tensors of a program are allocated
            interpreter = self._interpreter((SIDE_UNIT, SIDE_UNIT))
        given, gives = interpreter.get_input_details(), interpreter.get_output_details()
        self.input = scaled_form_in(given[0], source)
        self.outputs = tuple(scaled_form_in(each, source) for each in gives)
        self._given_index, self._gives_indices = given[0]["index"], [each["index"] for each in gives]
        self._take = take_picture(self.input)

    def integers(self, image: ColourImage) -> tuple[npt.NDArray[Any], ...]:
        """As `MapEngine`."""
        pixels = self._take(image)
        interpreter = self._interpreter(image.shape[:2])
        try:
            interpreter.set_tensor(self._given_index, pixels[None])
            interpreter.invoke()
            return tuple(interpreter.get_tensor(index)[0] for index in self._gives_indices)
        except LITERT_ERRORS as error:
            raise litert_refusal(error, self._source) from error

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
    interpreter = open_interpreter(content, source)
    try:
        given, gives = interpreter.get_input_details(), interpreter.get_output_details()
        check_map_ends([shape_and_dtype(each) for each in given], [shape_and_dtype(each) for each in gives], source)
        interpreter.resize_tensor_input(given[0]["index"], (1, *shape, 3))
        interpreter.allocate_tensors()
    except LITERT_ERRORS as error:
        raise litert_refusal(error, source) from error
    return interpreter
