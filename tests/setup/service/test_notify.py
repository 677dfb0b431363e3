"""What systemd is told, through a socket of the test's own: readiness, and pings for processed frames alone."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from digitreader.cli.read_run import _heartbeat
from digitreader.setup.service.watchdog import Heartbeat, Notifier, notifier_from
from digitreader.values import Frame, Page

FRAME = Frame(np.zeros((4, 4), np.uint8), "0")
PAGE = Page("0")


@pytest.fixture
def listener(tmp_path: Path) -> Iterator[socket.socket]:
    """The socket that systemd would have."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as ears:
        ears.bind(str(tmp_path / "notify"))
        ears.settimeout(60)  # a process has to start; what fails here would wait for ever
        yield ears


@pytest.fixture
def heard(listener: socket.socket) -> Callable[[], list[str]]:
    """What has been said since it was last asked, a message each; waits for nothing."""

    def heard() -> list[str]:
        listener.setblocking(False)
        messages = []
        try:
            while True:
                messages.append(listener.recv(4096).decode())
        except BlockingIOError:
            return messages

    return heard


def notifier(listener: socket.socket, watchdog_s: float | None = 8.0) -> Notifier:
    return Notifier(listener.getsockname(), watchdog_s)


@contextmanager
def started(command: Sequence[str | Path], **how: Any) -> Iterator[subprocess.Popen[bytes]]:
    """A process that does not outlive its test, whatever becomes of that."""
    with subprocess.Popen(command, **how) as process:
        try:
            yield process
        finally:
            process.kill()


class Clock:
    """Seconds that pass when the test says so."""

    now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


def test_lines_are_one_datagram(listener: socket.socket, heard: Callable[[], list[str]]) -> None:
    notifier(listener).send("READY=1", "STATUS=two\nlines")
    assert heard() == ["READY=1\nSTATUS=two lines"]


def test_an_abstract_socket_is_reached() -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as ears:
        ears.bind(f"\0digitreader-test-{os.getpid()}")
        found = notifier_from({"NOTIFY_SOCKET": f"@digitreader-test-{os.getpid()}"})
        assert found is not None
        found.send("READY=1")
        ears.setblocking(False)
        assert ears.recv(100) == b"READY=1"


def test_a_listener_who_has_gone_does_no_harm(tmp_path: Path) -> None:
    Notifier(str(tmp_path / "nobody")).send("READY=1")


def test_a_listener_who_does_not_keep_up_is_not_waited_for(listener: socket.socket) -> None:
    for _ in range(2_000):  # more than any queue of datagrams holds
        notifier(listener).send("STATUS=x")


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({}, None),
        ({"NOTIFY_SOCKET": ""}, None),
        ({"NOTIFY_SOCKET": "relative"}, None),
        ({"NOTIFY_SOCKET": "/run/n"}, Notifier("/run/n")),
        ({"NOTIFY_SOCKET": "@n"}, Notifier("\0n")),
        ({"NOTIFY_SOCKET": "/n", "WATCHDOG_USEC": "3000000"}, Notifier("/n", 3.0)),
        ({"NOTIFY_SOCKET": "/n", "WATCHDOG_USEC": "3000000", "WATCHDOG_PID": "7"}, Notifier("/n", 3.0)),
        ({"NOTIFY_SOCKET": "/n", "WATCHDOG_USEC": "3000000", "WATCHDOG_PID": "8"}, Notifier("/n")),
        ({"NOTIFY_SOCKET": "/n", "WATCHDOG_USEC": "0"}, Notifier("/n")),
        ({"NOTIFY_SOCKET": "/n", "WATCHDOG_USEC": "soon"}, Notifier("/n")),
    ],
)
def test_the_environment_says_who_listens_and_for_how_long(
    environment: dict[str, str], expected: Notifier | None
) -> None:
    assert notifier_from(environment, process=7) == expected


def test_it_is_ready_before_the_first_frame(listener: socket.socket, heard: Callable[[], list[str]]) -> None:
    Heartbeat(notifier(listener), clock=Clock())
    assert [message.splitlines()[0] for message in heard()] == ["READY=1"]


def test_frames_are_pings_four_times_a_watch(listener: socket.socket, heard: Callable[[], list[str]]) -> None:
    clock = Clock()
    heartbeat = Heartbeat(notifier(listener, watchdog_s=8.0), clock=clock)
    heard()
    for _ in range(80):  # 8 s at 10 frames a second
        heartbeat.frame(PAGE, FRAME)
        clock.now_s += 0.1
    pings = heard()
    assert [ping.splitlines()[0] for ping in pings] == ["WATCHDOG=1"] * 4
    assert pings[0].endswith("STATUS=0: 1 frames processed")


def test_without_frames_there_are_no_pings(listener: socket.socket, heard: Callable[[], list[str]]) -> None:
    clock = Clock()
    heartbeat = Heartbeat(notifier(listener), clock=clock)
    heartbeat.frame(PAGE, FRAME)
    heard()
    clock.now_s += 1000
    heartbeat.fault("0", "0: gives no frames")
    heartbeat.error("0", "0: gives no frames")
    heartbeat.back("0", "0: is back")
    heartbeat.change(PAGE, FRAME)
    assert heard() == ["STATUS=0: gives no frames"] * 2


def test_a_reader_that_connects_its_camera_again_pings_and_still_says_what_is_wrong(
    listener: socket.socket, heard: Callable[[], list[str]]
) -> None:
    clock = Clock()
    heartbeat = Heartbeat(notifier(listener, watchdog_s=8.0), clock=clock)
    heartbeat.frame(PAGE, FRAME)
    heartbeat.fault("0", "0: gives no frames")
    heard()
    for _ in range(128):  # 16 s
        clock.now_s += 0.125
        heartbeat.waiting()
    assert heard() == ["WATCHDOG=1"] * 8


