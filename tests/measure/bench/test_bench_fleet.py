"""A fleet of simulated readers at a real broker: each event is watched once, over a restart of the broker too."""

from __future__ import annotations

import shutil
import struct

import pytest

from digitreader.errors import MissingExtraError
from digitreader.measure.bench.fleet import bench_fleet, describe_fleet
from digitreader.measure.bench.simulated_readers import SimulatedReader, make_readers, packet
from digitreader.output.mqtt.topics import Message


def test_nothing_is_lost_or_doubled_while_the_broker_is_restarted_and_a_stranger_sends_garbage() -> None:
    pytest.importorskip("paho.mqtt", reason="paho-mqtt is not installed; it is the extra [mqtt]")
    if shutil.which("mosquitto", path="/usr/sbin:/usr/bin:/usr/local/sbin") is None:
        pytest.skip("there is no Mosquitto; apt-get install mosquitto")
    measured = bench_fleet(readers=20, per_s=20, seconds=4)
    assert (measured.lost, measured.doubled, measured.unacknowledged) == (0, 0, 0)
    assert measured.events > 20
    assert measured.left_out > 0
    assert describe_fleet(measured).endswith("survived")


@pytest.mark.parametrize(("length", "written"), [(0, "00"), (127, "7f"), (128, "8001"), (16_384, "808001")])
def test_a_packet_has_its_length_in_groups_of_seven_bits(length: int, written: str) -> None:
    assert packet(0x30, b"x" * length).hex()[2 : 2 + len(written)] == written


@pytest.fixture
def reader() -> SimulatedReader:
    return make_readers(["a"])[0]


def test_what_the_broker_has_not_acknowledged_is_sent_again(reader: SimulatedReader) -> None:
    reader.hear(b"\x20\x02\x00\x00")
    assert b"online" in reader.out
    reader.say(Message("t", "first"))
    reader.hear(b"\x40\x02" + struct.pack(">H", 1))
    reader.lost(0.0)
    reader.hear(b"\x20\x02\x00")  # a packet comes in pieces
    reader.hear(b"\x00")
    assert (b"online" in reader.out, b"first" in reader.out) == (False, True)
    assert reader.out[0] & 0x08


def test_every_fiftieth_event_is_sent_twice(reader: SimulatedReader) -> None:
    for _ in range(50):
        reader.tell_number()
    events = [message.payload for message in reader.waiting.values() if message.topic.endswith("/event")]
    assert (len(events), len(set(events))) == (51, 50)


def test_without_a_broker_it_is_said_how_to_install_one(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("paho.mqtt", reason="paho-mqtt is not installed; it is the extra [mqtt]")
    monkeypatch.setattr(shutil, "which", lambda *_, **__: None)
    with pytest.raises(MissingExtraError, match="bench fleet needs a broker; apt install mosquitto"):
        bench_fleet(readers=1, per_s=1, seconds=1)
