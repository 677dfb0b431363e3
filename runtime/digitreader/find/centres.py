"""From the network's maps to digits: each peak of the heatmap is a digit's centre, and each gets its ink."""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from digitreader.find.connected_pieces import pieces_in, places_in
from digitreader.find.network_maps import CELL_PX, SIZE_UNIT_PX, Map, NetworkMaps
from digitreader.find.non_max_suppression import best_of, pairs_of, shared_area

LEAST_HEAT = 0.25
"""Lower peaks of the heatmap are ignored. This is low on purpose: the digit network judges each candidate later."""
LEAST_PX, GREATEST_PX = 7.5, 120.0
"""The network has learned digits whose longer side, in canvas pixels, is in this range; others need another scale."""
LARGEST_LOG = 3.0
NEIGHBOURS = np.ones((3, 3), np.uint8)
"""A cell and the eight cells around it."""
SAME, WITHIN = 0.45, 0.6
"""Two peaks belong to one digit if their boxes share this much of their union, or this much of the smaller box ..."""
MUCH_LOWER = 0.7
"""... and one peak is lower than this share of the other."""

Centres = npt.NDArray[np.float32]
"""(N, 5) float32: x and y of the centre, width, height, all in canvas pixels, and the heat 0..1 of the peak."""


def centres_of(look: NetworkMaps) -> Centres:
    """The digits in one scale's maps, at most one for each cell of the heatmap."""
    highest = cv2.dilate(look.heatmap, NEIGHBOURS)
    rows, columns = places_in((look.heatmap >= highest) & (look.heatmap >= LEAST_HEAT))
    told = look.geometry[rows, columns]
    centres = np.empty((len(rows), 5), np.float32)
    centres[:, 0] = (columns + 0.5) * CELL_PX + told[:, 0] * SIZE_UNIT_PX
    centres[:, 1] = (rows + 0.5) * CELL_PX + told[:, 1] * SIZE_UNIT_PX
    centres[:, 2:4] = np.exp(np.clip(told[:, 2:], -LARGEST_LOG, LARGEST_LOG)) * SIZE_UNIT_PX
    centres[:, 4] = look.heatmap[rows, columns]
    longest = np.maximum(centres[:, 2], centres[:, 3])
    return _one_a_digit(centres[(longest >= LEAST_PX) & (longest <= GREATEST_PX)])


def _one_a_digit(centres: Centres) -> Centres:
    """Keep only the highest of several peaks on one digit, so that the others take none of its ink."""
    if len(centres) < 2:
        return centres
    ordered = centres[np.argsort(-centres[:, 4], kind="stable")]
    x, y, width, height, heat = ordered.T.astype(np.float64)
    corners = np.array([x - width / 2, y - height / 2, x + width / 2, y + height / 2]).T
    shared = shared_area(corners[:, None], corners[None])
    areas = width * height
    smaller = np.minimum(areas[:, None], areas)
    within = (shared > WITHIN * smaller) & (heat[None, :] < MUCH_LOWER * heat[:, None])
    same = (shared > SAME * (areas[:, None] + areas - shared)) | within
    return ordered[best_of(len(ordered), pairs_of(same))]


SMALL = 0.4
"""Writing is too small for a scale if the network is at least so sure of that."""
UNTOLD_INK, UNTOLD_HILL = 0.5, 0.12
"""A region is searched again if digit ink or a peak is at least this sure there and no digit was found."""
SURE_HEAT = 0.6
"""A digit with less heat may be smaller writing that a coarse scale blurs ..."""
FINE_PX = 24.0
"""Digits lower than this, in canvas pixels, are seen better at the next finer scale."""
LARGE = 2.0
"""... unless it is so many times as high as `FINE_PX`: a finer scale would not show it better."""
REACH_CELLS = 3
"""A region is larger by so many cells on each side than the cells that are unclear."""
MOST_REGIONS = 6
SPARSE = 0.6
"""Several regions are searched one by one if they cover less than this share of the rectangle around all of them."""


