"""The live source on a real RTSP server that is killed, frozen and started again."""

from __future__ import annotations

import signal
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from digitreader.camera.live import LiveSource, open_live
from digitreader.camera.source import CameraSettings, LiveSettings, Notice

PYTHON = "/usr/bin/python3"
BINDINGS = "import gi; gi.require_version('GstRtspServer', '1.0'); from gi.repository import GstRtspServer"
SERVER = Path(__file__).with_name("rtsp_server.py")
QUICK = LiveSettings(first_wait_s=0.1, longest_wait_s=0.2, give_up_s=60.0)


def is_here() -> bool:
    if not Path(PYTHON).exists():
        return False
    return subprocess.run([PYTHON, "-c", BINDINGS], capture_output=True, check=False).returncode == 0


pytestmark = pytest.mark.skipif(
    not is_here(), reason="needs Debian's python3-gi, gir1.2-gst-rtsp-server-1.0 and gstreamer1.0-plugins-good"
)


class RtspServer:
    """The server's process, on one port however often it is started."""

    def __init__(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            self._port = free.getsockname()[1]
        self.url = f"rtsp://127.0.0.1:{self._port}/stream"

    def start(self) -> None:
        self._process = subprocess.Popen(
            [PYTHON, str(SERVER), str(self._port)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        assert self._process.stdout is not None
        assert self._process.stdout.readline() == "listening\n"

    def send(self, number: int) -> None:
        self._process.send_signal(number)

    def stop(self) -> None:
        self._process.kill()
        self._process.communicate()


@pytest.fixture
def server() -> Iterator[RtspServer]:
    running = RtspServer()
    running.start()
    yield running
    running.stop()


@pytest.fixture
def source(server: RtspServer) -> Iterator[tuple[LiveSource, list[Notice]]]:
    notices: list[Notice] = []
    with open_live(server.url, CameraSettings(), QUICK) as opened:
        opened.listen(notices.append)
        yield opened, notices


def test_an_rtsp_camera_gives_its_pictures_in_their_order(source: tuple[LiveSource, list[Notice]]) -> None:
    frames = source[0].frames()
    given = [next(frames) for _ in range(10)]
    assert given[0].image.shape == (240, 320, 3)
    assert [frame.index for frame in given] == sorted({frame.index for frame in given})
    assert source[1] == []


def test_an_rtsp_server_that_dies_is_told_of_and_read_on_when_it_lives_again(
    server: RtspServer, source: tuple[LiveSource, list[Notice]]
) -> None:
    frames, notices = source[0].frames(), source[1]
    next(frames)
    server.stop()
    server.start()
    while len(notices) < 2:
        next(frames)
    assert [notice.interrupted for notice in notices] == [True, False]


def test_an_rtsp_server_that_hangs_is_told_of_and_read_on_when_it_goes_on(
    server: RtspServer, source: tuple[LiveSource, list[Notice]]
) -> None:
    frames, notices = source[0].frames(), source[1]
    next(frames)
    server.send(signal.SIGSTOP)

    def on_notice(notice: Notice) -> None:
        notices.append(notice)
        server.send(signal.SIGCONT)

    source[0].listen(on_notice)
    while len(notices) < 2:
        next(frames)
    assert "gives no pictures any more" in notices[0].message
    assert not notices[1].interrupted
