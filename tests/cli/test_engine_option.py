"""``--engine``: which engine reads, on every command that has a model."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from digitreader.drawing import DemoSettings, scene

EASY = DemoSettings(pens=("felt",), papers=("white",), folds=0.0, shadow=0.0, tilt_deg=2.0, perspective_deg=5.0)


class Ran(Protocol):
    """What a command line did."""

    status: int
    out: str
    err: str


Run = Callable[..., Ran]


@pytest.fixture(scope="module")
def picture(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A sheet with two lines of digits."""
    path = tmp_path_factory.mktemp("pictures") / "sheet.png"
    cv2.imwrite(str(path), scene("31415\n926", settings=EASY, rng=np.random.default_rng(1)).image)
    return path


@pytest.fixture
def no_litert(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine for which LiteRT has no wheel."""
    for name in [name for name in sys.modules if name.partition(".")[0] == "ai_edge_litert"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "ai_edge_litert", None)


def test_either_engine_reads_the_same_to_the_last_figure(digitreader: Run, picture: Path) -> None:
    rows = [digitreader("read", picture, "--format", "csv", "--engine", name).out for name in ("litert", "numpy")]
    assert rows[0].count("\n") == 9  # a header and eight digits
    assert rows[0] == rows[1]


def test_reading_needs_no_litert(digitreader: Run, picture: Path, no_litert: None) -> None:
    ran = digitreader("read", picture)
    assert (ran.status, ran.out, ran.err) == (0, "31415\n926\n", "")


def test_litert_asked_for_and_not_there_is_one_line(digitreader: Run, picture: Path, no_litert: None) -> None:
    ran = digitreader("read", picture, "--engine", "litert")
    assert (ran.status, ran.out, ran.err.count("\n")) == (1, "", 1)
    assert "use --engine numpy" in ran.err


def test_either_engine_evaluates_to_the_same_figures(
    digitreader: Run, tmp_path: Path, write_idx: Callable[[Path, npt.NDArray[np.uint8]], Path]
) -> None:
    images = np.random.default_rng(1).integers(0, 256, (40, 28, 28), dtype=np.uint8)
    files = (
        "--images",
        write_idx(tmp_path / "images", images),
        "--labels",
        write_idx(tmp_path / "labels", np.arange(40, dtype=np.uint8) % 10),
    )
    ran = [digitreader("evaluate", *files, "--format", "json", "--engine", name) for name in ("litert", "numpy")]
    assert [each.status for each in ran] == [0, 0]
    assert ran[0].out == ran[1].out


@pytest.mark.parametrize("command", [("read", "x.png"), ("evaluate",), ("bench", "frame"), ("verify", "tiny")])
def test_an_engine_that_there_is_not_is_refused(digitreader: Run, command: tuple[str, ...]) -> None:
    ran = digitreader(*command, "--engine", "tensorrt")
    assert (ran.status, ran.out, ran.err.count("\n")) == (2, "", 1)
    assert "tensorrt" in ran.err


@pytest.mark.parametrize("command", ["read", "evaluate", "verify", "bench"])
def test_help_names_the_engines(digitreader: Run, command: str) -> None:
    assert "{auto,litert,numpy}" in digitreader(command, "--help").out
