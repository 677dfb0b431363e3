"""Practice: which of the candidates that the finder cut out are digits, which are none, and which bars are left out."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from digitreader.drawing import Scene
from digitreader.reading.tracks import overlaps
from digitreader.values import Box, Candidate
from digitreader_train.practice.task import NO_DIGIT, Practice

SAME = 0.6
"""A candidate is the digit with which it shares this much of their union ..."""
APART = 0.1
"""... and none where it shares less than this with every digit ..."""
HELD = 0.75
"""... or holds this much of two."""
PAD_SHARE = 0.08
"""Boxes are widened by so many digit heights: a 1 is so narrow that a pixel would part two like boxes."""

Shares = npt.NDArray[np.float64]


def label_candidates(candidates: Sequence[Candidate], scene: Scene) -> list[tuple[Candidate, int]]:
    """The candidates that are one digit, with its label, and those that are none; pieces of digits are left out."""
    if not candidates or not scene.boxes:
        return [(candidate, NO_DIGIT) for candidate in candidates]
    pad = round(PAD_SHARE * float(np.median([digit.box.height for digit in scene.boxes])))
    true = [_padded(digit.box, pad) for digit in scene.boxes]
    alike = overlaps(true, [_padded(candidate.box, pad) for candidate in candidates]).astype(np.float64)
    held = _held(true, [_padded(candidate.box, pad) for candidate in candidates])
    labelled = []
    for column, candidate in enumerate(candidates):
        best = int(alike[:, column].argmax())
        holds = int(np.count_nonzero(held[:, column] >= HELD))
        if alike[best, column] >= SAME and holds < 2:
            labelled.append((candidate, scene.boxes[best].digit))
        elif held[:, column].max() < APART or holds > 1:
            labelled.append((candidate, NO_DIGIT))
    return labelled


def _held(true: Sequence[Box], found: Sequence[Box]) -> Shares:
    """(T, F): the share of each true box that lies in each found one."""
    a, b = (np.array([(o.x, o.y, o.x + o.width, o.y + o.height) for o in boxes], np.float64) for boxes in (true, found))
    low, high = np.maximum(a[:, None, :2], b[None, :, :2]), np.minimum(a[:, None, 2:], b[None, :, 2:])
    shared = np.clip(high - low, 0, None).prod(axis=2)
    held: Shares = shared / (a[:, 2:] - a[:, :2]).prod(axis=1)[:, None]
    return held


def _padded(box: Box, pad: int) -> Box:
    return Box(box.x - pad, box.y - pad, box.width + 2 * pad, box.height + 2 * pad)


SLENDER = 0.36
"""What is no digit and narrower than this, beside its height, is no practice: any bar may be a 1."""
INKED = 64


def without_slender(practice: Practice) -> Practice:
    """All digits, and of what is none everything but bars."""
    kept = (practice.labels != NO_DIGIT) | ~is_slender(practice)
    return Practice(practice.glyphs[kept], practice.labels[kept])


def is_slender(practice: Practice) -> npt.NDArray[np.bool_]:
    """(N,) which glyphs are as slender as a bar."""
    inked = practice.glyphs > INKED
    wide, high = (np.count_nonzero(inked.any(axis=axis), axis=1) for axis in (1, 2))
    return np.asarray(wide < SLENDER * high)
