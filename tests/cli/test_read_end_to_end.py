"""`digitreader read` as users run it: its own process, the shipped model, drawn numbers."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest

from digitreader.drawing import DemoSettings, scene

READ = [sys.executable, "-m", "digitreader", "read"]
EASY = DemoSettings(pens=("felt",), papers=("white",), folds=0.0, shadow=0.0, tilt_deg=2.0, perspective_deg=5.0)


@pytest.fixture(scope="module")
def picture(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A sheet with two lines of digits."""
    path = tmp_path_factory.mktemp("pictures") / "sheet.png"
    cv2.imwrite(str(path), scene("31415\n926", settings=EASY, rng=np.random.default_rng(1)).image)
    return path


def test_a_picture_is_read(picture: Path) -> None:
    done = subprocess.run([*READ, picture], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "31415\n926\n", "")


def test_a_picture_on_stdin_is_read(picture: Path) -> None:
    with picture.open("rb") as file:
        done = subprocess.run([*READ, "-"], stdin=file, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "31415\n926\n", "")


def test_everything_promised_is_in_the_json(picture: Path, tmp_path: Path) -> None:
    command = [*READ, "--format", "jsonl", str(picture), "missing.jpg", "--annotate", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    first, second = (json.loads(line) for line in done.stdout.splitlines())
    assert done.returncode == 1
    assert set(first["timing_ms"]) >= {"find", "normalise", "classify", "total"}
    assert all(0.5 < digit["confidence"] <= 1 for line in first["lines"] for digit in line["digits"])
    assert second["text"] == ""
    assert [path.name for path in tmp_path.iterdir()] == ["sheet.read.jpg"]


def test_reading_imports_no_tensorflow_and_no_plotting(picture: Path) -> None:
    check = (
        "import sys; from digitreader.cli.main import main; main(['read', sys.argv[1]]); "
        "print([name for name in ('tensorflow', 'tf_keras', 'keras', 'matplotlib', 'digitreader.drawing') "
        "if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", check, picture], capture_output=True, text=True, check=True)
    assert done.stdout.endswith("[]\n")


def test_a_reader_who_leaves_early_ends_the_run_quietly() -> None:
    command = [*READ, "demo", "--frames", "3000", "--format", "jsonl"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert json.loads(process.stdout.readline())["source"] == "demo"
        process.stdout.close()
        assert process.stderr.read() == ""
        assert process.wait() == 141


def test_ctrl_c_ends_a_stream_with_one_line() -> None:
    command = [*READ, "demo", "--format", "jsonl"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert json.loads(process.stdout.readline())["source"] == "demo"
        process.send_signal(signal.SIGINT)
        rest, said = process.communicate()
        assert (process.returncode, said) == (130, "digitreader: interrupted\n")
        assert all(json.loads(line) for line in rest.splitlines())


def test_a_closed_stderr_does_no_harm(picture: Path) -> None:
    done = subprocess.run(["sh", "-c", '"$@" 2>&-', "sh", *READ, picture], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "31415\n926\n")


def test_a_closed_stdout_is_one_line_and_status_1(picture: Path) -> None:
    done = subprocess.run(["sh", "-c", '"$@" >&-', "sh", *READ, picture], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.startswith("digitreader: error: stdout is closed")
    assert done.stderr.count("\n") == 1
