"""Times two things in turn, so that the machine is equally busy for both, and runs commands to their end."""

from __future__ import annotations

import statistics
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from digitreader.errors import DigitReaderError

SEED = 3
"""The seed of all drawings for benches."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """One thing timed in turns with a reference.

    Attributes:
        ms: milliseconds of each run.
        yardstick_ms: milliseconds of each run of the reference, in turn with it.
    """

    ms: tuple[float, ...]
    yardstick_ms: tuple[float, ...]

    @property
    def median_ms(self) -> float:
        """The median run."""
        return statistics.median(self.ms)

    @property
    def median_yardstick_ms(self) -> float:
        """The reference's median run."""
        return statistics.median(self.yardstick_ms)

    @property
    def ratio(self) -> float:
        """The median of the ratios run by run."""
        return statistics.median(a / b for a, b in zip(self.ms, self.yardstick_ms, strict=True))


def compare(work: Callable[[], object], yardstick: Callable[[], object], *, runs: int, warm_up: int = 3) -> Comparison:
    """Run two things in turn, after a few runs that are not counted."""
    pairs = [(elapsed_ms(work), elapsed_ms(yardstick)) for _ in range(warm_up + runs)][warm_up:]
    return Comparison(tuple(a for a, _ in pairs), tuple(b for _, b in pairs))


def elapsed_ms(work: Callable[[], object]) -> float:
    """Milliseconds that one call takes."""
    start = time.perf_counter()
    work()
    return 1e3 * (time.perf_counter() - start)


def middle_half(values: Sequence[float]) -> tuple[float, float]:
    """The first and the third quartile, between which the middle half of the values lies."""
    low, high = np.quantile(np.asarray(values, np.float64), (0.25, 0.75))
    return float(low), float(high)


def medians(rows: Sequence[dict[str, float]]) -> dict[str, float]:
    """The median of each column."""
    return {name: statistics.median(row[name] for row in rows) for name in rows[0]}


def from_to(half: tuple[float, float], digits: int) -> str:
    """The middle half of the values as text."""
    return f"{half[0]:.{digits}f} to {half[1]:.{digits}f}"


def run_to_end(command: Sequence[str]) -> str:
    """Run a command to its end; returns its stderr.

    Raises:
        DigitReaderError: the command failed.
    """
    done = subprocess.run(command, check=False, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)  # noqa: S603
    if done.returncode:
        why = next((line for line in reversed(done.stderr.splitlines()) if line.strip()), "it printed nothing")
        raise DigitReaderError(f"{' '.join(command[:3])}: what is measured failed with status {done.returncode}: {why}")
    return done.stderr
