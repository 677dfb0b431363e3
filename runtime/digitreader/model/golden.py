"""Golden inks: drawn digits and marks with what each link of the chain must make of them, to the bit."""

from __future__ import annotations

import base64
import zlib
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from digitreader.values import GLYPH_SIDE, Glyph, Ink


class Golden(NamedTuple):
    """One drawn ink all the way through the chain: its glyph, the network's exact answer, and what that stands for.

    Attributes:
        shows: what was drawn: a digit, or the name of a mark that is none.
        width_px: of the ink.
        ink: base64 of the zlib-compressed pixel bytes, row by row.
        glyph: the same of the 784 pixel bytes that the normalisation must make of the ink.
        output: ten raw outputs; of a float model the logits, to three decimals.
        activations: the ten neurons, 0..1, to five decimals.
    """

    shows: str
    width_px: int
    ink: str
    glyph: str
    output: tuple[int | float, ...]
    activations: tuple[float, ...]

    def ink_pixels(self) -> Ink:
        """Unpack the ink, (h, w) uint8.

        Raises:
            ValueError: the text is not a packed picture.
        """
        return _unpack(self.ink, self.width_px)

    def glyph_pixels(self) -> Glyph:
        """Unpack the glyph, (28, 28) uint8.

        Raises:
            ValueError: the text is not a packed glyph.
        """
        return _unpack(self.glyph, GLYPH_SIDE).reshape(GLYPH_SIDE, GLYPH_SIDE)


def pack_pixels(pixels: Ink | Glyph) -> str:
    """Pack a (h, w) uint8 picture into the text that `Golden` keeps."""
    return base64.b64encode(zlib.compress(pixels.tobytes(), 9)).decode("ascii")


def _unpack(text: str, width_px: int) -> npt.NDArray[np.uint8]:
    try:
        pixels = zlib.decompress(base64.b64decode(text, validate=True))
    except zlib.error as error:
        raise ValueError(str(error)) from error
    return np.frombuffer(pixels, np.uint8).reshape(-1, width_px)
