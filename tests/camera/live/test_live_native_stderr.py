"""What libraries of cameras write to stderr themselves is dropped; what the product says comes through."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np

from .conftest import Paper, Running
from .mjpeg_server import MjpegServer

SPEAKING = """
import os, sys
import cv2, numpy
from digitreader.host.native_stderr import native_stderr_dropped
from digitreader.output.command import Command
from digitreader.output.event import NUMBER, Event
with native_stderr_dropped():
    encoded = cv2.imencode(".jpg", numpy.random.default_rng(0).integers(0, 255, (64, 64, 3), numpy.uint8))[1]
    cv2.imdecode(encoded[:-300], cv2.IMREAD_COLOR)  # of which libjpeg complains
    os.write(2, b"native\\n")
    print("mine", file=sys.stderr)
    Command("sh -c 'echo theirs >&2'", timeout_s=20).deliver(Event(NUMBER, "1", "desk", "", "demo", text="7"))
os.write(2, b"native afterwards\\n")
print("mine afterwards", file=sys.stderr)
"""


def test_native_code_is_not_heard_in_the_block_and_python_and_commands_are() -> None:
    done = subprocess.run([sys.executable, "-c", SPEAKING], capture_output=True, text=True, check=True)
    assert done.stderr.splitlines() == ["mine", "theirs", "native afterwards", "mine afterwards"]


def test_where_stderr_is_closed_nothing_happens() -> None:
    code = "import os\nfrom digitreader.host.native_stderr import native_stderr_dropped\nos.close(2)\n"
    code += "with native_stderr_dropped(): print('on')\n"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "on\n"


def test_a_picture_beside_a_camera_that_is_cut_off_brings_no_lines_of_ffmpeg(
    server: MjpegServer, paper: Paper, start: Callable[..., Running], tmp_path: Path
) -> None:
    picture = tmp_path / "blank.png"
    cv2.imwrite(str(picture), np.full((60, 80), 255, np.uint8))
    paper.show("123")
    reading = start("read", picture, server.url)
    reading.until(lambda: any(line.endswith("123") for line in reading.out))
    server.stop()
    reading.until_err("stopped giving frames")
    server.start()
    reading.until_err("is back after")
    reading.end(signal.SIGTERM)
    assert [line for line in reading.err if not line.startswith("digitreader: ")] == []


def test_descriptors_are_given_back() -> None:
    code = (
        "import os\nfrom digitreader.host.native_stderr import native_stderr_dropped\n"
        "with native_stderr_dropped(): pass\n"
        "before = len(os.listdir('/proc/self/fd'))\n"
        "for _ in range(5):\n    with native_stderr_dropped(): pass\n"
        "print(len(os.listdir('/proc/self/fd')) - before)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=dict(os.environ)
    )
    assert done.stdout == "0\n"
