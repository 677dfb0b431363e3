"""Find: a digit whose strokes do not meet is kept whole, though each stroke looks like a digit as well."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from digitreader.find.overlapping import corners_of, shared_area
from digitreader.values import Box

INSIDE = 0.8
"""A part of a digit lies in its box with at least this share of its own."""
LEAST_PARTS = 2


def join_parts(
    kept: Sequence[int], boxes: Sequence[Box], evidence: npt.NDArray[np.float64], *, least: float
) -> list[int]:
    """Put whole digits in the place of their parts.

    The parts would all have to be digits, which is as likely as the product of what speaks for each.

    Args:
        kept: candidates that do not overlap, by their numbers.
        boxes: of all N candidates.
        evidence: (N,) 0..1, how much speaks for each that it is a digit.
        least: a whole digit has at least this evidence.
    """
    left = list(kept)
    corners = corners_of(boxes)
    sizes = (corners[:, 2:] - corners[:, :2]).prod(axis=1)
    others = np.flatnonzero(evidence >= least)
    for whole in others[np.argsort(-evidence[others], kind="stable")].tolist():
        if whole in left:
            continue
        at = np.array(left)
        shared = shared_area(corners[at], corners[whole]) / np.maximum(sizes[at], 1)
        parts = at[shared >= INSIDE]
        touched = at[(shared > 1 - INSIDE) & (shared < INSIDE)]
        if len(parts) >= LEAST_PARTS and not len(touched) and evidence[whole] > evidence[parts].prod():
            left = [each for each in left if each not in parts] + [whole]
    return left
