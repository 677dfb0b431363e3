"""The figures of the live bench."""

from __future__ import annotations

from dataclasses import dataclass

MOST_GROWTH_MB = 5.0
LONG = 20_000
"""Memory that still grows counts as a fault where so many frames were read; before that it settles."""


@dataclass(frozen=True, slots=True)
class LiveBench:
    """What was measured.

    Attributes:
        frames: read while faults came; `announced` is how many numbers were told meanwhile.
        cpu_ms: processor time of a frame, mean: read and followed; `telling_ms` is that of the outputs.
        digits_ms: the median of the frames in which ten digits or more were read.
        frames_per_s: what one core reads and tells of those; `drawing_ms`, the demo's own, is not counted.
        latency_ms: film time from the first frame of a sheet that lies still to its announcement, median of the
            undisturbed film; `slowest_ms` is the longest.
        sheets: laid while faults came; `right` is how many were announced once and as they were written.
        lost: announced of the undisturbed film only; `extra` of the disturbed one only.
        faults: how many came, by their kind.
        recovered: how many were told and followed by frames again, or by events that are taken.
        outputs: for each, how many of the events or frames that it should have had, it has lost and it has too often
            or wrong.
        missing: outputs that could not be tried, and why.
        memory_grew_mb: from when it had settled to the end.
    """

    frames: int
    cpu_ms: float
    digits_ms: float
    telling_ms: float
    drawing_ms: float
    frames_per_s: float
    latency_ms: float
    slowest_ms: float
    sheets: int
    right: int
    announced: int
    lost: int
    extra: int
    faults: dict[str, int]
    recovered: dict[str, int]
    outputs: dict[str, tuple[int, int, int]]
    missing: tuple[str, ...]
    memory_grew_mb: float

    @property
    def leaks(self) -> bool:
        """Memory has not stayed flat."""
        return self.frames >= LONG and self.memory_grew_mb > MOST_GROWTH_MB

    @property
    def survived(self) -> bool:
        """Every fault was noticed and is over, changed nothing of what was announced, and no output missed any."""
        whole = not any(lost or extra for _, lost, extra in self.outputs.values())
        return self.faults == self.recovered and not self.lost and not self.extra and whole and not self.leaks
