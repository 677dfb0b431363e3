"""Bench: how long one picture takes from the command to the answer, and how much memory."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from digitreader.bench.timing import compare
from digitreader.demo import scene
from digitreader.model.load import locate_model

SEED = 3
YARDSTICK = """\
import sys, numpy, cv2
from ai_edge_litert.interpreter import Interpreter
Interpreter(sys.argv[1], num_threads=1).allocate_tensors()
"""


@dataclass(frozen=True, slots=True)
class StartBench:
    """What was measured.

    Attributes:
        read_ms: median wall time of ``digitreader read one.png``, from start to exit.
        bare_ms: of a Python that imports numpy, OpenCV and LiteRT and allocates the same model.
        ratio: median of read over bare, run by run.
        peak_mb: greatest resident memory of the reading process, in megabytes (10^6 bytes).
    """

    runs: int
    read_ms: float
    bare_ms: float
    ratio: float
    peak_mb: float


def bench_start(model: str, *, text: str, runs: int) -> StartBench:
    """Start the command and the yardstick in turn on one drawn picture of 640x480."""
    with tempfile.TemporaryDirectory() as folder:
        picture = Path(folder) / "one.png"
        cv2.imwrite(str(picture), scene(text, rng=np.random.default_rng(SEED)).image)
        read = [sys.executable, "-m", "digitreader", "read", str(picture), "--model", model]
        bare = [sys.executable, "-c", YARDSTICK, str(locate_model(model))]
        peaks: list[float] = []
        compared = compare(lambda: peaks.append(peak_mb(read)), lambda: peak_mb(bare), runs=runs, warm_up=1)
    return StartBench(
        runs=runs,
        read_ms=compared.median_ms,
        bare_ms=compared.median_yardstick_ms,
        ratio=compared.ratio,
        peak_mb=max(peaks),
    )


def peak_mb(command: Sequence[str]) -> float:
    """Run a command to its end; its greatest resident memory in megabytes.

    Raises:
        CalledProcessError: it failed.
    """
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:  # noqa: S603  own
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, list(command))
    kibibytes = usage.ru_maxrss if sys.platform != "darwin" else usage.ru_maxrss / 1024
    return kibibytes * 1024 / 1e6
