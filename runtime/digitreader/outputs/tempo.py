"""The tempo of a video: how many pictures a second it has, and how often each frame is one of them."""

from __future__ import annotations

from digitreader.values import Frame

CAMERA_RATE = 30.0
"""Pictures a second of a camera's video, and of one whose rate nothing tells."""
LEAST_RATE, GREATEST_RATE = 10, 240
WHOLE_RATE = 60
"""From here on rates are whole numbers: an mp4 cannot have every other."""
LONGEST_GAP_S = 1.0
"""A camera that was away for an hour does not leave an hour of the same picture."""


class Tempo:
    """Counts how often frames are due.

    Args:
        rate: pictures a second.
    """

    def __init__(self, rate: float) -> None:
        self.rate = rate
        self._source, self._last_s = "", 0.0
        self._owed = 0.0

    def times(self, frame: Frame) -> int:
        """How often this frame is due; 0 where it comes too soon after the one before."""
        passed_s = frame.time_s - self._last_s if self._source == frame.source else 1 / self.rate
        self._source, self._last_s = frame.source, frame.time_s
        self._owed += min(max(passed_s, 0.0), LONGEST_GAP_S) * self.rate
        # a camera's clock trembles: half a picture early is on time
        times = int(self._owed + 0.5)
        self._owed -= times
        return times


def rate_of(gap_s: float) -> float:
    """Pictures a second of a stream whose frames come so many seconds after one another."""
    if gap_s <= 0:
        return CAMERA_RATE
    rate = round(1 / gap_s, 2)
    return min(max(rate if rate < WHOLE_RATE else round(rate), LEAST_RATE), GREATEST_RATE)
