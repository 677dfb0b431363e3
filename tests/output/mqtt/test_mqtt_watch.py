"""`digitreader watch`: a fleet at a real broker, each number once, whatever others send."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from queue import SimpleQueue
from typing import TYPE_CHECKING

import pytest

from digitreader.cli.main import build_parser, main
from digitreader.cli.watch import _connection_to, _left_out_text
from digitreader.output.delivery_queue import DeliveryQueue
from digitreader.output.event import FAULT, GONE
from digitreader.output.mqtt.connection import BrokerConnection
from digitreader.output.mqtt.fleet import Fleet, line_of
from digitreader.output.mqtt.publisher import MqttPublisher
from digitreader.output.mqtt.topics import parse_address
from digitreader.output.settings import BrokerSettings

from .conftest import ENOUGH_S, Broker, Listener, event, until

if TYPE_CHECKING:
    from paho.mqtt.client import MQTTMessage


@contextmanager
def watching(*arguments: str) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "digitreader", "watch", *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        yield process
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=ENOUGH_S)
        assert process.returncode == 130


def reader(broker: Broker, name: str) -> DeliveryQueue:
    publisher = MqttPublisher(parse_address(broker.url), BrokerSettings(), name=name, run=name)
    return DeliveryQueue(publisher, bound=100)


def next_record(process: subprocess.Popen[str]) -> dict[str, object]:
    assert process.stdout is not None
    record = json.loads(process.stdout.readline())
    assert isinstance(record, dict)
    return record


def told(process: subprocess.Popen[str]) -> tuple[object, object, object]:
    record = next_record(process)
    return record["reader"], record["event"], record.get("text", record.get("status"))


def test_the_numbers_of_a_fleet_are_shown_as_they_come(broker: Broker) -> None:
    kitchen = reader(broker, "kitchen")
    with watching(broker.url, "--format", "jsonl") as process:
        assert told(process) == ("kitchen", "status", "online")
        kitchen.take(event("12", number=1))
        assert told(process) == ("kitchen", "number", "12")
        cellar = reader(broker, "cellar")
        assert told(process) == ("cellar", "status", "online")
        cellar.take(event("7", number=2))
        assert told(process) == ("cellar", "number", "7")
        kitchen.take(event("12", number=3, kind=GONE))
        assert told(process) == ("kitchen", "gone", "12")
        cellar.close(ENOUGH_S)
        assert told(process) == ("cellar", "status", "offline")
    kitchen.close(ENOUGH_S)


def test_what_is_shown_already_comes_first_and_only_once(broker: Broker, listen: Callable[[Broker], Listener]) -> None:
    listener, kitchen = listen(broker), reader(broker, "kitchen")
    kitchen.take(event("12", number=1))
    until(lambda: len(listener.on("digitreader/kitchen/state")) == 2)
    with watching(broker.url, "--format", "jsonl") as process:
        assert {told(process), told(process)} == {("kitchen", "status", "online"), ("kitchen", "number", "12")}
        kitchen.take(event("34", number=2))
        assert told(process) == ("kitchen", "number", "34")
    kitchen.close(ENOUGH_S)


def test_a_person_reads_one_line_for_each_number(broker: Broker, listen: Callable[[Broker], Listener]) -> None:
    listener, kitchen = listen(broker), reader(broker, "kitchen")
    kitchen.take(event("12\n34"))
    until(lambda: len(listener.on("digitreader/kitchen/state")) == 2)
    with watching(broker.url) as process:
        assert process.stdout is not None
        lines = sorted(re.sub(r"^[-\d]+ [:\d]+  ", "", process.stdout.readline()) for _ in range(2))
        assert lines == ["kitchen: 12 / 34\n", "kitchen: is online\n"]
    kitchen.close(ENOUGH_S)


def test_what_others_send_is_left_out(broker: Broker, listen: Callable[[Broker], Listener]) -> None:
    listener = listen(broker)
    with watching(broker.url, "--format", "jsonl") as process:
        kitchen = reader(broker, "kitchen")
        assert told(process) == ("kitchen", "status", "online")
        for payload in ("", "[1]", "{", "nonsense", '{"id": 3}', "[" * 100_000):
            listener.send("digitreader/kitchen/event", payload)
        listener.send("digitreader/kitchen/status", "burning")
        kitchen.take(event("12"))
        assert told(process) == ("kitchen", "number", "12")
    kitchen.close(ENOUGH_S)


def test_it_goes_on_when_the_broker_is_back_and_says_each_once(broker: Broker) -> None:
    kitchen = reader(broker, "kitchen")
    with watching(broker.url, "--format", "jsonl") as process:
        assert process.stderr is not None
        assert told(process) == ("kitchen", "status", "online")
        broker.stop()
        assert "the broker is away; readers keep their events until it is back" in process.stderr.readline()
        kitchen.take(event("12"))
        broker.start()
        assert "connected again" in process.stderr.readline()
        while (record := told(process))[1] == "status":  # the broker said offline when it ended
            pass
        assert record == ("kitchen", "number", "12")
    kitchen.close(ENOUGH_S)


def test_a_password_comes_from_the_environment_and_is_not_shown(
    make_broker: Callable[..., Broker], monkeypatch: pytest.MonkeyPatch
) -> None:
    broker = make_broker("allow_anonymous false")
    monkeypatch.setitem(os.environ, "DIGITREADER_MQTT_USER", "me")
    monkeypatch.setitem(os.environ, "DIGITREADER_MQTT_PASSWORD", "geheim")
    with watching(broker.url) as process:
        assert process.stderr is not None
        line = process.stderr.readline()
        assert "refuses this reader" in line
        assert "geheim" not in line


def test_a_single_message_that_is_left_out_is_counted_as_one() -> None:
    assert _left_out_text(1) == "1 message was left out, because it is not digitreader's"
    assert _left_out_text(2) == "2 messages were left out, because they are not digitreader's"


@pytest.mark.parametrize("address", ["http://broker", "mqtt://me:geheim@broker", "broker"])
def test_what_is_no_broker_is_one_line_and_status_2(address: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["watch", address]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("\n") == 1
    assert "geheim" not in err


def test_an_event_that_comes_twice_is_one_record() -> None:
    fleet = Fleet("digitreader")
    payload = json.dumps(event("12").as_json()).encode()
    assert len(fleet.hear("digitreader/desk/event", payload, retained=False)) == 1
    assert fleet.hear("digitreader/desk/event", payload, retained=False) == []


def test_a_state_is_news_only_for_those_who_come_later() -> None:
    fleet = Fleet("digitreader")
    payload = json.dumps({"text": "12", "id": "r-1", "time": "2026-01-01T00:00:00Z"}).encode()
    assert fleet.hear("digitreader/desk/state", payload, retained=False) == []
    assert [record["text"] for record in fleet.hear("digitreader/desk/state", payload, retained=True)] == ["12"]
    empty = json.dumps({"text": "", "id": "r-2"}).encode()
    assert fleet.hear("digitreader/desk/state", empty, retained=True) == []


def test_what_a_reader_showed_before_it_ended_is_no_news() -> None:
    fleet = Fleet("digitreader")
    payload = json.dumps({"text": "12", "id": "r-1", "time": "2026-01-01T00:00:00Z"}).encode()
    fleet.hear("digitreader/desk/status", b"offline", retained=True)
    assert fleet.hear("digitreader/desk/state", payload, retained=True) == []


def test_a_line_for_people_tells_what_there_is() -> None:
    def line(**record: object) -> str:
        return line_of({"reader": "desk", "time": "2026-01-01T00:00:00Z", **record})[21:]

    assert line(event="number", text="12", confidence=0.978) == "desk: 12  (98%)"
    assert line(event="gone", text="12") == "desk: 12 is gone"
    assert line(event=FAULT, message="unplugged") == "desk: unplugged"
    assert line(event="status", status="offline") == "desk: is offline"


def test_what_a_reader_sends_is_no_command_for_the_terminal() -> None:
    assert "\x1b" not in line_of({"reader": "desk", "event": "number", "text": "\x1b[2J12"})


def test_an_event_of_no_kind_is_left_out() -> None:
    fleet = Fleet("digitreader")
    assert fleet.hear("digitreader/desk/event", b'{"id": "x", "event": []}', retained=False) == []


def test_states_that_only_repeat_events_are_no_longer_sent_to_a_watcher(
    broker: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    received: list[str] = []

    class Counted(BrokerConnection):
        def _received(self, client: object, data: object, message: MQTTMessage) -> None:
            received.append(message.topic)
            super()._received(client, data, message)  # type: ignore[arg-type] # paho's own, passed on

    monkeypatch.setattr("digitreader.output.mqtt.connection.BrokerConnection", Counted)
    monkeypatch.setattr("digitreader.cli.watch.KEPT_S", 0.0)
    heard: SimpleQueue[tuple[str, bytes, bool]] = SimpleQueue()
    address = parse_address(broker.url)
    arguments = build_parser(["watch"]).parse_args(["watch", broker.url])
    kitchen = reader(broker, "kitchen")
    with closing(_connection_to(address, arguments, Fleet(address.prefix).topics, heard)) as connection:
        connection.start()
        until(lambda: "digitreader/kitchen/state" in received)  # the broker kept it
        for number in range(1, 30):
            kitchen.take(event(str(number), number=number))
            until(lambda: received.count("digitreader/kitchen/event") == number)  # noqa: B023 # at once
        states = received.count("digitreader/kitchen/state")
        kitchen.take(event("30", number=30))
        until(lambda: received.count("digitreader/kitchen/event") == 30)
        kitchen.take(event("31", number=31))
        until(lambda: received.count("digitreader/kitchen/event") == 31)
        assert received.count("digitreader/kitchen/state") == states
    topics = [heard.get_nowait()[0] for _ in range(heard.qsize())]
    assert topics.count("digitreader/kitchen/event") == 31
    kitchen.close(ENOUGH_S)
