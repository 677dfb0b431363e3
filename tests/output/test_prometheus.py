"""`--output prometheus:PORT`: what Prometheus is answered, asked over HTTP as it asks."""

from __future__ import annotations

import socket
import sys
from collections.abc import Iterator
from urllib.request import urlopen

import pytest

from digitreader.errors import MissingExtraError, OutputError, UsageError
from digitreader.output.kinds import RunFacts, parse_place
from digitreader.output.opening import open_places
from digitreader.output.prometheus import PrometheusSink, parse_listen_address
from digitreader.output.settings import OutputSettings

from .recorded import frame, page


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("9105", ("127.0.0.1", 9105)),
        ("0.0.0.0:9105", ("0.0.0.0", 9105)),  # noqa: S104 # parsed, not listened on
        ("[::1]:9105", ("::1", 9105)),
    ],
)
def test_an_address_is_understood(text: str, address: tuple[str, int]) -> None:
    assert parse_listen_address(text) == address


@pytest.mark.parametrize("text", ["", "host", "host:", "99999", "-1", "x:1y"])
def test_what_has_no_port_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="prometheus:9105"):
        parse_listen_address(text)


@pytest.fixture
def sink() -> Iterator[PrometheusSink]:
    pytest.importorskip("prometheus_client", reason="prometheus-client is not installed; it is the extra [prometheus]")
    opened = PrometheusSink(("127.0.0.1", 0), name='desk "1"', model="accurate")
    yield opened
    opened.close(0.0)


def asked(sink: PrometheusSink) -> dict[str, float]:
    """Each metric with its value, without its labels."""
    with urlopen(f"http://127.0.0.1:{sink.port}/metrics") as reply:
        lines = reply.read().decode().splitlines()
    told = [line for line in lines if not line.startswith("#")]
    assert all('reader="desk \\"1\\""' in line for line in told)
    return {line.partition("{")[0]: float(line.rpartition(" ")[2]) for line in told}


def test_before_the_first_number_there_is_none(sink: PrometheusSink) -> None:
    told = asked(sink)
    assert "digitreader_number" not in told
    assert (told["digitreader_number_shown"], told["digitreader_info"]) == (0, 1)


def test_the_number_and_its_camera_are_told(sink: PrometheusSink) -> None:
    for number in range(3):
        sink.frame(page("12"), frame(number))
    sink.change(page("12"), frame(2))
    told = asked(sink)
    assert (told["digitreader_number"], told["digitreader_confidence"], told["digitreader_frames_total"]) == (
        12,
        0.9,
        3,
    )
    sink.doubtful(page("7"), frame(3))
    sink.fault("cam", "is away")
    told = asked(sink)
    assert (told["digitreader_number"], told["digitreader_doubtful_numbers_total"]) == (12, 1)
    assert (told["digitreader_camera_fault"], told["digitreader_number_shown"]) == (1, 0)
    sink.back("cam", "is there")
    assert asked(sink)["digitreader_camera_fault"] == 0


def test_two_lines_are_no_number_and_leave_the_last_one(sink: PrometheusSink) -> None:
    sink.picture(page("12"), frame(0))
    two = page("34")
    sink.picture(type(two)(two.source, lines=two.lines * 2), frame(1))
    told = asked(sink)
    assert (told["digitreader_number"], told["digitreader_numbers_total"]) == (12, 2)


def test_a_picture_without_a_number_is_a_frame_only(sink: PrometheusSink) -> None:
    sink.picture(page(""), frame(0))
    told = asked(sink)
    assert (told["digitreader_frames_total"], told["digitreader_numbers_total"]) == (1, 0)
    assert "digitreader_number" not in told


def test_a_port_that_is_taken_is_told(sink: PrometheusSink) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        place = parse_place(f"prometheus:{taken.getsockname()[1]}")
        with pytest.raises(OutputError, match=r"cannot listen on 127\.0\.0\.1"):
            open_places(OutputSettings((place,)), RunFacts(inputs=(), named=False, expecting=False))


def test_without_its_client_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "prometheus_client", None)
    with pytest.raises(MissingExtraError, match=r"\[prometheus\]"):
        PrometheusSink(("127.0.0.1", 0), name="desk", model="")
