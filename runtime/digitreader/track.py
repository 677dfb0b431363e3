"""What the follower keeps of each digit, and how long something has been so."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from digitreader.values import Activations, Box

if TYPE_CHECKING:
    from digitreader.follow import FollowSettings


@dataclass(slots=True, eq=False)
class Track:
    """One digit, followed through the frames.

    Attributes:
        box: where it was seen last.
        place: its line and its group when all digits were last seen together.
        window: its activations in each of the last frames, None where it was not seen.
        believed: it counts.
    """

    box: Box
    place: tuple[int, int]
    window: deque[Activations | None]
    believed: bool = False

    @classmethod
    def begin(cls, box: Box, place: tuple[int, int], settings: FollowSettings) -> Self:
        """Nothing of it was seen yet."""
        return cls(box, place, deque(maxlen=settings.window))

    def look(self, activations: Activations | None, settings: FollowSettings) -> None:
        """Take one more frame in."""
        self.window.append(activations)
        seen = len(self.seen())
        self.believed = seen >= (settings.believed_until if self.believed else settings.believed_from)

    def seen(self) -> list[Activations]:
        """The activations of the frames that saw it."""
        return [activations for activations in self.window if activations is not None]


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
        return self.frames >= frames and now_s - self.began_s >= seconds
