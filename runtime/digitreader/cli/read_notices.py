"""Messages of `digitreader read`: at the start what is read and how to stop, at the end what --expect refused."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from digitreader.camera.opening import AUTO, DEMO, STDIN, is_camera, is_not_a_file, is_url
from digitreader.camera.source import printable
from digitreader.host.messages import is_verbose, print_detail, print_info, print_warning
from digitreader.output.sink import Sink
from digitreader.reading.settings import TrackerSettings
from digitreader.values import UNSURE, Frame, Number, Page

MANY = 10
"""From this many pictures on, a message says how to stop."""
NAMED = 3


def print_sources(specs: Sequence[str]) -> None:
    """Print on a terminal what is read and how to stop it; for a few pictures print nothing."""
    if sys.stderr is None or not sys.stderr.isatty() or not specs or specs[0] == AUTO:
        return  # the code that finds the first working camera prints its name
    if STDIN in specs and sys.stdin is not None and sys.stdin.isatty():
        print_info("waiting for a picture on stdin; Ctrl-C ends")
    elif len(specs) >= MANY or any(map(_lasts, specs)):
        names = ", ".join(map(_called, specs[:NAMED])) + (f" and {len(specs) - NAMED:,} more" * (len(specs) > NAMED))
        print_info(f"reading {names}; Ctrl-C ends")


def _lasts(spec: str) -> bool:
    from digitreader.camera.image_header import is_video

    return (
        spec == DEMO or is_camera(spec) or (not is_not_a_file(spec) and Path(spec).is_file() and is_video(Path(spec)))
    )


def _called(spec: str) -> str:
    if spec == DEMO:
        return "the demo camera, which shows handwritten numbers"
    return f"camera {spec}" if spec.isdecimal() else printable(spec)


def say_endless(specs: list[str], frames: int | None) -> None:
    """Warn about sources that are never read, because the source before them has no end."""
    endless = next((spec for spec in specs[:-1] if is_camera(spec) and not is_url(spec)), None)
    if endless is not None and frames is None:
        print_warning(
            f"warning: {endless}: a camera has no end, so the sources after it are never read; start digitreader "
            f"once for each"
        )


MOST_NUMBERS = 100
"""The most numbers that are remembered, since a frame may be full of things that are not numbers."""


class RefusedNumbers(Sink):
    """Counts the numbers that a stream does not announce: --expect refuses them, or they are not sure enough."""

    def __init__(self) -> None:
        self.count = 0
        self._source = ""
        self._frames: dict[str, int] = {}

    def picture(self, page: Page, frame: Frame) -> None:  # noqa: ARG002
        """Count the numbers of a picture that are only question marks."""
        for number in _numbers_of(page):
            if not number.fits or set(number.text) == {UNSURE}:
                self._refuse(page.source, number)

    def frame(self, page: Page, frame: Frame) -> None:  # noqa: ARG002
        """Count a number once it has stayed for as many frames as an announced number must."""
        if page.source != self._source:
            self._source, self._frames = page.source, {}
        shown = {_plain(each): each for each in _numbers_of(page)[:MOST_NUMBERS] if _is_silent(each)}
        self._frames = {text: self._frames.get(text, 0) + 1 for text in shown}
        for text, frames in self._frames.items():
            if frames == TrackerSettings().steady_frames:
                self._refuse(page.source, shown[text])

    def text(self) -> str:
        """The message at the end; empty if every number was announced."""
        if not self.count:
            return ""
        numbers = "1 number" if self.count == 1 else f"{self.count:,} numbers"
        return f"refused by --expect, or not sure enough: {numbers}{'' if is_verbose() else '; -v names each'}"

    def _refuse(self, source: str, number: Number) -> None:
        self.count += 1
        print_detail(
            f"{source}: {_plain(number)} {'is not sure enough for' if number.fits else 'is refused by'} --expect"
        )


def _numbers_of(page: Page) -> list[Number]:
    return [number for line in page.lines for number in line.numbers]


def _is_silent(number: Number) -> bool:
    return not number.fits or UNSURE in number.text


def _plain(number: Number) -> str:
    """The number as it reads without the rules."""
    return number.text if number.fits or not number.alternatives else number.alternatives[0][0]


@contextmanager
def refusals_printed(sinks: list[Sink]) -> Iterator[None]:
    """Print at the end, however the run ends, how many numbers --expect refused.

    Args:
        sinks: a sink that counts is added.
    """
    counts = RefusedNumbers()
    sinks.append(counts)
    try:
        yield
    finally:
        if text := counts.text():
            print_info(text)
