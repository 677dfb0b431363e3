"""Practice: the letters of a dozen living and dead scripts, as the typefaces that come with matplotlib draw them."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import cv2
import matplotlib as mpl
import numpy as np
import numpy.typing as npt
from matplotlib.ft2font import FT2Font

from digitreader.values import Ink

FACES = ("DejaVuSans", "DejaVuSans-Oblique", "DejaVuSerif", "DejaVuSansMono")
"""Without bold ones: the practice's own pens make strokes bolder and finer."""
SCRIPTS = (
    "LATIN", "CYRILLIC", "ARMENIAN", "HEBREW", "ARABIC", "NKO", "LAO", "GEORGIAN", "CANADIAN", "OGHAM", "TIFINAGH",
    "LISU", "OLD",
)  # fmt: skip
"""The first words of their names in Unicode; without Greek, which is kept to test on (`letters.HELD_OUT`)."""

# fmt: off
LIKE_DIGITS = frozenset((
    0x42, 0x44, 0x47, 0x49, 0x4c, 0x4f, 0x51, 0x53, 0x5a, 0x62, 0x67, 0x69, 0x6c, 0x6f, 0x71, 0x73, 0x7a, 0xd8, 0xf8,
    0x131, 0x185, 0x18d, 0x18f, 0x193, 0x196, 0x19f, 0x1a7, 0x1a8, 0x1b7, 0x1bb, 0x1bc, 0x1bd, 0x1be, 0x1c0, 0x1dd,
    0x1e5, 0x21c, 0x21d, 0x222, 0x223, 0x23f, 0x240, 0x24b, 0x253, 0x258, 0x259, 0x25c, 0x261, 0x262, 0x265, 0x269,
    0x26a, 0x26d, 0x275, 0x292, 0x298, 0x405, 0x406, 0x412, 0x417, 0x41e, 0x424, 0x427, 0x42c, 0x431, 0x432, 0x437,
    0x43e, 0x447, 0x44c, 0x44d, 0x455, 0x456, 0x472, 0x473, 0x47a, 0x47b, 0x498, 0x499, 0x4ae, 0x4b6, 0x4b7, 0x4c0,
    0x4cb, 0x4cc, 0x4cf, 0x4d8, 0x4d9, 0x4e0, 0x4e1, 0x4e8, 0x4e9, 0x50c, 0x51a, 0x51b, 0x536, 0x53f, 0x541, 0x545,
    0x54e, 0x54f, 0x555, 0x566, 0x56c, 0x56f, 0x577, 0x57b, 0x57e, 0x581, 0x585, 0x5d5, 0x5d8, 0x5da, 0x5df, 0x5e1,
    0x5e8, 0x627, 0x629, 0x647, 0x648, 0x6c6, 0x6c7, 0x6cb, 0x6d5, 0x7ca, 0x7cb, 0x7d5, 0x7d7, 0x7de, 0x7e3, 0x10a1,
    0x10a8, 0x10ad, 0x10af, 0x10b3, 0x10b7, 0x10bd, 0x10c2, 0x10c3, 0x10d0, 0x10d1, 0x10d2, 0x10d5, 0x10d6, 0x10d9,
    0x10dc, 0x10de, 0x10e2, 0x10ec, 0x10ee, 0x10f0, 0x10f3, 0x10f7, 0x10f9, 0x1424, 0x146b, 0x1472, 0x1473, 0x1474,
    0x1475, 0x147e, 0x147f, 0x1480, 0x1481, 0x1482, 0x1483, 0x1489, 0x1492, 0x1493, 0x14a3, 0x14ac, 0x14ad, 0x14ed,
    0x1506, 0x1510, 0x1517, 0x1518, 0x1526, 0x152f, 0x1530, 0x15a2, 0x15a7, 0x15af, 0x15de, 0x1646, 0x1d05, 0x1d08,
    0x1d0f, 0x1d11, 0x1d13, 0x1d22, 0x1d23, 0x1e9f, 0x2c7e, 0x2c7f, 0x2d0f, 0x2d23, 0x2d30, 0x2d31, 0x2d41, 0x2d53,
    0x2d54, 0x2d59, 0x2d5a, 0xa4d3, 0xa4dc, 0xa4e2, 0xa4ed, 0xa4f2, 0xa4f3, 0xa4f6, 0xa644, 0xa645, 0xa646, 0xa647,
    0xa668, 0xa669, 0xa66a, 0xa66b, 0xa722, 0xa723, 0xa731, 0xa780, 0xa78d, 0xa7fc, 0xa7fe, 0x10301, 0x10303, 0x10309,
    0x1030f, 0x10312, 0x1031a, 0x1031c,
))
# fmt: on
"""Letters that many people write as others write a digit, by code point: to call them none would be a lie."""

SIDE_PX = 56
LETTER_PX = 40
"""The longer side of a letter in its image."""
DRAWN_PX = 120
"""The size in which the typeface is asked for it."""
NARROWEST = 0.22
"""A letter more slender than this is a bar, and any bar may be a 1."""

Images = npt.NDArray[np.uint8]


@cache
def print_letters() -> Images:
    """Every letter that is like no digit, in every typeface that has it; drawn once, not to be written to.

    Returns:
        (N, 56, 56) uint8, white on black.
    """
    return np.stack([letter for face in FACES for letter in _letters_of(face)])


def is_practised(code: int) -> bool:
    """Whether a character is a letter of one of the scripts, made of nothing else, and like no digit."""
    sign = chr(code)
    script = unicodedata.name(sign, "").partition(" ")[0]
    plain = unicodedata.category(sign).startswith("L") and not unicodedata.decomposition(sign)
    return plain and script in SCRIPTS and code not in LIKE_DIGITS


def _letters_of(face: str) -> Iterator[Images]:
    """The letters of one typeface in the order of their code points."""
    font = FT2Font(str(Path(mpl.get_data_path()) / "fonts" / "ttf" / f"{face}.ttf"))
    font.set_size(DRAWN_PX, 72)
    for code in sorted(filter(is_practised, font.get_charmap())):
        font.set_text(chr(code))
        font.draw_glyphs_to_bitmap(antialiased=True)
        ink = np.asarray(font.get_image(), np.uint8)
        if ink.any() and min(ink.shape) >= NARROWEST * max(ink.shape):
            yield _centred(ink)


def _centred(ink: Ink) -> Images:
    """An ink made smaller, in the middle of its image."""
    scale = LETTER_PX / max(ink.shape)
    size_wh = (max(1, round(ink.shape[1] * scale)), max(1, round(ink.shape[0] * scale)))
    small = cv2.resize(ink, size_wh, interpolation=cv2.INTER_AREA)
    image = np.zeros((SIDE_PX, SIDE_PX), np.uint8)
    top, left = (SIDE_PX - small.shape[0]) // 2, (SIDE_PX - small.shape[1]) // 2
    image[top : top + small.shape[0], left : left + small.shape[1]] = small
    return image
