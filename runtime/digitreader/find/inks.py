"""Cuts out the ink of each digit, white on black whatever its colours are, and the dots between digits."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from digitreader.find.centres import INK_PX, Centres, Owners
from digitreader.find.connected_pieces import pieces_in, places_in
from digitreader.find.network_maps import Map, NetworkMaps
from digitreader.values import ColourImage, Ink

SURE_INK = 0.5
PAPER_REACH, INK_REACH = 1.2, 0.35
"""The colours of paper and ink are means over so many digit heights around each place."""
PAPER_NEAR, ELSEWHERE = 0.25, 0.02
"""Paper counts fully at most so many digit heights from ink of a digit, and elsewhere by the second value: a digit on a
wheel or a label stands on another ground than what is around."""
LEAST_CONTRAST = 6.0
"""The least distance between the colours of paper and ink; if it were smaller, noise would become ink."""
BLACK_SHARE, WHITE_SHARE = 0.28, 0.75
"""On the way from paper (0) to ink (1), a pixel below the first value is black, above the second white."""
GATE_LOW, GATE_HIGH = 0.12, 0.42
"""Ink fades out between these two values of the network's digit ink map."""
INKED, SPECK = 100, 0.08
"""A piece of ink, of pixels above the first value, is dropped if it is less than this share of its digit."""
POINT_WIDE, POINT_HIGH, POINT_LOW = 0.45, 0.6, 0.5
"""A piece beside the largest one of a digit is a point or a comma if it is at most so wide and so high, in heights of
the largest, and its top is at least so far down."""
DOT_PX, DOT_BESIDE, DOT_ABOVE = 0.35, 1.6, 0.75
"""A dot is at most so many digit heights large, and at most so far, across and down, from the digits beside it."""
LEAST_DOT, SOLID = 3, 0.45
"""A dot has at least so many pixels, which fill at least this share of its box."""
LEAST_DIGIT_PX, SURE_HEAT = 16.0, 0.4
"""Dots are looked for only between digits of at least this height on the canvas, since smaller dots would be mere blur,
and of at least this heat."""
MOST_DOTS = 3
"""If there are more dots for each digit, they are a rough ground."""
LEAST_AREA = 2
"""A piece of writing covers at least so many places of the ink maps."""
ROOM_PX = 8
"""Colours are measured up to so many places around all ink."""
COMPANY_REACH = 6.0, 1.4
"""Width and height of the area around a digit that counts as its company, in digit heights."""
CHANNEL_SUM = np.ones((1, 3), np.float32)
"""With this matrix `cv2.transform` adds the three channels of each pixel; NumPy is slow on a short last axis."""
SQUARE, EDGES = np.ones((3, 3), np.uint8), np.ones((5, 5), np.uint8)
"""Dilation with these grows a mask by one place, and by two."""

Extent = tuple[int, int, int, int]
"""The first column and row of something in the ink maps, and the first column and row after it."""


class Inks(NamedTuple):
    """The ink of some digits.

    Attributes:
        numbers: indices of the centres that have ink.
        boxes: (N, 4) float64, x, y, width and height of the ink in canvas pixels.
        inks: (h, w) uint8 each.
        company: (N,) float64 0..1, the share of digit ink in the writing around each: letters stand among letters.
        dots: small pieces of ink between digits that are not in the network's maps: x, y, width and height in canvas
            pixels, and the (h, w) uint8 ink of each.
    """

    numbers: list[int]
    boxes: npt.NDArray[np.float64]
    inks: list[Ink]
    company: npt.NDArray[np.float64]
    dots: list[tuple[tuple[int, int, int, int], Ink]]


