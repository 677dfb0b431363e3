"""Small pictures and lettering that explanations are put together from."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from digitreader.outputs.lettering import Colour, Lettering
from digitreader.values import ColourImage, GrayImage

INK_BGR, PALE_BGR = (40, 32, 28), (228, 224, 220)
FOR_BGR, AGAINST_BGR = (43, 40, 190), (180, 110, 30)
"""Red for what excites or speaks for; blue for what holds back or speaks against."""
WHITE = 255
REGULAR, BOLD = 400, 700


def text(canvas: ColourImage, words: str, base_xy: tuple[int, int], *, height_px: int, bold: bool = False) -> None:
    """Write a line of text whose capitals are so high; `base_xy` is where its first letter stands."""
    Lettering(words, height_px, weight=BOLD if bold else REGULAR).draw(canvas, base_xy, INK_BGR)


def lit(share: float, colour: Colour) -> Colour:
    """A colour between white, at 0, and the given one, at 1."""
    share = min(max(share, 0.0), 1.0)
    blue, green, red = (round(WHITE + share * (full - WHITE)) for full in colour)
    return blue, green, red


def signed(values: npt.NDArray[np.floating]) -> ColourImage:
    """(H, W) numbers from -1 to 1 as a picture: white at 0, red above, blue below."""
    share = np.clip(np.abs(values), 0, 1)[..., None]
    full = np.where((values > 0)[..., None], np.array(FOR_BGR), np.array(AGAINST_BGR))
    return np.asarray(np.round(WHITE + share * (full - WHITE)), np.uint8)


def on_white(image: ColourImage | GrayImage, side_px: int) -> ColourImage:
    """A picture, enlarged in squares or reduced, in the middle of a white square of this side."""
    colour = np.asarray(cv2.cvtColor(image, cv2.COLOR_GRAY2BGR), np.uint8) if image.ndim == 2 else image
    scale = side_px / max(colour.shape[:2])
    size_wh = max(1, round(colour.shape[1] * scale)), max(1, round(colour.shape[0] * scale))
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_NEAREST
    square = np.full((side_px, side_px, 3), WHITE, np.uint8)
    left, top = (side_px - size_wh[0]) // 2, (side_px - size_wh[1]) // 2
    square[top : top + size_wh[1], left : left + size_wh[0]] = cv2.resize(colour, size_wh, interpolation=how)
    return square
