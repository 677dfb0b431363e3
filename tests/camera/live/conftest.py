"""Parts of live tests: a camera on the network, and the command running beside the test."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from digitreader.drawing import scene
from digitreader.values import ColourImage

from .mjpeg_server import MjpegServer

ENOUGH_S = 60.0


@pytest.fixture(autouse=True)
def hangups_are_heard() -> Iterator[None]:
    """Commands begin as in a terminal, also where the tests run under nohup, which hands on that SIGHUP is ignored."""
    before = signal.signal(signal.SIGHUP, signal.SIG_DFL)
    yield
    signal.signal(signal.SIGHUP, before)


class Paper:
    """What lies under the camera; every picture of it has other noise."""

    def __init__(self) -> None:
        self._noise = np.random.default_rng(0)
        self.show("")

    def show(self, text: str) -> None:
        """Lay another sheet down; none where there is no text."""
        settled = scene(text, rng=np.random.default_rng(5)).image if text else np.full((480, 640, 3), 200, np.uint8)
        self._still = settled.astype(np.int16)

    def take(self, _index: int) -> ColourImage:
        """Take a picture."""
        noisy = self._still + self._noise.integers(-2, 3, (480, 640, 1))
        return np.asarray(np.clip(noisy, 0, 255), np.uint8)


@pytest.fixture
def paper() -> Paper:
    """What lies under the camera of `server`."""
    return Paper()


@pytest.fixture
def server(paper: Paper) -> Iterator[MjpegServer]:
    """A network camera."""
    with MjpegServer(paper.take, fps=25.0) as running:
        yield running


class Running:
    """A command that runs beside the test, with what it has said so far."""

    def __init__(self, *arguments: str | Path) -> None:
        line = [sys.executable, "-m", "digitreader", *map(str, arguments)]
        environment = os.environ | {"PYTHONUNBUFFERED": "1"}
        self.process = subprocess.Popen(
            line, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
        )
        self.out: list[str] = []
        self.err: list[str] = []
        self._changed = threading.Condition()
        self._threads = [self._listen("stdout", self.out), self._listen("stderr", self.err)]

    def _listen(self, name: str, kept: list[str]) -> threading.Thread:
        def listen() -> None:
            for line in getattr(self.process, name):
                with self._changed:
                    kept.append(line.rstrip("\n"))
                    self._changed.notify_all()

        thread = threading.Thread(target=listen)
        thread.start()
        return thread

    def until(self, said: Callable[[], bool]) -> None:
        """Wait for something to be said.

        Raises:
            AssertionError: it was not.
        """
        with self._changed:
            assert self._changed.wait_for(said, ENOUGH_S), (self.out, self.err)

    def until_err(self, part: str, times: int = 1) -> None:
        """Wait for a line on stderr."""
        self.until(lambda: sum(part in line for line in self.err) >= times)

    def end(self, number: int) -> tuple[int, float]:
        """Send a signal.

        Returns:
            The exit status, and how long it took to end in seconds.
        """
        began_s = time.monotonic()
        self.process.send_signal(number)
        status = self.process.wait(ENOUGH_S)
        lasted_s = time.monotonic() - began_s
        for thread in self._threads:
            thread.join()
        return status, lasted_s

    def close(self) -> None:
        """End it whatever it does, and let everything go."""
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        for thread in self._threads:
            thread.join()
        for stream in (self.process.stdout, self.process.stderr):
            if stream is not None:
                stream.close()


@pytest.fixture
def start() -> Iterator[Callable[..., Running]]:
    """Starts `digitreader` with arguments."""
    started: list[Running] = []

    def run(*arguments: str | Path) -> Running:
        started.append(Running(*arguments))
        return started[-1]

    yield run
    for running in started:
        running.close()
