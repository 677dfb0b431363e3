"""Patience: what stayed the same for a moment is told at once, or watched for longer where it is doubtful.

Paper that lies under a camera does not move. What moves, or is only now and then a digit, is more often a gap between
fingers or a letter, and has to prove itself; what is held in a hand does so in time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from digitreader.follow.settings import Patience
from digitreader.follow.track import Track
from digitreader.values import Reading

Told = Sequence[tuple[Reading, Track]]
"""What is to be told, each reading with the digit that was followed."""


@dataclass(frozen=True, slots=True)
class Case:
    """A text that has stayed the same, to be judged.

    Attributes:
        told: what the text is of, one or more.
        waited_s: for how long it was the same.
        steady_s: for how long it has to be.
        frames: a digit's way is judged by no fewer of the last frames.
    """

    told: Told
    waited_s: float
    steady_s: float
    frames: int

    def is_trusted(self, patience: Patience) -> bool:
        """Whether it is no longer doubtful."""
        seen = min(track.share_seen(patience.lay_s, self.frames) for _, track in self.told)
        sure = all(reading.evidence >= patience.sure for reading, _ in self.told)
        if (seen >= patience.often or self.waited_s >= patience.seldom_s) and self._lies(patience, sure=sure):
            return True
        return sure and seen >= patience.held_often and self._is_held(patience)

    def _lies(self, patience: Patience, *, sure: bool) -> bool:
        if len(self.told) >= patience.many:
            return self._is_still(patience, patience.nearly)
        return self._is_still(patience, patience.lies) and (sure or self._lay(patience))

    def _is_held(self, patience: Patience) -> bool:
        if self.waited_s < patience.held_s:
            return False
        return len(self.told) > 1 or self.waited_s >= patience.alone_s or self._is_still(patience, patience.nearly)

    def _is_still(self, patience: Patience, share: float) -> bool:
        seconds = max(self.steady_s, patience.still_s)
        ways = ((track.drift_px(seconds, self.frames), track) for _, track in self.told)
        return all(way is not None and way <= patience.still_px + share * track.box.height for way, track in ways)

    def _lay(self, patience: Patience) -> bool:
        ways = ((track.drift_px(patience.lay_s, self.frames), track) for _, track in self.told)
        return all(way is None or way <= patience.still_px + patience.lay * track.box.height for way, track in ways)


def are_letters(told: Told, patience: Patience, *, outnumbered: bool) -> bool:
    """Whether a line's digits are more likely letters.

    They are few, not all sure, and outnumbered by what is no digit; what was announced once stays what it was.
    """
    known = all(track.told or reading.evidence >= patience.sure_alone for reading, track in told)
    return outnumbered and len(told) < patience.many and not known
