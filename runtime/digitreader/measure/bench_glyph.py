"""Measures the time of one digit from its ink to its ten numbers, and the memory and disk space of a reader."""

from __future__ import annotations

import statistics
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

import cv2
import numpy as np

from digitreader.drawing import scene
from digitreader.errors import UsageError
from digitreader.host.distribution import DISTRIBUTION
from digitreader.measure.bench import SEED, WEIGHED, Comparison, compare, middle_half, run_to_end
from digitreader.model.engine import EngineName
from digitreader.model.glyph.features import features_of
from digitreader.reading.pipeline import FrameReader


@dataclass(frozen=True, slots=True)
class GlyphBench:
    """What was measured.

    Attributes:
        digits: how many different digits were taken in turn.
        stages_us: median microseconds of a digit: normalise, features, network, and all together.
        half_us: between which two the middle half of the runs of all together lies.
        network_us: of the network alone, run in turn with the whole.
        ratio: median of the whole over the network, run by run.
    """

    runs: int
    digits: int
    stages_us: dict[str, float]
    half_us: tuple[float, float]
    network_us: float
    ratio: float


def bench_glyph(reader: FrameReader, *, text: str, runs: int) -> GlyphBench:
    """Take the digits of one drawn frame one by one through normalisation, features and network, on one thread.

    Raises:
        UsageError: the finder sees no digit in the frame.
    """
    drawn = scene(text, rng=np.random.default_rng(SEED))
    inks = [candidate.ink for candidate in reader.finder.digits(drawn.image)]
    if not inks:
        raise UsageError("the finder sees no digit in the drawn frame; give another --model or leave it out")
    model = reader.model
    glyphs = [model.normalise_one(ink)[None] for ink in inks]
    features = [features_of(glyph, model.facts.features) for glyph in glyphs]
    steps: dict[str, Callable[[], object]] = {
        "normalise": lambda: [model.normalise_one(ink) for ink in inks],
        "features": lambda: [features_of(glyph, model.facts.features) for glyph in glyphs],
        "network": lambda: [model.engine.integers(each) for each in features],
        "all": lambda: [model.activations(model.normalise_one(ink)[None]) for ink in inks],
    }
    threads = cv2.getNumThreads()
    cv2.setNumThreads(1)
    try:
        # each in turn with the network, so that all meet the same machine
        spent = {name: compare(step, steps["network"], runs=runs) for name, step in steps.items()}
    finally:
        cv2.setNumThreads(threads)
    return _glyph_bench(spent, runs, len(inks))


def _glyph_bench(spent: dict[str, Comparison], runs: int, digits: int) -> GlyphBench:
    each_us = 1e3 / digits
    low, high = middle_half(spent["all"].ms)
    return GlyphBench(
        runs=runs,
        digits=digits,
        stages_us={name: compared.median_ms * each_us for name, compared in spent.items()},
        half_us=(low * each_us, high * each_us),
        network_us=spent["all"].median_yardstick_ms * each_us,
        ratio=spent["all"].ratio,
    )


IMPORTS = """\
import sys, numpy, cv2
try:
    from ai_edge_litert.interpreter import Interpreter
except ImportError:
    pass
try:
    with open("/proc/self/status") as status:
        peak = next(line.split()[1] for line in status if line.startswith("VmHWM"))
except OSError:
    import resource
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // (1024 if sys.platform == "darwin" else 1)
print(peak, file=sys.stderr)
"""
"""What every reader on these three libraries needs, and nothing of ours; says its peak in KiB."""

FILM_FRAMES = 60


@dataclass(frozen=True, slots=True)
class MemoryBench:
    """What was measured, in megabytes (10^6 bytes).

    Attributes:
        frames: of the film that was read, 640x480 with ten digits.
        reader_mb: median peak of a process that reads the film.
        half_mb: between which two the middle half of the runs lies.
        bare_mb: median peak of a Python that imports numpy, OpenCV and LiteRT.
        beyond_mb: median of the reader's less the bare one's, run by run.
        installed_mb: what the installed package takes beside its dependencies; None if it runs from a checkout.
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
    """Read a film again and again in a process of its own, in turn with the bare imports."""
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
    """What the installed package takes in megabytes, compiled modules left out; None if it runs from a checkout."""
    try:
        files = metadata.files(DISTRIBUTION) or []
    except metadata.PackageNotFoundError:
        return None
    if not any(str(each) == "digitreader/__init__.py" for each in files):
        return None
    places = [Path(str(each.locate())) for each in files if each.suffix != ".pyc"]
    return sum(place.stat().st_size for place in places if place.is_file()) / 1e6


def describe_glyph(measured: GlyphBench) -> str:
    """The figures of `bench glyph` as lines."""
    low, high = measured.half_us
    stages = [f"  {name:<12}{spent:8.1f} us" for name, spent in measured.stages_us.items() if name != "all"]
    return "\n".join(
        [
            (
                f"one digit from its ink to its ten numbers: {measured.digits} digits, {measured.runs} times "
                "on one thread (medians)"
            ),
            *stages,
            f"  {'all':<12}{measured.stages_us['all']:8.1f} us   middle half {low:.1f} to {high:.1f}",
            f"  {'ratio':<12}{measured.ratio:8.2f}      against the network alone",
        ]
    )


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
