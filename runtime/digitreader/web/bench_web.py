"""Measures how much the live page slows the reader down, and how old its values are, with no, one and many viewers."""

from __future__ import annotations

import json
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from typing import Any

import cv2

from digitreader.drawing import DemoCamera
from digitreader.errors import OutputError
from digitreader.measure.soak.run import FILM, NUMBERS
from digitreader.model.engine import EngineName
from digitreader.reading.pipeline import FrameReader
from digitreader.values import Frame
from digitreader.web.address import LOOPBACK, WebAddress
from digitreader.web.app import PageContext
from digitreader.web.board import Board
from digitreader.web.chromium import Chromium, chromium_path
from digitreader.web.controls import Controls
from digitreader.web.corrections import Corrections
from digitreader.web.server import WebServer
from digitreader.web.workbench import Workbench

VIEWERS = 20
SEGMENT_S, WARM_UP_S = 2.0, 1.0
FRAMES, FIRST = 40, 60
"""The part of the film that is read again and again: its first frame, when the first sheet lies still, and how many."""
DROPPED_WITHIN_S, BROWSER_WITHIN_S = 60.0, 60.0
SHOWN = 40
"""Number of values that are watched on the page in the browser."""
LEAST_RATE, MOST_COST, MOST_AGE_MS, MOST_PAINT_MS, MOST_KB = 0.9, 2.0, 150, 1000, 300
"""The limits of a good result."""

WATCH = """\
window.shown = [];
window.useful = 0;
const seen = new Set();
new MutationObserver((changes) => {
  for (const { target } of changes) {
    seen.add(target.id);
    if (seen.size === 2 && !window.useful) window.useful = performance.now();
    if (target.id === "number") window.shown.push([Number(target.dataset.frame), Date.now() / 1000]);
  }
}).observe(document, { subtree: true, attributes: true, attributeFilter: ["data-frame"] });
"""
MEASURED = """\
(() => {
  const entries = ["navigation", "resource"].flatMap((kind) => performance.getEntriesByType(kind));
  const page = entries.filter(({ name }) => !/\\.jpg|pictures|events/.test(name));
  return {
    paint_ms: performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? null,
    useful_ms: window.useful || null,
    kb: page.reduce((sum, { transferSize }) => sum + transferSize, 0) / 1000,
    shown: window.shown,
  };
})()
"""


@dataclass(frozen=True, slots=True)
class Viewing:
    """Reading speed with a number of viewers.

    Attributes:
        per_s: frames a second, median of the turns.
        ratio: frames a second divided by those without the page, median of the turns.
        page_ms: processor time for serving the page in each second, median.
    """

    viewers: int
    per_s: float
    ratio: float
    page_ms: float


@dataclass(frozen=True, slots=True)
class ValueAges:
    """The age of values when they arrive, in milliseconds since their frame was there."""

    median_ms: float
    most_ms: float


@dataclass(frozen=True, slots=True)
class ChromiumFigures:
    """Measurements in a browser.

    Attributes:
        paint_ms: from the request of the page to its first content.
        useful_ms: from the request to the camera's picture and the number.
        kb: thousands of bytes received, without pictures of the camera.
        ages: the age of values when the page shows them.
    """

    paint_ms: float
    useful_ms: float
    kb: float
    ages: ValueAges


@dataclass(frozen=True, slots=True)
class WebBench:
    """What was measured.

    Attributes:
        alone_per_s: frames a second without the page.
        cost_ratio: processor time for many viewers divided by that for one.
        ages: the age of values at viewers without a browser.
        dropped_s: seconds until a viewer that takes nothing is dropped; None if it was not dropped.
        ages_beside: the age of values at another viewer meanwhile.
        chromium: the measurements in Chromium; None if it is not installed.
    """

    size_wh: tuple[int, int]
    turns: int
    alone_per_s: float
    one: Viewing
    many: Viewing
    cost_ratio: float
    ages: ValueAges
    dropped_s: float | None
    ages_beside: ValueAges
    chromium: ChromiumFigures | None


@dataclass(frozen=True, slots=True)
class Segment:
    """A period of reading: frames a second, and processor time a second of all threads but the reading one."""

    per_s: float
    beside: float


