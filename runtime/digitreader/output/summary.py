"""The summary of many pictures, printed at the end."""

from __future__ import annotations

from time import monotonic

from digitreader.output.overlay import LIKELY_FROM
from digitreader.output.sink import Sink
from digitreader.values import Frame, Page


class SummarySink(Sink):
    """Counts the pictures and what was read in them.

    A digit is doubtful if it is a question mark, or if its confidence is drawn in red.
    """

    def __init__(self) -> None:
        self._began_s = monotonic()
        self._pictures = self._videos = self._digits = self._doubtful = self._errors = 0

    def picture(self, page: Page, frame: Frame) -> None:  # noqa: ARG002
        """Count its digits; a file with several pages is one picture."""
        self._pictures += page.frame == 0
        self._digits += len(page.digits)
        self._doubtful += sum(not each.sure or each.confidence < LIKELY_FROM for each in page.digits)

    def frame(self, page: Page, frame: Frame) -> None:  # noqa: ARG002
        """Count a video or camera once."""
        self._videos += page.frame == 0

    def error(self, source: str, message: str, *, frame: int = 0) -> None:  # noqa: ARG002
        """Count it; a file that cannot be read at all counts as a picture too."""
        self._pictures += frame == 0
        self._errors += 1

    def lines(self, skipped: str = "", already: int = 0) -> list[str]:
        """The summary.

        Args:
            skipped: the files that were not read, with the reasons.
            already: how many pictures an earlier run had read.
        """
        spent_s = monotonic() - self._began_s
        videos = f" and {_count(self._videos, 'video')}" if self._videos else ""
        rate = f" ({self._pictures / spent_s:.1f} a second)" if self._pictures and spent_s > 0 else ""
        read = f"{_count(self._pictures, 'picture')}{videos} in {spent_s:.1f} s{rate}"
        counted = (
            f"{_count(self._digits, 'digit')}, {self._doubtful:,} of them doubtful; {_count(self._errors, 'error')}"
        )
        lines = [f"{read}: {counted}"]
        if already:
            lines.append(f"already there and not read again: {_count(already, 'picture')}")
        if skipped:
            lines.append(f"skipped: {skipped}")
        return lines


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"
