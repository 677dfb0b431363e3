"""Practice: ink that is no digit. Letters and signs, digits that touch, shards of digits, blots, shapes, textures."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from digitreader.drawing import FREE_MARKS, MARK_TEMPLATES, PENS, Hand, write_mark
from digitreader.drawing.hand import form_paths
from digitreader.drawing.pen import draw_ink
from digitreader.drawing.templates import smooth_path
from digitreader.values import Ink
from digitreader_train.practice.pens import coarsen, trim
from digitreader_train.practice.task import NO_DIGIT, Practice, Task

SIDE_PX = 48
LEAST_INKED_PX = 20
LEAST_SIDE_PX = 5
MARKS = (*MARK_TEMPLATES, *FREE_MARKS)
MARK_PENS = ("felt", "marker", "ballpoint")
PRINTED = "ACEFGHJKLMNPQRTUVWXYacdefhjkmnprtuvwxy!?#%&@$*+=<>/{}()[]"
"""Signs of type, without those that are digits to the eye."""
TYPEFACES = (cv2.FONT_HERSHEY_SIMPLEX, cv2.FONT_HERSHEY_DUPLEX, cv2.FONT_HERSHEY_COMPLEX, cv2.FONT_HERSHEY_TRIPLEX)

Draw = Callable[[np.random.Generator, Sequence[Ink]], Ink]
"""Draws one negative; may use trimmed inks of digits to make it from."""


def mark(rng: np.random.Generator, _: Sequence[Ink]) -> Ink:
    """A letter, an operator, a scribble or a dot in a random hand."""
    kind = MARKS[rng.integers(len(MARKS))]
    return write_mark(kind, rng, pen=PENS[MARK_PENS[rng.integers(len(MARK_PENS))]], height_px=float(SIDE_PX))


def dotless(rng: np.random.Generator, _: Sequence[Ink]) -> Ink:
    """A question mark whose dot stands too far off to belong to it."""
    strokes = form_paths(MARK_TEMPLATES["?"], Hand.random(rng), rng)[:1]
    return draw_ink(strokes, PENS[MARK_PENS[rng.integers(len(MARK_PENS))]], rng, height_px=float(SIDE_PX))[0]


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


def invented(rng: np.random.Generator, _: Sequence[Ink]) -> Ink:
    """A letter of an alphabet that nobody writes: a few strokes, straight, cornered or round."""
    ink = np.zeros((SIDE_PX + 16, SIDE_PX + 16), np.uint8)
    width = int(rng.integers(3, 9))
    for _stroke in range(int(rng.choice((1, 2, 3, 4), p=(0.25, 0.35, 0.25, 0.15)))):
        points = rng.uniform(8, SIDE_PX + 8, (int(rng.integers(2, 7)), 2))
        path = SIDE_PX * smooth_path(points / SIDE_PX) if rng.random() < 0.6 else points
        cv2.polylines(ink, [np.round(16 * path).astype(np.int32)], False, (255,), width, cv2.LINE_AA, 4)
    return ink


def printed(rng: np.random.Generator, _: Sequence[Ink]) -> Ink:
    """A letter or sign of a plain type."""
    sign = PRINTED[int(rng.integers(len(PRINTED)))]
    ink = np.zeros((2 * SIDE_PX, 2 * SIDE_PX), np.uint8)
    face, width = TYPEFACES[int(rng.integers(len(TYPEFACES)))], int(rng.integers(1, 6))
    cv2.putText(ink, sign, (SIDE_PX // 3, 3 * SIDE_PX // 2), face, 1.8, (255,), width, cv2.LINE_AA)
    return ink


def crossed(rng: np.random.Generator, digits: Sequence[Ink]) -> Ink:
    """A digit that was crossed out, with one stroke or several."""
    digit = cv2.copyMakeBorder(digits[int(rng.integers(len(digits)))], 8, 8, 8, 8, cv2.BORDER_CONSTANT)
    ink = np.asarray(cv2.resize(digit, None, fx=2, fy=2, interpolation=cv2.INTER_LINEAR), np.uint8)
    height, width = ink.shape
    for _stroke in range(int(rng.integers(2, 5))):
        left, right = (int(y) for y in rng.uniform(0.15, 0.85, 2) * height)
        cv2.line(ink, (int(rng.integers(0, 8)), left), (width - int(rng.integers(1, 8)), right), (255,), 4, cv2.LINE_AA)
    return ink


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of negative and its share of them all."""

    draw: Draw
    share: float


def draw_negatives(task: Task) -> Practice:
    """As many negatives as the task has images, those made of digits from the images."""
    rng = task.rng
    digits: list[Ink] = [trim(image) for image in task.images]
    inks = [coarsen(draw_negative(rng, digits), rng) for _ in digits]
    return Practice.of(inks, [NO_DIGIT] * len(inks))


KINDS: dict[str, Kind] = {
    "mark": Kind(mark, 0.22),
    "invented": Kind(invented, 0.2),
    "dotless": Kind(dotless, 0.02),
    "printed": Kind(printed, 0.06),
    "crossed": Kind(crossed, 0.03),
    "pair": Kind(pair, 0.08),
    "shard": Kind(shard, 0.22),
    "blot": Kind(blot, 0.07),
    "shape": Kind(shape, 0.06),
    "texture": Kind(texture, 0.04),
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
