"""The settings of the tracker: every limit with its meaning."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class DebounceSettings:
    """When a steady text must be watched longer before it is announced, and for how long.

    Limits on motion are shares of a digit's height. `still_px` is added to each, because boxes are only that exact. A
    motion is measured over `still_s` seconds, or over `steady_s` of `TrackerSettings` if that is longer.

    Attributes:
        still_px: in pixels of the picture as it was taken.
        still_s: in seconds.
        still_share: a digit that moved at most this far lies still.
        almost_still_share: a digit that moved at most this far lies almost still, which is enough for many digits.
        rested_share: a digit that moved at most this far within `rested_s` seconds is at rest; a new digit is too.
        rested_s: in seconds.
        seen_share: a digit seen in this share of the frames of `rested_s` seconds, 0..1, is seen well; else it is
            watched for `rarely_seen_s` seconds.
        rarely_seen_s: in seconds.
        sure_evidence: least evidence, 0..1, of every digit of a doubtful text.
        held_seen_share: a moving text is held in a hand if its digits are sure, were seen in this share of the frames
            ...
        held_s: ... and were the same for this many seconds ...
        single_digit_s: ... or for this many, if it is a single digit that moves more than almost still.
        lost_s: for this many seconds an announced number that lost only some digits counts as partly covered.
        few_digits_evidence: least evidence, 0..1, of every digit in a line of few digits among much other writing.
        ink_change_share: the ink of a digit is changing if the covered share of its box changed by this share since the
            moment before; the number is announced only after that.
        slow_ink_change_share: the same for a change within `rested_s` seconds: somebody is writing.
        doubt_s: seconds that a number which cannot follow the one before it must stay the same before it is reported.
        many_digits: this many digits in a line or in a text are not there by accident.
    """

    still_px: float = 1.0
    still_s: float = 0.2
    still_share: float = 0.005
    almost_still_share: float = 0.03
    rested_share: float = 0.015
    rested_s: float = 0.5
    seen_share: float = 0.7
    rarely_seen_s: float = 0.8
    sure_evidence: float = 0.9
    held_seen_share: float = 0.9
    held_s: float = 0.6
    single_digit_s: float = 1.0
    lost_s: float = 1.0
    few_digits_evidence: float = 0.95
    ink_change_share: float = 0.1
    slow_ink_change_share: float = 0.2
    doubt_s: float = 1.0
    many_digits: int = 3


@dataclass(frozen=True, slots=True)
class TrackerSettings:
    """When a reading is steady, and when it is gone. Both a number of frames and a time must have passed.

    Attributes:
        steady_frames: a text that stayed the same for this many frames ...
        steady_s: ... and seconds is announced. This is a little less than the time of that many frames at 25 or 30
            frames a second, because a camera's clock is not exact.
        gone_frames: after this many frames without a digit ...
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
        """Seconds for which the earlier places of a digit are kept."""
        return max(self.steady_s, self.debounce.rested_s)
