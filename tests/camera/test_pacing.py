"""Pacing: a video at its own speed, and the newest frame that is due."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from digitreader.camera.framing import PacedSource
from digitreader.camera.image_pages import PictureSource
from digitreader.values import Frame


class Clip(PictureSource):
    """Ten frames at ten a second."""

    def __init__(self) -> None:
        self.name = "clip"

    def frames(self) -> Iterator[Frame]:
        yield from (Frame(np.zeros((2, 2), np.uint8), "clip", index, index / 10) for index in range(10))


class Clock:
    """Time passes by sleeping, and by reading."""

    now_s = 100.0

    def __call__(self) -> float:
        return self.now_s

    def sleep(self, seconds: float) -> None:
        self.now_s += seconds


def test_each_frame_is_given_at_its_time() -> None:
    clock = Clock()
    source = PacedSource(Clip(), clock=clock, sleep=clock.sleep)
    times = [round(clock() - 100.0, 6) for _ in source.frames()]
    assert times == [index / 10 for index in range(10)]
    assert source.dropped == 0


def test_a_slow_reader_is_given_the_newest_frame_that_is_due_and_the_last() -> None:
    clock = Clock()
    source = PacedSource(Clip(), clock=clock, sleep=clock.sleep)
    given = []
    for frame in source.frames():
        given.append(frame.index)
        clock.sleep(0.25)
    assert given == [0, 2, 5, 7, 9]
    assert source.dropped == 5
