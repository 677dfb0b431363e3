"""Measures how long the command takes to start and to end, and its memory and disk space."""

from __future__ import annotations

import statistics
import sys
import tempfile
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

import cv2
import numpy as np

from digitreader.drawing import scene
from digitreader.host.distribution import DISTRIBUTION
from digitreader.measure.bench.timing import SEED, compare, from_to, middle_half, run_to_end
from digitreader.model.engine import EngineName
from digitreader.model.locate import locate_model

YARDSTICK = """\
import sys, numpy, cv2
try:
    from ai_edge_litert.interpreter import Interpreter
except ImportError:
    open(sys.argv[1], "rb").read()
else:
    Interpreter(sys.argv[1], num_threads=1).allocate_tensors()
"""
"""A Python program that imports the libraries for reading and loads the model; if there is no LiteRT, only reads it."""

PEAK_PROGRAM = """\
try:
    with open("/proc/self/status") as status:
        peak = next(line.split()[1] for line in status if line.startswith("VmHWM"))
except OSError:
    import resource, sys
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // (1024 if sys.platform == "darwin" else 1)
print(peak, file=sys.stderr)
"""
"""Prints the peak memory of the process in KiB. On Linux `ru_maxrss` is not used: it is inherited from the parent."""

WEIGHED = f"""\
import sys
from digitreader.cli.main import main
main(sys.argv[1:])
{PEAK_PROGRAM}"""
"""Reads, and prints its peak memory."""

IMPORTS = f"""\
import sys, numpy, cv2
try:
    from ai_edge_litert.interpreter import Interpreter
except ImportError:
    pass
{PEAK_PROGRAM}"""
"""Only imports the three libraries that every such reader needs; prints its peak memory."""


@dataclass(frozen=True, slots=True)
class StartBench:
    """What was measured.

    Attributes:
        read_ms: median wall time of ``digitreader read one.png``, from start to exit.
        bare_ms: the same for a Python that imports numpy, OpenCV and LiteRT and allocates the same model.
        ratio: median of read over bare, run by run.
        peak_mb: greatest resident memory of the reading process, in megabytes (10^6 bytes).
        read_half_ms: the limits of the middle half of the starts.
        bare_half_ms: the same for the bare Python.
    """

    runs: int
    read_ms: float
    bare_ms: float
    ratio: float
    peak_mb: float
    read_half_ms: tuple[float, float]
    bare_half_ms: tuple[float, float]


def bench_start(model: str, engine: EngineName = "auto", *, text: str, runs: int) -> StartBench:
    """Start the command and the yardstick in turn on one drawn picture of 640x480."""
    with tempfile.TemporaryDirectory() as folder:
        picture = Path(folder) / "one.png"
        cv2.imwrite(str(picture), scene(text, rng=np.random.default_rng(SEED)).image)
        read = [sys.executable, "-m", "digitreader", "read", str(picture), "--model", model, "--engine", engine]
        bare = [sys.executable, "-c", YARDSTICK, str(locate_model(model))]
        compared = compare(lambda: run_to_end(read), lambda: run_to_end(bare), runs=runs, warm_up=1)
        peak_mb = _peak_mb(WEIGHED, *read[3:])
    return StartBench(
        runs=runs,
        read_ms=compared.median_ms,
        bare_ms=compared.median_yardstick_ms,
        ratio=compared.ratio,
        peak_mb=peak_mb,
        read_half_ms=middle_half(compared.ms),
        bare_half_ms=middle_half(compared.yardstick_ms),
    )


def describe_start(measured: StartBench) -> str:
    """The figures of `bench start` as lines."""
    return "\n".join(
        [
            f"digitreader read one.png, started {measured.runs} times (medians)",
            f"  start to exit {measured.read_ms:8.0f} ms   middle half {from_to(measured.read_half_ms, 0)}",
            (
                f"  bare Python   {measured.bare_ms:8.0f} ms   imports numpy, cv2 and LiteRT, allocates the model; "
                f"middle half {from_to(measured.bare_half_ms, 0)}"
            ),
            f"  ratio         {measured.ratio:8.2f}",
            f"  peak memory   {measured.peak_mb:8.1f} MB",
        ]
    )


FILM_FRAMES = 60


@dataclass(frozen=True, slots=True)
class MemoryBench:
    """What was measured, in megabytes (10^6 bytes).

    Attributes:
        frames: how many frames the film has, 640x480 with ten digits.
        reader_mb: median peak of a process that reads the film.
        half_mb: the limits of the middle half of the runs.
        bare_mb: median peak of a Python that imports numpy, OpenCV and LiteRT.
        beyond_mb: median difference of the reader's and the bare one's peak, run by run.
        installed_mb: the size of the installed package without its dependencies; None if it runs from a checkout.
    """

    runs: int
    frames: int
    reader_mb: float
    half_mb: tuple[float, float]
    bare_mb: float
    beyond_mb: float
    installed_mb: float | None


def bench_memory(
    model: str, engine: EngineName = "auto", *, text: str, size_wh: tuple[int, int], runs: int
) -> MemoryBench:
    """Read a film again and again in a new process, in turn with the bare imports."""
    with tempfile.TemporaryDirectory() as folder:
        film = Path(folder) / "film.avi"
        _film(film, text, size_wh)
        read = ["-m", "digitreader", "read", str(film), "--format", "jsonl", "--model", model, "--engine", engine]
        pairs = [(_peak_mb(WEIGHED, *read[2:]), _peak_mb(IMPORTS)) for _ in range(runs)]
    readers, bare = ([pair[at] for pair in pairs] for at in (0, 1))
    return MemoryBench(
        runs=runs,
        frames=FILM_FRAMES,
        reader_mb=statistics.median(readers),
        half_mb=middle_half(readers),
        bare_mb=statistics.median(bare),
        beyond_mb=statistics.median(a - b for a, b in pairs),
        installed_mb=installed_mb(),
    )


def _film(path: Path, text: str, size_wh: tuple[int, int]) -> None:
    drawn = scene(text, size_wh=size_wh, rng=np.random.default_rng(SEED)).image
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 30.0, size_wh)
    try:
        for number in range(FILM_FRAMES):
            writer.write(np.roll(drawn, 2 * (number % 8), axis=1))
    finally:
        writer.release()


def _peak_mb(program: str, *arguments: str) -> float:
    return int(run_to_end([sys.executable, "-c", program, *arguments]).split()[-1]) * 1024 / 1e6


def installed_mb() -> float | None:
    """The size of the installed package in megabytes, without compiled modules; None if it runs from a checkout."""
    try:
        files = metadata.files(DISTRIBUTION) or []
    except metadata.PackageNotFoundError:
        return None
    if not any(str(each) == "digitreader/__init__.py" for each in files):
        return None
    places = [Path(str(each.locate())) for each in files if each.suffix != ".pyc"]
    return sum(place.stat().st_size for place in places if place.is_file()) / 1e6


def describe_memory(measured: MemoryBench) -> str:
    """The figures of `bench memory` as lines."""
    low, high = measured.half_mb
    room = "runs from a checkout" if measured.installed_mb is None else f"{measured.installed_mb:8.1f} MB"
    return "\n".join(
        [
            f"peak memory of a process that reads a film of {measured.frames} frames, {measured.runs} times (medians)",
            f"  reader      {measured.reader_mb:8.1f} MB   middle half {low:.1f} to {high:.1f}",
            f"  bare Python {measured.bare_mb:8.1f} MB   imports numpy, cv2 and LiteRT",
            f"  beyond it   {measured.beyond_mb:8.1f} MB",
            f"  installed   {room}   beside the dependencies, compiled modules left out",
        ]
    )
