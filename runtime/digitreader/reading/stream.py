"""The loop over a stream's frames, used by the command line, the Python API, the scores and the soak."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, NamedTuple, Protocol, TypeVar

from digitreader.camera.frame_health import is_black
from digitreader.reading.tracker import Tracker
from digitreader.values import Frame, Page

if TYPE_CHECKING:
    from digitreader.reading.rule_decoder import RuleDecoder


class StreamReading(NamedTuple):
    """The result of one frame of a stream.

    Attributes:
        frame: the frame.
        page: the readings in this frame alone, under the rules of numbers.
        steady: the number that became steady in this frame; None if there is none.
        left: the number that left in this frame; None if there is none.
        doubtful: the number that became steady in this frame and breaks a rule of its meter; None if there is none.
    """

    frame: Frame
    page: Page
    steady: Page | None
    left: Page | None
    doubtful: Page | None = None


def read_stream(
    frames: Iterable[Frame],
    read: Callable[[Frame], Page],
    tracker: Tracker,
) -> Iterator[StreamReading]:
    """Read and follow the frames of one stream.

    Args:
        frames: the frames of the stream, in their order.
        read: reads one frame, as `FrameReader.read_next` does.
        tracker: follows only this stream; it has the rules of its numbers.
    """
    return (read_next_of_stream(frame, read, tracker) for frame in frames)


class Filmed(Protocol):
    """A frame together with the truth about it."""

    @property
    def frame(self) -> Frame:
        """The frame."""
        ...


AnyFilmed = TypeVar("AnyFilmed", bound=Filmed)


def read_film(
    film: Iterable[AnyFilmed], read: Callable[[Frame], Page], tracker: Tracker
) -> Iterator[tuple[AnyFilmed, StreamReading]]:
    """As `read_stream`, for a film whose truth is known: gives each frame with its truth and its result."""
    waiting: deque[AnyFilmed] = deque()

    def frames() -> Iterator[Frame]:
        for each in film:
            waiting.append(each)
            yield each.frame

    for brought in read_stream(frames(), read, tracker):
        yield waiting.popleft(), brought


def read_next_of_stream(frame: Frame, read: Callable[[Frame], Page], tracker: Tracker) -> StreamReading:
    """Read and follow one more frame of a stream; the arguments are those of `read_stream`.

    A black frame changes nothing: the light went out, but the number did not leave.
    """
    page = read(frame)
    shown = apply_rules(page, tracker.rule_decoder)
    if is_black(frame.image):
        return StreamReading(frame, shown, None, None)
    steady = tracker.update(page)
    return StreamReading(frame, shown, steady, tracker.left, tracker.doubtful)


def apply_rules(page: Page, rule_decoder: RuleDecoder | None) -> Page:
    """Apply the --expect rules to a page. Without rules the page is returned unchanged."""
    return page if rule_decoder is None else rule_decoder.decode(page)
