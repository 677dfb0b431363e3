"""`digitreader watch` as a table: a row for each reader, those in trouble first, whatever happens to them."""

from __future__ import annotations

import json
import os
import pty
import re
import signal
import struct
import subprocess
import sys
import termios
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from fcntl import ioctl
from queue import Empty, SimpleQueue
from typing import Any

import pytest

from digitreader.cli import watch
from digitreader.cli.main import main
from digitreader.host.process import Terminated
from digitreader.output.delivery_queue import DeliveryQueue
from digitreader.output.event import utc_timestamp
from digitreader.output.mqtt.fleet import Fleet
from digitreader.output.mqtt.fleet_table import FleetTable
from digitreader.output.mqtt.publisher import FrameRate, MqttPublisher
from digitreader.output.mqtt.topics import parse_address
from digitreader.output.settings import BrokerSettings

from .conftest import ENOUGH_S, Broker, Listener, event, until

NOW_S = 1_800_000_000.0


class Watched:
    """A fleet with its table and a clock that the test sets."""

    def __init__(self) -> None:
        self.time_s = NOW_S
        self.fleet = Fleet("p", infos=True)
        self.table = FleetTable(lambda: self.time_s, lambda: self.time_s)

    def hear(self, reader: str, kind: str, told: object, *, retained: bool = False) -> None:
        payload = told if isinstance(told, str) else json.dumps(told)
        for record in self.fleet.hear(f"p/{reader}/{kind}", payload.encode(), retained=retained):
            self.table.hear(record, retained=retained)

    def event(self, reader: str, name: str, kind: str = "number", **told: object) -> None:
        self.hear(reader, "event", {"id": name, "event": kind, "time": utc(self.time_s), **told})

    def info(self, reader: str, **told: object) -> None:
        self.hear(reader, "info", {"model": "accurate", "fps": 9.87, "next_s": 10, "time": utc(self.time_s), **told})

    def states(self) -> dict[str, str]:
        return {row.name: row.state(self.time_s) for row in self.table.rows()}

    def note(self, reader: str) -> str:
        return next(row.note(self.time_s) for row in self.table.rows() if row.name == reader)


def utc(seconds: float) -> str:
    return utc_timestamp(datetime.fromtimestamp(seconds, UTC))


@pytest.fixture
def watched() -> Watched:
    return Watched()


@pytest.mark.parametrize(("kind", "retained"), [("state", True), ("event", False)])
def test_a_reader_whose_last_message_cannot_be_read_has_a_fault_until_the_next_good_one(
    kind: str, retained: bool, watched: Watched
) -> None:
    watched.hear("desk", "status", "online", retained=True)
    watched.hear("desk", kind, '{"id": 3, "text": ', retained=retained)
    assert watched.states() == {"desk": "fault"}
    assert watched.note("desk").startswith("its last message cannot be read")
    watched.event("desk", "a-1", text="12")
    assert watched.states() == {"desk": "fine"}


def test_those_in_trouble_come_first_and_all_are_counted(watched: Watched) -> None:
    for name in ("fine-10", "fine-2", "doubts", "fault", "still", "gone"):
        watched.hear(name, "status", "online")
        watched.info(name)
    watched.event("doubts", "a-1", "doubtful", text="10", doubt="10 is less than 12")
    watched.event("fault", "b-1", "fault", message="fault: is unplugged")
    watched.hear("gone", "status", "offline")
    watched.time_s += 31
    for name in ("fine-10", "fine-2", "doubts"):
        watched.info(name)
    assert list(watched.states().items()) == [
        ("gone", "offline"),
        ("still", "silent"),
        ("fault", "fault"),
        ("doubts", "doubtful"),
        ("fine-2", "fine"),
        ("fine-10", "fine"),
    ]
    assert watched.note("fault") == "is unplugged"
    assert watched.note("still") == "no frames for 31 s"
    assert watched.table.lines(width=200)[0] == "1 offline, 1 silent, 1 fault, 1 doubtful, 2 fine"


