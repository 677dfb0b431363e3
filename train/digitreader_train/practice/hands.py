"""Practice: digits in hands that MNIST lacks, such as a crossed 7 or a 1 whose upstroke begins at its foot."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from digitreader.drawing import DIGIT_TEMPLATES, PENS, Hand
from digitreader.drawing.hand import form_paths
from digitreader.drawing.pen import Pen, draw_ink
from digitreader.drawing.templates import Way
from digitreader.values import Ink
from digitreader_train.practice.pens import coarsen, trim
from digitreader_train.practice.task import Practice, Task

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

CURSIVE_WAYS: dict[int, tuple[Way, ...]] = {
    1: (
        Way("two_legs", (((.00, .98), (.20, .72), (.40, .40), (.46, .00), (.46, .00), (.46, .50), (.45, 1.0)),), 0.9),
        Way("two_legs_footed", (((.04, .94), (.20, .70), (.38, .40), (.43, .00), (.43, .00), (.43, .50), (.42, .97)),
                                ((.22, .98), (.42, .975), (.66, .96))), 0.4),
        Way("looped_legs", (((.00, .97), (.22, .70), (.44, .30), (.46, .06), (.37, .02), (.33, .22), (.35, .60),
                             (.36, 1.0)),), 0.4),
        Way("wide_roof", (((.00, .42), (.24, .22), (.46, .00), (.46, .00), (.45, .50), (.44, 1.0)),), 0.6),
    ),
    4: (
        Way("lightning", (((.42, .00), (.22, .24), (.02, .48), (.02, .48), (.26, .46), (.52, .43), (.52, .43),
                           (.42, .70), (.30, 1.0)),), 0.9),
        Way("lightning_lifted", (((.50, .00), (.24, .26), (.03, .54), (.03, .54), (.28, .52), (.56, .50)),
                                 ((.56, .32), (.50, .62), (.40, 1.0))), 0.7),
        Way("lightning_round", (((.40, .00), (.18, .26), (.03, .52), (.14, .60), (.36, .52), (.54, .46), (.50, .70),
                                 (.36, 1.0)),), 0.6),
    ),
    9: (
        Way("curled_in", (((.36, .22), (.24, .28), (.16, .16), (.30, .03), (.46, .12), (.42, .32), (.22, .42),
                           (.10, .34), (.30, .40), (.48, .56), (.46, .84), (.26, .99), (.02, .96)),), 0.6),
        Way("flat_footed", (((.44, .14), (.28, .00), (.10, .10), (.10, .32), (.28, .40), (.44, .24), (.46, .12),
                             (.48, .50), (.44, .88), (.38, .97), (.20, .98), (.00, .96)),), 0.7),
        Way("rolled_flat", (((.42, .32), (.24, .38), (.12, .22), (.24, .04), (.42, .04), (.50, .24), (.49, .60),
                             (.44, .92), (.24, .97), (.00, .96)),), 0.7),
        Way("slung", (((.40, .38), (.20, .36), (.12, .16), (.30, .01), (.48, .12), (.44, .38), (.34, .70),
                       (.22, 1.0)),), 0.5),
    ),
}
"""Ways that join, roll and swing what others draw stroke by stroke, by digit."""
# fmt: on


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