class Region(NamedTuple):
    """A rectangle of a picture, in its pixels."""

    x: int
    y: int
    width: int
    height: int


def unclear_regions(look: NetworkMaps, centres: Centres, picture: Region, *, fine_px: float = FINE_PX) -> list[Region]:
    """The regions that have to be searched again at a finer scale.

    Args:
        look: the network's maps of the part `picture`.
        centres: the digits found in them.
        picture: the part of the picture that was shown; all regions lie inside it.
        fine_px: digits lower than this, in canvas pixels, are searched again; 0 for none.
    """
    unclear = (look.small > SMALL).view(np.uint8)
    doubtful = (centres[:, 4] < SURE_HEAT) & (centres[:, 3] < LARGE * FINE_PX)
    known = _covered(look.heatmap, centres[~doubtful], grown=1.15)
    untold = ((_most_ink(look.digit_ink) > UNTOLD_INK) | (look.heatmap > UNTOLD_HILL)) & (known == 0)
    unclear |= untold.view(np.uint8)
    unclear |= _covered(look.heatmap, centres[(centres[:, 3] < fine_px) | doubtful], grown=1.0)
    if not unclear.any():
        return []
    side = 2 * REACH_CELLS + 1
    reached = np.asarray(cv2.dilate(unclear, np.ones((side, side), np.uint8)), np.uint8)
    return [_in_picture(box, look, picture) for box in _rectangles(reached)]


def _most_ink(ink: Map) -> Map:
    """(H/4, W/4): the highest of the four ink values of each cell."""
    rows = np.maximum(ink[::2], ink[1::2])
    return np.maximum(rows[:, ::2], rows[:, 1::2])


def _covered(heatmap: Map, centres: Centres, *, grown: float) -> npt.NDArray[np.uint8]:
    """(H/4, W/4) uint8: 1 inside the boxes of the centres."""
    covered = np.zeros(heatmap.shape, np.uint8)
    for x, y, width, height, _ in (centres / CELL_PX).tolist():
        wide, high = grown * max(width, 0.5 * height) / 2, grown * height / 2
        first, last = (max(0, int(x - wide)), max(0, int(y - high))), (int(x + wide) + 1, int(y + high) + 1)
        covered[first[1] : last[1], first[0] : last[0]] = 1
    return covered


def _rectangles(unclear: npt.NDArray[np.uint8]) -> list[tuple[int, int, int, int]]:
    """One rectangle (x, y, width, height) around each connected piece, or a single one around all."""
    x, y, width, height = cv2.boundingRect(unclear)
    boxes = [tuple(box) for box in pieces_in(unclear.view(np.bool_)).extents[1:, :4].tolist()]
    if len(boxes) > MOST_REGIONS or sum(w * h for _, _, w, h in boxes) > SPARSE * width * height:
        return [(x, y, width, height)]
    return boxes


def _in_picture(box: tuple[int, int, int, int], look: NetworkMaps, picture: Region) -> Region:
    """Convert a rectangle from cells to picture pixels."""
    x, y, width, height = box
    left, top = ((start * CELL_PX - at) / look.scale for start, at in ((x, look.left), (y, look.top)))
    right, bottom = ((end * CELL_PX - at) / look.scale for end, at in ((x + width, look.left), (y + height, look.top)))
    x0, y0 = min(picture.width - 1, max(0, int(left))), min(picture.height - 1, max(0, int(top)))
    x1, y1 = min(picture.width, int(right) + 1), min(picture.height, int(bottom) + 1)
    return Region(picture.x + x0, picture.y + y0, max(1, x1 - x0), max(1, y1 - y0))


