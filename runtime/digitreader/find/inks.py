"""Find, step 4: each digit's ink is cut out alone, white on black, whatever its colours were, and the dots between."""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from digitreader.find.centres import INK_PX, Centres, Owners
from digitreader.find.network_maps import Map, NetworkMaps
from digitreader.values import ColourImage, Ink

SURE_INK = 0.5
PAPER_REACH, INK_REACH = 1.2, 0.35
"""Paper and ink have the mean colour of so many digit heights around."""
LEAST_CONTRAST = 6.0
"""Colours of ink and paper nearer to one another than this are taken to be as far apart, or noise would become ink."""
BLACK_SHARE, WHITE_SHARE = 0.28, 0.75
"""Between paper (0) and ink (1): below the first value a pixel is black, above the second white."""
GATE_LOW, GATE_HIGH = 0.12, 0.42
"""Ink fades out between these chances that the network gives it."""
INKED, SPECK = 100, 0.08
"""A piece of ink, of pixels darker than the first, is left out where it is less than this share of its digit's."""
DOT_PX, DOT_BESIDE, DOT_ABOVE = 0.35, 1.6, 0.75
"""A dot is no larger than so many digit heights; and so far from the middles of the digits on both of its sides."""
LEAST_DOT, SOLID = 3, 0.45
"""It has at least so many pixels, which fill this share of the box round it."""
LEAST_DIGIT_PX, SURE_HEAT = 16.0, 0.4
"""Where digits are lower on the canvas, a dot would be as large as the blur; those beside one are so hot."""
MOST_DOTS = 3
"""Where there are more for each digit, the ground is rough."""
LEAST_AREA = 2
"""A piece of writing has at least so many places of the ink maps."""
ROOM_PX = 8
"""Colours are measured in so many more places round all ink."""
COMPANY_REACH = 6.0, 1.4
"""Width and height of what stands beside a digit, in digit heights."""
SUM, SQUARE, EDGES = np.ones((1, 3), np.float32), np.ones((3, 3), np.uint8), np.ones((5, 5), np.uint8)


class Inks(NamedTuple):
    """The ink of some digits.

    Attributes:
        numbers: of the centres that have ink, from 0.
        boxes: (N, 4) float64, x, y, width and height of it in pixels of the canvas.
        inks: (h, w) uint8 each.
        company: (N,) float64 0..1, how much of the writing around it the network takes for digits' ink: letters stand
            among letters.
        dots: x, y, width and height in pixels of the canvas of each small piece of ink between digits of which the
            network says nothing, and its (h, w) uint8 ink.
    """

    numbers: list[int]
    boxes: npt.NDArray[np.float64]
    inks: list[Ink]
    company: npt.NDArray[np.float64]
    dots: list[tuple[tuple[int, int, int, int], Ink]]


