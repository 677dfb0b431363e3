"""Averaging: the frames that saw a digit become one reading of it; activations are averaged, never labels."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from digitreader.accept import AcceptanceRule, Confidences, Evidence, weigh
from digitreader.track import Track
from digitreader.values import Activations, Reading


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
    rows = np.stack([row for each in seen for row in each])
    ends = np.cumsum([len(each) for each in seen]).tolist()
    evidence, confidences = weigh(rows, rule)
    parts = [slice(end - len(each), end) for end, each in zip(ends, seen, strict=True)]
    least = 0.0 if doubtful else rule.threshold
    return [
        _reading(track, rows[part], evidence[part], confidences[part], least)
        for track, part in zip(tracks, parts, strict=True)
    ]


def _reading(
    track: Track, rows: Activations, evidence: Evidence, confidences: Confidences, least: float
) -> Reading | None:
    # the mean of the frames' confidences; the mean activations would hold a digit back for one frame that differs
    chances, sure = confidences.mean(axis=0), evidence.mean(axis=0)
    digit = int(chances.argmax())
    if sure[digit] < least:
        return None
    mean, each = tuple(rows.mean(axis=0).tolist()), tuple(chances.tolist())
    return Reading(track.box, digit, each[digit], mean, track.place[1], each, evidence=float(sure[digit]))


def activations_of(reading: Reading) -> Activations:
    """A reading's ten activations; one that carries none counts as its confidence in its digit alone."""
    if reading.activations:
        return np.asarray(reading.activations, np.float32)
    alone = np.zeros(10, np.float32)
    alone[reading.digit] = reading.confidence
    return alone
