"""A scene: a drawn page seen by a camera, with the truth for every pixel and every digit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from digitreader.drawing import Typeface
from digitreader.values import ColourImage, Ink
from digitreader_train.finder.characters import Characters
from digitreader_train.finder.draw_page import draw_page
from digitreader_train.finder.page import Ids
from digitreader_train.finder.photograph import light_up, lower_quality, photograph
from digitreader_train.finder.unwritten import draw_unwritten
from digitreader_train.finder.viewpoint import turn_page


@dataclass(frozen=True, slots=True, eq=False)
class TrueDigits:
    """The N digits of which anything is seen.

    Attributes:
        boxes: (N, 4) float32, x, y, width, height of the part of each that is seen.
        seen: (N,) float32, the share of each that is seen, above 0 to 1.
        numbers: (N,) int16, the number of each in `FinderScene.owners`.
        labels: (N,) uint8, what each says, 0 to 9.
    """

    boxes: npt.NDArray[np.float32]
    seen: npt.NDArray[np.float32]
    numbers: npt.NDArray[np.int16]
    labels: npt.NDArray[np.uint8]


def measure_digits(owners: Ids, labels: Sequence[int], place: tuple[slice, slice]) -> TrueDigits:
    """Measure what is seen of each digit.

    Args:
        owners: (S, S) int16, of the whole page.
        labels: what its digits say, in the order of their numbers.
        place: rows and columns of the page that are seen; boxes count from its upper left corner.
    """
    owned: npt.NDArray[np.int16] = owners[owners > 0]
    whole = np.bincount(owned, minlength=1)
    rows, columns = np.nonzero(owners[place])
    numbers = owners[place][rows, columns]
    if not len(numbers):
        return TrueDigits(
            np.zeros((0, 4), np.float32), np.zeros(0, np.float32), np.zeros(0, np.int16), np.zeros(0, np.uint8)
        )
    order = np.argsort(numbers, kind="stable")
    rows, columns, numbers = rows[order], columns[order], numbers[order]
    firsts = np.flatnonzero(np.diff(numbers, prepend=-1))  # where the pixels of each digit begin
    x0, y0 = np.minimum.reduceat(columns, firsts), np.minimum.reduceat(rows, firsts)
    x1, y1 = np.maximum.reduceat(columns, firsts) + 1, np.maximum.reduceat(rows, firsts) + 1
    counts, found = np.diff(firsts, append=len(numbers)), numbers[firsts]
    boxes = np.stack([x0, y0, x1 - x0, y1 - y0], axis=1).astype(np.float32)
    told = np.asarray(labels, np.uint8)[found - 1]
    return TrueDigits(boxes, (counts / whole[found]).astype(np.float32), found.astype(np.int16), told)


SIDE_PX = 192
"""Width and height of a scene."""
MARGIN_PX = 48
"""So much more of a page is drawn at each side than is seen of it, so that it can be turned."""
PAGE_PX = SIDE_PX + 2 * MARGIN_PX
"""Width and height of a page."""
MIDDLE = np.s_[MARGIN_PX : MARGIN_PX + SIDE_PX, MARGIN_PX : MARGIN_PX + SIDE_PX]
"""The part of a page that is seen."""
UNWRITTEN = 0.4
"""This share of the scenes shows a display, a counter or print in any typeface, where there are typefaces."""
CUT_OUT = 0.5
"""This share of the scenes with a single digit shows only the digit on a ground of one colour."""


@dataclass(frozen=True, slots=True, eq=False)
class FinderScene:
    """A picture of S pixels a side, and the truth about it.

    Attributes:
        image: (S, S, 3) uint8 BGR.
        digit_ink: (S, S) uint8, how much of each pixel the pen of a digit covers.
        any_ink: (S, S) uint8, the same of any writing; printed and drawn lines do not count.
        owners: (S, S) int16, the number of the digit that each pixel belongs to; 0 for no digit.
        digits: those of which anything is seen.
    """

    image: ColourImage
    digit_ink: Ink
    any_ink: Ink
    owners: Ids
    digits: TrueDigits


def draw_finder_scene(characters: Characters, rng: np.random.Generator) -> FinderScene:
    """Draw one scene of `SIDE_PX` pixels a side.

    Args:
        characters: what can stand on its page.
        rng: where every choice comes from.
    """
    if characters.typefaces and rng.random() < UNWRITTEN:
        return _draw_unwritten_scene(characters.typefaces, rng)
    page, layout = draw_page(characters, rng, side_px=PAGE_PX, seen_px=SIDE_PX)
    page, sheet = turn_page(page, rng)
    digits, seen = measure_digits(page.owners, page.labels, MIDDLE), page.cropped(MIDDLE)
    image = photograph(seen, sheet[MIDDLE], layout, rng)
    if layout.kind == "single" and rng.random() < CUT_OUT and len(digits.seen) == 1:
        image = _cut_out_digit(image, digits, rng)
    return FinderScene(lower_quality(image, rng), seen.digit_ink, seen.any_ink, seen.owners, digits)


def _draw_unwritten_scene(typefaces: Sequence[Typeface], rng: np.random.Generator) -> FinderScene:
    page, flat = draw_unwritten(typefaces, rng, side_px=PAGE_PX)
    digits, seen = measure_digits(page.owners, page.labels, MIDDLE), page.cropped(MIDDLE)
    image = light_up(flat[MIDDLE].astype(np.float32), np.full((SIDE_PX, SIDE_PX), 255, np.uint8), rng)
    return FinderScene(lower_quality(image, rng), seen.digit_ink, seen.any_ink, seen.owners, digits)


def _cut_out_digit(image: ColourImage, digits: TrueDigits, rng: np.random.Generator) -> ColourImage:
    """Keep the picture close to its only digit; the rest gets the colour of the border of what is kept."""
    x, y, width, height = (round(float(value)) for value in digits.boxes[0])
    pad = round(float(rng.choice((0, 0, 0.05, 0.2))) * height)
    place = np.s_[max(0, y - pad) : y + height + pad, max(0, x - pad) : x + width + pad]
    piece = image[place]
    border = np.concatenate([piece[0], piece[-1], piece[:, 0], piece[:, -1]])
    cut = np.empty_like(image)
    cut[:] = np.median(border, axis=0).astype(np.uint8)
    cut[place] = piece
    return cut
