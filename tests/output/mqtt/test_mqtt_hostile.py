"""What brokers and strangers may send: nothing of it ends the work, and nothing is passed over in silence."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable, Iterator

import pytest

from digitreader.output.delivery_queue import DeliveryError
from digitreader.output.mqtt import robust_client
from digitreader.output.mqtt.connection import BrokerConnection
from digitreader.output.mqtt.fleet import Fleet, line_of, parse_record
from digitreader.output.mqtt.topics import MOST_BYTES, Message, parse_address
from digitreader.output.settings import BrokerSettings

from .conftest import Broker, until

GOOD = {"id": "a-1", "event": "number", "text": "12", "confidence": 0.5, "time": "2026-01-01T00:00:00.000Z"}


@pytest.mark.parametrize(
    "odd",
    [
        {"confidence": 10**400},
        {"confidence": -0.1},
        {"confidence": True},
        {"confidence": "1"},
        {"time": "0001-01-01"},
        {"time": "9999-12-31T23:59:59-23:59"},
        {"time": 5},
        {"text": "1" * 5000},
        {"text": ["1"]},
        {"id": "x" * 300},
        {"id": None},
        {"event": 7},
        {"message": {}},
        {"lines": "none"},
    ],
    ids=str,
)
def test_a_field_that_does_not_fit_is_named_once_and_counted(
    odd: dict[str, object], capsys: pytest.CaptureFixture[str]
) -> None:
    fleet = Fleet("p")
    for _ in range(3):
        assert fleet.hear("p/desk/event", json.dumps(GOOD | odd).encode(), retained=False) == []
    assert capsys.readouterr().err.count("desk: sends messages that no reader sends") == 1
    assert fleet.misfits["desk"] == 3
    (record,) = fleet.hear("p/desk/event", json.dumps(GOOD).encode(), retained=False)
    assert "desk: 12  (50%)" in line_of(record)


@pytest.mark.parametrize(
    "payload", [b'{"id": "a", "confidence": NaN}', b'{"id": "a", "confidence": 1e999}', b"\xff" * 9]
)
def test_numbers_that_are_none_never_reach_anybody(payload: bytes) -> None:
    assert Fleet("p").hear("p/desk/event", payload, retained=False) == []


def test_readers_beyond_the_limit_are_counted_and_not_kept(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("digitreader.output.mqtt.fleet.MOST_READERS", 1)
    fleet, number = Fleet("p"), json.dumps(GOOD).encode()
    assert [len(fleet.hear(f"p/{name}/event", number, retained=False)) for name in ("a", "b")] == [1, 0]
    assert [len(fleet.hear(f"p/{name}/status", b"online", retained=False)) for name in ("a", "b")] == [1, 0]
    assert fleet.misfits == {"more readers than can be": 2}
    assert capsys.readouterr().err.count("more readers than can be") == 1
    fleet.hear("p/c/event", b"nothing", retained=False)  # and what does not fit is not counted for ever
    assert fleet.misfits == {"more readers than can be": 2}
    assert "c: " not in capsys.readouterr().err


def test_a_message_that_is_larger_than_any_readers_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    number = json.dumps(GOOD).encode()
    assert parse_record(number) is not None
    monkeypatch.setattr("digitreader.output.mqtt.fleet.MOST_BYTES", len(number) - 1)
    assert parse_record(number) is None


def test_a_status_that_says_nothing_new_is_no_record() -> None:
    fleet = Fleet("p")
    told = [
        fleet.hear("p/desk/status", status, retained=False) for status in (b"online", b"online", b"away", b"offline")
    ]
    assert [[record["status"] for record in records] for records in told] == [["online"], [], [], ["offline"]]


def test_a_doubtful_number_is_shown_with_its_doubt() -> None:
    doubt = {"id": "a-1", "event": "doubtful", "text": "10", "doubt": "10 is less than 12"}
    (record,) = Fleet("p").hear("p/desk/event", json.dumps(doubt).encode(), retained=False)
    assert "desk: doubtful: 10 is less than 12" in line_of(record)


@pytest.fixture
def connect() -> Iterator[Callable[..., BrokerConnection]]:
    """Connects to a broker that may be none."""
    pytest.importorskip("paho.mqtt", reason="paho-mqtt is not installed; it is the extra [mqtt]")
    links: list[BrokerConnection] = []

    def begin(url: str, **heard: object) -> BrokerConnection:
        told = {"on_connect": lambda: None, "on_message": lambda *_: None} | heard
        links.append(BrokerConnection(parse_address(url), BrokerSettings(), client_id="c", latest_s=1, **told))  # type: ignore[arg-type]
        links[-1].start()
        return links[-1]

    yield begin
    for link in links:
        link.close()


def serve(answer: bytes | None) -> tuple[socket.socket, str]:
    """A server that takes connections and says this; None is nothing, and the connection stays open."""
    server, kept = socket.create_server(("127.0.0.1", 0)), []

    def work() -> None:
        while True:
            try:
                taken, _ = server.accept()
            except OSError:
                return
            if answer is None:
                kept.append(taken)
                continue
            with taken:
                taken.sendall(answer)

    threading.Thread(target=work, daemon=True).start()
    return server, f"mqtt://127.0.0.1:{server.getsockname()[1]}"


@pytest.mark.parametrize(
    "answer",
    [
        None,
        b"",
        b"HTTP/1.1 400 Bad Request\r\n\r\n",
        b"\x15\x03\x01\0\x02\x02\x0a",
        b"\x20\x02\0\0\x30\xff\xff\xff\x7f",
    ],
)
def test_a_broker_that_is_none_is_named(
    answer: bytes | None, connect: Callable[..., BrokerConnection], capsys: pytest.CaptureFixture[str]
) -> None:
    server, url = serve(answer)
    with server:
        connect(url)
        said: list[str] = []

        def is_named() -> bool:
            said.append(capsys.readouterr().err)
            return "error: mqtt://" in "".join(said)

        until(is_named)
    assert "Traceback" not in "".join(said)


@pytest.mark.parametrize(
    ("answer", "message"), [(b"", ""), (b"\x90\x03\0\x01\x01", ": answers again")], ids=["never", "late"]
)
def test_a_broker_that_greets_and_answers_no_subscription_is_named(
    answer: bytes, message: str, connect: Callable[..., BrokerConnection], capsys: pytest.CaptureFixture[str]
) -> None:
    named, said, begun = threading.Event(), [""], threading.Event()

    def work() -> None:
        taken, _ = server.accept()
        taken.recv(1000)
        taken.sendall(b"\x20\x02\0\0")
        named.wait(20)
        taken.sendall(answer)
        over.wait(20)
        taken.close()

    def is_said(text: str) -> bool:
        said[0] += capsys.readouterr().err
        return text in said[0]

    def subscribe() -> None:
        begun.wait(20)
        link.subscribe(["t/#"])

    over = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=work, daemon=True).start()
        link = connect(f"mqtt://127.0.0.1:{server.getsockname()[1]}", on_connect=subscribe)
        begun.set()
        until(lambda: is_said("greets, but does not answer when it is asked for messages; restart the broker"))
        with pytest.raises(DeliveryError, match=r"greets, but does not answer .*; given up after 0 s"):
            link.wait_for_beginning(0.0, subscribed=True)
        named.set()
        until(lambda: is_said(message))
        link.close()
        over.set()
    assert said[0].count("error: ") == 1


def test_a_thread_that_an_error_would_end_goes_on(
    broker: Broker, connect: Callable[..., BrokerConnection], capsys: pytest.CaptureFixture[str]
) -> None:
    heard: list[str] = []

    def hear(topic: str, payload: bytes, retained: bool) -> None:
        heard.append(topic)
        if payload == b"bad":
            raise ZeroDivisionError("of the test")

    made = threading.Event()

    def subscribe() -> None:
        made.wait()  # until there is a link
        link.subscribe(["t/#"])

    link = connect(broker.url, on_connect=subscribe, on_message=hear)
    made.set()
    link.wait_for_beginning()
    for payload in ("bad", "good"):
        link.publish([Message("t/1", payload)])
    until(lambda: len(heard) == 2)
    assert "ZeroDivisionError: of the test" in capsys.readouterr().err


@pytest.mark.parametrize("more", [1, 30_000_000])
@pytest.mark.parametrize("quality", [0, 1])
def test_a_message_beyond_the_limit_is_left_out_without_being_held_and_named_once(
    more: int,
    quality: int,
    broker: Broker,
    connect: Callable[..., BrokerConnection],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    held, heard = [0], list[int]()
    extend = robust_client.BoundedPacket.__iadd__

    def add(packet: robust_client.BoundedPacket, data: bytes) -> robust_client.BoundedPacket:
        added = extend(packet, data)
        held.append(len(added))
        return added

    monkeypatch.setattr(robust_client.BoundedPacket, "__iadd__", add)
    made = threading.Event()

    def subscribe() -> None:
        made.wait()  # until there is a link
        link.subscribe(["t/#"])

    link = connect(broker.url, on_connect=subscribe, on_message=lambda _, payload, __: heard.append(len(payload)))
    made.set()
    link.wait_for_beginning()
    large = b"x" * (MOST_BYTES + more)
    for payload in (b"x", large, large, b"x" * MOST_BYTES, b"xx"):
        link._client.publish("t/\N{RIGHT-TO-LEFT OVERRIDE}", payload, qos=quality)  # noqa: SLF001 # publish() sends texts
    until(lambda: len(heard) == 3)
    assert heard == [1, MOST_BYTES, 2]
    assert MOST_BYTES < max(held) <= robust_client.MOST_PACKET_BYTES
    told = capsys.readouterr().err
    assert told.count("sends more than 262,144 bytes on 't/\\u202e'; such messages are left out") == 1
    assert told.count("\n") == 1


def test_a_topic_that_is_no_utf_8_is_left_out_and_said(
    broker: Broker, connect: Callable[..., BrokerConnection], capsys: pytest.CaptureFixture[str]
) -> None:
    class Odd:
        payload, retain = b"x", False

        @property
        def topic(self) -> str:
            return b"\xff".decode()

    link = connect(broker.url)
    for _ in range(2):
        link._received(None, None, Odd())  # type: ignore[arg-type] # noqa: SLF001 # no broker here sends such a topic
    assert capsys.readouterr().err.count("not UTF-8") == 1


@pytest.fixture
def idle() -> BrokerConnection:
    """A connection that was never started."""
    pytest.importorskip("paho.mqtt", reason="paho-mqtt is not installed; it is the extra [mqtt]")
    return BrokerConnection(
        parse_address("mqtt://localhost:9"),
        BrokerSettings(),
        client_id="c",
        on_connect=lambda: None,
        on_message=lambda *_: None,
    )


def test_waiting_for_a_broker_that_does_not_greet_ends_in_time(idle: BrokerConnection) -> None:
    with pytest.raises(DeliveryError, match="mqtt://localhost:9: does not greet; given up after 0 s"):
        idle.wait_for_beginning(0.0)


def test_topics_that_a_broker_refuses_are_said(idle: BrokerConnection, capsys: pytest.CaptureFixture[str]) -> None:
    from paho.mqtt.packettypes import PacketTypes
    from paho.mqtt.reasoncodes import ReasonCode

    granted, refused = (ReasonCode(PacketTypes.SUBACK, identifier=code) for code in (1, 0x87))
    idle._subscribed(idle._client, None, 1, [granted], None)  # noqa: SLF001 # Mosquitto grants all
    assert capsys.readouterr().err == ""
    idle._subscribed(idle._client, None, 1, [granted, refused], None)  # noqa: SLF001
    assert "refuses to send some topics (Not authorized); check the broker's rules" in capsys.readouterr().err


def test_a_connection_goes_on_after_data_that_are_not_mqtt_until_it_is_closed(
    idle: BrokerConnection, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from paho.mqtt.client import Client

    came: list[Exception] = []

    def loop(*_: object) -> int:
        came.append(ValueError("no packet"))
        if len(came) == 3:
            idle.close()
        raise came[-1]

    monkeypatch.setattr("digitreader.output.mqtt.connection.SOONEST_S", 0.0)
    monkeypatch.setattr(Client, "loop_forever", loop)
    idle._client.loop_forever()  # noqa: SLF001 # as paho's thread runs it
    assert len(came) == 3
    assert not idle._broken(came[-1])  # noqa: SLF001
    assert "sends data that are not MQTT (ValueError); check the port" in capsys.readouterr().err


def test_a_broker_without_tls_is_named(
    connect: Callable[..., BrokerConnection], capsys: pytest.CaptureFixture[str]
) -> None:
    server, url = serve(b"HTTP/1.1 400 Bad Request\r\n\r\n")
    said: list[str] = []

    def is_named() -> bool:
        said.append(capsys.readouterr().err)
        return "does not speak TLS" in "".join(said)

    with server:
        connect(url.replace("mqtt://", "mqtts://"))
        until(is_named)
    assert "check the port, or write mqtt://" in "".join(said)
