"""The interface of every output, and the two simplest: text and JSON Lines."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, TextIO

from digitreader.host.messages import one_line
from digitreader.values import Frame, Line, Mark, Number, Page, Reading

if TYPE_CHECKING:
    from digitreader.camera.source import Notice


class Sink:
    """An output that does nothing; real outputs override the methods that they use.

    When a method returns, everything that it wrote is flushed.
    """

    @property
    def needs_image(self) -> bool:
        """Whether it uses the picture of a frame; if no output does, pictures stay in the process that reads."""
        return False

    def picture(self, page: Page, frame: Frame) -> None:
        """A single picture was read."""

    def frame(self, page: Page, frame: Frame) -> None:
        """A frame of a stream was read."""

    def change(self, page: Page, frame: Frame) -> None:
        """A stream shows a new steady number: `page` holds its digits with their confidences over some frames."""

    def error(self, source: str, message: str, *, frame: int = 0) -> None:
        """A source could not be read to its end; in a picture file with several pages, the page `frame` is meant."""

    def gone(self, page: Page, frame: Frame) -> None:
        """The last number of `change` has left: `page` is the page of that call."""

    def doubtful(self, page: Page, frame: Frame) -> None:
        """A stream shows a new steady number that cannot follow the one before it: `page.doubt` says why."""

    def fault(self, source: str, message: str) -> None:
        """A stream is interrupted, and the reader tries to reconnect. Until `back` there is no frame and no change."""

    def back(self, source: str, message: str) -> None:
        """An interrupted stream gives frames again."""

    def waiting(self) -> None:
        """A stream is still interrupted. Called many times a second; most outputs ignore it."""

    @property
    def missed(self) -> int:
        """The number of events that could not be delivered so far."""
        return 0

    def close(self, timeout_s: float) -> None:
        """The run ends: deliver waiting events for at most this many seconds, and release everything."""


def send_frame_to_sinks(
    sinks: Sequence[Sink],
    frame: Frame,
    page: Page,
    steady: Page | None,
    left: Page | None,
    *,
    doubtful: Page | None = None,
) -> None:
    """Send a stream's frame to the outputs: its page, and numbers that left, became steady or are doubtful."""
    for sink in sinks:
        sink.frame(page, frame)
        if left is not None:
            sink.gone(left, frame)
        if steady is not None:
            sink.change(steady, frame)
        if doubtful is not None:
            sink.doubtful(doubtful, frame)


def send_notice_to_sinks(sinks: Sequence[Sink], notice: Notice) -> None:
    """Send the outputs a notice that a stream is interrupted or back."""
    for sink in sinks:
        (sink.fault if notice.interrupted else sink.back)(notice.source, notice.message)


class JsonLinesSink(Sink):
    """Print one JSON object a line.

    A failed source has an ``error`` and an empty ``text``, so that a program which only looks at ``text`` goes on.

    Args:
        out: where to print.
        activations: print the ten activations of each digit too.
    """

    def __init__(self, out: TextIO, *, activations: bool = False) -> None:
        self._out, self._activations = out, activations

    def picture(self, page: Page, frame: Frame) -> None:  # noqa: ARG002
        """Print what was read."""
        self._print(page_as_json(page, activations=self._activations))

    def frame(self, page: Page, frame: Frame) -> None:
        """Print what was read in this frame, steady or not."""
        self.picture(page, frame)

    def error(self, source: str, message: str, *, frame: int = 0) -> None:
        """Print the error instead of the failed source or page."""
        self._print(error_as_json(source, message, frame=frame))

    def _print(self, record: dict[str, Any]) -> None:
        self._out.write(json.dumps(record) + "\n")
        self._out.flush()


def page_as_json(page: Page, *, activations: bool = False) -> dict[str, Any]:
    """Turn a page into a dictionary for `json`: confidences with four decimals, times to a microsecond.

    A picture that was turned before it was read has ``rotated``, the degrees clockwise.

    Args:
        page: what was read.
        activations: include the ten activations of each digit.
    """
    if page.error:
        return error_as_json(page.source, page.error, frame=page.frame)
    rotated = {"rotated": page.turned_deg} if page.turned_deg else {}
    return {
        "source": page.source,
        "frame": page.frame,
        "text": page.text,
        **rotated,
        "lines": [_line_as_json(line, activations=activations) for line in page.lines],
        "timing_ms": {stage: round(time_ms, 3) for stage, time_ms in page.timing_ms.items()},
    }


def error_as_json(source: str, message: str, *, frame: int = 0) -> dict[str, Any]:
    """The record of a source or page that cannot be read."""
    return {"source": source, "frame": frame, "text": "", "lines": [], "error": message}


def _line_as_json(line: Line, *, activations: bool) -> dict[str, Any]:
    digits = [_reading_as_json(reading, activations=activations) for reading in line.readings]
    record: dict[str, Any] = {"text": line.text, "digits": digits}
    if line.numbers:
        record["numbers"] = [_number_as_json(number) for number in line.numbers]
    if line.marks:
        record["marks"] = [_mark_as_json(mark) for mark in line.marks]
    return record


def _reading_as_json(reading: Reading, *, activations: bool) -> dict[str, Any]:
    record: dict[str, Any] = {
        "digit": reading.digit if reading.sure else None,
        "confidence": round(reading.confidence, 4),
        "box": [reading.box.x, reading.box.y, reading.box.width, reading.box.height],
    }
    if reading.before:
        record["before"] = reading.before
    if not reading.sure:
        pairs = [{"digit": digit, "confidence": round(chance, 4)} for digit, chance in reading.alternatives]
        record["alternatives"] = pairs
    if activations:
        record["activations"] = [round(value, 4) for value in reading.activations]
    return record


def _mark_as_json(mark: Mark) -> dict[str, Any]:
    box = [mark.box.x, mark.box.y, mark.box.width, mark.box.height]
    return {"sign": mark.sign, "confidence": round(mark.confidence, 4), "box": box}


def _number_as_json(number: Number) -> dict[str, Any]:
    record: dict[str, Any] = {"text": number.text, "confidence": round(number.confidence, 4), "fits": number.fits}
    if number.alternatives:
        pairs = [{"text": text, "confidence": round(chance, 4)} for text, chance in number.alternatives]
        record["alternatives"] = pairs
    return record


BETWEEN_LINES = " / "


def _now() -> str:
    return datetime.now().astimezone().isoformat(timespec="seconds")


class TextSink(Sink):
    """Print a picture's lines of writing one by one, and each new steady number of a stream as one line.

    Args:
        out: where to print.
        named: begin every line with its source, as grep does.
        timestamps: begin every line with the time at which it is printed, to the second, with the zone.
    """

    def __init__(self, out: TextIO, *, named: bool, timestamps: bool = False) -> None:
        self._out = out
        self._named, self._timestamps = named, timestamps

    def picture(self, page: Page, frame: Frame) -> None:  # noqa: ARG002
        """Print the lines; with names, a picture without digits is a line with its name only."""
        for line in page.text.splitlines() or ([""] if self._named else []):
            self._print(page.source, line)

    def change(self, page: Page, frame: Frame) -> None:  # noqa: ARG002
        """Print the number, with a slash between two lines of writing."""
        self._print(page.source, page.text.replace("\n", BETWEEN_LINES))

    def _print(self, source: str, text: str) -> None:
        # a file name may contain terminal commands, or a newline and a number that was not read
        line = f"{one_line(source)}: {text}".rstrip() if self._named else text
        self._out.write(f"{_now()} {line}\n" if self._timestamps else f"{line}\n")
        self._out.flush()