def cut_inks(
    look: NetworkMaps, centres: Centres, owners: Owners, *, wanted: npt.NDArray[np.bool_] | None = None
) -> Inks:
    """Cut out the ink of each centre that has any.

    Args:
        look: the network's maps.
        centres: N of them.
        owners: as `share_ink` returns them.
        wanted: (N,) bool, the centres whose ink is cut out; None for all.
    """
    wanted = np.ones(len(centres), bool) if wanted is None else wanted
    extents = _extents(owners, wanted)
    if not extents:
        return Inks([], np.zeros((0, 4)), [], np.zeros(0), [])
    room = _room_round([extent for _, extent in extents])
    height_px = float(np.sort(centres[:, 3])[len(centres) // 2])
    drawn = np.zeros(look.canvas.shape[:2], np.uint8)
    drawn[_in_canvas(room)], inked = ink_map(
        look.canvas[_in_canvas(room)], look.digit_ink[room], look.any_ink[room], height_px=height_px
    )
    numbers, boxes, inks = [], [], []
    for number, (x0, y0, x1, y1) in extents:
        low_x, low_y = max(0, INK_PX * x0 - INK_PX), max(0, INK_PX * y0 - INK_PX)
        place = np.s_[low_y : INK_PX * y1 + INK_PX, low_x : INK_PX * x1 + INK_PX]
        near = owners[low_y // INK_PX : y1 + 1, low_x // INK_PX : x1 + 1]
        ink, (left, top, width, height) = _without_specks(_alone(drawn[place], near, number))
        if width:
            numbers.append(number - 1)
            boxes.append((low_x + left, low_y + top, width, height))
            inks.append(ink)
    company = _company(look, centres[numbers], height_px)
    is_piece = look.strokes.extents[:, cv2.CC_STAT_AREA] >= LEAST_AREA
    is_piece[0] = False
    known = ((owners[room] > 0) | is_piece[look.strokes.numbers[room]]).view(np.uint8)
    sure = centres[wanted & (centres[:, 4] >= SURE_HEAT)]
    dots = _dots_in(inked, known, sure, (INK_PX * room[1].start, INK_PX * room[0].start))
    return Inks(numbers, np.array(boxes, np.float64).reshape(-1, 4), inks, company, dots)


def _dots_in(
    inked: Ink, known: npt.NDArray[np.uint8], digits: Centres, corner_xy: tuple[int, int]
) -> list[tuple[tuple[int, int, int, int], Ink]]:
    """Small pieces of ink with a digit on either side; the network's coarse maps lose the point of a fine pen.

    Args:
        inked: (H, W) uint8, how much of each pixel is ink, by its colour alone.
        known: (H/2, W/2) uint8, 1 in the network's writing.
        digits: rows of `Centres` that the network is sure of.
        corner_xy: the corner of `inked` in the canvas.

    Returns:
        As `Inks.dots`; none if there are so many that they are a rough ground.
    """
    if len(digits) < 2 or (usual_px := float(np.sort(digits[:, 3])[len(digits) // 2])) < LEAST_DIGIT_PX:
        return []
    grown = cv2.resize(cv2.dilate(known, SQUARE), inked.shape[::-1], interpolation=cv2.INTER_NEAREST)
    pieces, stats, middles = pieces_in((inked > INKED) & (grown == 0))
    if len(stats) == 1:
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
        digit_ink: (H/2, W/2) float32 0..1, the network's map of digit ink.
        any_ink: (H/2, W/2) float32 0..1, its map of any writing.
        height_px: of a typical digit; colours are compared within a few of these.

    Returns:
        (H, W) uint8 inside the network's digit ink, and the same everywhere, by colour alone. The colours of paper and
        ink are measured around each place with the network's maps as weights, and a pixel counts by how far its colour
        is on the way from paper to ink.
    """
    size_wh, half_wh = (canvas.shape[1], canvas.shape[0]), (digit_ink.shape[1], digit_ink.shape[0])
    half = cv2.resize(canvas, half_wh, interpolation=cv2.INTER_AREA).astype(np.float32)
    is_paper = np.maximum(1 - 2 * np.maximum(any_ink, digit_ink), 0) * _nearness(digit_ink, height_px)
    is_ink = np.where(digit_ink > SURE_INK, digit_ink, 0.01 * digit_ink)
    paper = _around(half, is_paper, PAPER_REACH * height_px / INK_PX)
    way = _around(half, is_ink, INK_REACH * height_px / INK_PX) - paper
    # how far a colour is on the way: the product with `steps`, less what paper has of it
    steps = way / _three_channels(np.maximum(cv2.transform(way * way, CHANNEL_SUM), LEAST_CONTRAST**2))
    of_paper = cv2.transform(paper * steps, CHANNEL_SUM)
    fine_steps, fine_of_paper, gate = (
        np.asarray(cv2.resize(each, size_wh, interpolation=cv2.INTER_LINEAR), np.float32)
        for each in (steps, of_paper, cv2.dilate(digit_ink, SQUARE))
    )
    share = np.asarray(cv2.transform(canvas * fine_steps, CHANNEL_SUM), np.float32)
    share -= fine_of_paper
    inked = _ramp(share, BLACK_SHARE, np.float32(255 / (WHITE_SHARE - BLACK_SHARE)), most=255)
    by_colour = inked.astype(np.uint8)
    inked *= _ramp(gate, GATE_LOW, np.float32(1 / (GATE_HIGH - GATE_LOW)), most=1)
    return inked.astype(np.uint8), by_colour


def _nearness(digit_ink: Map, height_px: float) -> Map:
    """(h, w) float32: 1 near ink of a digit, `ELSEWHERE` farther away."""
    side = max(3, 2 * int(PAPER_NEAR * height_px / INK_PX) + 1)
    near = cv2.dilate((digit_ink > SURE_INK).view(np.uint8), np.ones((side, side), np.uint8))
    return np.where(near > 0, np.float32(1), np.float32(ELSEWHERE))


def _ramp(values: Map, low: float, slope: np.float32, *, most: float) -> Map:
    """0 where a value is at most `low`, from there on rising with `slope` until `most`."""
    rising = values - low
    rising *= slope
    np.maximum(rising, 0, out=rising)
    np.minimum(rising, most, out=rising)
    return rising


def _around(half: npt.NDArray[np.float32], weight: Map, reach: float) -> npt.NDArray[np.float32]:
    """(h, w, 3) float32: the weighted mean colour around each place."""
    side = max(3, 2 * int(reach / 2) + 1)
    size_wh = (side, side)
    weighed = half * _three_channels(weight)
    means = np.asarray(cv2.blur(weighed, size_wh), np.float32)
    total = cv2.reduce(weighed.reshape(-1, 3), 0, cv2.REDUCE_SUM)[0]
    everywhere = total / max(1e-6, float(weight.sum()))
    # where no weight is near, the mean of the whole picture; added by whole rows, which NumPy does faster
    means.reshape(len(means), -1)[:] += np.tile(1e-4 * everywhere, means.shape[1])
    means /= _three_channels(cv2.blur(weight, size_wh) + 1e-4)
    return means


def _three_channels(plane: Map) -> npt.NDArray[np.float32]:
    """(h, w, 3) float32: the same values in three channels, because NumPy broadcasts (h, w, 1) slowly."""
    return np.asarray(cv2.cvtColor(plane, cv2.COLOR_GRAY2BGR), np.float32)


def _company(look: NetworkMaps, centres: Centres, height_px: float) -> npt.NDArray[np.float64]:
    """(N,) the share of digit ink in the writing around each centre, in its line."""
    wide, high = (2 * int(reach * height_px / INK_PX / 2) + 1 for reach in COMPANY_REACH)
    of_digits, of_any = (
        cv2.blur(ink, (wide, high)) for ink in (look.digit_ink, np.maximum(look.any_ink, look.digit_ink))
    )
    columns, rows = (
        np.clip((centres[:, axis] / INK_PX).astype(int), 0, side - 1)
        for axis, side in ((0, look.any_ink.shape[1]), (1, look.any_ink.shape[0]))
    )
    return np.asarray(of_digits[rows, columns] / np.maximum(of_any[rows, columns], 1e-6), np.float64)


def _without_specks(ink: Ink) -> tuple[Ink, Sequence[int]]:
    """Remove pieces that are small compared with all of the ink.

    Returns:
        The ink that is left, and its box: x, y, width, height; width and height are 0 if nothing is inked.
    """
    inked = ink > INKED
    pieces, extents, _ = pieces_in(inked)
    if len(extents) <= 2:
        return ink, cv2.boundingRect(inked.view(np.uint8))
    areas = extents[1:, cv2.CC_STAT_AREA]
    is_speck = np.concatenate([[False], (areas < SPECK * areas.sum()) | _are_points(extents[1:])])
    if not is_speck.any():
        return ink, cv2.boundingRect(inked.view(np.uint8))
    of_specks = is_speck[pieces]
    specks = cv2.dilate(of_specks.view(np.uint8), SQUARE)
    cleaned = np.asarray(np.where((specks > 0) & (of_specks | (pieces == 0)), 0, ink), np.uint8)
    return cleaned, cv2.boundingRect((cleaned > INKED).view(np.uint8))


def _are_points(extents: npt.NDArray[np.int32]) -> npt.NDArray[np.bool_]:
    """Whether each of N pieces of one digit is a point or a comma beside it: large ones in print are taken for its ink.

    Args:
        extents: (N, 5) int32, x, y, width, height and area of each.
    """
    left, top, width, height, area = extents.T
    largest = int(area.argmax())
    tall = height[largest]
    small = (width <= POINT_WIDE * tall) & (height <= POINT_HIGH * tall)
    low = top >= top[largest] + POINT_LOW * tall
    beside = (left >= left[largest] + width[largest]) | (left + width <= left[largest])
    return np.asarray(small & low & beside, np.bool_)


def _room_round(extents: Sequence[Extent]) -> tuple[slice, slice]:
    """The rows and columns of the ink maps that have wanted ink, and `ROOM_PX` more on each side."""
    left, top, right, bottom = zip(*extents, strict=True)
    rows = slice(max(0, min(top) - ROOM_PX), max(bottom) + ROOM_PX)
    return rows, slice(max(0, min(left) - ROOM_PX), max(right) + ROOM_PX)


def _in_canvas(place: tuple[slice, slice]) -> tuple[slice, slice]:
    rows, columns = (slice(INK_PX * part.start, INK_PX * part.stop) for part in place)
    return rows, columns


def _extents(owners: Owners, wanted: npt.NDArray[np.bool_]) -> list[tuple[int, Extent]]:
    """The number, from 1, of each wanted centre that owns ink, with the extent of its ink."""
    rows, columns = places_in(owners > 0)
    numbers = owners[rows, columns]
    order = np.argsort(numbers, kind="stable")
    order = order[wanted[numbers[order] - 1]]
    if not len(order):
        return []
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
    """The ink of one digit with its soft edges, without ink that belongs to others or to none."""
    mine = own == number
    kept = np.asarray(cv2.dilate(mine.view(np.uint8), EDGES), np.uint8)
    others = (own != 0) & ~mine
    if others.any():
        kept = (mine | (kept > cv2.dilate(others.view(np.uint8), SQUARE))).view(np.uint8)
    size_wh = drawn.shape[1], drawn.shape[0]
    return drawn * np.asarray(cv2.resize(kept, size_wh, interpolation=cv2.INTER_NEAREST), np.uint8)
