"""Bench: how long one picture takes from the command to the answer, and how much memory."""

from __future__ import annotations

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
from digitreader.engines import EngineName
from digitreader.model.load import locate_model

SEED = 3
YARDSTICK = """\
import sys, numpy, cv2
try:
    from ai_edge_litert.interpreter import Interpreter
except ImportError:
    open(sys.argv[1], "rb").read()
else:
    Interpreter(sys.argv[1], num_threads=1).allocate_tensors()
"""
"""A Python that imports what reading needs and takes the model in; NumPy is enough where there is no LiteRT."""

WEIGHED = """\
import resource, sys
from digitreader.main import main
main(sys.argv[1:])
try:
    with open("/proc/self/status") as status:
        peak = next(line.split()[1] for line in status if line.startswith("VmHWM"))
except OSError:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // (1024 if sys.platform == "darwin" else 1)
print(peak, file=sys.stderr)
"""
"""Says the process's own peak in KiB. On Linux `ru_maxrss` would do, but it is inherited from whoever started it."""


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


def bench_start(model: str, engine: EngineName = "auto", *, text: str, runs: int) -> StartBench:
    """Start the command and the yardstick in turn on one drawn picture of 640x480."""
    with tempfile.TemporaryDirectory() as folder:
        picture = Path(folder) / "one.png"
        cv2.imwrite(str(picture), scene(text, rng=np.random.default_rng(SEED)).image)
        read = [sys.executable, "-m", "digitreader", "read", str(picture), "--model", model, "--engine", engine]
        bare = [sys.executable, "-c", YARDSTICK, str(locate_model(model))]
        compared = compare(lambda: run_to_end(read), lambda: run_to_end(bare), runs=runs, warm_up=1)
        peak_kib = int(run_to_end([sys.executable, "-c", WEIGHED, *read[3:]]).split()[-1])
    return StartBench(
        runs=runs,
        read_ms=compared.median_ms,
        bare_ms=compared.median_yardstick_ms,
        ratio=compared.ratio,
        peak_mb=peak_kib * 1024 / 1e6,
    )


def run_to_end(command: Sequence[str]) -> str:
    """Run a command to its end; its stderr.

    Raises:
        CalledProcessError: it failed.
    """
    done = subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)  # noqa: S603
    return done.stderr
