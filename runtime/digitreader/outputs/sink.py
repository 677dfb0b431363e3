"""What every output is: told of pictures, of a stream's frames and steady changes, and of errors."""

from __future__ import annotations

from digitreader.values import Frame, Page


class Sink:
    """An output that does nothing; each real one overrides what it has a use for.

    Whatever was written is out (flushed) when a method returns.
    """

    def picture(self, page: Page, frame: Frame) -> None:
        """A single picture was read."""

    def frame(self, page: Page, frame: Frame) -> None:
        """A frame of a stream was read."""

    def change(self, page: Page, frame: Frame) -> None:
        """A stream shows a new steady number: `page` holds its digits with their confidences over some frames."""

    def error(self, source: str, message: str) -> None:
        """A source could not be read, or not to its end."""
