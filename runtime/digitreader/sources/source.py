"""What every source is: a name, whether it is a stream, and its frames."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import TracebackType
from typing import TYPE_CHECKING, Protocol, Self

from digitreader.errors import SourceError

if TYPE_CHECKING:
    from digitreader.values import Frame  # the command's --help must not wait for NumPy


class Source(Protocol):
    """Something that gives frames; a context manager, since most hold a device or a file open."""

    @property
    def name(self) -> str:
        """What the user named, fit to be printed."""

    @property
    def live(self) -> bool:
        """True for a stream (camera, video, demo), False for a single picture."""

    @property
    def frame_count(self) -> int | None:
        """How many frames there will be, where that is known."""

    def frames(self) -> Iterator[Frame]:
        """Give every frame once, in order, until the source ends.

        Raises:
            SourceError: the source broke off; the frames before were given. Where only one page of a picture file
                cannot be read, the iterator goes on with the next page.
        """

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None: ...


class HoldsNothing:
    """A source that has nothing to close; its `with` does nothing."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Nothing is held open."""


def readable_frames(frames: Iterator[Frame], on_error: Callable[[SourceError], None]) -> Iterator[Frame]:
    """Give the frames that can be read, and pass over the pages that cannot.

    Args:
        frames: as `Source.frames` gives them.
        on_error: is given the error of each page that cannot be read, or of the whole source, in its place.
    """
    while True:
        try:
            frame = next(frames)
        except StopIteration:
            return
        except SourceError as error:
            on_error(error)
            continue
        yield frame
