"""Patience: what stayed the same for a moment is told at once, or watched for longer where it is doubtful.

Paper that lies under a camera does not move. What moves, or is only now and then a digit, is more often a gap between
fingers or a letter, and has to prove itself; what is held in a hand does so in time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from digitreader.track import Track
from digitreader.values import Reading

Told = Sequence[tuple[Reading, Track]]
"""What is to be told, each reading with the digit that was followed."""


@dataclass(frozen=True, slots=True)
class Patience:
    """When a text is doubtful, and what it takes then. Chosen on drawn video, of hands and letters and of numbers.

    A way in a share is one of a digit's height, and `still_px` is added to it: a box is no more exact.

    Attributes:
        still_px: pixels of the picture as it was taken.
        lies: a digit that moved no farther than this share while its text was the same lies still ...
        lies_together: ... and so do those of a number of `many` digits, where none moved farther than this.
        lay: a digit that moved farther than this share within the last `lay_s` seconds has not lain before.
        sure: what is doubtful must be read with this much evidence, 0..1, every digit of it.
        sure_alone: so sure must the few digits of a line be where most of what is written is no digit.
        often: a digit seen in a smaller share of the frames of `lay_s` seconds is watched for `seldom_s`.
        held_s: what moves on is held in a hand where it was the same for so long, sure, and ...
        held_often: ... seen in this share of the frames, and a single digit nearly still ...
        held_still: ... which is one that moved no farther than this share.
        lost_s: a number that was told and lost digits, and nothing else, is covered in part until so long has passed.
        many: so many digits in a line, or in a text, are no chance.
    """

    still_px: float = 1.0
    lies: float = 0.005
    lies_together: float = 0.03
    lay: float = 0.015
    lay_s: float = 0.5
    sure: float = 0.9
    sure_alone: float = 0.95
    often: float = 0.7
    seldom_s: float = 0.8
    held_s: float = 0.6
    held_often: float = 0.9
    held_still: float = 0.03
    lost_s: float = 1.0
    many: int = 3


def is_trusted(told: Told, patience: Patience, *, waited_s: float, steady_s: float, frames: int) -> bool:
    """Whether a text that has stayed the same is no longer doubtful.

    Args:
        told: what the text is of, one or more.
        patience: how it is judged.
        waited_s: for how long it was the same.
        steady_s: how long a digit has to lie still.
        frames: a digit's ways are judged by no fewer of the last frames.
    """
    sure = all(reading.evidence >= patience.sure for reading, _ in told)
    often = min(track.share_seen(patience.lay_s, frames) for _, track in told)
    many = len(told) >= patience.many
    lies = patience.lies_together if many else patience.lies
    if (often >= patience.often or waited_s >= patience.seldom_s) and _is_still(told, lies, patience, steady_s, frames):
        return many or sure or not _has_moved(told, patience, frames)
    held = waited_s >= patience.held_s and sure and often >= patience.held_often
    return held and (len(told) > 1 or _is_still(told, patience.held_still, patience, steady_s, frames))


def _is_still(told: Told, share: float, patience: Patience, seconds: float, frames: int) -> bool:
    """Whether every digit was followed for so long and has moved no farther."""
    for _, track in told:
        drift = track.drift_px(seconds, frames)
        if drift is None or drift > patience.still_px + share * track.box.height:
            return False
    return True


def _has_moved(told: Told, patience: Patience, frames: int) -> bool:
    """Whether a digit was seen elsewhere lately; one that is new was not."""
    for _, track in told:
        drift = track.drift_px(patience.lay_s, frames)
        if drift is not None and drift > patience.still_px + patience.lay * track.box.height:
            return True
    return False


def are_letters(told: Told, patience: Patience, *, outnumbered: bool) -> bool:
    """Whether a line's digits are more likely letters.

    They are few, not all sure, and outnumbered by what is no digit; what was announced once stays what it was.
    """
    known = all(track.told or reading.evidence >= patience.sure_alone for reading, track in told)
    return outnumbered and len(told) < patience.many and not known
