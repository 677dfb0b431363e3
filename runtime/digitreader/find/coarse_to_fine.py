"""Runs the finder's network on a frame at several scales: coarse first, finer where the writing is small."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from digitreader.find.centres import (
    FINE_PX,
    Centres,
    Owners,
    Region,
    adopt_leftovers,
    centres_of,
    share_ink,
    unclear_regions,
)
from digitreader.find.inks import Inks, cut_inks
from digitreader.find.network_maps import CELL_PX, NetworkMaps, in_halves, resized, run_network
from digitreader.find.non_max_suppression import Corners, overlap_of
from digitreader.model.engine.map_engine import MapEngine
from digitreader.values import Box, Candidate, ColourImage, Ink

COARSEST_PX = 80
"""The longer side of the picture at the first scale; each further scale doubles it."""
ALWAYS_PX = 1280
"""The whole picture is searched at scales up to this longer side, or up to half of its own size if that is less ..."""
CHEAP_PX = 400
"""... but always in full size if its longer side is at most this ..."""
ENLARGED = 2.0
"""... and unclear parts of it at finer scales, up to so many times its own size."""
LEAST_ENLARGED_PX = 20.0
"""A picture is enlarged only for digits lower than this, in its own pixels."""
BEST_PX = (7.5, 14.0, 22.0, 70.0, 120.0)
WORTH = (0.5, 0.8, 1.0, 1.0, 0.6)
"""How well digits of these heights on the canvas are seen, 0..1 ..."""
CUT_PX, CUT_WORTH = (7.5, 14.0, 22.0, 32.0, 90.0, 120.0), (0.3, 0.5, 0.8, 1.0, 1.0, 0.7)
"""... and how well they can be cut out."""
HEAT_WEIGHTS = (-10.6, 10.95, 4.32, 1.23)
"""Weights of the log odds that a candidate is a digit: constant, peak, company, and how well its size is seen.
Fitted to an earlier network: with what `digitreader_export.finder.weigh` prints now, more bars that stand alone are
lost."""
Features = npt.NDArray[np.float64]
"""(N, 4) float64: 1, the peak, the company, and how well the size is seen; `HEAT_WEIGHTS` weighs them."""
TOUCH_PX = 2
"""A box touches an edge if it is at most so many canvas pixels away from it."""
SEEN_BETTER, SURELY = 0.55, 0.6
"""A digit is left out if another scale shows it better, with at least the second value as heat; the two boxes share
more than the first value of their union."""


@dataclass(frozen=True, slots=True, eq=False)
class ScaleDetections:
    """The digits found at one scale.

    Attributes:
        look: the network's maps.
        region: the part of the picture that the network was shown.
        centres: of the N digits, in canvas pixels.
        owners: the digit that each place with ink belongs to.
        worth: (N,) float64 0..1, heat times how well a digit of this size can be cut out.
        wanted: (N,) bool, the digits that no other scale shows better; the others still own their ink.
    """

    look: NetworkMaps
    region: Region
    centres: Centres
    owners: Owners
    worth: npt.NDArray[np.float64]
    wanted: npt.NDArray[np.bool_]

    def in_picture(self, boxes: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """Convert (N, 4) boxes x, y, width, height from canvas pixels to picture pixels."""
        look = self.look
        return np.asarray((boxes - (look.left, look.top, 0, 0)) / look.scale + (self.region.x, self.region.y, 0, 0))

    def corners(self) -> Corners:
        """(N, 4) left, top, right, bottom of the digits in the picture, from the sizes that the network predicts."""
        boxes = self.centres[:, :4].astype(np.float64)
        boxes[:, :2] -= boxes[:, 2:] / 2
        corners = self.in_picture(boxes)
        corners[:, 2:] += corners[:, :2]
        return corners


class CutOut(NamedTuple):
    """The digits cut out at one scale.

    Attributes:
        candidates: the N wanted digits.
        features: of each, for `heats_of`.
        dots: small pieces of ink between them, each with its box in the picture.
    """

    candidates: list[Candidate]
    features: Features
    dots: list[tuple[Box, Ink]]


def cut_out_of_all(seen: Sequence[ScaleDetections]) -> tuple[list[Candidate], list[tuple[Box, Ink]]]:
    """All candidates and the dots between them; what is seen at several scales is there several times."""
    cut = [cut_out(each) for each in best_seen(seen)]
    dots = [dot for each in reversed(cut) for dot in each.dots]
    return [candidate for each in cut for candidate in each.candidates], dots


def run_at_all_scales(engine: MapEngine, image: ColourImage) -> list[ScaleDetections]:
    """Search the whole picture at coarse scales, then unclear regions at finer ones.

    Args:
        engine: runs the finder's network.
        image: (H, W, 3) uint8 BGR.
    """
    longest, whole = max(image.shape[:2]), Region(0, 0, image.shape[1], image.shape[0])
    scales = _whole_scales(longest)
    seen = [_look(engine, shown, whole, scale) for scale, shown in zip(scales, in_halves(image, scales), strict=True)]
    last, scale = seen[-1:], scales[-1]
    while 2 * scale <= ENLARGED:
        regions = [region for each in last for region in _unclear(each)]
        scale *= 2
        last = [_look(engine, resized(_part(image, region), scale), region, scale, is_part=True) for region in regions]
        seen += last
    return seen


def _whole_scales(longest_px: int) -> list[float]:
    """The scales at which a whole picture of this longer side is searched, the coarsest first."""
    always_px = min(ALWAYS_PX, max(longest_px / 2 + 1, min(longest_px, CHEAP_PX)))
    scales = [COARSEST_PX / longest_px]
    while 2 * scales[-1] * longest_px <= always_px and 2 * scales[-1] <= ENLARGED:
        scales.append(2 * scales[-1])
    return scales


def _unclear(seen: ScaleDetections) -> list[Region]:
    scale = seen.look.scale
    fine_px = FINE_PX if scale < 1 else min(FINE_PX, LEAST_ENLARGED_PX * scale)
    return unclear_regions(seen.look, seen.centres, seen.region, fine_px=fine_px)


def _part(image: ColourImage, region: Region) -> ColourImage:
    return image[region.y : region.y + region.height, region.x : region.x + region.width]


def _look(
    engine: MapEngine, shown: ColourImage, region: Region, scale: float, *, is_part: bool = False
) -> ScaleDetections:
    look = run_network(engine, shown, scale=scale, is_part=is_part)
    centres = centres_of(look)
    centres, owners = adopt_leftovers(look, centres, share_ink(look, centres))
    worth = centres[:, 4] * np.interp(np.maximum(centres[:, 2], centres[:, 3]), CUT_PX, CUT_WORTH)
    return ScaleDetections(look, region, centres, owners, np.asarray(worth, np.float64), np.ones(len(centres), bool))


def best_seen(looks: Sequence[ScaleDetections]) -> list[ScaleDetections]:
    """Keep each digit at the scale that shows it best, and drop scales that show none best.

    A digit that touches an edge at which a region was cut out of the picture is dropped too: a dark desk that ends
    there looks like a 1.

    Args:
        looks: all scales of one picture; the first shows the whole picture.
    """
    if not looks:
        return []
    by_look = [each.corners() for each in looks]
    corners = np.concatenate(by_look)
    worth = np.concatenate([each.worth for each in looks])
    heat = np.concatenate([each.centres[:, 4] for each in looks])
    number = np.repeat(np.arange(len(looks)), [len(each.centres) for each in looks])
    is_whole = ~np.concatenate(
        [_touches_cut(each, its_corners, looks[0].region) for each, its_corners in zip(looks, by_look, strict=True)]
    )
    sure = np.flatnonzero((heat >= SURELY) & is_whole)
    better = (worth[sure][None, :] > worth[:, None]) & (number[sure][None, :] != number[:, None])
    kept = is_whole & ~(better & (overlap_of(corners, corners[sure]) > SEEN_BETTER)).any(axis=1)
    parts = [kept[number == at] for at in range(len(looks))]
    return [replace(each, wanted=part) for each, part in zip(looks, parts, strict=True) if part.any()]


def _touches_cut(seen: ScaleDetections, corners: Corners, picture: Region) -> npt.NDArray[np.bool_]:
    """(N,) bool: whether each digit touches an edge at which its region was cut out of the picture.

    Args:
        seen: the N digits of one scale.
        corners: `seen.corners()`.
        picture: the whole picture.
    """
    part, reach = seen.region, TOUCH_PX / seen.look.scale
    if part == picture:
        return np.zeros(len(corners), bool)
    left, top, right, bottom = corners.T
    return np.asarray(
        ((part.x > picture.x) & (left <= part.x + reach))
        | ((part.y > picture.y) & (top <= part.y + reach))
        | ((part.x + part.width < picture.x + picture.width) & (right >= part.x + part.width - reach))
        | ((part.y + part.height < picture.y + picture.height) & (bottom >= part.y + part.height - reach))
    )


def cut_out(seen: ScaleDetections) -> CutOut:
    """Cut out the wanted digits of one scale."""
    inks = cut_inks(seen.look, seen.centres, seen.owners, wanted=seen.wanted)
    features = _features_of(seen.centres[inks.numbers], inks)
    heats = heats_of(features, HEAT_WEIGHTS)
    boxes = seen.in_picture(inks.boxes).tolist()
    cut = [Candidate(_box_of(box), ink, heat=heat) for box, ink, heat in zip(boxes, inks.inks, heats, strict=True)]
    dots = [(_box_of(box), ink) for box, (_, ink) in zip(_dot_boxes(seen, inks), inks.dots, strict=True)]
    return CutOut(cut, features, dots)


def _dot_boxes(seen: ScaleDetections, inks: Inks) -> list[list[float]]:
    boxes: list[list[float]] = seen.in_picture(
        np.array([box for box, _ in inks.dots], np.float64).reshape(-1, 4)
    ).tolist()
    return boxes


def heats_of(signs: npt.NDArray[np.float64], weights: Sequence[float]) -> list[float]:
    """The heat 0..1 of each of N rows of K features; its log odds are the weighted sum of the row."""
    heats: list[float] = (1 / (1 + np.exp(-(signs @ np.array(weights))))).tolist()
    return heats


def _features_of(centres: Centres, inks: Inks) -> Features:
    seen = np.interp(np.maximum(centres[:, 2], centres[:, 3]), BEST_PX, WORTH)
    return np.stack([np.ones(len(centres)), centres[:, 4], inks.company, seen], axis=1)


def _box_of(box: list[float]) -> Box:
    x, y, width, height = (round(value) for value in box)
    return Box(x, y, max(1, width), max(1, height))


READABLE_PX = 9.0
"""Many digits lower than this, in picture pixels, are misread or rejected."""
LEAST_PX = 3.0
"""Writing lower than this, in picture pixels, is noise."""
LEAST_HEAT = 0.3
"""A candidate counts if its heat is at least this."""
SURE = 0.5
"""Writing is too small even to be found if the network is so sure of that at the finest scale."""
LEAST_COUNT = 3
"""Fewer small things are dots and specks."""
LEAST_SHARE = 0.5
"""The writing of a picture is too small if at least this share of its characters is."""
WIDTH = 0.7
"""A digit and the gap after it are about so many digit heights wide."""


@dataclass(frozen=True, slots=True)
class SmallWriting:
    """Writing too small to be read surely.

    Attributes:
        count: about how many characters; 0 where there is none.
        height_px: of most, in pixels of the picture.
    """

    count: int = 0
    height_px: float = 0.0


NOTHING_SMALL = SmallWriting()


def small_writing(seen: Sequence[ScaleDetections], candidates: Sequence[Candidate]) -> SmallWriting:
    """The writing that is too small to be read; none if most of the writing is large enough.

    Args:
        seen: all scales of the picture.
        candidates: cut out of them; no two show the same ink.
    """
    heights = np.array([each.box.height for each in candidates if each.heat >= LEAST_HEAT], np.float64)
    low, marked = heights[heights < READABLE_PX], _marked(seen)
    count = len(low) + marked.count
    if count < LEAST_COUNT or count < LEAST_SHARE * (len(heights) + marked.count):
        return NOTHING_SMALL
    return SmallWriting(count, float(np.median(low)) if len(low) > marked.count else marked.height_px)


def _marked(seen: Sequence[ScaleDetections]) -> SmallWriting:
    """The writing that the network marks as too small at the finest scale."""
    finest = max((each.look.scale for each in seen), default=0.0)
    masks = [np.asarray(each.look.small > SURE) for each in seen if each.look.scale == finest]
    cells = sum(int(mask.sum()) for mask in masks)
    if not cells:
        return NOTHING_SMALL
    runs = sum(int(mask[0].sum() + (mask[1:] & ~mask[:-1]).sum()) for mask in masks)
    high = max(1.0, cells / runs - 1)  # something n cells high lies in n + 1 cells on average
    if high * CELL_PX / finest < LEAST_PX:
        return NOTHING_SMALL
    return SmallWriting(round(cells / ((high + 1) * (WIDTH * high + 1))), high * CELL_PX / finest)
