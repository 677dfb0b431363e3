"""`bench live`: every fault comes, is told and over, and a reader or an output that does not survive is found out."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from digitreader.camera.source import LiveSettings
from digitreader.drawing import DemoCamera
from digitreader.measure.soak import LiveBench, bench_live, describe_live, run
from digitreader.measure.soak.disk import FullDisk
from digitreader.measure.soak.faults import FAULTS, FaultyCamera, film
from digitreader.measure.soak.outputs import DISK_FULL, Tally, arrive, differences
from digitreader.measure.soak.run import growth_mb, judge, over_and_over, trembling_s
from digitreader.measure.soak.servers import FAILING, GONE, JUNK, SILENT, Broker, Hook, broker_or_none
from digitreader.measure.soak.silences import ReportStream, Silences
from digitreader.model.load import load_model
from digitreader.output.event import EventSink
from digitreader.output.kinds import RunFacts
from digitreader.output.opening import closing_sinks, open_places
from digitreader.output.settings import BrokerSettings, OutputSettings, Place
from digitreader.output.sink import JsonLinesSink
from digitreader.reading.pipeline import FrameReader
from digitreader.reading.tracker import Tracker
from digitreader.values import Frame, Page

FRAMES, EVERY = 300, 19
QUICK = LiveSettings(patience_s=0.3, first_wait_s=0.01, longest_wait_s=0.02, release_s=5.0)

GOOD = LiveBench(
    frames=50_000,
    cpu_ms=5.0,
    digits_ms=4.0,
    telling_ms=0.2,
    drawing_ms=3.0,
    frames_per_s=250.0,
    latency_ms=233.0,
    slowest_ms=267.0,
    sheets=7,
    right=7,
    announced=7,
    lost=0,
    extra=0,
    faults={"frozen": 2},
    recovered={"frozen": 2},
    outputs={"events": (14, 0, 0)},
    missing=("mqtt: mosquitto is not installed",),
    silence_s={"frozen": 0.1},
    memory_grew_mb=0.5,
)


@pytest.fixture
def reader(monkeypatch: pytest.MonkeyPatch) -> FrameReader:
    monkeypatch.setattr(run, "PATIENT", QUICK)
    return FrameReader(load_model("small", "auto"))


def test_every_fault_comes_and_is_survived_by_every_output(reader: FrameReader) -> None:
    measured = bench_live(reader, frames=FRAMES, every=EVERY)
    assert measured.survived, measured
    ways = {"webhook": (GONE, SILENT, JUNK, FAILING), "mqtt": (GONE, SILENT, JUNK)}
    others = {f"{name} {way}" for name in ways.keys() & measured.outputs.keys() for way in ways[name]}
    assert set(measured.faults) == {*FAULTS, *others, DISK_FULL}
    assert set(FAULTS) <= set(measured.silence_s) <= set(measured.faults)
    assert measured.right == measured.sheets == measured.announced == 4
    assert {"events", "webhook", "jsonl", "csv"} <= set(measured.outputs)
    events, frames = measured.outputs["events"][0], measured.outputs["jsonl"][0]
    assert events >= 2 * measured.announced - 1 + 2 * len(FAULTS)  # a number comes and leaves, a fault too
    assert frames == measured.frames - EVERY // 2  # those of a full disk
    assert measured.outputs.get("mqtt", (events,))[0] == events
    assert measured.outputs.get("command", (measured.announced,))[0] == measured.announced
    assert 0 < measured.latency_ms < 300
    assert min(measured.cpu_ms, measured.telling_ms, measured.drawing_ms) > 0


def test_a_reader_that_announces_again_after_a_fault_is_found_out(
    reader: FrameReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Tracker, "interrupt", lambda self: self.__init__(self.rule))
    measured = bench_live(reader, frames=60, every=45)
    assert measured.extra == 1
    assert not measured.survived
    assert "NOT SURVIVED" in describe_live(measured)


def test_an_event_that_is_told_twice_is_found_out(reader: FrameReader, monkeypatch: pytest.MonkeyPatch) -> None:
    once: Callable[[EventSink, Page, Frame], None] = EventSink.change

    def twice(self: EventSink, page: Page, frame: Frame) -> None:
        once(self, page, frame)
        once(self, page, frame)

    monkeypatch.setattr(EventSink, "change", twice)
    measured = bench_live(reader, frames=40, every=1000)
    assert measured.outputs["events"][2] > 0
    assert measured.outputs["webhook"][2] > 0
    assert not measured.survived


def test_a_frame_that_is_not_written_is_found_out(reader: FrameReader, monkeypatch: pytest.MonkeyPatch) -> None:
    every: Callable[[JsonLinesSink, Page, Frame], None] = JsonLinesSink.frame

    def all_but_one(self: JsonLinesSink, page: Page, frame: Frame) -> None:
        if page.frame != 20:
            every(self, page, frame)

    monkeypatch.setattr(JsonLinesSink, "frame", all_but_one)
    measured = bench_live(reader, frames=40, every=1000)
    assert measured.outputs["jsonl"][1:] == (1, 0)
    assert measured.outputs["csv"][1:] == (0, 0)
    assert not measured.survived


@pytest.mark.parametrize(
    "wrong",
    [
        {"recovered": {"frozen": 1}},
        {"lost": 1},
        {"extra": 1},
        {"outputs": {"events": (14, 1, 0)}},
        {"outputs": {"events": (14, 0, 1)}},
        {"memory_grew_mb": 5.1},
    ],
)
def test_whatever_was_not_survived_is_found_out(wrong: dict[str, Any]) -> None:
    assert GOOD.survived
    assert not dataclasses.replace(GOOD, **wrong).survived


def test_memory_that_settles_in_a_short_run_is_no_leak() -> None:
    assert dataclasses.replace(GOOD, frames=3000, memory_grew_mb=20.0).survived


def test_what_could_not_be_tried_is_said() -> None:
    told = describe_live(GOOD)
    assert "not tried     mqtt: mosquitto is not installed" in told
    assert "250 frames/s" in told


def test_the_film_ends_with_an_empty_desk() -> None:
    shown = list(film(DemoCamera((64, 64), numbers=("1",)), 30))
    assert len(shown) > 30
    assert (shown[-1].truth, shown[-1].moving) == ("", False)


def test_undisturbed_every_number_is_filmed_once() -> None:
    camera = DemoCamera((64, 64), numbers=("1",))
    once = len(list(camera.frames()))
    assert len(list(film(camera, 10 * once, over_and_over=False))) == once
    assert len(list(film(camera, 10 * once))) > once


def test_the_film_goes_on_where_it_broke_off() -> None:
    camera = FaultyCamera(DemoCamera((64, 64), numbers=("1",)), frames=10, every=4, patience_s=0.1)
    with pytest.raises(Exception, match="stopped giving frames"):
        list(camera().frames())
    for _ in range(2):
        with pytest.raises(Exception, match="there is no camera"):
            camera()
    assert next(camera().frames()).index == 4


@pytest.mark.parametrize("way", [GONE, SILENT, JUNK, FAILING])
def test_a_server_that_fails_takes_nothing_and_counts_that_it_works_again(way: str) -> None:
    body = json.dumps({"id": "run-1", "event": "number", "text": "7"}).encode()
    with Hook() as hook:
        assert hook.take(body) == ""
        hook.fail(way)
        assert hook.take(body) == way
        hook.fail("")
        assert not hook.recovered
        assert hook.take(body) == ""
        assert hook.recovered == {way: 1}
        assert hook.taken == ["1 number 7"] * 2


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Broker]:
    with broker_or_none(tmp_path, "desk") as (broker, why):
        if broker is None:
            pytest.skip(why)
        yield broker


@pytest.mark.parametrize("way", [GONE, SILENT, JUNK])
def test_a_broker_that_fails_loses_nothing_that_is_sent_again(broker: Broker, way: str) -> None:
    settings = OutputSettings((Place("mqtt", broker.url),), name="desk", broker=BrokerSettings(discovery=""))
    sinks = open_places(settings, RunFacts((), named=False, expecting=False))
    with closing_sinks(sinks, 60.0):
        for number, now in enumerate(("", way, way, "")):
            broker.fail(now)
            for sink in sinks:
                sink.fault("cam", f"{number}")
    arrive(broker.taken, 4)
    assert broker.taken == ["1 fault 0", "2 fault 1", "3 fault 2", "4 fault 3"]
    assert broker.recovered == {way: 1}


def test_a_full_disk_takes_nothing_until_there_is_room(tmp_path: Path) -> None:
    full, path = FullDisk(str(tmp_path)), tmp_path / "file"
    full.begin()
    try:
        with pytest.raises(OSError, match="too large"):
            path.write_text("a")
    finally:
        full.end()
    path.write_text("b")
    assert path.read_text() == "b"


class Clock:
    """Goes on when a test says so."""

    now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


def test_a_silence_lasts_from_when_a_fault_could_be_noticed_to_its_report() -> None:
    clock = Clock()
    silences = Silences(clock)
    stream = ReportStream(silences)
    for pause_s in (3.0, 1.0):
        silences.await_report("gone", "host:80")
        clock.now_s += 5.0  # nobody uses it
        silences.noticeable()
        clock.now_s += pause_s / 2
        print("digitreader: error: other:80: does not answer", file=stream)
        print("digitreader: host:80: works again", file=stream)
        silences.noticeable()
        clock.now_s += pause_s / 2
        print("digitreader: error: host:80: does not answer", file=stream)
    assert silences.longest_s == {"gone": 3.0}
    silences.await_report("silent", "host:80")
    print("digitreader: error: host:80: is away", file=stream)  # noticed before anything is sent there
    silences.noticeable()
    clock.now_s += 9.0
    silences.fault_ended()
    assert silences.longest_s == {"gone": 3.0, "silent": 0.0}


def test_a_fault_that_ends_without_a_report_was_silent_until_then() -> None:
    clock = Clock()
    silences = Silences(clock)
    silences.await_report("gone", "host")
    silences.fault_ended()
    assert silences.longest_s == {}
    silences.noticeable()
    clock.now_s = 7.0
    silences.fault_ended()
    assert silences.longest_s == {"gone": 7.0}
    assert dataclasses.replace(GOOD, silence_s=silences.longest_s).was_silent
    assert "TOO SILENT" in describe_live(dataclasses.replace(GOOD, silence_s=silences.longest_s))
    assert not GOOD.was_silent


@pytest.mark.parametrize(
    ("expected", "announced", "counts"),
    [("abc", "abc", (0, 0)), ("abc", "ac", (1, 0)), ("abc", "abbc", (0, 1)), ("abc", "axc", (1, 1)), ("", "a", (0, 1))],
)
def test_what_is_lost_and_what_is_too_much_are_counted(expected: str, announced: str, counts: tuple[int, int]) -> None:
    assert differences(expected, announced) == counts


@pytest.mark.parametrize(
    ("expected", "got", "counts"),
    [
        ("abc", "abc", (0, 0)),
        ("abc", "ac", (1, 0)),
        ("abc", "abbc", (0, 1)),
        ("abc", "axc", (0, 1)),
        ("ab", "ba", (0, 1)),
    ],
)
def test_tallies_differ_in_number_or_in_what_was_counted(expected: str, got: str, counts: tuple[int, int]) -> None:
    one, other = Tally(), Tally()
    for text in expected:
        one.add(text)
    for text in got:
        other.add(text)
    assert one.differences(other) == counts


def test_a_sheet_is_right_when_it_was_announced_once_and_as_written() -> None:
    laid = [(0.0, "1"), (2.0, "2"), (4.0, "3"), (6.0, "4")]
    told = [(0.25, "1"), (2.5, "7"), (4.1, "3"), (4.9, "3")]
    assert judge(laid, told) == ([0.25, 0.5, pytest.approx(0.1)], 1)


def test_a_film_that_goes_on_is_announced_as_it_was_at_first() -> None:
    laid = [(0.0, "1"), (2.0, "2"), (4.0, "3")]
    told = [(0.25, "1"), (2.5, "7"), (2.6, "2")]
    assert over_and_over(laid, told, 5) == ["1", "7", "2", "1", "7", "2"]
    assert over_and_over([], [], 0) == []


def test_memory_counts_from_when_it_had_settled_and_peaks_do_not() -> None:
    settled = [60.0, 60.0, 80.0, 60.0] * 10
    assert growth_mb([10.0, 20.0, 30.0, 40.0, *settled]) == 0.0
    assert growth_mb([10.0, 20.0, 30.0, 40.0, *(each + place for place, each in enumerate(settled))]) > 20
    assert growth_mb([]) == 0.0


def test_the_films_clock_trembles_as_a_cameras_does() -> None:
    image = np.zeros((2, 2), np.uint8)
    off_s = [trembling_s(Frame(image, "film", index, index / 30)) - index / 30 for index in range(300)]
    assert max(map(abs, off_s)) <= 0.002
    assert np.std(off_s) > 0.0005
