"""The quarter turn in which a picture reads best."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace

import cv2
import numpy as np

from digitreader.values import Box, Candidate, ColourImage, Frame, GrayImage, Page, Reading


def boxes_found(
    find: Callable[[ColourImage | GrayImage], Sequence[Candidate]], image: ColourImage | GrayImage, turn_deg: int
) -> list[Box]:
    """Where digits are found in a picture that is turned before it is looked at.

    Args:
        find: finds digits.
        image: (H, W, 3) or (H, W) uint8.
        turn_deg: 0, 90, 180 or 270 degrees clockwise.

    Returns:
        Boxes in the picture before it is turned.
    """
    size_wh = image.shape[1], image.shape[0]
    found = find(turned_image(image, turn_deg) if turn_deg else image)
    return [box_turned_back(each.box, size_wh, turn_deg) for each in found]


def turned(frame: Frame, turn_deg: int) -> Frame:
    """A frame turned clockwise by 0, 90, 180 or 270 degrees."""
    return replace(frame, image=turned_image(frame.image, turn_deg)) if turn_deg else frame


def turned_image(image: ColourImage | GrayImage, turn_deg: int) -> ColourImage | GrayImage:
    """A picture turned clockwise by 0, 90, 180 or 270 degrees; a new array."""
    return np.ascontiguousarray(np.rot90(image, -turn_deg // 90))


def turned_back(page: Page, frame: Frame, turn_deg: int) -> Page:
    """A page that was read in a turned picture, with its boxes in the picture as it was taken.

    Args:
        page: of the turned picture.
        frame: before it was turned.
        turn_deg: how it was turned, 90, 180 or 270 degrees clockwise.
    """
    height, width = (round(side * frame.scale) for side in frame.image.shape[:2])
    lines = tuple(line.with_boxes(lambda box: box_turned_back(box, (width, height), turn_deg)) for line in page.lines)
    return replace(page, lines=lines, turned_deg=turn_deg)


def box_turned_back(box: Box, size_wh: tuple[int, int], turn_deg: int) -> Box:
    """A box of a turned picture as one of the picture before.

    Args:
        box: in the turned picture.
        size_wh: of the picture before it was turned.
        turn_deg: how it was turned, 0, 90, 180 or 270 degrees clockwise.
    """
    width, height = size_wh
    if turn_deg == 90:
        return Box(box.y, height - box.x - box.width, box.height, box.width)
    if turn_deg == 180:
        return Box(width - box.x - box.width, height - box.y - box.height, box.width, box.height)
    if turn_deg == 270:
        return Box(width - box.y - box.height, box.x, box.height, box.width)
    return box


Read = Callable[[Frame], Page]
"""Reads a frame as it is."""

TURNS_DEG = (0, 90, 180, 270)
"""Clockwise."""
COMPARED_PX = 640
"""Longer side of the picture in which the turns are compared; much less than a whole photograph is enough."""
COMPARED_DIGIT_PX = 28.0
"""Digits are not shrunk below this to be compared; only a part of the picture is compared instead."""
READ, REJECTED, ALONE = 0.25, -1.1, -0.63
"""Weights of the score of a turn: for the log odds of each digit; for each thing that looks like writing and is not a
digit; and for each digit that is alone in its line, because on a page that lies on its side the digits stand one below
the other. Fitted on drawn pages, each read in its four turns."""
SUREST = 7.0
"""The log odds of one digit count up to this."""
LEAST_DIGITS = 3
"""A turn with fewer digits than this is never better."""
CLEARLY_MORE = 1.0
"""A turn is better if its score is at least this much above the score of the picture as it is, and above 0."""
SURE_DIGITS, SURE_EVIDENCE, SURE_REJECTED = 3, 0.97, 0.1
"""A picture is certainly upright if it has this many digits with this confidence, and few rejected things."""


def read_upright(read: Read, frame: Frame, *, threshold: float) -> Page:
    """Read a picture in the quarter turn in which it reads best; as it is, unless another turn is clearly better.

    Args:
        read: reads a frame as it is.
        frame: any picture.
        threshold: a reading with less evidence counts as rejected.

    Returns:
        What was read. Its lines are those of the turned picture, its boxes lie in the picture as it was taken, and
        `turned_deg` says how it was turned.
    """
    page = read(frame)
    if stands_upright(page, threshold=threshold):
        return page
    begun = time.perf_counter()
    part = part_to_compare(frame, page)
    pages = [page if not turn and part is frame else read(turned(part, turn)) for turn in TURNS_DEG]
    turn_deg = best_turn([score_of(each, threshold=threshold) for each in pages])
    if turn_deg:
        best = pages[TURNS_DEG.index(turn_deg)] if part is frame else read(turned(frame, turn_deg))
        # a part, or a smaller picture, may give other readings than the whole
        if is_better(score_of(best, threshold=threshold), score_of(page, threshold=threshold)):
            page = turned_back(best, frame, turn_deg)
    spent = 1e3 * (time.perf_counter() - begun)
    timing_ms = page.timing_ms | {"turn": spent, "total": page.timing_ms.get("total", 0.0) + spent}
    return replace(page, timing_ms=timing_ms)


def stands_upright(page: Page, *, threshold: float) -> bool:
    """Whether a picture reads so well as it is that no other turn must be tried."""
    read = accepted_in(page, threshold)
    return (
        len(read) >= SURE_DIGITS
        and page.others <= SURE_REJECTED * len(read)
        and sum(each.evidence for each in read) >= SURE_EVIDENCE * len(read)
    )


def score_of(page: Page, *, threshold: float) -> tuple[int, float]:
    """The number of digits that are read in one turn, and the score of all readings."""
    evidence = np.array([each.evidence for each in accepted_in(page, threshold)])
    odds = np.log(np.maximum(evidence, 1e-9)) - np.log(np.maximum(1 - evidence, 1e-9))
    alone = sum(len(line.readings) == 1 for line in page.lines)
    return len(evidence), READ * float(np.minimum(odds, SUREST).sum()) + REJECTED * page.others + ALONE * alone


def best_turn(scores: Sequence[tuple[int, float]]) -> int:
    """The best turn, in degrees clockwise.

    Args:
        scores: the results of `score_of`, one for each of `TURNS_DEG`.
    """
    better = [(each[1], turn) for each, turn in zip(scores, TURNS_DEG, strict=True) if is_better(each, scores[0])]
    return max(better, default=(0.0, 0))[1]


def is_better(turn: tuple[int, float], upright: tuple[int, float]) -> bool:
    """Whether one turn reads clearly better than the picture as it is; both are results of `score_of`."""
    digits, score = turn
    return digits >= LEAST_DIGITS and score >= max(upright[1], 0.0) + CLEARLY_MORE


def accepted_in(page: Page, threshold: float) -> list[Reading]:
    """The readings of a page that count as digits."""
    return [each for line in page.lines for each in line.readings if each.evidence >= threshold]


def part_to_compare(frame: Frame, page: Page) -> Frame:
    """A smaller copy of a picture, or the part with its digits, so that the turns are compared fast.

    Args:
        frame: the picture.
        page: what was read in it as it is.
    """
    height, width = frame.image.shape[:2]
    shrink = min(1.0, COMPARED_PX / max(height, width))
    boxes = [each.box for line in page.lines for each in line.readings]
    if boxes:
        usual_px = float(np.median([max(box.width, box.height) for box in boxes])) / frame.scale
        shrink = max(shrink, min(1.0, COMPARED_DIGIT_PX / usual_px))
    if shrink == 1.0 and max(height, width) <= COMPARED_PX:
        return frame
    image = _window(frame.image, boxes, frame.scale, round(COMPARED_PX / shrink))
    size_wh = max(1, round(image.shape[1] * shrink)), max(1, round(image.shape[0] * shrink))
    small = np.asarray(cv2.resize(image, size_wh, interpolation=cv2.INTER_AREA), np.uint8)
    return replace(frame, image=small, scale=1.0)


def _window(image: ColourImage | GrayImage, boxes: Sequence[Box], scale: float, side: int) -> ColourImage | GrayImage:
    """The part of a picture round the middle of boxes, no longer or higher than a side."""
    if not boxes or side >= max(image.shape[:2]):
        return image
    x, y = (float(np.median(middles)) / scale for middles in zip(*map(_middle, boxes), strict=True))
    left, top = (
        int(np.clip(at - side / 2, 0, max(0, whole - side))) for at, whole in ((x, image.shape[1]), (y, image.shape[0]))
    )
    return image[top : top + side, left : left + side]


def _middle(box: Box) -> tuple[float, float]:
    return box.x + box.width / 2, box.y + box.height / 2
