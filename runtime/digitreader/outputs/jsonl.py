"""JSON Lines: one object for a picture, for a frame of a stream, and for a source that failed."""

from __future__ import annotations

import json
from typing import Any, TextIO

from digitreader.outputs.sink import Sink
from digitreader.values import Frame, Line, Mark, Number, Page, Reading


class JsonLinesSink(Sink):
    """Print one JSON object a line.

    A failed source has an ``error`` beside an empty ``text``, so that a program which only looks at ``text`` goes on.

    Args:
        out: where to.
        activations: with the ten activations of each digit.
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
        """Print the error in the place of the failed source or page."""
        self._print({"source": source, "frame": frame, "text": "", "lines": [], "error": message})

    def _print(self, record: dict[str, Any]) -> None:
        self._out.write(json.dumps(record) + "\n")
        self._out.flush()


def page_as_json(page: Page, *, activations: bool = False) -> dict[str, Any]:
    """Turn a page into what `json` can write: confidences to four places, times to a microsecond.

    A picture that was turned before it was read has ``rotated``, the degrees clockwise.

    Args:
        page: what was read.
        activations: with the ten activations of each digit.
    """
    rotated = {"rotated": page.turned_deg} if page.turned_deg else {}
    return {
        "source": page.source,
        "frame": page.frame,
        "text": page.text,
        **rotated,
        "lines": [_line_as_json(line, activations=activations) for line in page.lines],
        "timing_ms": {stage: round(time_ms, 3) for stage, time_ms in page.timing_ms.items()},
    }


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
