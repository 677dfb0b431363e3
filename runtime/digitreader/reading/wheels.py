"""Numbers on wheels: the last wheel may stand between two digits, and then the lower one counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from statistics import median

import numpy as np

from digitreader.reading.tracks import overlaps
from digitreader.values import Reading

ARRIVED = 0.15
"""A digit has arrived in its window if its middle is at most this many digit heights below the others' middles."""
TURNING = 0.08
"""The last digit has turned this far when the wheel before it begins to turn too, if that one turns at all."""
CUT, TALL = 0.85, 1.25
"""A digit whose height is less than the first share of the others' is cut off by its window and may look like another
digit; one that is higher than the second number of others' heights is two halves."""
LEAST_FOR_LEVEL = 2
SAME_PLACE = 0.3
"""Two boxes this alike (their intersection over their union) hold the same wheel."""


def lower_on_wheels(readings: Sequence[Reading]) -> tuple[Reading, ...]:
    """Lower the last digit by one if it comes up from below and has not arrived yet.

    If it is a 0, the wheel before it turns too, and its digit is treated in the same way. A digit that is cut off by
    the edge of its window is left out, and so are two half digits. All wheels turn upwards, as those of meters do.

    Args:
        readings: the candidates for the digits of one number, from left to right.
    """
    if len(readings) <= LEAST_FOR_LEVEL:
        return tuple(readings)
    below, height = _offsets(readings)
    lowered = [_uncut(reading, height) for reading in readings]
    least = ARRIVED
    for at in range(len(readings) - 1, -1, -1):
        if below[at] <= least:
            break
        before, lowered[at] = lowered[at], _one_less(lowered[at])
        if before.digit != 0:
            break
        least = TURNING
    return tuple(lowered)


def with_last_between(accepted: Sequence[Reading], known: Sequence[Reading]) -> tuple[Reading, ...]:
    """Keep the last digit if its wheel now shows no whole digit while the other wheels have not moved.

    The earlier digit of a turning wheel counts until the next one has arrived.

    Args:
        accepted: the digits of the number that are read now, from left to right.
        known: the digits of the last complete number.

    Returns:
        `accepted`, in that case with the last digit of `known`.
    """
    if len(known) <= LEAST_FOR_LEVEL or len(accepted) != len(known) - 1:
        return tuple(accepted)
    same = all(
        now.digit == before.digit and overlaps([now.box], [before.box])[0, 0] >= SAME_PLACE
        for now, before in zip(accepted, known[:-1], strict=True)
    )
    return (*accepted, known[-1]) if same else tuple(accepted)


def _offsets(readings: Sequence[Reading]) -> tuple[list[float], float]:
    """How far each digit stands below the line of the others, in digit heights, and the height of a digit in pixels.

    The first digits of a number turn most rarely, so they give the line.
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
