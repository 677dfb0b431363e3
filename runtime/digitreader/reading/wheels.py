"""Numbers on wheels: the last wheel may stand between two digits, and then the lower one counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from statistics import median

import numpy as np

from digitreader.reading.tracks import overlaps
from digitreader.values import Reading

ARRIVED = 0.15
"""A digit stands in its window if its middle is at most this far below the middles of the others, in digit heights."""
TURNING = 0.08
"""While the last digit turns, the digit before it begins to turn at this point, if it turns at all."""
CUT, TALL = 0.85, 1.25
"""A digit lower than this share of the others is cut off by the edge of its window, and may look like another one; one
this many times as high is two halves."""
LEAST_FOR_LEVEL = 2
SAME_PLACE = 0.3
"""Two boxes this alike (their intersection over their union) hold the same wheel."""


def lower_on_wheels(readings: Sequence[Reading]) -> tuple[Reading, ...]:
    """Take a last digit that comes up from below, and has not arrived, for the one before it on its wheel.

    Where it is a 0, the wheel before it turns too, and the same is done there. A digit that is cut off by the edge of
    its window is none, and so are the halves of two. All wheels turn upwards, as those of meters do.

    Args:
        readings: the candidates for the digits of one number, from left to right.
    """
    if len(readings) <= LEAST_FOR_LEVEL:
        return tuple(readings)
    below, height = _offsets(readings)
    told = [_uncut(reading, height) for reading in readings]
    least = ARRIVED
    for at in range(len(readings) - 1, -1, -1):
        if below[at] <= least:
            break
        before, told[at] = told[at], _one_less(told[at])
        if before.digit != 0:
            break
        least = TURNING
    return tuple(told)


def with_last_between(accepted: Sequence[Reading], known: Sequence[Reading]) -> tuple[Reading, ...]:
    """A number whose last wheel shows no whole digit while the others stand as before: the last one is as it was.

    A wheel on its way to the next digit was seen at the one before, which counts until the next one has arrived.

    Args:
        accepted: the digits of the number that are read now, from left to right.
        known: those of the whole number that was read last.

    Returns:
        `accepted`, with the last digit of `known` where that is so.
    """
    if len(known) <= LEAST_FOR_LEVEL or len(accepted) != len(known) - 1:
        return tuple(accepted)
    same = all(
        now.digit == before.digit and overlaps([now.box], [before.box])[0, 0] >= SAME_PLACE
        for now, before in zip(accepted, known[:-1], strict=True)
    )
    return (*accepted, known[-1]) if same else tuple(accepted)


def _offsets(readings: Sequence[Reading]) -> tuple[list[float], float]:
    """How far each digit stands below the others' line, in digit heights, and how high a digit is, in pixels.

    The first digits of a number stand still the longest, so they give the line.
    """
    height = median(reading.box.height for reading in readings)
    middles = [(reading.box.x + reading.box.width / 2, reading.box.y + reading.box.height / 2) for reading in readings]
    first = middles[: max(LEAST_FOR_LEVEL, len(middles) - 2)]
    x, y = np.array(first).T
    slope, level = np.polyfit(x, y, 1) if len(first) > LEAST_FOR_LEVEL else (0.0, float(np.mean(y)))
    return [float(down - slope * across - level) / height for across, down in middles], float(height)


def _uncut(reading: Reading, height_px: float) -> Reading:
    if CUT * height_px <= reading.box.height <= TALL * height_px:
        return reading
    return replace(reading, chances=(0.0,) * 10, confidence=0.0, evidence=0.0)


def _one_less(reading: Reading) -> Reading:
    chances = reading.chances[1:] + reading.chances[:1]
    return replace(reading, digit=(reading.digit - 1) % 10, chances=chances)
