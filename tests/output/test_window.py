"""The overlay window on a real X server without a screen, with an OpenCV that has windows, in its own environment."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import pytest

import digitreader
from digitreader.output.overlay import SURE
from digitreader.output.window import WindowSink

from .recorded import IMAGE, frame, page

GUI_PYTHON = "DIGITREADER_GUI_PYTHON"
ENOUGH_S = 60.0
PIXELS_WH = (1280, 1024)


@dataclass
class Screen:
    """An X server that draws into a file."""

    display: str
    file: Path

    def pixels(self) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
        """What it shows: (H, W, 4) uint8, blue-green-red-nothing; the last bytes of an XWD file."""
        count = PIXELS_WH[0] * PIXELS_WH[1] * 4
        data = np.frombuffer(self.file.read_bytes()[-count:], np.uint8)
        return data.reshape(PIXELS_WH[1], PIXELS_WH[0], 4)

    def shows_boxes(self) -> bool:
        """Whether the colour of sure digits is on it."""
        return int((np.abs(self.pixels()[:, :, :3].astype(int) - SURE).max(axis=2) <= 8).sum()) > 200


@pytest.fixture
def gui_python(repository: Path) -> str:
    """A Python whose OpenCV has windows: the one that is named, or that `make test` made where it found an X server."""
    if named := os.environ.get(GUI_PYTHON, ""):
        return named
    made = repository / ".window"
    if not (made / "installed").is_file():
        pytest.skip(f"there is no .window; make test makes it, or let {GUI_PYTHON} name a Python with opencv-python")
    return str(made / "bin" / "python")


@pytest.fixture
def screen(tmp_path: Path) -> Iterator[Screen]:
    if shutil.which("Xvfb") is None:
        pytest.skip("there is no Xvfb; apt-get install xvfb")
    reads, writes = os.pipe()
    size = f"{PIXELS_WH[0]}x{PIXELS_WH[1]}x24"
    command = ["Xvfb", "-displayfd", str(writes), "-screen", "0", size, "-fbdir", str(tmp_path), "-nolisten", "tcp"]
    with subprocess.Popen(command, pass_fds=[writes], stderr=subprocess.DEVNULL) as server:
        os.close(writes)
        with os.fdopen(reads) as told:
            display = f":{told.readline().strip()}"
        yield Screen(display, tmp_path / "Xvfb_screen0")
        server.terminate()


def until_boxes(screen: Screen, process: subprocess.Popen[str]) -> None:
    deadline_s = time.monotonic() + ENOUGH_S
    while not screen.shows_boxes():
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < deadline_s, "no digit was marked in the window"
        time.sleep(0.05)


def test_the_window_shows_the_demo_with_its_digits_marked_until_ctrl_c(gui_python: str, screen: Screen) -> None:
    command = [gui_python, "-m", "digitreader", "read", "demo", "--no-config", "--output", "window"]
    # whichever Python it is, it runs the code that is tested
    code = str(Path(digitreader.__file__).parents[1])
    environment = {**os.environ, "DISPLAY": screen.display, "PYTHONPATH": code}
    environment.pop("WAYLAND_DISPLAY", None)
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        until_boxes(screen, process)
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=ENOUGH_S)
    assert process.returncode == 130


@pytest.fixture
def sizes(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, int]]:
    """OpenCV has no screen; gives the sizes (width, height) that a window was given."""
    sizes: list[tuple[int, int]] = []
    answers = {"namedWindow": None, "imshow": None, "waitKey": -1, "getWindowProperty": 1.0, "destroyAllWindows": None}
    for name, answer in answers.items():
        monkeypatch.setattr(cv2, name, lambda *_, answer=answer: answer)
    monkeypatch.setattr(cv2, "resizeWindow", lambda _, width, height: sizes.append((width, height)))
    return sizes


def test_the_window_gets_the_size_of_its_first_picture_and_then_the_user_chooses(sizes: list[tuple[int, int]]) -> None:
    sink = WindowSink(has_display=True)
    for number in range(2):
        sink.frame(page(), frame(number))
    assert [width for width, _ in sizes] == [IMAGE.shape[1]]


@pytest.mark.usefixtures("sizes")
def test_the_key_q_in_the_window_ends_the_reading(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cv2, "waitKey", lambda _: ord("q"))
    with pytest.raises(KeyboardInterrupt):
        WindowSink(has_display=True).frame(page(), frame(0))
