"""What goes into a network that draws maps of a picture, and what comes out: checks, and the pixels in its form."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from digitreader.engines.form import TensorForm
from digitreader.engines.pixels import pixel_table
from digitreader.errors import ImageError, ModelFormatError
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
        given: shape and dtype of each tensor that goes in.
        gives: of each that comes out.
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
    """Give the function that turns a picture into what a tensor of this form takes.

    The function takes (H, W, 3) uint8, checks it as `check_picture`, and gives (H, W, 3) of the form's dtype. A pixel
    stands for 0..1; where the form says this with the very numbers 0..255, it gives the picture itself.
    """
    table = pixel_table(form)
    same = form.dtype == "uint8" and np.array_equal(table, np.arange(256))

    def take(image: ColourImage) -> npt.NDArray[Any]:
        check_picture(image)
        return image if same else table[image]

    return take


def _name(ends: Sequence[tuple[tuple[int, ...], str]]) -> str:
    return ", ".join(f"{shape} {dtype}" for shape, dtype in ends) or "nothing"