INKED = 0.3
"""A place is ink of a digit if the network is at least so sure of it."""
INK_PX = 2
"""The ink maps have one value for every 2x2 pixels."""
NARROWEST = 0.5
"""A digit counts as at least this share of its height wide: a 1 may lean."""
REACH, ROOM_PX = 0.6, 3.0
"""Ink farther from a centre than this share of the digit, plus so many pixels, does not belong to it."""
FURTHEST = 0.6
"""Ink whose predicted centre is farther than this from each centre, in digit sizes, belongs to none."""
MOSTLY = 0.7
"""A connected piece of ink is not divided if at least this share of it belongs to one digit."""
BY_PLACE = 0.25
"""Weight of the ink's own position against the position of the centre that the network predicts for it."""

TOGETHER = 12
"""So many centres, sorted by y, are compared in one step."""

NOBODYS = -1

Places = npt.NDArray[np.int32]
"""(P,) int32: rows or columns of places of a map."""
Owners = npt.NDArray[np.int32]
"""(H/2, W/2) int32: the number, from 1, of the centre that the ink belongs to; `NOBODYS` for none; 0 for no ink."""
PlaceOwners = npt.NDArray[np.int32]
"""(P,) int32: the number, from 1, of the centre that owns each of P places with ink; 0 or `NOBODYS` for none."""


def share_ink(look: NetworkMaps, centres: Centres) -> Owners:
    """Assign each place with ink to the centre that the network predicts for it."""
    inked = look.digit_ink > INKED
    owners = np.zeros(inked.shape, np.int32)
    rows, columns = (each.astype(np.int32) for each in places_in(inked))
    if not len(rows):
        return owners
    pieces, labels = cv2.connectedComponents(inked.view(np.uint8), connectivity=8, ltype=cv2.CV_32S)
    piece = np.asarray(labels, np.int32)[rows, columns]
    owners[rows, columns] = _undivided(_nearest(look, centres, rows, columns), piece, pieces, len(centres))
    return owners


def _nearest(look: NetworkMaps, centres: Centres, rows: Places, columns: Places) -> PlaceOwners:
    """The nearest centre to each place with ink, by what the network predicts there; 0 if none is within reach."""
    places = np.array([columns, rows])
    owner, nearest = np.zeros(len(rows), np.int32), np.full(len(rows), FURTHEST, np.float32)
    told_xy, own_xy = _told_centres(look, rows, columns), _middles(places)
    by_row = np.argsort(centres[:, 1], kind="stable")
    for first in range(0, len(centres), TOGETHER):
        numbers = np.sort(by_row[first : first + TOGETHER])
        centre_xy, sizes = centres[numbers, :2].T, centres[numbers, 2:4].T.copy()
        np.maximum(sizes[0], NARROWEST * sizes[1], out=sizes[0])
        begin, end = _spans(centre_xy, sizes)
        near = slice(*np.searchsorted(rows, (begin[1].min(), end[1].max())).tolist())
        distance = np.float32(BY_PLACE) * _apart(own_xy[:, near], centre_xy, sizes)
        distance += _apart(told_xy[:, near], centre_xy, sizes)
        here = places[:, None, near]
        outside = (here < begin[:, :, None]) | (here >= end[:, :, None])
        np.copyto(distance, np.inf, where=outside[0] | outside[1])
        least = distance.min(axis=0)
        closer = np.flatnonzero(least < nearest[near])
        owner[near][closer] = numbers[distance[:, closer].argmin(axis=0)] + 1
        nearest[near][closer] = least[closer]
    return owner


def _apart(
    xy: npt.NDArray[np.float32], centre_xy: npt.NDArray[np.float32], sizes: npt.NDArray[np.float32]
) -> npt.NDArray[np.float32]:
    """(N, P) float32: the distance of each place from each centre: x in widths or y in heights, whichever is larger.

    Args:
        xy: (2, P), x and y of the places.
        centre_xy: (2, N), x and y of the centres.
        sizes: (2, N), widths and heights of their digits.
    """
    apart = xy[:, None] - centre_xy[:, :, None]
    np.abs(apart, out=apart)
    apart /= sizes[:, :, None]
    return np.asarray(np.maximum(apart[0], apart[1]), np.float32)


