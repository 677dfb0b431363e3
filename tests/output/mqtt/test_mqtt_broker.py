"""Numbers to a real broker: what is published, what waits while it is away, and who shares a name."""

from __future__ import annotations

import gc
import json
import subprocess
import sys
import threading
import weakref
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from digitreader.cli.main import main
from digitreader.errors import MissingExtraError
from digitreader.output.delivery_queue import DeliveryQueue
from digitreader.output.event import FAULT, GONE
from digitreader.output.mqtt.connection import BrokerConnection
from digitreader.output.mqtt.publisher import MqttPublisher
from digitreader.output.mqtt.topics import Message, parse_address
from digitreader.output.settings import BrokerSettings

from .conftest import ENOUGH_S, Broker, Listen, Readers, event, texts, until


def test_every_number_is_an_event_and_the_present_one_is_kept_for_those_who_come_later(
    broker: Broker, reader: Readers, listen: Listen
) -> None:
    early = listen(broker)
    queue = reader(broker)
    queue.take(event("12", number=1))
    queue.take(event("34", number=2))
    until(lambda: texts(early, "digitreader/desk/state") == ["", "12", "34"])
    assert texts(early) == ["12", "34"]
    late = listen(broker)
    until(lambda: late.on("digitreader/desk/state"))
    assert texts(late, "digitreader/desk/state") == ["34"]
    assert texts(late) == []


def test_a_number_that_left_and_a_fault_are_no_number_in_the_state(
    broker: Broker, reader: Readers, listen: Listen
) -> None:
    listener, queue = listen(broker), reader(broker)
    queue.take(event("12"))
    queue.take(event("12", kind=GONE))
    queue.take(event("", kind=FAULT, message="the camera is away"))
    until(lambda: len(listener.on("digitreader/desk/state")) == 4)
    states = [json.loads(payload) for payload in listener.on("digitreader/desk/state")[1:]]
    assert [(state["text"], state["fault"]) for state in states] == [("12", ""), ("", ""), ("", "the camera is away")]


def test_what_comes_while_the_broker_is_away_arrives_in_order_once_it_is_back(
    broker: Broker, reader: Readers, listen: Listen, capsys: pytest.CaptureFixture[str]
) -> None:
    listener, queue = listen(broker), reader(broker)
    queue.take(event("0"))
    until(lambda: texts(listener) == ["0"])
    broker.stop()
    for number in range(1, 50):
        queue.take(event(str(number), number=number))
    broker.start()
    until(lambda: "49" in texts(listener))
    # quality of service 1: what was under way when the broker broke off may come twice, and its id tells
    assert list(dict.fromkeys(texts(listener))) == [str(number) for number in range(50)]
    said = [line for line in capsys.readouterr().err.splitlines() if "away" in line or "again" in line]
    assert len(said) == 2  # each once


def test_numbers_from_before_the_broker_is_there_arrive(broker: Broker, reader: Readers, listen: Listen) -> None:
    broker.stop()
    queue = reader(broker)
    queue.take(event("7"))
    broker.start()
    listener = listen(broker)
    until(lambda: texts(listener, "digitreader/desk/state")[-1:] == ["7"])


def test_beyond_the_bound_the_oldest_numbers_are_lost_and_it_is_said(
    broker: Broker, reader: Readers, listen: Listen, capsys: pytest.CaptureFixture[str]
) -> None:
    broker.stop()
    queue = reader(broker, bound=3)
    for number in range(10):
        queue.take(event(str(number), number=number))
    assert "more than 3 events wait, so the oldest are lost" in capsys.readouterr().err
    broker.start()
    listener = listen(broker)
    until(lambda: texts(listener, "digitreader/desk/state")[-1:] == ["9"])


def test_what_an_earlier_run_has_shown_is_shown_no_more(broker: Broker, reader: Readers, listen: Listen) -> None:
    queue = reader(broker, run="r1")
    queue.take(event("12"))
    queue.close(ENOUGH_S)
    reader(broker, run="r2")
    late = listen(broker)
    until(lambda: texts(late, "digitreader/desk/state")[-1:] == [""])