def test_a_row_says_what_there_is(watched: Watched) -> None:
    watched.hear("desk", "status", "online")
    watched.info("desk")
    watched.event("desk", "a-1", text="12\n34", lines=[], confidence=0.978)
    watched.time_s += 7
    head, row = watched.table.lines(width=200)[1:]
    assert head.split() == ["reader", "number", "for", "sure", "fps", "model", "state"]
    assert re.split(r"\s{2,}", row) == ["desk", "12 / 34", "7 s", "98%", "9.87", "accurate", "fine"]


def test_the_next_number_ends_a_fault_and_a_doubt_but_a_doubt_leaves_the_number(watched: Watched) -> None:
    watched.event("desk", "a-1", text="12")
    watched.event("desk", "a-2", "doubtful", text="10", doubt="10 is less than 12")
    assert (watched.states()["desk"], watched.table.rows()[0].number) == ("doubtful", "12")
    watched.event("desk", "a-3", text="13")
    assert (watched.states()["desk"], watched.table.rows()[0].number) == ("fine", "13")
    watched.event("desk", "a-4", "fault", message="away")
    assert (watched.states()["desk"], watched.table.rows()[0].number) == ("fault", "")
    watched.event("desk", "a-5", "back", message="there")
    assert watched.states()["desk"] == "fine"


def test_a_table_fits_its_terminal_and_leaves_the_best_rows_out(watched: Watched) -> None:
    for number in range(1000):
        watched.hear(f"r{number}", "status", "online")
        watched.event(f"r{number}", f"{number}-1", text="1" * 40)
    watched.event("r777", "777-2", "fault", message="x" * 300)
    lines = watched.table.lines(width=80, height=24)
    assert len(lines) <= 24
    assert max(map(len, lines)) <= 80
    assert lines[2].startswith("r777 ")
    assert lines[-1] == "and 980 more, none of them worse"


def test_only_the_readers_asked_for_are_shown_and_counted(watched: Watched) -> None:
    for name in ("Cellar-1", "cellar-2", "roof"):
        watched.hear(name, "status", "online")
    assert watched.table.lines(width=80, only="CELLAR")[0] == "2 fine"


def test_a_clock_that_is_wrong_is_noted_and_the_age_of_a_number_is_right_all_the_same(watched: Watched) -> None:
    watched.hear("desk", "status", "online", retained=True)
    watched.info("desk", time=utc(NOW_S - 3600))
    assert watched.note("desk") == "its clock is 60 min behind"
    told = {"id": "a-1", "text": "12", "fault": "", "confidence": None, "time": utc(NOW_S - 3600 - 20)}
    watched.hear("desk", "state", told, retained=True)
    assert watched.table.lines(width=200)[2].split()[:4] == ["desk", "12", "20", "s"]
    watched.info("desk", time=utc(NOW_S + 7 * 86_400))
    assert watched.note("desk") == "its clock is 7 d ahead"


def test_a_number_from_the_future_came_just_now(watched: Watched) -> None:
    told = {"id": "a-1", "text": "12", "fault": "", "confidence": None, "time": utc(NOW_S + 9999)}
    watched.hear("desk", "state", told, retained=True)
    assert "  0 s  " in watched.table.lines(width=200)[2]


def test_what_was_wrong_before_the_watch_began_is_shown(watched: Watched) -> None:
    told = {"id": "a-1", "text": "", "fault": "unplugged", "confidence": None, "time": utc(NOW_S)}
    watched.hear("desk", "state", told, retained=True)
    assert (watched.states()["desk"], watched.note("desk")) == ("fault", "unplugged")


def test_a_reader_that_is_forgotten_has_no_row(watched: Watched) -> None:
    watched.hear("old", "status", "offline", retained=True)
    watched.hear("new", "status", "online")
    watched.hear("old", "status", "")
    assert list(watched.states()) == ["new"]


@pytest.mark.parametrize(
    "told", ["", "[]", {"fps": 1}, {"model": 3}, {"fps": -1}, {"fps": "9"}, {"next_s": 10**400}, {"time": "soon"}]
)
def test_an_info_that_no_reader_sends_is_left_out(watched: Watched, told: object) -> None:
    sent = {"model": "accurate"} | told if isinstance(told, dict) and "fps" not in told else told
    watched.hear("desk", "info", sent)
    assert watched.states() == {}


