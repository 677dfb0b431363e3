"""Practice: digits in hands that MNIST lacks, such as a crossed 7 or a 1 whose upstroke begins at its foot."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from digitreader.demo import DIGIT_WAYS, PENS, Hand
from digitreader.demo.hand import form_paths
from digitreader.demo.pen import Pen, draw_ink
from digitreader.demo.strokes import Way
from digitreader.values import Ink
from digitreader_train.practice.pens import coarsen, trim
from digitreader_train.practice.task import Practice, Task

PEN_NAMES = ("ballpoint", "gel", "felt", "marker", "chalk", "pencil")
HEIGHT_PX = (14.0, 56.0)
SLACK = 1.8
"""The demo's hands are neat; these bend and tremble so much more."""

# fmt: off
SCHOOL_WAYS: dict[int, tuple[Way, ...]] = {
    1: (
        Way("upstroke", (((.00, .52), (.18, .27), (.34, .00), (.34, .00), (.335, .50), (.33, 1.0)),), 1.0),
        Way("from_the_foot", (((.00, .88), (.22, .45), (.42, .00), (.42, .00), (.42, .50), (.41, 1.0)),), 0.8),
        Way("upstroke_footed", (((.04, .50), (.18, .28), (.32, .00), (.32, .00), (.32, .50), (.31, .98)),
                                ((.08, .99), (.32, .985), (.56, .97))), 0.4),
    ),
    4: (
        Way("lifted", (((.34, .00), (.18, .28), (.02, .56), (.02, .56), (.30, .57), (.62, .50)),
                       ((.46, .26), (.40, .64), (.30, 1.0))), 0.8),
        Way("swung", (((.30, .00), (.16, .24), (.03, .46), (.10, .58), (.34, .55), (.60, .44)),
                      ((.47, .22), (.42, .60), (.36, 1.0))), 0.5),
    ),
    9: (
        Way("hooked", (((.46, .10), (.28, .00), (.10, .10), (.08, .30), (.24, .42), (.42, .30), (.47, .10),
                        (.47, .10), (.50, .45), (.46, .80), (.28, 1.0), (.05, .93), (.00, .80)),), 0.8),
        Way("rolled", (((.40, .30), (.22, .34), (.12, .18), (.26, .02), (.44, .08), (.50, .34), (.47, .72),
                        (.28, .98), (.03, .88)),), 0.5),
        Way("bent_back", (((.44, .08), (.24, .01), (.08, .16), (.14, .36), (.34, .36), (.46, .12), (.46, .12),
                           (.44, .55), (.24, .86), (.06, 1.0)),), 0.4),
    ),
}
"""Ways of European schools that the demo does not show, by digit."""
# fmt: on


def write_digits(task: Task) -> Practice:
    """As many digits as the task has images, each by another person."""
    rng = task.rng
    digits = rng.integers(10, size=len(task.labels)).astype(np.uint8)
    return Practice.of([coarsen(_write(int(digit), rng), rng) for digit in digits], digits)


def write_by(hand: Hand, digit: int, rng: np.random.Generator, *, pen: Pen, height_px: float) -> Ink:
    """One digit by one hand, in one of the demo's ways or of the schools'.

    Returns:
        (h, w) uint8, an empty margin of at least one pixel round it.
    """
    ways = (*DIGIT_WAYS[digit], *SCHOOL_WAYS.get(digit, ()))
    shares = np.array([way.share for way in ways])
    way = ways[int(rng.choice(len(ways), p=shares / shares.sum()))]
    return draw_ink(form_paths(way, hand, rng), pen, rng, height_px=height_px, pressure=hand.pressure)[0]


def loose_hand(rng: np.random.Generator) -> Hand:
    """A person whose digits differ more than those of the demo's."""
    hand = Hand.random(rng)
    return replace(hand, warp=SLACK * hand.warp, wobble=SLACK * hand.wobble, turn_jitter=SLACK * hand.turn_jitter)


def _write(digit: int, rng: np.random.Generator) -> Ink:
    pen = PENS[PEN_NAMES[int(rng.integers(len(PEN_NAMES)))]]
    return trim(write_by(loose_hand(rng), digit, rng, pen=pen, height_px=float(rng.uniform(*HEIGHT_PX))))
