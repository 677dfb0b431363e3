"""The settings of the tracker: every limit with its meaning."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class DebounceSettings:
    """When a text must be watched longer before it is announced, and for how long.

    How far a digit may move is a share of its height, and `still_px` more: a box is no more exact.

    Attributes:
        still_px: pixels of the picture as it was taken.
        still_s: how far a digit has moved is looked at over so many seconds, or for as long as it had to be the same.
        lies: a digit that moved no farther in that time lies still ...
        nearly: ... and nearly so where it moved no farther than this, which is enough where many do.
        lay: a digit that moved no farther within `lay_s` seconds has lain before; so has one that is new.
        lay_s: seconds.
        often: a digit is seen well that is seen in this share of the frames of `lay_s` seconds, 0..1; else it is
            watched for `seldom_s` seconds.
        seldom_s: seconds.
        sure: evidence, 0..1, with which every digit of what is doubtful must be read.
        held_often: what moves on is held in a hand where it is sure, seen in this share of the frames, 0..1 ...
        held_s: ... and was the same for this many seconds ...
        alone_s: ... or for so many, where it is a single digit that does not even lie nearly still.
        lost_s: a number that was told and has only lost digits is covered in part, until this many seconds have passed.
        sure_alone: evidence, 0..1, with which every digit of a line of few must be read where most things are none.
        inked: the ink of a digit is still changing where it covers so much more or less of its box, as a share of what
            it covered, as in the while before; the number is not told before that is over ...
        inked_slowly: ... and so where it has changed by this share within `lay_s` seconds: somebody is writing.
        doubt_s: a number that cannot follow on the one before it was the same for so many seconds before it is told as
            doubtful.
        many: this many digits in a line, or in a text, are no accident.
    """

    still_px: float = 1.0
    still_s: float = 0.2
    lies: float = 0.005
    nearly: float = 0.03
    lay: float = 0.015
    lay_s: float = 0.5
    often: float = 0.7
    seldom_s: float = 0.8
    sure: float = 0.9
    held_often: float = 0.9
    held_s: float = 0.6
    alone_s: float = 1.0
    lost_s: float = 1.0
    sure_alone: float = 0.95
    inked: float = 0.1
    inked_slowly: float = 0.2
    doubt_s: float = 1.0
    many: int = 3


@dataclass(frozen=True, slots=True)
class TrackerSettings:
    """When a reading is steady, and when it is gone. Both a number of frames and a time must have passed.

    Attributes:
        steady_frames: a text that stayed the same for this many frames ...
        steady_s: ... and seconds is announced; a little less than cameras of 25 or 30 a second need for some frames,
            as their clocks tremble.
        gone_frames: without a digit for this many frames ...
        gone_s: ... and seconds, everything is forgotten, so the same number is announced again.
        window: a digit is judged by this many of the last frames.
        confirm_frames: a digit counts once it was seen in this many frames of the window ...
        drop_below_frames: ... and for as long as it was seen in this many.
        least_overlap: two boxes this alike (their intersection over their union) hold the same digit.
        debounce: when a steady text is doubtful, and is watched for longer.
    """

    steady_frames: int = 5
    steady_s: float = 0.15
    gone_frames: int = 5
    gone_s: float = 0.35
    window: int = 5
    confirm_frames: int = 3
    drop_below_frames: int = 2
    least_overlap: float = 0.3
    debounce: DebounceSettings = field(default_factory=DebounceSettings)

    @property
    def trail_s(self) -> float:
        """For how many seconds it is kept where a digit was."""
        return max(self.steady_s, self.debounce.lay_s)