@dataclass(slots=True)
class FilmReader:
    """Reads a few frames of a film again and again, as fast as it can, and records when each was there."""

    reader: FrameReader
    board: Board
    frames: Sequence[Frame]
    came_s: dict[int, float] = field(default_factory=dict)
    count: int = 0

    def read_while(self, goes_on: Callable[[], bool], *, shown: bool = True) -> Segment:
        """Read frames, at least one."""
        began_s, before, all_s, own_s = time.perf_counter(), self.count, time.process_time(), time.thread_time()
        while True:
            came_s = time.monotonic()
            frame = replace(self.frames[self.count % len(self.frames)], index=self.count, time_s=self.count / 30)
            self.count += 1
            page = self.reader.read_next(frame)
            if shown:
                self.came_s[self.board.count + 1] = came_s
                self.board.frame(page, frame)
            if not goes_on():
                break
        spent_s = time.perf_counter() - began_s
        beside_s = (time.process_time() - all_s) - (time.thread_time() - own_s)
        return Segment((self.count - before) / spent_s, beside_s / spent_s)

    def read_for(self, seconds: float, *, shown: bool = True) -> Segment:
        """Read for this long."""
        end_s = time.perf_counter() + seconds
        return self.read_while(lambda: time.perf_counter() < end_s, shown=shown)

    def read_during(self, work: Callable[[], Any]) -> Any:
        """Read until some work in another thread is done; returns its result."""
        with ThreadPoolExecutor(1) as other:
            done = other.submit(work)
            self.read_while(lambda: not done.done())
            return done.result()


def bench_web(reader: FrameReader, model: str, engine: EngineName, *, turns: int, size_wh: tuple[int, int]) -> WebBench:
    """Measure in turns without the page, with one viewer and with `VIEWERS`; then with a stuck viewer, and a browser.

    Viewers run in another process on this machine, and take their share of its processor.

    Args:
        reader: reads the frames, on one thread.
        model: the model for pictures that the page sends; none is sent here.
        engine: the engine for these pictures.
        turns: how often each is measured.
        size_wh: the size of the frames.
    """
    board = Board(lambda: reader.last_found)
    film = DemoCamera(size_wh, seed=1, numbers=NUMBERS, settings=FILM).frames()
    frames = [each.frame for each in islice(film, FIRST, FIRST + FRAMES)]
    threads = cv2.getNumThreads()
    cv2.setNumThreads(1)
    try:
        with tempfile.TemporaryDirectory() as folder, WebServer(WebAddress(LOOPBACK, 0)) as server:
            served = PageContext(
                name="bench",
                model=model,
                board=board,
                open_workbench=lambda: Workbench(model, engine),
                corrections=Corrections(Path(folder) / "corrections"),
                controls=Controls(None, reader.model),
            )
            server.start(served, quiet=True)
            return _measure(FilmReader(reader, board, frames), server, turns, size_wh)
    finally:
        cv2.setNumThreads(threads)


def _measure(film: FilmReader, server: WebServer, turns: int, size_wh: tuple[int, int]) -> WebBench:
    port = server.address.port
    film.read_for(WARM_UP_S)
    rows: dict[int, list[Segment]] = {0: [], 1: [], VIEWERS: []}
    ages_ms: list[float] = []
    for _ in range(turns):
        for viewers, segments in rows.items():
            with _viewers(port, viewers, film) as received:
                segments.append(film.read_for(SEGMENT_S, shown=viewers > 0))
            ages_ms += _ages_ms(received, film)
    with _viewers(port, 1, film) as received:
        dropped_s = _until_dropped(server, film)
    beside_ms, path = _ages_ms(received, film), chromium_path()
    one, many = (_viewing(viewers, rows) for viewers in (1, VIEWERS))
    return WebBench(
        size_wh=size_wh,
        turns=turns,
        alone_per_s=statistics.median(each.per_s for each in rows[0]),
        one=one,
        many=many,
        cost_ratio=many.page_ms / max(one.page_ms, 1e-3),
        ages=ages_of(ages_ms),
        dropped_s=dropped_s,
        ages_beside=ages_of(beside_ms),
        chromium=None if path is None else film.read_during(lambda: _in_chromium(path, server.link, film)),
    )


def _viewing(viewers: int, rows: dict[int, list[Segment]]) -> Viewing:
    ratios = [segment.per_s / alone.per_s for segment, alone in zip(rows[viewers], rows[0], strict=True)]
    return Viewing(
        viewers,
        statistics.median(each.per_s for each in rows[viewers]),
        statistics.median(ratios),
        1e3 * statistics.median(each.beside for each in rows[viewers]),
    )


