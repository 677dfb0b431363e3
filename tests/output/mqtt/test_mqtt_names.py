"""Addresses, topics, what a state says and what Home Assistant is told: without a broker."""

from __future__ import annotations

import json

import pytest

from digitreader.errors import UsageError
from digitreader.output.event import BACK, DOUBTFUL, ERROR, FAULT, GONE, NUMBER, Event
from digitreader.output.mqtt.publisher import discovery_messages, node_id
from digitreader.output.mqtt.topics import Topics, parse_address, state_of
from digitreader.values import Box, Line, Reading


@pytest.mark.parametrize(
    ("text", "host", "port", "tls", "user", "prefix"),
    [
        ("mqtt://broker.local", "broker.local", 1883, False, "", "digitreader"),
        ("mqtts://broker.local", "broker.local", 8883, True, "", "digitreader"),
        ("mqtt://me%40home@broker:1884/house/cellar/", "broker", 1884, False, "me@home", "house/cellar"),
        ("mqtts://[::1]:9000", "::1", 9000, True, "", "digitreader"),
    ],
)
def test_an_address_is_understood(text: str, host: str, port: int, tls: bool, user: str, prefix: str) -> None:
    address = parse_address(text)
    assert (address.host, address.port, address.tls, address.user, address.prefix) == (host, port, tls, user, prefix)


def test_an_address_is_shown_without_its_user() -> None:
    assert str(parse_address("mqtts://me@[::1]/house")) == "mqtts://[::1]:8883"


@pytest.mark.parametrize(
    "text",
    [
        *(
            "mqtt://",
            "http://broker",
            "mqtt://broker:0",
            "mqtt://broker:99999",
            "mqtt://broker:x",
            "broker",
            "mqtt://a..b",
            "mqtt://[::1",
        ),
        *("mqtt://broker/a/+/b", "mqtt://broker/$SYS", "mqtt://broker/a//b", "mqtt://broker/?secret=1"),
    ],
)
def test_what_is_no_address_is_refused_without_being_repeated(text: str) -> None:
    with pytest.raises(UsageError, match="address is mqtt://") as caught:
        parse_address(text)
    assert "secret" not in str(caught.value)


def test_a_password_in_an_address_is_refused_and_not_shown() -> None:
    with pytest.raises(UsageError, match="--password-file") as caught:
        parse_address("mqtt://me:geheim@broker")
    assert "geheim" not in str(caught.value)


@pytest.mark.parametrize("name", ["", "a/b", "a+", "#", "$SYS", "a\nb"])
def test_a_name_that_cannot_be_part_of_a_topic_is_refused(name: str) -> None:
    with pytest.raises(UsageError, match="--name"):
        Topics("digitreader", name)


def an_event(kind: str, text: str = "", message: str = "") -> Event:
    lines = (
        (Line(tuple(Reading(Box(0, 0, 1, 1), int(digit), 0.5 + int(digit) / 20) for digit in text)),) if text else ()
    )
    return Event(kind, "r-1", "desk", "2026-01-01T00:00:00.000Z", "demo", 3, text, lines, message)


@pytest.mark.parametrize(
    ("event", "text", "confidence", "fault"),
    [
        (an_event(NUMBER, "59"), "59", 0.75, ""),
        (an_event(GONE, "59"), "", None, ""),
        (an_event(FAULT, message="unplugged"), "", None, "unplugged"),
        (an_event(ERROR, message="gone"), "", None, "gone"),
        (an_event(BACK, message="plugged in"), "", None, ""),
    ],
)
def test_the_state_says_what_is_so_after_an_event(
    event: Event, text: str, confidence: float | None, fault: str
) -> None:
    state = state_of(event)
    assert (state["text"], state["confidence"], state["fault"]) == (text, confidence, fault)
    assert state["id"] == "r-1"


def test_the_state_is_retained_and_the_event_is_not() -> None:
    messages = Topics("house", "desk").messages(an_event(NUMBER, "59"))
    assert [(message.topic, message.retain) for message in messages] == [
        ("house/desk/event", False),
        ("house/desk/state", True),
    ]
    assert json.loads(messages[0].payload)["lines"][0]["text"] == "59"


def test_a_doubtful_number_is_an_event_and_leaves_the_state_as_it_was() -> None:
    messages = Topics("house", "desk").messages(an_event(DOUBTFUL, "59"))
    assert [message.topic for message in messages] == ["house/desk/event"]


def test_discovery_is_retained_and_tells_where_the_number_is() -> None:
    messages = discovery_messages("homeassistant", Topics("digitreader", "desk"))
    assert all(message.retain for message in messages)
    assert [message.topic for message in messages] == [
        "homeassistant/sensor/digitreader_desk/number/config",
        "homeassistant/sensor/digitreader_desk/confidence/config",
        "homeassistant/binary_sensor/digitreader_desk/fault/config",
    ]
    assert {json.loads(message.payload)["state_topic"] for message in messages} == {"digitreader/desk/state"}


def test_two_names_never_become_one_device() -> None:
    names = ["a_b", "a b", "a-b", "a.b", "aéb", "ab", "a_20_b"]
    assert len({node_id(Topics("digitreader", name)) for name in names}) == len(names)
