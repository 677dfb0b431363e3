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

    def error(self, source: str, message: str, *, frame: int = 0) -> None:
        """A source could not be read, or not to its end; of a picture file with several pages, the page `frame`."""

    def gone(self, page: Page, frame: Frame) -> None:
        """The number that `change` told of last has left: `page` is the page that told so then."""

    def fault(self, source: str, message: str) -> None:
        """A stream is interrupted, and is being connected again: until `back`, no frame comes and nothing changes."""

    def back(self, source: str, message: str) -> None:
        """An interrupted stream gives frames again."""

    def waiting(self) -> None:
        """An interrupted stream is still being connected again; told many times a second, and of no use to most."""

    @property
    def missed(self) -> int:
        """How much of what it was told it could not hand on; so far, and once it is closed for good."""
        return 0

    def close(self, patience_s: float) -> None:
        """Nothing more will be told: hand on what still waits, for this many seconds at most, and let go."""