@contextmanager
def _viewers(port: int, count: int, film: FilmReader) -> Iterator[list[dict[str, Any]]]:
    """Start this many viewers; at the end the list has what each received."""
    received: list[dict[str, Any]] = []
    if not count:
        yield received
        return
    command = [sys.executable, "-m", "digitreader.web.viewers", str(port), str(count)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603
        try:
            if process.stdout is None or not film.read_during(process.stdout.readline):
                raise OutputError("the viewers of the bench have not started")
            yield received
            received += json.loads(process.communicate()[0])
        finally:
            process.kill()


def _until_dropped(server: WebServer, film: FilmReader) -> float | None:
    """Seconds until a viewer that asks for pictures and takes none is dropped; None if it is not dropped."""
    before, deadline_s = server.live.streams, time.monotonic() + DROPPED_WITHIN_S
    with socket.socket() as stuck:
        stuck.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        stuck.connect((LOOPBACK, server.address.port))
        stuck.sendall(f"GET /api/pictures HTTP/1.1\r\nHost: {LOOPBACK}:{server.address.port}\r\n\r\n".encode())
        began_s = time.monotonic()
        film.read_while(lambda: server.live.streams <= before and time.monotonic() < deadline_s)
        film.read_while(lambda: server.live.streams > before and time.monotonic() < deadline_s)
    return None if server.live.streams > before else time.monotonic() - began_s


def _in_chromium(path: str, link: str, film: FilmReader) -> ChromiumFigures:
    deadline_s = time.monotonic() + BROWSER_WITHIN_S
    with Chromium(path) as browser:
        browser.open(link, WATCH)
        while not browser.ask(f"window.useful && window.shown.length >= {SHOWN}") and time.monotonic() < deadline_s:
            time.sleep(0.2)
        measured = browser.ask(MEASURED)
    apart_s = time.time() - time.monotonic()
    shown = [{"values": [(number, at_s - apart_s) for number, at_s in measured["shown"]]}]
    nothing = float("nan")
    return ChromiumFigures(
        round(measured["paint_ms"] or nothing, 1),
        round(measured["useful_ms"] or nothing, 1),
        round(measured["kb"], 1),
        ages_of(_ages_ms(shown, film)),
    )


def _ages_ms(received: Sequence[dict[str, Any]], film: FilmReader) -> list[float]:
    return [
        1e3 * (at_s - film.came_s[number])
        for each in received
        for number, at_s in each["values"]
        if number in film.came_s
    ]


def ages_of(ages_ms: Sequence[float]) -> ValueAges:
    """The median and the 95th percentile; NaN if nothing was received."""
    nothing = float("nan")
    return ValueAges(
        round(statistics.median(ages_ms), 1) if ages_ms else nothing,
        round(sorted(ages_ms)[int(0.95 * (len(ages_ms) - 1))], 1) if ages_ms else nothing,
    )


def describe_web(measured: WebBench) -> str:
    """The figures of `bench web` as lines."""
    width, height = measured.size_wh
    one, many = measured.one, measured.many
    dropped = "not within a minute" if measured.dropped_s is None else f"after {measured.dropped_s:.1f} s"
    rows = [
        ("without the page", f"{measured.alone_per_s:.1f} frames/s", ""),
        ("with 1 viewer", f"{one.per_s:.1f} frames/s", ""),
        (f"with {many.viewers} viewers", f"{many.per_s:.1f} frames/s", ""),
        ("ratio, 1 viewer", f"{one.ratio:.2f}", f"more than {LEAST_RATE}"),
        (f"ratio, {many.viewers} viewers", f"{many.ratio:.2f}", ""),
        ("serving 1", f"{one.page_ms:.0f} ms of a second", ""),
        (f"serving {many.viewers}", f"{many.page_ms:.0f} ms of a second", ""),
        ("ratio of these", f"{measured.cost_ratio:.2f}", f"less than {MOST_COST:.0f}"),
        ("age of values", _as_text(measured.ages), f"at most {MOST_AGE_MS} ms"),
        ("stuck viewer", f"dropped {dropped}", "dropped"),
        ("others meanwhile", _as_text(measured.ages_beside), f"at most {MOST_AGE_MS} ms"),
        *_browser_rows(measured.chromium),
    ]
    head = [
        f"the reader at {width}x{height} as fast as it can, the page on loopback, {measured.turns} turns (medians)",
        f"  {'':<18}{'measured':<32}to be reached",
    ]
    return "\n".join([*head, *(f"  {name:<18}{value:<32}{wanted}".rstrip() for name, value, wanted in rows)])


def _browser_rows(seen: ChromiumFigures | None) -> list[tuple[str, str, str]]:
    if seen is None:
        return [("Chromium", "is not installed here", "")]
    return [
        ("first paint", f"{seen.paint_ms:.0f} ms in Chromium", f"less than {MOST_PAINT_MS} ms"),
        ("picture, number", f"{seen.useful_ms:.0f} ms", f"less than {MOST_PAINT_MS} ms"),
        ("weight", f"{seen.kb:.0f} kB", f"less than {MOST_KB} kB"),
        ("age when shown", _as_text(seen.ages), f"at most {MOST_AGE_MS} ms"),
    ]


def _as_text(ages: ValueAges) -> str:
    return f"{ages.median_ms:.0f} ms, {ages.most_ms:.0f} ms (95 %)"
