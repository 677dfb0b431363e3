"""Small pictures and lettering that explanations are put together from."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from digitreader.features import MAP_COLUMNS, MAP_ROWS, MAPS
from digitreader.outputs.lettering import Colour, Lettering
from digitreader.values import GLYPH_SIDE, ColourImage, GrayImage

INK_BGR, PALE_BGR = (40, 32, 28), (228, 224, 220)
FOR_BGR, AGAINST_BGR = (43, 40, 190), (180, 110, 30)
"""Red for what excites or speaks for; blue for what holds back or speaks against."""
MAP_BGR = (190, 180, 170)
WHITE = 255
FONT, WEIGHT = "uni", 400
"""A small zero that is struck through looks like an 8."""


def text(
    canvas: ColourImage,
    words: str,
    base_xy: tuple[int, int],
    *,
    height_px: int,
    bold: bool = False,
    colour: Colour = INK_BGR,
) -> None:
    """Write a line of text whose capitals are so high; `base_xy` is where its first letter stands."""
    lettering = Lettering(words, height_px, weight=WEIGHT, font=FONT)
    # the font has one weight: what is written again beside itself looks bold
    for right in range(1 + max(1, height_px // 11) if bold else 1):
        lettering.draw(canvas, (base_xy[0] + right, base_xy[1]), colour)


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


def part_maps(canvas: ColourImage, at_xy: tuple[int, int], side_px: int) -> list[tuple[int, int]]:
    """Draw lines between the eight maps of directions in a picture of them; gives the upper left corner of each."""
    (x, y), cell = at_xy, side_px / GLYPH_SIDE
    corners = []
    for number in range(len(MAPS)):
        left, top = x + round(number % 4 * cell * MAP_COLUMNS), y + round(number // 4 * cell * MAP_ROWS)
        right, bottom = left + round(cell * MAP_COLUMNS) - 1, top + round(cell * MAP_ROWS) - 1
        cv2.rectangle(canvas, (left, top), (right, bottom), MAP_BGR, 1)
        corners.append((left, top))
    return corners
