"""Bench: two things timed in turn, so that a noisy machine is noisy for both."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Comparison:
    """One thing timed beside a yardstick.

    Attributes:
        ms: milliseconds of each run.
        yardstick_ms: of the yardstick, run in turn with it.
    """

    ms: tuple[float, ...]
    yardstick_ms: tuple[float, ...]

    @property
    def median_ms(self) -> float:
        """The median run."""
        return statistics.median(self.ms)

    @property
    def median_yardstick_ms(self) -> float:
        """The yardstick's median run."""
        return statistics.median(self.yardstick_ms)

    @property
    def ratio(self) -> float:
        """The median of the ratios run by run."""
        return statistics.median(a / b for a, b in zip(self.ms, self.yardstick_ms, strict=True))


def compare(work: Callable[[], object], yardstick: Callable[[], object], *, runs: int, warm_up: int = 3) -> Comparison:
    """Run two things in turn, first a few times uncounted."""
    pairs = [(elapsed_ms(work), elapsed_ms(yardstick)) for _ in range(warm_up + runs)][warm_up:]
    return Comparison(tuple(a for a, _ in pairs), tuple(b for _, b in pairs))


def elapsed_ms(work: Callable[[], object]) -> float:
    """Milliseconds that one call takes."""
    start = time.perf_counter()
    work()
    return 1e3 * (time.perf_counter() - start)


def medians(rows: Sequence[dict[str, float]]) -> dict[str, float]:
    """The median of each column."""
    return {name: statistics.median(row[name] for row in rows) for name in rows[0]}