def cut_inks(
    look: NetworkMaps, centres: Centres, owners: Owners, *, wanted: npt.NDArray[np.bool_] | None = None
) -> Inks:
    """Cut out the ink of centres; one without ink is left out.

    Args:
        look: what the network says.
        centres: N of them.
        owners: of `share_ink`.
        wanted: (N,) bool, whose ink is cut out; None for all.
    """
    is_wanted = np.concatenate([[False], np.ones(len(centres), bool) if wanted is None else wanted])
    own = is_wanted[np.maximum(owners, 0)]
    if not own.any():
        return Inks([], np.zeros((0, 4)), [], np.zeros(0), [])
    room = _room_round(own)
    height_px = float(np.sort(centres[:, 3])[len(centres) // 2])
    drawn = np.zeros(look.canvas.shape[:2], np.uint8)
    drawn[_in_canvas(room)], inked = ink_map(
        look.canvas[_in_canvas(room)], look.digit_ink[room], look.any_ink[room], height_px=height_px
    )
    numbers, boxes, inks = [], [], []
    for number, (x0, y0, x1, y1) in _extents(np.where(own, owners, 0)):
        low_x, low_y = max(0, INK_PX * x0 - INK_PX), max(0, INK_PX * y0 - INK_PX)
        place = np.s_[low_y : INK_PX * y1 + INK_PX, low_x : INK_PX * x1 + INK_PX]
        near = owners[low_y // INK_PX : y1 + 1, low_x // INK_PX : x1 + 1]
        ink = _without_specks(_alone(drawn[place], near, number))
        found = cv2.boundingRect(np.asarray(ink > INKED, np.uint8))
        if found[2] and found[3]:
            numbers.append(number - 1)
            boxes.append((low_x + found[0], low_y + found[1], found[2], found[3]))
            inks.append(ink)
    company = _company(look, centres[numbers], height_px)
    numbers_there, extents = look.strokes.numbers[room], look.strokes.extents
    is_piece = extents[:, cv2.CC_STAT_AREA] >= LEAST_AREA
    is_piece[0] = False
    known = np.asarray((owners[room] > 0) | is_piece[numbers_there], np.uint8)
    sure = centres[is_wanted[1:] & (centres[:, 4] >= SURE_HEAT)]
    dots = _dots_in(inked, known, sure, (INK_PX * room[1].start, INK_PX * room[0].start))
    return Inks(numbers, np.array(boxes, np.float64).reshape(-1, 4), inks, company, dots)


def _dots_in(
    inked: Ink, known: npt.NDArray[np.uint8], digits: Centres, corner_xy: tuple[int, int]
) -> list[tuple[tuple[int, int, int, int], Ink]]:
    """Small pieces of ink with a digit on either side: a fine pen's point is lost in the network's coarse maps.

    Args:
        inked: (H, W) uint8, how much of each pixel is ink, by its colour alone.
        known: (H/2, W/2) uint8, 1 where the network says that something is written.
        digits: of `Centres`, those around of which the network is sure.
        corner_xy: where `inked` begins in the canvas.

    Returns:
        As `Inks.dots`; none where there are so many that it is the ground.
    """
    grown = cv2.resize(cv2.dilate(known, SQUARE), inked.shape[::-1], interpolation=cv2.INTER_NEAREST)
    free = np.asarray((inked > INKED) & (grown == 0), np.uint8)
    count, pieces, stats, middles = cv2.connectedComponentsWithStats(free, connectivity=8)
    if count == 1 or len(digits) < 2 or (usual_px := float(np.sort(digits[:, 3])[len(digits) // 2])) < LEAST_DIGIT_PX:
        return []
    width, height, area = stats[:, 2:].T.astype(np.float64)
    across, down = (middles + corner_xy).T[:, :, None]
    of_digit_x, of_digit_y, _, high, _ = digits.astype(np.float64).T[:, None, :]
    aside, above = (across - of_digit_x) / high, (down - of_digit_y) / high
    near = (np.abs(above) <= DOT_ABOVE) & (np.abs(aside) <= DOT_BESIDE)
    between = (near & (aside > 0)).any(axis=1) & (near & (aside < 0)).any(axis=1)
    small = np.maximum(width, height) <= DOT_PX * usual_px
    kept = np.flatnonzero(between & small & (area >= LEAST_DOT) & (area >= SOLID * width * height))
    kept = kept[kept > 0]
    if len(kept) > MOST_DOTS * len(digits):
        return []
    dots = []
    for number, (left, top, wide, tall) in zip(kept.tolist(), stats[kept, :4].tolist(), strict=True):
        place = np.s_[top : top + tall, left : left + wide]
        ink = np.asarray(np.where(pieces[place] == number, inked[place], 0), np.uint8)
        dots.append(((left + corner_xy[0], top + corner_xy[1], wide, tall), ink))
    return dots


def ink_map(canvas: ColourImage, digit_ink: Map, any_ink: Map, *, height_px: float) -> tuple[Ink, Ink]:
    """How much of every pixel is ink of a digit.

    Args:
        canvas: (H, W, 3) uint8.
        digit_ink: (H/2, W/2) float32 0..1, and
        any_ink: likewise, what the network says of it.
        height_px: of a typical digit; colours are compared within a few of them.

    Returns:
        (H, W) uint8, and the same by its colour alone, whatever the network says of the place. The colours of ink and
        paper are measured around every place, where the network says that they are, and a pixel counts by how far it is
        on the way from one to the other.
    """
    size_wh, half_wh = (canvas.shape[1], canvas.shape[0]), (digit_ink.shape[1], digit_ink.shape[0])
    half = cv2.resize(canvas, half_wh, interpolation=cv2.INTER_AREA).astype(np.float32)
    is_paper = np.clip(1 - 2 * np.maximum(any_ink, digit_ink), 0.0, 1.0)
    is_ink = np.where(digit_ink > SURE_INK, digit_ink, 0.01 * digit_ink)
    paper = _around(half, is_paper, PAPER_REACH * height_px / INK_PX)
    way = _around(half, is_ink, INK_REACH * height_px / INK_PX) - paper
    # how far a colour is on the way: the product with `steps`, less what paper has of it
    steps = way / np.maximum(cv2.transform(way * way, SUM), LEAST_CONTRAST**2)[:, :, None]
    of_paper = cv2.transform(paper * steps, SUM)
    fine_steps, fine_of_paper, gate = (
        np.asarray(cv2.resize(each, size_wh, interpolation=cv2.INTER_LINEAR), np.float32)
        for each in (steps, of_paper, cv2.dilate(digit_ink, SQUARE))
    )
    share = cv2.transform(cv2.multiply(canvas, fine_steps, dtype=cv2.CV_32F), SUM) - fine_of_paper
    inked = np.clip((share - BLACK_SHARE) * np.float32(255 / (WHITE_SHARE - BLACK_SHARE)), 0, 255)
    by_colour = np.asarray(inked, np.uint8)
    inked *= np.clip((gate - GATE_LOW) * np.float32(1 / (GATE_HIGH - GATE_LOW)), 0, 1)
    return np.asarray(inked, np.uint8), by_colour


def _around(half: npt.NDArray[np.float32], weight: Map, reach: float) -> npt.NDArray[np.float32]:
    """(h, w, 3) float32: the mean colour around every place, weighed."""
    side = max(3, 2 * int(reach / 2) + 1)
    size_wh = (side, side)
    weighed = half * weight[:, :, None]
    sums, weights = cv2.blur(weighed, size_wh), cv2.blur(weight, size_wh)
    everywhere = weighed.sum(axis=(0, 1)) / max(1e-6, float(weight.sum()))
    # where none is near, the mean of the whole picture
    return np.asarray((sums + 1e-4 * everywhere) / (weights + 1e-4)[:, :, None], np.float32)


def _company(look: NetworkMaps, centres: Centres, height_px: float) -> npt.NDArray[np.float64]:
    """Of each centre: the share of digits in the writing around it, in its line."""
    wide, high = (2 * int(reach * height_px / INK_PX / 2) + 1 for reach in COMPANY_REACH)
    of_digits, of_any = (
        cv2.blur(ink, (wide, high)) for ink in (look.digit_ink, np.maximum(look.any_ink, look.digit_ink))
    )
    columns, rows = (
        np.clip((centres[:, axis] / INK_PX).astype(int), 0, side - 1)
        for axis, side in ((0, look.any_ink.shape[1]), (1, look.any_ink.shape[0]))
    )
    return np.asarray(of_digits[rows, columns] / np.maximum(of_any[rows, columns], 1e-6), np.float64)


def _without_specks(ink: Ink) -> Ink:
    """Without pieces that are small beside the whole."""
    count, pieces, stats, _ = cv2.connectedComponentsWithStats(np.asarray(ink > INKED, np.uint8), connectivity=8)
    if count <= 2:
        return ink
    areas = stats[1:, cv2.CC_STAT_AREA]
    is_speck = np.concatenate([[False], areas < SPECK * areas.sum()])
    if not is_speck.any():
        return ink
    specks = cv2.dilate(np.asarray(is_speck[pieces], np.uint8), SQUARE)
    return np.asarray(np.where((specks > 0) & (is_speck[pieces] | (pieces == 0)), 0, ink), np.uint8)


def _room_round(own: npt.NDArray[np.bool_]) -> tuple[slice, slice]:
    """The rows and columns of the ink maps in which there is wanted ink, and some more on each side."""
    x, y, width, height = cv2.boundingRect(own.astype(np.uint8))
    return np.s_[max(0, y - ROOM_PX) : y + height + ROOM_PX, max(0, x - ROOM_PX) : x + width + ROOM_PX]


def _in_canvas(place: tuple[slice, slice]) -> tuple[slice, slice]:
    rows, columns = (slice(INK_PX * part.start, INK_PX * part.stop) for part in place)
    return rows, columns


def _extents(owners: Owners) -> list[tuple[int, tuple[int, int, int, int]]]:
    """Each number that occurs, and x and y of the first and behind the last place where it does."""
    rows, columns = np.nonzero(owners > 0)
    numbers = owners[rows, columns]
    order = np.argsort(numbers, kind="stable")
    rows, columns, numbers = rows[order], columns[order], numbers[order]
    firsts = np.flatnonzero(np.diff(numbers, prepend=0))
    sides = (
        np.minimum.reduceat(columns, firsts),
        np.minimum.reduceat(rows, firsts),
        np.maximum.reduceat(columns, firsts) + 1,
        np.maximum.reduceat(rows, firsts) + 1,
    )
    extents = np.stack(sides, axis=1).tolist()
    return [(number, tuple(extent)) for number, extent in zip(numbers[firsts].tolist(), extents, strict=True)]


def _alone(drawn: Ink, own: Owners, number: int) -> Ink:
    """The ink of one digit with its soft edges, without what belongs to others or to nobody."""
    mine = np.asarray(own == number, np.uint8)
    others = np.asarray((own != number) & (own != 0), np.uint8)
    edges = cv2.dilate(mine, EDGES) > cv2.dilate(others, SQUARE)
    kept = np.asarray((mine > 0) | edges, np.uint8)
    size_wh = drawn.shape[1], drawn.shape[0]
    return drawn * np.asarray(cv2.resize(kept, size_wh, interpolation=cv2.INTER_NEAREST), np.uint8)
