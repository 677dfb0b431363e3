"""A progress bar on stderr: redrawn in place on a terminal, one line at the end anywhere else."""

from __future__ import annotations

import io
import shutil
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from types import TracebackType
from typing import Self, TextIO, TypeVar

BAR_WIDTH = 24
REDRAW_S = 0.1

Item = TypeVar("Item")


class ProgressBar:
    """Counts up to a total and shows the progress, a note, and the remaining time.

    Use it in a `with` block and call `advance`.

    Args:
        label: what is being done, such as ``training``.
        total: how many steps there are; at least 1.
        stream: where to draw; stderr if none is given.
        clock: gives seconds that never go back; for tests.
    """

    def __init__(
        self, label: str, total: int, *, stream: TextIO | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._label = label
        self._total = max(total, 1)
        self._stream: TextIO = stream or sys.stderr or io.StringIO()  # stderr is None if it was closed
        self._clock = clock
        self._done = 0
        self._note = ""
        self._began_s = clock()
        self._drawn_s = -REDRAW_S
        self._live = self._stream.isatty()
        # a terminal that is not UTF-8 would stop the work with an encoding error
        self._full, self._empty = "━─" if "utf" in (self._stream.encoding or "").lower() else "#."

    def __enter__(self) -> Self:
        self._draw()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        took = readable_time(self._clock() - self._began_s)
        ending = "" if kind is None else f" of {self._total:,}, broken off"
        line = f"{self._label}: {self._done:,}{ending} in {took}  {self._note}".rstrip()
        self._stream.write(f"\r\x1b[K{line}\n" if self._live else f"{line}\n")
        self._stream.flush()

    def advance(self, steps: int = 1, *, note: str | None = None) -> None:
        """Count `steps` more as done; `note` replaces the text behind the bar."""
        self._done += steps
        self._note = self._note if note is None else note
        if self._clock() - self._drawn_s >= REDRAW_S:
            self._draw()

    def relabel(self, label: str) -> None:
        """Change the label."""
        self._label = label
        self._draw()

    def _draw(self) -> None:
        if not self._live:
            return
        self._drawn_s = self._clock()
        columns = shutil.get_terminal_size().columns
        self._stream.write(f"\r\x1b[K{self._line()[: columns - 1]}")
        self._stream.flush()

    def _line(self) -> str:
        share = min(self._done / self._total, 1.0)
        bar = (self._full * round(share * BAR_WIDTH)).ljust(BAR_WIDTH, self._empty)
        left = "" if not self._done else f"  {readable_time(self._left_s())} left"
        return f"{self._label} {bar} {share:4.0%}{left}  {self._note}"

    def _left_s(self) -> float:
        return (self._clock() - self._began_s) / self._done * max(self._total - self._done, 0)


def with_progress(items: Iterable[Item], *, label: str, total: int) -> Iterator[Item]:
    """Yield the items one by one, with a progress bar that counts them."""
    with ProgressBar(label, total) as bar:
        for item in items:
            yield item
            bar.advance()


def readable_time(seconds: float) -> str:
    """Write a duration as people say it: ``0.4 s``, ``42 s``, ``2 min 05 s``, ``1 h 10 min``."""
    if seconds < 10:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 1:
        return f"{rest} s"
    hours, minutes_rest = divmod(minutes, 60)
    return f"{minutes} min {rest:02d} s" if hours < 1 else f"{hours} h {minutes_rest:02d} min"
