"""Parts of tests of recording: a grey picture, a page of it with digits on one line, outputs, and a small disk."""

from __future__ import annotations

import os

import numpy as np

from digitreader.output.kinds import RunFacts as Run
from digitreader.output.opening import closing_sinks, open_places
from digitreader.output.settings import OutputSettings, Place
from digitreader.output.sink import Sink
from digitreader.values import Box, Frame, Line, Page, Reading

IMAGE = np.full((480, 640, 3), 220, np.uint8)


def page(text: str = "12", frame: int = 0) -> Page:
    readings = tuple(Reading(Box(20 + 120 * place, 50, 80, 100), int(digit), 0.9) for place, digit in enumerate(text))
    return Page("demo", frame, frame / 25, (Line(readings),) if readings else ())


def frame(index: int = 0, time_s: float | None = None) -> Frame:
    return Frame(IMAGE, "demo", index, index / 25 if time_s is None else time_s)


def opened(*places: Place) -> list[Sink]:
    return open_places(OutputSettings(places, name="desk"), Run(inputs=(), named=False, expecting=False))


def run_through(sinks: list[Sink], *texts: str) -> None:
    with closing_sinks(sinks, 10):
        for number, text in enumerate(texts):
            for sink in sinks:
                sink.frame(page(text, number), frame(number))
                sink.change(page(text, number), frame(number))


def disk(blocks: int, free: int) -> os.statvfs_result:
    """A disk of blocks of 4 KiB."""
    return os.statvfs_result((4096, 4096, blocks, free, free, 1, 1, 1, 0, 255))
