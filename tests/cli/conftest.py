"""A reader that needs no model, for tests of what the command `read` does around it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess
from types import SimpleNamespace

import cv2
import numpy as np
import pytest

from digitreader.cli.main import main
from digitreader.model.accept import AcceptanceRule
from digitreader.values import Box, ColourImage, Frame, Line, Page, Reading

BAR_WH = (24, 60)
LOW_PX = 10

Say = Callable[[str], Path]


def draw_bars(text: str, *, size_wh: tuple[int, int] = (320, 120)) -> ColourImage:
    """White paper with a dark bar for each digit, the brighter the bar the higher the digit."""
    image = np.full((size_wh[1], size_wh[0], 3), 255, np.uint8)
    for place, digit in enumerate(filter(str.isdecimal, text)):
        left = 10 + 36 * place
        image[20 : 20 + BAR_WH[1], left : left + BAR_WH[0]] = 10 + 14 * int(digit)
    return image


class BarReader:
    """Stands in for the pipeline: reads the bars of `draw_bars`; of bars not higher than 10 pixels it reads none."""

    def __init__(self, model: object, *, doubtful: bool = False) -> None:  # as the real one takes it
        self.model, self.doubtful = model, doubtful
        self.last_found = None

    def read(self, frame: Frame) -> Page:
        """Read one frame as the pipeline does."""
        gray = cv2.cvtColor(frame.image, cv2.COLOR_BGR2GRAY)
        _, _, stats, _ = cv2.connectedComponentsWithStats((gray < 200).astype(np.uint8))
        boxes = [Box(*map(int, row[:4])) for row in stats[1:] if row[3] > 30] if gray.size > 400 else []
        boxes.sort(key=lambda box: box.x)
        readings = tuple(self._reading(gray, box, frame.scale) for box in boxes)
        lines = (Line(readings),) if readings else ()
        low = [float(row[3]) for row in stats[1:] if row[3] <= LOW_PX]
        small_px = frame.scale * low[0] if low else 0.0
        return Page(frame.source, frame.index, frame.time_s, lines, {"total": 1.0}, too_small_px=small_px)

    read_upright = read_next = read

    def forget(self) -> None:
        """It remembers nothing."""

    @staticmethod
    def _reading(gray: np.ndarray[tuple[int, ...], np.dtype[np.generic]], box: Box, scale: float) -> Reading:
        inside = gray[box.y + 5 : box.y + box.height - 5, box.x + 5 : box.x + box.width - 5]
        digit = round((float(np.median(np.asarray(inside, np.float64))) - 10) / 14)
        placed = Box(*(round(scale * side) for side in (box.x, box.y, box.width, box.height)))
        return Reading(placed, digit, 0.95)


@pytest.fixture
def run(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Callable[..., CompletedProcess[str]]:
    """Runs a command line in this process, with the bar reader in the pipeline's place."""
    model = SimpleNamespace(facts=SimpleNamespace(acceptance=AcceptanceRule()), card=SimpleNamespace())
    monkeypatch.setattr("digitreader.model.load.load_model", lambda _name, _engine: model)
    monkeypatch.setattr("digitreader.reading.pipeline.FrameReader", BarReader)

    def run(*arguments: str | Path) -> CompletedProcess[str]:
        line = [str(argument) for argument in arguments]
        status = main(line)
        out, err = capfd.readouterr()
        return CompletedProcess(line, status, out, err)

    return run


@pytest.fixture
def pictures(tmp_path: Path) -> Callable[..., list[Path]]:
    """Writes pictures of bars: the text of each is the digits of its file's stem."""

    def write(*names: str) -> list[Path]:
        paths = [tmp_path / name for name in names]
        for path in paths:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(cv2.imencode(path.suffix, draw_bars(path.stem))[1].tobytes())
        return paths

    return write


@pytest.fixture
def clip(tmp_path: Path) -> Callable[..., Path]:
    """Records a video that shows one text after another, or BLACK, each for a number of frames, 25 frames a second."""

    def record(*shown: tuple[str, int], name: str = "clip.avi") -> Path:
        path = tmp_path / name
        writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 25.0, (320, 120))
        for text, count in shown:
            for _ in range(count):
                writer.write(np.zeros((120, 320, 3), np.uint8) if text == "BLACK" else draw_bars(text))
        writer.release()
        return path

    return record


@pytest.fixture
def write(tmp_path: Path) -> Say:
    """Writes a configuration file for its owner alone."""

    def write(text: str) -> Path:
        path = tmp_path / "cam.toml"
        path.write_text(text, encoding="utf-8")
        path.chmod(0o600)
        return path

    return write
