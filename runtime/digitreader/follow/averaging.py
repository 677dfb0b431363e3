"""Averaging: the frames that saw a digit become one reading of it; activations are averaged, never labels."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from digitreader.accept import AcceptanceRule, weigh
from digitreader.follow.track import Track
from digitreader.values import Activations, Reading

DIGITS = 10

Real = TypeVar("Real", np.float32, np.float64)


def readings_over_frames(tracks: Sequence[Track], rule: AcceptanceRule, *, doubtful: bool) -> list[Reading | None]:
    """What each track reads as; None for no digit.

    Args:
        tracks: each was seen in a frame at least.
        rule: weighs the activations.
        doubtful: read also what is less sure than the rule's threshold.
    """
    if not tracks:
        return []
    # all frames of all tracks at once: to weigh one takes as long as to weigh a hundred
    seen = [track.seen() for track in tracks]
    rows = np.concatenate([row for each in seen for row in each]).reshape(-1, DIGITS)
    counts = [len(each) for each in seen]
    evidence, confidences = weigh(rows, rule)
    # the mean of the frames' confidences; the mean activations would hold a digit back for one frame that differs
    chances, sure = means_of_parts(confidences, counts), means_of_parts(evidence, counts)
    means, digits = means_of_parts(rows, counts).tolist(), chances.argmax(axis=1).tolist()
    least = 0.0 if doubtful else rule.threshold
    told = zip(tracks, digits, means, chances.tolist(), sure.tolist(), strict=True)
    return [
        _reading(track, digit, mean, each, speaks[digit]) if speaks[digit] >= least else None
        for track, digit, mean, each, speaks in told
    ]


def _reading(track: Track, digit: int, mean: list[float], chances: list[float], evidence: float) -> Reading:
    each = tuple(chances)
    return Reading(track.box, digit, each[digit], tuple(mean), track.place[1], each, evidence=evidence)


def means_of_parts(values: npt.NDArray[Real], counts: Sequence[int]) -> npt.NDArray[Real]:
    """The means of parts of some rows.

    Args:
        values: (N, M), part after part.
        counts: how many rows each part has; at least 1.

    Returns:
        (len(counts), M) of the same dtype.
    """
    if min(counts) == max(counts):  # as mostly, where all digits were seen in each frame
        return np.asarray(values.reshape(len(counts), counts[0], -1).mean(axis=1))
    parts = np.split(values, np.cumsum(counts)[:-1])
    return np.stack([part.mean(axis=0) for part in parts])


def activations_of(reading: Reading) -> Activations:
    """A reading's ten activations; one that carries none counts as its confidence in its digit alone."""
    if reading.activations:
        return np.asarray(reading.activations, np.float32)
    alone = np.zeros(10, np.float32)
    alone[reading.digit] = reading.confidence
    return alone
