"""Practice: digits in hands that MNIST lacks, such as a crossed 7 or a 1 whose upstroke begins at its foot."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from digitreader.drawing import DIGIT_TEMPLATES, PENS, Hand
from digitreader.drawing.hand import form_paths
from digitreader.drawing.pen import Pen, draw_ink
from digitreader.drawing.strokes import Way
from digitreader.values import Ink
from digitreader_train.practice.pens import coarsen, trim
from digitreader_train.practice.school import CURSIVE_WAYS, SCHOOL_WAYS
from digitreader_train.practice.task import Practice, Task

PEN_NAMES = ("ballpoint", "gel", "felt", "marker", "chalk", "pencil")
HEIGHT_PX = (14.0, 56.0)
SLACK = 1.8
"""The demo's hands are neat; these bend and tremble so much more."""
MORE_WAYS = {digit: (*ways, *CURSIVE_WAYS[digit]) for digit, ways in SCHOOL_WAYS.items()}

Ways = Mapping[int, tuple[Way, ...]]


def write_digits(task: Task) -> Practice:
    """As many digits as the task has images, each by another person."""
    rng = task.rng
    digits = rng.integers(10, size=len(task.labels)).astype(np.uint8)
    return Practice.of([coarsen(_write(int(digit), rng), rng) for digit in digits], digits)


def write_by(
    hand: Hand, digit: int, rng: np.random.Generator, *, pen: Pen, height_px: float, more: Ways = SCHOOL_WAYS
) -> Ink:
    """One digit by one hand, in one of the demo's ways or of those that `more` has of it.

    Returns:
        (h, w) uint8, an empty margin of at least one pixel round it.
    """
    ways = (*DIGIT_TEMPLATES[digit], *more.get(digit, ()))
    shares = np.array([way.share for way in ways])
    way = ways[int(rng.choice(len(ways), p=shares / shares.sum()))]
    return draw_ink(form_paths(way, hand, rng), pen, rng, height_px=height_px, pressure=hand.pressure)[0]


def loose_hand(rng: np.random.Generator) -> Hand:
    """A person whose digits differ more than those of the demo's."""
    hand = Hand.random(rng)
    return replace(hand, warp=SLACK * hand.warp, wobble=SLACK * hand.wobble, turn_jitter=SLACK * hand.turn_jitter)


def _write(digit: int, rng: np.random.Generator) -> Ink:
    pen = PENS[PEN_NAMES[int(rng.integers(len(PEN_NAMES)))]]
    height_px = float(rng.uniform(*HEIGHT_PX))
    return trim(write_by(loose_hand(rng), digit, rng, pen=pen, height_px=height_px, more=MORE_WAYS))