def test_a_number_of_the_very_first_moment_is_not_overwritten_by_the_greeting(
    broker: Broker, reader: Readers, listen: Listen, monkeypatch: pytest.MonkeyPatch
) -> None:
    from paho.mqtt.client import Client

    publish_once, publish = BrokerConnection.publish_once, Client.publish
    connected, early = threading.Event(), threading.Event()

    def slow(self: BrokerConnection, messages: Sequence[Message]) -> None:
        connected.set()
        early.wait(0.3)  # whoever would come before the greeting comes now
        publish_once(self, messages)

    def watched(self: Client, topic: str, *rest: Any, **more: Any) -> object:
        if topic.endswith("/event"):
            early.set()
        return publish(self, topic, *rest, **more)

    monkeypatch.setattr(BrokerConnection, "publish_once", slow)
    monkeypatch.setattr(Client, "publish", watched)
    listener = listen(broker)
    queue = reader(broker)
    assert connected.wait(ENOUGH_S)
    queue.take(event("12"))
    until(lambda: len(texts(listener, "digitreader/desk/state")) == 2)
    assert texts(listener, "digitreader/desk/state") == ["", "12"]


def test_a_broker_that_has_kept_what_is_shown_is_not_told_it_again(
    broker: Broker, reader: Readers, listen: Listen, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish_once = BrokerConnection.publish_once
    told: list[str] = []

    def watched(self: BrokerConnection, messages: Sequence[Message]) -> None:
        told.extend(message.topic for message in messages)
        publish_once(self, messages)

    monkeypatch.setattr(BrokerConnection, "publish_once", watched)
    listener, queue = listen(broker), reader(broker)
    queue.take(event("12", number=1))
    until(lambda: texts(listener, "digitreader/desk/state") == ["", "12"])
    broker.stop()
    queue.take(event("34", number=2))
    broker.start()
    until(lambda: "34" in texts(listener, "digitreader/desk/state"))
    states = texts(listener, "digitreader/desk/state")
    assert "" not in states[1:]
    assert told.count("digitreader/desk/hello") == 2
    assert told.count("digitreader/desk/state") == 1  # the one before the first number


def test_a_broker_that_has_forgotten_everything_is_told_it_again(
    broker: Broker, reader: Readers, listen: Listen
) -> None:
    listener, queue = listen(broker), reader(broker)
    queue.take(event("12"))
    until(lambda: texts(listener, "digitreader/desk/state") == ["", "12"])
    broker.stop()
    (broker.folder / "mosquitto.db").unlink()
    broker.start()
    late = listen(broker)
    until(lambda: texts(late, "digitreader/desk/state") == ["12"] and late.on("digitreader/desk/status") == ["online"])
    assert texts(late) == []  # the event is not told twice


def test_a_reader_is_online_until_it_ends(broker: Broker, reader: Readers, listen: Listen) -> None:
    listener, queue = listen(broker), reader(broker)
    until(lambda: listener.on("digitreader/desk/status") == ["online"])
    queue.close(ENOUGH_S)
    until(lambda: listener.on("digitreader/desk/status") == ["online", "offline"])


def test_a_reader_that_is_cut_off_is_offline_by_its_last_will(broker: Broker, listen: Listen, tmp_path: Path) -> None:
    code = (
        "import sys; from digitreader.output.mqtt.publisher import MqttPublisher; "
        "from digitreader.output.mqtt.topics import parse_address; "
        "from digitreader.output.settings import BrokerSettings; "
        "MqttPublisher(parse_address(sys.argv[1]), BrokerSettings(), name='desk', run='r1'); sys.stdin.read()"
    )
    listener = listen(broker)
    with subprocess.Popen([sys.executable, "-c", code, broker.url], stdin=subprocess.PIPE) as process:
        until(lambda: listener.on("digitreader/desk/status") == ["online"])
        process.kill()
    until(lambda: listener.on("digitreader/desk/status") == ["online", "offline"])


def test_the_late_will_of_an_earlier_run_does_not_leave_a_reader_offline(
    broker: Broker, reader: Readers, listen: Listen
) -> None:
    listener, _ = listen(broker), reader(broker)
    until(lambda: listener.on("digitreader/desk/status") == ["online"])
    listener.send("digitreader/desk/status", "offline", retain=True)
    until(lambda: listener.on("digitreader/desk/status") == ["online", "offline", "online"])


def test_two_readers_of_one_name_are_both_told_and_both_go_on(
    broker: Broker, reader: Readers, listen: Listen, capsys: pytest.CaptureFixture[str]
) -> None:
    listener, first = listen(broker), reader(broker, run="r1")
    until(lambda: listener.on("digitreader/desk/status") == ["online"])
    second = reader(broker, run="r2")
    said = ""

    def both_told() -> bool:
        nonlocal said
        said += capsys.readouterr().err
        return said.count("is called 'desk' too") == 2

    until(both_told)
    assert said.count("give each reader another --name") == 2
    first.take(event("1"))
    second.take(event("2"))
    until(lambda: sorted(texts(listener)) == ["1", "2"])


def test_a_reader_that_comes_back_does_not_take_itself_for_another(
    broker: Broker, reader: Readers, listen: Listen, capsys: pytest.CaptureFixture[str]
) -> None:
    listener, queue = listen(broker), reader(broker)
    until(lambda: listener.on("digitreader/desk/hello"))
    broker.stop()
    queue.take(event("1"))
    broker.start()
    until(lambda: texts(listener) or "1" in texts(listener, "digitreader/desk/state"))
    assert "called" not in capsys.readouterr().err


def test_home_assistant_finds_the_reader_whenever_it_starts(broker: Broker, reader: Readers, listen: Listen) -> None:
    reader(broker, name="Küche 1")
    listener = listen(broker)
    until(lambda: sum(name.startswith("homeassistant/") for name, _, _ in listener.heard) >= 3)
    found = {name: json.loads(payload) for name, payload, kept in listener.heard if name.startswith("homeassistant/")}
    assert len(found) == 3
    assert all(set(name) <= set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-/") for name in found)
    number = next(each for name, each in found.items() if name.endswith("/number/config"))
    assert number["state_topic"] == "digitreader/Küche 1/state"
    assert number["availability_topic"] == "digitreader/Küche 1/status"
    assert len({each["unique_id"] for each in found.values()}) == 3
    assert len({json.dumps(each["device"]) for each in found.values()}) == 1


def test_without_discovery_home_assistant_hears_nothing(broker: Broker, reader: Readers, listen: Listen) -> None:
    listener, queue = listen(broker), reader(broker, BrokerSettings(discovery=""))
    queue.take(event("1"))
    until(lambda: texts(listener) == ["1"])
    assert not [name for name, _, _ in listener.heard if name.startswith("homeassistant/")]


def test_a_link_that_was_closed_leaves_no_socket_to_the_garbage_collector(broker: Broker) -> None:
    from digitreader.output.mqtt.connection import BrokerConnection

    address = parse_address(broker.url)
    gc.disable()
    try:
        up = threading.Event()
        link = BrokerConnection(
            address, BrokerSettings(), client_id="short", on_connect=up.set, on_message=lambda *_: None
        )
        link.start()
        assert up.wait(ENOUGH_S)
        client = weakref.ref(link._client)  # noqa: SLF001
        link.close()
        del link
        until(lambda: client() is None)
    finally:
        gc.enable()


def test_without_paho_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "paho.mqtt.client", None)
    monkeypatch.delitem(sys.modules, "digitreader.output.mqtt.robust_client", raising=False)
    with pytest.raises(MissingExtraError, match=r"\[mqtt\]"):
        MqttPublisher(parse_address("mqtt://localhost"), BrokerSettings(), name="desk", run="r")


def test_what_the_demo_shows_arrives_under_the_readers_name(broker: Broker, listen: Listen, tmp_path: Path) -> None:
    listener = listen(broker)
    record = tmp_path / "events"
    line = ["read", "demo", "--frames", "60", "--no-config", "--format", "none", "--name", "desk"]
    assert main([*line, "--output", f"{broker.url}/house", "--output", f"events:{record}"]) == 0
    recorded = record.read_text().splitlines()
    assert recorded
    until(lambda: listener.on("house/desk/status") == ["online", "offline"])
    assert listener.on("house/desk/event") == recorded


def test_two_outputs_of_one_run_at_one_broker_leave_each_other_in_peace(broker: Broker, listen: Listen) -> None:
    listener = listen(broker)
    addresses = [parse_address(f"{broker.url}/{prefix}") for prefix in ("one", "two")]
    couriers = [
        DeliveryQueue(MqttPublisher(address, BrokerSettings(), name="desk", run="r1"), bound=10)
        for address in addresses
    ]
    for queue in couriers:
        queue.take(event("12"))
    until(lambda: texts(listener, "one/desk/event") == texts(listener, "two/desk/event") == ["12"])
    for queue in couriers:
        queue.close(ENOUGH_S)
    assert "already connected" not in (broker.folder / "mosquitto.log").read_text()


def test_the_computer_of_a_namesake_is_no_command_for_this_terminal(
    broker: Broker, reader: Readers, listen: Listen, capsys: pytest.CaptureFixture[str]
) -> None:
    listener = listen(broker)
    reader(broker)
    until(lambda: listener.on("digitreader/desk/hello"))
    listener.send("digitreader/desk/hello", json.dumps({"run": "other", "host": "\x1b[2J"}))
    said = ""

    def told() -> bool:
        nonlocal said
        said += capsys.readouterr().err
        return "another reader" in said

    until(told)
    assert "\x1b" not in said