def test_an_event_that_comes_twice_late_is_still_known() -> None:
    watched = Watched()
    for number in range(10):
        for reader in range(500):
            watched.event(f"r{reader}", f"{reader}-{number}", text=str(number))
    again = json.dumps({"id": "7-9", "event": "number", "text": "9"}).encode()
    assert watched.fleet.hear("p/r7/event", again, retained=False) == []


def test_frames_a_second_are_told_in_their_turn() -> None:
    times = iter([0.0, *(number / 5 for number in range(1, 51)), 10.0])
    rate = FrameRate(10.0, lambda: next(times))
    assert [told for told in (rate.count() for _ in range(50)) if told is not None] == [pytest.approx(5.0)]


def reader(broker: Broker, name: str, run: str = "r1") -> tuple[DeliveryQueue, MqttPublisher]:
    publisher = MqttPublisher(parse_address(broker.url), BrokerSettings(), name=name, run=run, model="accurate")
    return DeliveryQueue(publisher, bound=100, on_frame=publisher.frame_read), publisher


def test_a_reader_says_how_many_frames_it_gets(
    broker: Broker, listen: Callable[[Broker], Listener], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("digitreader.output.mqtt.publisher.INFO_EVERY_S", 0.0)
    listener, (queue, _) = listen(broker), reader(broker, "desk")
    until(lambda: listener.on("digitreader/desk/info"))
    first = json.loads(listener.on("digitreader/desk/info")[0])
    assert (first["model"], "fps" in first) == ("accurate", False)
    queue.frame_read()
    until(lambda: len(listener.on("digitreader/desk/info")) == 2)
    assert json.loads(listener.on("digitreader/desk/info")[1])["fps"] > 0
    queue.close(ENOUGH_S)


def test_the_table_of_now_is_printed_and_a_reader_that_was_renamed_can_be_forgotten(
    broker: Broker, listen: Callable[[Broker], Listener], capsys: pytest.CaptureFixture[str]
) -> None:
    listener = listen(broker)
    (old, _), (new, _) = reader(broker, "kitchen"), reader(broker, "cellar")
    until(lambda: listener.on("digitreader/kitchen/status") == ["online"])
    old.close(ENOUGH_S)
    new.take(event("12"))
    until(lambda: len(listener.on("digitreader/cellar/state")) == 2)
    assert main(["watch", broker.url, "--once"]) == 1
    told = capsys.readouterr().out.splitlines()
    assert told[0] == "1 offline, 1 fine"
    assert [line.split()[0] for line in told[2:]] == ["kitchen", "cellar"]
    assert main(["watch", broker.url, "--forget", "kitchen"]) == 0
    assert main(["watch", broker.url, "--once"]) == 0
    assert "kitchen" not in capsys.readouterr().out
    late = listen(broker)
    until(lambda: late.on("digitreader/cellar/status"))
    assert not [topic for topic, _, _ in late.heard if "kitchen" in topic]
    assert main(["watch", broker.url, "--once", "--only", "kitchen"]) == 1
    assert "--only kitchen: no reader at mqtt://" in capsys.readouterr().err
    assert main(["watch", broker.url, "--forget", "kitchen"]) == 1
    assert "has no reader of this name" in capsys.readouterr().err
    new.close(ENOUGH_S)


def test_a_broker_without_readers_is_trouble(broker: Broker, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["watch", broker.url, "--once"]) == 1
    assert "has no readers; start one with digitreader read --output mqtt://" in capsys.readouterr().err


@contextmanager
def on_terminal(*arguments: str) -> Iterator[tuple[subprocess.Popen[bytes], Callable[[], str]]]:
    """Run the command on a terminal of 80 x 24; gives all that it has written so far."""
    ours, theirs = pty.openpty()
    ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    written = bytearray()
    command = [sys.executable, "-m", "digitreader", "watch", *arguments]
    environment = {key: value for key, value in os.environ.items() if key not in {"COLUMNS", "LINES"}}
    with subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, env=environment) as process:
        os.close(theirs)

        def listen() -> None:
            while True:
                try:
                    part = os.read(ours, 65_536)
                except OSError:
                    return
                if not part:
                    return
                written.extend(part)

        listener = threading.Thread(target=listen)
        listener.start()
        try:
            yield process, lambda: written.decode("utf-8", "replace")
        finally:
            process.kill()
            process.wait()
            listener.join()
            os.close(ours)