def _spans(
    centre_xy: npt.NDArray[np.float32], sizes: npt.NDArray[np.float32]
) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int32]]:
    """(2, N) each: the first column and row in the reach of each centre, and the first ones after it."""
    reach = REACH * sizes.astype(np.float64) + ROOM_PX
    begin, end = ((centre_xy + sign * reach) / INK_PX for sign in (-1, 1))
    return begin.astype(np.int32), end.astype(np.int32) + 1


def _undivided(owner: PlaceOwners, piece: npt.NDArray[np.int32], pieces: int, count: int) -> PlaceOwners:
    """Give a connected piece of ink wholly to the digit that owns most of it.

    Args:
        owner: the owner of each place by itself; 0 for none.
        piece: (P,) int32, the number, from 1, of the piece in which each place lies.
        pieces: the number of pieces, plus one for the background.
        count: the number of centres.

    Returns:
        A new array, with `NOBODYS` for none.
    """
    votes = np.bincount(piece * (count + 1) + owner, minlength=pieces * (count + 1)).reshape(pieces, count + 1)
    votes[:, 0] = 0
    most = votes.argmax(axis=1).astype(np.int32)
    whole = votes.max(axis=1) > MOSTLY * np.maximum(1, votes.sum(axis=1))
    shared = np.where((owner > 0) & whole[piece], most[piece], owner)
    shared[shared == 0] = NOBODYS
    return shared


def _told_centres(look: NetworkMaps, rows: Places, columns: Places) -> npt.NDArray[np.float32]:
    """(2, P) float32: x and y, in canvas pixels, of the centre that the network predicts at each place."""
    cells = np.array([columns, rows]) // 2
    told = np.ascontiguousarray(look.geometry[cells[1], cells[0], :2].T)
    told *= np.float32(SIZE_UNIT_PX)
    told += _middles(cells, CELL_PX)
    return told


def _middles(places: npt.NDArray[np.int32], side_px: int = INK_PX) -> npt.NDArray[np.float32]:
    """(2, P) float32: x and y of the middle of each place, in canvas pixels, from its column and row."""
    return (places.astype(np.float32) + np.float32(0.5)) * np.float32(side_px)


def adopt_leftovers(look: NetworkMaps, centres: Centres, owners: Owners) -> tuple[Centres, Owners]:
    """Give each digit-sized piece of ink that no centre owns a centre of its own.

    Args:
        look: the network's maps.
        centres: N of them.
        owners: as `share_ink` returns them.

    Returns:
        The N centres, followed by those of the pieces, each with the highest heatmap value on the piece as its heat;
        and the owners, with these pieces assigned.
    """
    left = owners == NOBODYS
    if not left.any():
        return centres, owners
    pieces, stats, _ = pieces_in(left)
    longest = INK_PX * stats[:, [cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT]].max(axis=1)
    large = np.flatnonzero((longest >= LEAST_PX) & (longest <= GREATEST_PX) & (np.arange(len(stats)) > 0))
    if not len(large):
        return centres, owners
    numbers = np.zeros(len(stats), np.int32)
    numbers[large] = len(centres) + 1 + np.arange(len(large))
    taken = numbers[pieces]
    adopted = [_centre_of(look, stats[piece, :4].tolist()) for piece in large.tolist()]
    return np.concatenate([centres, np.array(adopted, np.float32)]), np.where(taken > 0, taken, owners)


def _centre_of(look: NetworkMaps, extent: list[int]) -> tuple[float, float, float, float, float]:
    """One row of `Centres` for a rectangle of the ink maps."""
    x, y, width, height = (INK_PX * value for value in extent)
    rows, columns = (slice(start // CELL_PX, -(-end // CELL_PX)) for start, end in ((y, y + height), (x, x + width)))
    return x + width / 2, y + height / 2, width, height, float(look.heatmap[rows, columns].max())
