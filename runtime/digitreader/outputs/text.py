"""Text: the digits alone, for people and for shell scripts."""

from __future__ import annotations

from typing import TextIO

from digitreader.outputs.sink import Sink
from digitreader.values import Frame, Page

BETWEEN_LINES = " / "


class TextSink(Sink):
    """Print a picture's lines of writing one by one, and each new steady number of a stream as one line.

    Args:
        out: where to print.
        named: begin every line with its source, as grep does.
    """

    def __init__(self, out: TextIO, *, named: bool) -> None:
        self._out = out
        self._named = named

    def picture(self, page: Page, frame: Frame) -> None:  # noqa: ARG002
        """Print the lines; with names, a picture without digits is a name alone."""
        for line in page.text.splitlines() or ([""] if self._named else []):
            self._print(page.source, line)

    def change(self, page: Page, frame: Frame) -> None:  # noqa: ARG002
        """Print the number, several lines of writing parted by a slash."""
        self._print(page.source, page.text.replace("\n", BETWEEN_LINES))

    def _print(self, source: str, text: str) -> None:
        self._out.write(f"{source}: {text}".rstrip() + "\n" if self._named else f"{text}\n")
        self._out.flush()
