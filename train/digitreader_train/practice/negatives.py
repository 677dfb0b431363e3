"""Practice: ink that is no digit. Letters and signs, digits that touch, shards of digits, blots, shapes, textures."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from digitreader.demo import FREE_MARKS, MARK_WAYS, PENS, write_mark
from digitreader.values import Ink
from digitreader_train.practice.pens import trim

SIDE_PX = 48
LEAST_INKED_PX = 20
LEAST_SIDE_PX = 5
MARKS = (*MARK_WAYS, *FREE_MARKS)
MARK_PENS = ("felt", "marker", "ballpoint")

Draw = Callable[[np.random.Generator, Sequence[Ink]], Ink]
"""Draws one negative; may use trimmed inks of digits to make it from."""


def mark(rng: np.random.Generator, _: Sequence[Ink]) -> Ink:
    """A letter, an operator, a scribble or a dot in a random hand."""
    kind = MARKS[rng.integers(len(MARKS))]
    return write_mark(kind, rng, pen=PENS[MARK_PENS[rng.integers(len(MARK_PENS))]], height_px=float(SIDE_PX))


def pair(rng: np.random.Generator, digits: Sequence[Ink]) -> Ink:
    """Two digits that touch."""
    left, right = (digits[int(rng.integers(len(digits)))] for _ in range(2))
    return side_by_side(left, right, rng)


def shard(rng: np.random.Generator, digits: Sequence[Ink]) -> Ink:
    """A digit with a part of its neighbour on it, as a cut in the wrong place leaves it."""
    left, right = (digits[int(rng.integers(len(digits)))] for _ in range(2))
    share = rng.uniform(0.25, 0.6)
    if rng.random() < 0.5:
        return side_by_side(left, right[:, : max(3, int(share * right.shape[1]))], rng)
    return side_by_side(left[:, -max(3, int(share * left.shape[1])) :], right, rng)


def blot(rng: np.random.Generator, _: Sequence[Ink]) -> Ink:
    """A smooth solid shape."""
    knots = int(rng.integers(3, 9))
    hills = cv2.resize(rng.normal(size=(knots, knots)), (SIDE_PX, SIDE_PX), interpolation=cv2.INTER_CUBIC)
    rows, columns = np.mgrid[-1 : 1 : SIDE_PX * 1j, -1 : 1 : SIDE_PX * 1j]
    high = (hills - np.hypot(rows, columns) * rng.uniform(0, 1.5) > rng.uniform(-0.3, 0.5)).astype(np.uint8)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(high)
    largest = 1 + int(stats[1:, cv2.CC_STAT_AREA].argmax()) if count > 1 else 0
    return np.asarray(cv2.GaussianBlur(np.where(labels == largest, 255, 0).astype(np.uint8), (3, 3), 0), np.uint8)


def shape(rng: np.random.Generator, _: Sequence[Ink]) -> Ink:
    """A polygon, filled or drawn, closed or open."""
    corners = rng.uniform(4, SIDE_PX - 4, (int(rng.integers(3, 7)), 2)).astype(np.int32)
    ink = np.zeros((SIDE_PX, SIDE_PX), np.uint8)
    if rng.random() < 0.5:
        cv2.fillPoly(ink, [corners], (255,), cv2.LINE_AA)
    else:
        cv2.polylines(ink, [corners], bool(rng.random() < 0.5), (255,), int(rng.integers(2, 7)), cv2.LINE_AA)
    return ink


def texture(rng: np.random.Generator, _: Sequence[Ink]) -> Ink:
    """A patch of leather, gravel or print."""
    field = cv2.GaussianBlur(rng.normal(size=(SIDE_PX, SIDE_PX)), (0, 0), rng.uniform(1, 3))
    high = field > np.quantile(field, rng.uniform(0.55, 0.8))
    return np.asarray(cv2.GaussianBlur(np.where(high, 255, 0).astype(np.uint8), (3, 3), 0), np.uint8)


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of negative and its share of them all."""

    draw: Draw
    share: float


KINDS: dict[str, Kind] = {
    "mark": Kind(mark, 0.34),
    "pair": Kind(pair, 0.1),
    "shard": Kind(shard, 0.33),
    "blot": Kind(blot, 0.11),
    "shape": Kind(shape, 0.07),
    "texture": Kind(texture, 0.05),
}


def draw_negative(rng: np.random.Generator, digits: Sequence[Ink]) -> Ink:
    """One negative of a random kind.

    Args:
        digits: trimmed inks of digits, for the kinds that are made of digits; at least one.

    Returns:
        (h, w) uint8, white on black, trimmed to its ink.
    """
    names = list(KINDS)
    while True:
        kind = KINDS[names[rng.choice(len(names), p=[kind.share for kind in KINDS.values()])]]
        ink = trim(kind.draw(rng, digits))
        if np.count_nonzero(ink > 100) > LEAST_INKED_PX and min(ink.shape) >= LEAST_SIDE_PX:
            return ink


def side_by_side(left: Ink, right: Ink, rng: np.random.Generator) -> Ink:
    """Two inks beside each other with an overlap or a gap of a pixel or two, one a little higher than the other."""
    overlap = int(rng.integers(-2, 4))
    height = max(left.shape[0], right.shape[0]) + 4
    start = max(0, left.shape[1] - overlap)
    ink = np.zeros((height, max(left.shape[1], start + right.shape[1])), np.uint8)
    top = int(rng.integers(0, height - left.shape[0] + 1))
    ink[top : top + left.shape[0], : left.shape[1]] = left
    top = int(rng.integers(0, height - right.shape[0] + 1))
    place = ink[top : top + right.shape[0], start : start + right.shape[1]]
    np.maximum(place, right, out=place)
    return ink