def test_the_first_frame_after_a_fault_is_a_ping(listener: socket.socket, heard: Callable[[], list[str]]) -> None:
    heartbeat = Heartbeat(notifier(listener), clock=Clock())
    heartbeat.frame(PAGE, FRAME)
    heard()
    heartbeat.back("0", "0: is back")
    heartbeat.frame(PAGE, FRAME)
    assert heard()[0].startswith("WATCHDOG=1")


def test_read_says_when_it_is_ready_and_pings_while_it_reads(listener: socket.socket) -> None:
    command = [sys.executable, "-m", "digitreader", "read", "demo", "--no-config", "--format", "jsonl"]
    environment = {**os.environ, "NOTIFY_SOCKET": listener.getsockname(), "WATCHDOG_USEC": "400000"}
    with started(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as process:
        messages = [listener.recv(4096).decode() for _ in range(3)]
        process.send_signal(signal.SIGTERM)
        process.communicate()
        while "STOPPING=1" not in messages:
            messages.append(listener.recv(4096).decode())
    assert messages[0].startswith("READY=1")
    assert all(message.startswith("WATCHDOG=1") for message in messages[1:-1])


def test_a_read_that_hangs_stops_its_pings(tmp_path: Path, listener: socket.socket) -> None:
    picture = tmp_path / "blank.png"
    cv2.imwrite(str(picture), np.full((60, 80), 255, np.uint8))
    command = [sys.executable, "-m", "digitreader", "read", str(picture), "-", "--no-config"]
    environment = {**os.environ, "NOTIFY_SOCKET": listener.getsockname(), "WATCHDOG_USEC": "200000"}
    # the second source is a stdin on which nothing ever comes
    with started(command, env=environment, stdin=subprocess.PIPE, stderr=subprocess.PIPE):
        first = [listener.recv(4096).decode().splitlines()[0] for _ in range(2)]
        listener.settimeout(1.0)
        with pytest.raises(TimeoutError):
            listener.recv(4096)
    assert first == ["READY=1", "WATCHDOG=1"]


def test_read_is_silent_where_nobody_listens(tmp_path: Path) -> None:
    code = (
        "import sys; from digitreader.cli.main import main; main(sys.argv[1:]); "
        "print('digitreader.setup.service.watchdog' in sys.modules)"
    )
    environment = {name: value for name, value in os.environ.items() if name != "NOTIFY_SOCKET"}
    command = [sys.executable, "-c", code, "read", "demo", "--no-config", "--frames", "1"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.endswith("False\n")


def test_a_read_whose_camera_stays_away_pings_on_and_says_what_is_wrong(
    listener: socket.socket, tmp_path: Path
) -> None:
    code = tmp_path / "camera_that_leaves.py"
    code.write_text(CAMERA_THAT_LEAVES, encoding="utf-8")
    environment = {**os.environ, "NOTIFY_SOCKET": listener.getsockname(), "WATCHDOG_USEC": "400000"}
    said: list[str] = []
    with started([sys.executable, code], env=environment, stderr=subprocess.DEVNULL):
        while not any("connecting again" in each for each in said):
            said.append(listener.recv(4096).decode())
        after = [listener.recv(4096).decode() for _ in range(10)]  # two and a half times the watchdog's patience
    assert after == ["WATCHDOG=1"] * 10


def test_a_camera_that_is_not_there_at_the_start_is_waited_for_with_pings(listener: socket.socket) -> None:
    camera = "/dev/v4l/by-id/no-such-camera"
    command = [sys.executable, "-m", "digitreader", "read", camera, "--no-config", "--wait-for-camera"]
    environment = {**os.environ, "NOTIFY_SOCKET": listener.getsockname(), "WATCHDOG_USEC": "400000"}
    said: list[str] = []
    with started(command, env=environment, stderr=subprocess.DEVNULL):
        while not any("waiting for it" in each for each in said):
            said.append(listener.recv(4096).decode())
        after = [listener.recv(4096).decode() for _ in range(10)]
    assert said[0].startswith("READY=1")
    assert after == ["WATCHDOG=1"] * 10


CAMERA_THAT_LEAVES = """
import sys
import numpy as np
from digitreader.errors import SourceError
from digitreader.camera import live
from digitreader.camera.source import PlainSource
from digitreader.cli.main import main
from digitreader.values import Frame

class Camera(PlainSource):
    name, live, frame_count = "7", True, None
    opened = 0
    def __init__(self, *_, **__):
        Camera.opened += 1
        if Camera.opened > 1:
            raise SourceError("7: there is no camera /dev/video7")
    def __enter__(self): return self
    def __exit__(self, *_): pass
    def frames(self):
        yield Frame(np.full((48, 64, 3), 200, np.uint8), "7")
        raise SourceError("7: stopped giving frames; check its cable and power")

live.opener = lambda *_: Camera
main(["read", "7", "--no-config", "--format", "none", "--output", "text:" + sys.argv[0] + ".txt"])
"""


def test_a_reader_that_systemd_did_not_start_has_no_heartbeat(
    listener: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert _heartbeat() == []
    monkeypatch.setenv("NOTIFY_SOCKET", listener.getsockname())
    monkeypatch.setenv("WATCHDOG_USEC", "8000000")
    (sink,) = _heartbeat()
    assert isinstance(sink, Heartbeat)
