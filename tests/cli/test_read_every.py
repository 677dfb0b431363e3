"""`digitreader read --every`: a camera that is opened, read once and closed, again and again."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from itertools import islice
from subprocess import CompletedProcess
from types import SimpleNamespace, TracebackType
from typing import Self

import numpy as np
import pytest

from digitreader.camera.source import LiveSettings, PlainSource
from digitreader.cli import read_every
from digitreader.cli.read_every import parse_span
from digitreader.errors import SourceError
from digitreader.values import Frame

from .conftest import draw_bars

Run = Callable[..., CompletedProcess[str]]


class Meter(PlainSource):
    """A camera at a meter that shows other numbers each time that it is opened, and is not there the second time."""

    name, live, frame_count = "demo", True, None
    texts: tuple[str, ...] = ()
    opened = closed = 0

    def __init__(self, **_: object) -> None:
        cls = type(self)
        cls.opened += 1
        self._text = cls.texts[min(cls.opened, len(cls.texts)) - 1]
        if self._text == "away":
            raise SourceError("demo: is unplugged")
        self._image = draw_bars(self._text)

    def frames(self) -> Iterator[Frame]:
        noise = np.random.default_rng(0)
        for index in range(1000):
            image = np.clip(self._image + noise.integers(-2, 3, self._image.shape), 0, 255).astype(np.uint8)
            yield Frame(image, self.name, index, index / 25)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        type(self).closed += 1


@pytest.fixture
def meter(monkeypatch: pytest.MonkeyPatch) -> type[Meter]:
    monkeypatch.setattr("digitreader.camera.demo.Demo", Meter)
    monkeypatch.setattr("digitreader.cli.read_every._sleep_until", lambda *_: None)
    Meter.opened = Meter.closed = 0
    return Meter


def events(run: Run, *words: str, times: int) -> tuple[list[tuple[str, str]], CompletedProcess[str]]:
    done = run("read", "demo", "--every", "60s", "--frames", str(times), "--format", "events", *words)
    told = [json.loads(line) for line in done.stdout.splitlines()]
    return [(each["event"], each.get("text") or each.get("message", "")) for each in told], done


def test_each_time_one_number_is_told_and_the_camera_is_closed(run: Run, meter: type[Meter]) -> None:
    meter.texts = ("123", "123", "124")
    told, done = events(run, times=3)
    assert (done.returncode, told) == (0, [("number", "123"), ("number", "123"), ("number", "124")])
    assert (meter.opened, meter.closed) == (3, 3)


def test_a_camera_that_is_away_is_told_once_and_read_again_when_it_is_back(run: Run, meter: type[Meter]) -> None:
    meter.texts = ("123", "away", "away", "124")
    told, done = events(run, times=4)
    assert [kind for kind, _ in told] == ["number", "fault", "back", "number"]
    assert done.returncode == 0
    assert done.stderr.count("is unplugged") == 1


def test_the_rules_of_a_meter_know_what_was_read_the_time_before(run: Run, meter: type[Meter]) -> None:
    meter.texts = ("123", "113", "113", "124")
    told, done = events(run, "--expect", "digits=3,increasing", times=4)
    assert told == [("number", "123"), ("doubtful", "113"), ("number", "124")]
    assert done.stderr.count("113 is less than 123") == 1


def test_a_number_that_is_seen_no_more_is_gone(run: Run, meter: type[Meter]) -> None:
    meter.texts = ("123", "", "", "124")
    told, done = events(run, times=4)
    assert told == [("number", "123"), ("gone", "123"), ("number", "124")]
    assert done.stderr.count("no steady number") == 1


@pytest.mark.parametrize(("text", "seconds"), [("60s", 60), ("90", 90), ("5min", 300), ("5m", 300), ("1.5 h", 5400)])
def test_a_span_of_time_is_understood(text: str, seconds: float) -> None:
    assert parse_span(text) == seconds


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("demo", "--every", "soon"), "is not a span of time"),
        (("demo", "--every", "0s"), "is not a span of time"),
        (("a.png", "--every", "60s"), "a.png is not a camera"),
        (("demo", "--every", "60s", "--web", "8080"), "--web"),
    ],
)
def test_what_cannot_be_meant_is_one_line(words: tuple[str, ...], message: str, run: Run) -> None:
    done = run("read", *words)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert message in done.stderr


@pytest.mark.parametrize(("waits_s", "slices"), [(0.0, 0), (-5.0, 0), (0.6, 2)])
def test_while_a_camera_is_closed_the_outputs_are_kept_going(
    waits_s: float, slices: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    now_s, waited = [100.0], list[float]()
    monkeypatch.setattr(read_every, "SLICE_S", 0.5)

    class Waiting:
        def waiting(self) -> None:
            waited.append(now_s[0])

    def pass_time(span_s: float) -> None:
        now_s[0] += span_s

    monkeypatch.setattr(read_every, "time", SimpleNamespace(monotonic=lambda: now_s[0], sleep=pass_time))
    read_every._sleep_until(100.0 + waits_s, SimpleNamespace(sinks=[Waiting()]))  # type: ignore[arg-type] # noqa: SLF001
    assert waited == [100.0 + 0.5 * number for number in range(slices)]
    assert now_s[0] == pytest.approx(100.0 + max(0.0, waits_s))


def test_a_camera_of_the_network_is_opened_with_little_patience_and_read_in_its_region(
    run: Run, meter: type[Meter], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[LiveSettings] = []

    def open_meter(_spec: str, _camera: object, live: LiveSettings, **_: object) -> Meter:
        asked.append(live)
        return meter()

    monkeypatch.setattr("digitreader.camera.live.open_live", open_meter)
    meter.texts = ("1234",)
    done = run("read", "rtsp://cam/live", "--every", "60s", "--frames", "1", "--region", "0,0,78,120", "--no-config")
    assert done.stdout == "12\n"
    assert [(each.give_up_s <= read_every.AWAKE_S, each.from_the_start) for each in asked] == [(True, False)]


def test_a_camera_that_ends_before_a_number_is_steady_is_reported(
    run: Run, meter: type[Meter], monkeypatch: pytest.MonkeyPatch
) -> None:
    class Short(meter):  # type: ignore[misc, valid-type]
        def frames(self) -> Iterator[Frame]:
            return islice(super().frames(), 2)

    monkeypatch.setattr("digitreader.camera.demo.Demo", Short)
    Short.texts = ("123",)
    done = run("read", "demo", "--every", "60s", "--frames", "1", "--no-config")
    assert (done.returncode, done.stdout) == (0, "")
    assert "demo: no steady number within" in done.stderr
