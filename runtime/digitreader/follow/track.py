"""What the follower keeps of each digit, and how long something has been so."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import islice
from statistics import median
from typing import Self

from digitreader.follow.settings import FollowSettings
from digitreader.values import Activations, Box

LEAST_SEEN = 2
"""A digit that was seen in fewer frames cannot be seen to move."""
ROUNDING_S = 1e-6
"""Times are sums of fractions; a frame that is so little too young counts."""

Look = tuple[float, Box | None]
"""The time of a frame in seconds, and where it saw the digit; None where it did not."""


@dataclass(slots=True, eq=False)
class Track:
    """One digit, followed through the frames.

    Attributes:
        box: where it was seen last.
        place: its line and its group when all digits were last seen together.
        window: its activations in each of the last frames, None where it was not seen.
        believed: it counts.
        told: it was announced.
        trail: where it was in the frames of the last while, which the follower's patience asks for.
    """

    box: Box
    place: tuple[int, int]
    window: deque[Activations | None]
    believed: bool = False
    told: bool = False
    trail: deque[Look] = field(default_factory=deque)

    @classmethod
    def begin(cls, box: Box, place: tuple[int, int], settings: FollowSettings) -> Self:
        """Nothing of it was seen yet."""
        return cls(box, place, deque(maxlen=settings.window))

    def look(self, activations: Activations | None, time_s: float, settings: FollowSettings) -> None:
        """Take one more frame in; its box is set before."""
        self.window.append(activations)
        seen = len(self.seen())
        self.believed = seen >= (settings.believed_until if self.believed else settings.believed_from)
        self.trail.append((time_s, None if activations is None else self.box))
        oldest_s = time_s - settings.trail_s + ROUNDING_S
        while len(self.trail) > settings.steady_frames and self.trail[1][0] <= oldest_s:
            self.trail.popleft()

    def seen(self) -> list[Activations]:
        """The activations of the frames that saw it."""
        return [activations for activations in self.window if activations is not None]

    def share_seen(self, seconds: float, frames: int) -> float:
        """In which share, 0..1, of the frames of so many seconds, and of no fewer than so many, it was seen."""
        looks = self._looks(seconds, frames)
        return sum(box is not None for _, box in looks) / len(looks)

    def drift_px(self, seconds: float, frames: int) -> float | None:
        """How far it has moved in the last seconds, in as many frames at least: the edge that moved most.

        The middle places of the first and the second half of the frames are compared: a box that trembles has not
        moved, and one bad frame changes nothing.

        Returns:
            pixels; None where it is not followed for so long, or was seen in one frame at most.
        """
        looks = self._looks(seconds, frames)
        boxes = [box for _, box in looks if box is not None]
        if len(boxes) < LEAST_SEEN or looks[0][0] > self.trail[-1][0] - seconds + ROUNDING_S:
            return None
        half = len(boxes) // 2
        return max(abs(a - b) for a, b in zip(middle_edges(boxes[:half]), middle_edges(boxes[-half:]), strict=True))

    def _looks(self, seconds: float, frames: int) -> list[Look]:
        """The frames of so many seconds, and the one at their beginning or just before: no camera's clock is exact."""
        begins_s = self.trail[-1][0] - seconds + ROUNDING_S
        young = 1 + sum(time_s > begins_s for time_s, _ in self.trail)
        return list(islice(self.trail, max(0, len(self.trail) - max(young, frames)), None))


def middle_edges(boxes: Sequence[Box]) -> tuple[float, float, float, float]:
    """The medians of the boxes' left, upper, right and lower edges."""
    return (
        median([box.x for box in boxes]),
        median([box.y for box in boxes]),
        median([box.x + box.width for box in boxes]),
        median([box.y + box.height for box in boxes]),
    )


@dataclass(slots=True)
class Since:
    """How long something has been so: the frames counted, and the time of the first."""

    frames: int = 0
    began_s: float = 0.0

    def count(self, time_s: float) -> None:
        """Count one more frame."""
        self.began_s = self.began_s if self.frames else time_s
        self.frames += 1

    def lasted(self, frames: int, seconds: float, now_s: float) -> bool:
        """True when both the frames and the seconds have passed."""
        return self.frames >= frames and now_s - self.began_s >= seconds - ROUNDING_S