def test_on_a_terminal_there_is_a_table_that_goes_on_while_the_broker_is_away(broker: Broker) -> None:
    kitchen, _ = reader(broker, "kitchen")
    with on_terminal(broker.url) as (process, written):
        until(lambda: "kitchen" in written())
        kitchen.take(event("12"))
        until(lambda: re.search(r"kitchen +12 ", written()))
        broker.stop()
        until(lambda: "the broker is away" in written())
        broker.start()
        until(lambda: "connected again" in written())
        process.send_signal(signal.SIGINT)
        assert process.wait(ENOUGH_S) == 130
        until(lambda: written().rstrip().endswith("\x1b[?25h\x1b[?1049l") or "interrupted" in written())
    kitchen.close(ENOUGH_S)


def test_a_table_without_a_terminal_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["watch", "mqtt://localhost", "--format", "table"]) == 2
    assert "--once" in capsys.readouterr().err
    assert main(["watch", "mqtt://localhost", "--format", "jsonl", "--once"]) == 2


def test_a_number_that_was_read_before_its_camera_went_away_stands_beside_the_fault(watched: Watched) -> None:
    watched.event("desk", "a-1", text="12", fault="desk: is unplugged")
    assert (watched.states()["desk"], watched.note("desk")) == ("fault", "is unplugged")
    assert watched.table.rows()[0].number == "12"
    watched.event("desk", "a-2", text="13", fault="")
    assert watched.states()["desk"] == "fine"


def test_the_table_takes_in_a_bounded_number_of_messages_at_once(
    watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watch, "MOST_AT_ONCE", 2)
    heard: watch.Heard = SimpleQueue()
    for name in ("a", "b", "c"):
        heard.put((f"p/{name}/status", b"online", False))
    watch._take_in(watched.table, watched.fleet, heard)  # noqa: SLF001 # a table goes on until it is stopped
    assert list(watched.states()) == ["a", "b"]
    watch._take_in(watched.table, watched.fleet, heard)  # noqa: SLF001
    assert list(watched.states()) == ["a", "b", "c"]


class MessagesThenEnd(SimpleQueue[tuple[str, bytes, bool]]):
    """A queue of messages; where none is left, the process is told to end."""

    def get(self, block: bool = True, timeout: float | None = None) -> tuple[str, bytes, bool]:  # noqa: ARG002
        try:
            return self.get_nowait()
        except Empty:
            raise Terminated(signal.SIGTERM) from None


class FakeConnection:
    """A connection to a broker that sends four messages, of which two are not digitreader's."""

    def __init__(self, heard: watch.Heard) -> None:
        self._heard, self.closed = heard, False

    def start(self) -> None:
        number = json.dumps({"id": "a-1", "event": "number", "text": "12"}).encode()
        for reader, payload in (("Kitchen", number), ("cellar", number), ("kitchen", b"hello"), ("kitchen", b"[]")):
            self._heard.put((f"digitreader/{reader}/event", payload, False))

    def close(self) -> None:
        self.closed = True


@pytest.mark.parametrize("form", ["jsonl", "log"])
def test_the_records_of_the_readers_asked_for_are_printed_until_the_end(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], form: str
) -> None:
    connections: list[FakeConnection] = []

    def connect(*arguments: Any) -> FakeConnection:
        connections.append(FakeConnection(arguments[-1]))
        return connections[-1]

    monkeypatch.setattr(watch, "SimpleQueue", MessagesThenEnd)
    monkeypatch.setattr(watch, "_connection_to", connect)
    assert main(["watch", "mqtt://localhost", "--format", form, "--only", "KITCHEN"]) == 128 + signal.SIGTERM
    said = capsys.readouterr()
    (line,) = said.out.splitlines()
    if form == "jsonl":
        assert json.loads(line) == {"event": "number", "id": "a-1", "text": "12", "reader": "Kitchen"}
    else:
        assert "Kitchen: 12" in line
    assert "2 messages were left out, because they are not digitreader's" in said.err
    assert connections[0].closed
