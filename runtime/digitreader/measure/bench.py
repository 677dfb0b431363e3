"""Measures the time of engines, frames and the start, in turns with a reference."""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from digitreader.drawing import scene
from digitreader.errors import ModelFormatError
from digitreader.find import Finder
from digitreader.host.files import MOST_TEXT_BYTES, read_limited
from digitreader.measure.soak import LiveBench
from digitreader.model.checks import read_part
from digitreader.model.engine import Engine, EngineName
from digitreader.model.engine.choice import make_litert_engine
from digitreader.model.engine.map_engine import MapEngine, Maps
from digitreader.model.engine.numpy_engine import NumpyEngine
from digitreader.model.load import load_model
from digitreader.model.locate import locate_model
from digitreader.model.sealed_json import OWN_CARD, format_of
from digitreader.reading.pipeline import FrameReader
from digitreader.values import GLYPH_SIDE, ColourImage, Frame, Glyphs


@dataclass(frozen=True, slots=True)
class Comparison:
    """One thing timed in turns with a reference.

    Attributes:
        ms: milliseconds of each run.
        yardstick_ms: of the yardstick, run in turn with it.
    """

    ms: tuple[float, ...]
    yardstick_ms: tuple[float, ...]

    @property
    def median_ms(self) -> float:
        """The median run."""
        return statistics.median(self.ms)

    @property
    def median_yardstick_ms(self) -> float:
        """The yardstick's median run."""
        return statistics.median(self.yardstick_ms)

    @property
    def ratio(self) -> float:
        """The median of the ratios run by run."""
        return statistics.median(a / b for a, b in zip(self.ms, self.yardstick_ms, strict=True))


def compare(work: Callable[[], object], yardstick: Callable[[], object], *, runs: int, warm_up: int = 3) -> Comparison:
    """Run two things in turn, first a few times uncounted."""
    pairs = [(elapsed_ms(work), elapsed_ms(yardstick)) for _ in range(warm_up + runs)][warm_up:]
    return Comparison(tuple(a for a, _ in pairs), tuple(b for _, b in pairs))


def elapsed_ms(work: Callable[[], object]) -> float:
    """Milliseconds that one call takes."""
    start = time.perf_counter()
    work()
    return 1e3 * (time.perf_counter() - start)


def middle_half(values: Sequence[float]) -> tuple[float, float]:
    """The first and the third quartile, between which the middle half of the values lies."""
    low, high = np.quantile(np.asarray(values, np.float64), (0.25, 0.75))
    return float(low), float(high)


def medians(rows: Sequence[dict[str, float]]) -> dict[str, float]:
    """The median of each column."""
    return {name: statistics.median(row[name] for row in rows) for name in rows[0]}


SEED = 3
CALLS = 20
"""Calls in one run, because a single call is near the clock's own step."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Both engines on the same glyphs; of a model that NumPy cannot run LiteRT alone.

    Attributes:
        litert_us: median microseconds of LiteRT for all of them.
        numpy_us: of NumPy.
        ratio: median of NumPy over LiteRT, run by run.
        litert_half_us: between which two the middle half of LiteRT's runs lies.
        numpy_half_us: of NumPy's.
    """

    litert_us: float
    numpy_us: float | None
    ratio: float | None
    litert_half_us: tuple[float, float]
    numpy_half_us: tuple[float, float] | None


@dataclass(frozen=True, slots=True)
class EngineBench:
    """What was measured.

    Attributes:
        one: a single glyph.
        batch: 32 glyphs.
        invoke_us: median microseconds of LiteRT's bare ``invoke()`` on one glyph.
        litert_alone: why NumPy cannot run the model; empty if it can.
    """

    runs: int
    one: Pair
    batch: Pair
    invoke_us: float
    litert_alone: str = ""


def bench_engine(path: Path, *, runs: int) -> EngineBench:
    """Run a .tflite with both engines in turn.

    Raises:
        MissingExtraError: LiteRT is not installed.
        ModelFormatError: an engine cannot run the model.
    """
    litert, numpy, reason = _engines(path)
    shape = (32, GLYPH_SIDE, GLYPH_SIDE)
    glyphs = np.random.default_rng(SEED).integers(0, 256, shape, dtype=np.uint8)
    batch, one = (_compare(numpy, litert, glyphs[:count], runs) for count in (32, 1))
    # the last that LiteRT was given was one glyph
    invoke_us = float(np.median([_us(elapsed_ms(_often(litert.invoke))) for _ in range(runs)]))
    return EngineBench(runs=runs, one=one, batch=batch, invoke_us=invoke_us, litert_alone=reason)


def _engines(path: Path) -> tuple[Any, Engine | None, str]:
    """LiteRT's and NumPy's engine of a model; of a user's own that NumPy cannot run, None and why."""
    try:
        card = read_limited(path.with_suffix(".json"), MOST_TEXT_BYTES)
    except OSError:
        card = b""
    if format_of(card) == OWN_CARD:
        litert = load_model(str(path), "litert").engine
        try:
            return litert, load_model(str(path), "numpy").engine, ""
        except ModelFormatError as error:
            return litert, None, str(error)
    content = read_part(path, "a model")
    return make_litert_engine(content, str(path)), NumpyEngine(content, str(path)), ""


def _compare(numpy: Engine | None, litert: Engine, glyphs: Glyphs, runs: int) -> Pair:
    if numpy is None:
        calls = _often(lambda: litert.integers(glyphs))
        spent = [elapsed_ms(calls) for _ in range(3 + runs)][3:]
        return Pair(_us(float(np.median(spent))), None, None, _half_us(spent), None)
    compared = compare(
        _often(lambda: numpy.integers(glyphs)), _often(lambda: litert.integers(glyphs)), runs=runs, warm_up=3
    )
    return Pair(
        litert_us=_us(compared.median_yardstick_ms),
        numpy_us=_us(compared.median_ms),
        ratio=compared.ratio,
        litert_half_us=_half_us(compared.yardstick_ms),
        numpy_half_us=_half_us(compared.ms),
    )


def _half_us(run_ms: Sequence[float]) -> tuple[float, float]:
    low, high = middle_half(run_ms)
    return _us(low), _us(high)


def _often(call: Callable[[], object]) -> Callable[[], None]:
    def calls() -> None:
        for _ in range(CALLS):
            call()

    return calls


def _us(run_ms: float) -> float:
    return 1e3 * run_ms / CALLS


NEIGHBOURHOOD_PX = 31
OFFSET = 10


@dataclass(frozen=True, slots=True)
class FrameBench:
    """What was measured.

    Attributes:
        text: what was read, beside the truth.
        stages_ms: median milliseconds per stage of the pipeline.
        read_ms: median of the whole.
        bare_ms: median of `bare_opencv` on the same frame.
        ratio: median of read over bare, run by run.
        read_half_ms: between which two the middle half of the runs of the whole lies.
        bare_half_ms: of `bare_opencv`.
        network_ms: median of the finder's network alone, on all that it is shown of the frame.
        network_ratio: median of read over the network, run by run.
        still_ms: median of the same frame once more in a stream, in which nothing moved.
    """

    size_wh: tuple[int, int]
    runs: int
    truth: str
    text: str
    stages_ms: dict[str, float]
    read_ms: float
    bare_ms: float
    ratio: float
    read_half_ms: tuple[float, float]
    bare_half_ms: tuple[float, float]
    network_ms: float
    network_ratio: float
    still_ms: float


def bench_frame(reader: FrameReader, *, size_wh: tuple[int, int], text: str, runs: int) -> FrameBench:
    """Read one drawn frame again and again, in turn with the bare OpenCV steps, both on one thread."""
    threads = cv2.getNumThreads()
    cv2.setNumThreads(1)
    try:
        drawn = scene(text, size_wh=size_wh, rng=np.random.default_rng(SEED))
        frame = Frame(drawn.image, "bench")
        pages = []
        compared = compare(lambda: pages.append(reader.read(frame)), lambda: bare_opencv(drawn.image), runs=runs)
        against_network = compare(lambda: reader.read(frame), _network_alone(reader, drawn.image), runs=runs)
        reader.forget()
        reader.read_next(frame)
        still_ms = statistics.median(elapsed_ms(lambda: reader.read_next(frame)) for _ in range(runs))
        reader.forget()
    finally:
        cv2.setNumThreads(threads)
    stages = medians([page.timing_ms for page in pages[-runs:]])  # those before warmed up
    return FrameBench(
        size_wh=size_wh,
        runs=runs,
        truth=drawn.truth,
        text=pages[-1].text,
        stages_ms=stages,
        read_ms=compared.median_ms,
        bare_ms=compared.median_yardstick_ms,
        ratio=compared.ratio,
        read_half_ms=middle_half(compared.ms),
        bare_half_ms=middle_half(compared.yardstick_ms),
        network_ms=against_network.median_yardstick_ms,
        network_ratio=against_network.ratio,
        still_ms=still_ms,
    )


class _Shown:
    """An engine of the finder that keeps every picture that it is shown."""

    def __init__(self, engine: MapEngine) -> None:
        self.name, self.input, self.outputs = engine.name, engine.input, engine.outputs
        self._engine = engine
        self.pictures: list[ColourImage] = []

    def integers(self, image: ColourImage) -> tuple[Any, ...]:
        self.pictures.append(image)
        return self._engine.integers(image)

    def maps(self, image: ColourImage) -> Maps:
        self.pictures.append(image)
        return self._engine.maps(image)


def _network_alone(reader: FrameReader, image: ColourImage) -> Callable[[], object]:
    """The finder's network on all that it is shown of a picture, and nothing else."""
    engine = reader.finder.engine
    shown = _Shown(engine)
    Finder(shown).find(image)
    return lambda: [engine.integers(picture) for picture in shown.pictures]


def bare_opencv(image: ColourImage) -> object:
    """Gray, adaptive threshold, connected components: what the shortest tutorial does before it reads anything."""
    gray = cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)
    binary = cv2.adaptiveThreshold(
        gray, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, NEIGHBOURHOOD_PX, OFFSET
    )
    return cv2.connectedComponentsWithStats(binary)


YARDSTICK = """\
import sys, numpy, cv2
try:
    from ai_edge_litert.interpreter import Interpreter
except ImportError:
    open(sys.argv[1], "rb").read()
else:
    Interpreter(sys.argv[1], num_threads=1).allocate_tensors()
"""
"""A Python that imports what reading needs and takes the model in; NumPy is enough if there is no LiteRT."""

WEIGHED = """\
import resource, sys
from digitreader.cli.main import main
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
        read_half_ms: between which two the middle half of the starts lies.
        bare_half_ms: of the bare Python.
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
        peak_kib = int(run_to_end([sys.executable, "-c", WEIGHED, *read[3:]]).split()[-1])
    return StartBench(
        runs=runs,
        read_ms=compared.median_ms,
        bare_ms=compared.median_yardstick_ms,
        ratio=compared.ratio,
        peak_mb=peak_kib * 1024 / 1e6,
        read_half_ms=middle_half(compared.ms),
        bare_half_ms=middle_half(compared.yardstick_ms),
    )


def run_to_end(command: Sequence[str]) -> str:
    """Run a command to its end; its stderr.

    Raises:
        CalledProcessError: it failed.
    """
    done = subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)  # noqa: S603
    return done.stderr


def _from_to(half: tuple[float, float], digits: int) -> str:
    return f"{half[0]:.{digits}f} to {half[1]:.{digits}f}"


def describe_frame(measured: FrameBench) -> str:
    """The figures of `bench frame` as lines."""
    width, height = measured.size_wh
    stages = [f"  {name:<12}{spent:8.2f} ms" for name, spent in measured.stages_ms.items() if name != "total"]
    return "\n".join(
        [
            f"one frame of {width}x{height}, read {measured.runs} times on one thread (medians)",
            f"  shown       {measured.truth!r}",
            f"  read        {measured.text!r}",
            *stages,
            f"  {'all':<12}{measured.read_ms:8.2f} ms   middle half {_from_to(measured.read_half_ms, 2)}",
            (
                f"  {'bare OpenCV':<12}{measured.bare_ms:8.2f} ms   gray + adaptive threshold + connected components; "
                f"middle half {_from_to(measured.bare_half_ms, 2)}"
            ),
            f"  {'ratio':<12}{measured.ratio:8.2f}",
            f"  {'network':<12}{measured.network_ms:8.2f} ms   the finder's network alone, on its inputs",
            f"  {'ratio':<12}{measured.network_ratio:8.2f}",
            f"  {'nothing new':<12}{measured.still_ms:8.2f} ms   the same frame once more in a stream",
        ]
    )


def describe_start(measured: StartBench) -> str:
    """The figures of `bench start` as lines."""
    return "\n".join(
        [
            f"digitreader read one.png, started {measured.runs} times (medians)",
            f"  start to exit {measured.read_ms:8.0f} ms   middle half {_from_to(measured.read_half_ms, 0)}",
            (
                f"  bare Python   {measured.bare_ms:8.0f} ms   imports numpy, cv2 and LiteRT, allocates the model; "
                f"middle half {_from_to(measured.bare_half_ms, 0)}"
            ),
            f"  ratio         {measured.ratio:8.2f}",
            f"  peak memory   {measured.peak_mb:8.1f} MB",
        ]
    )


def describe_engine(measured: EngineBench) -> str:
    """The figures of `bench engine` as lines."""
    return "\n".join(
        [
            f"the model alone, {measured.runs} times with each engine in turn on one thread (medians)",
            f"  {'':<10}{'LiteRT':>12}{'NumPy':>12}{'ratio':>8}",
            f"  {'1 glyph':<10}{_row(measured.one)}",
            f"  {'32 glyphs':<10}{_row(measured.batch)}",
            *_halves(measured.one),
            f"  {'invoke':<10}{measured.invoke_us:9.2f} us   LiteRT on 1 glyph, no pixels handed in, no answer out",
            *([measured.litert_alone] if measured.litert_alone else []),
        ]
    )


def describe_live(measured: LiveBench) -> str:
    """The figures of `bench live` as lines."""
    faults = [
        f"  {kind:<14}{measured.recovered.get(kind, 0):6d} of {came} noticed and over"
        for kind, came in measured.faults.items()
    ]
    outputs = [
        f"  {name:<14}{had:6d} of its own; {lost} lost, {extra} doubled or wrong"
        for name, (had, lost, extra) in measured.outputs.items()
    ]
    wrong = f"{measured.lost} lost, {measured.extra} doubled or wrong"
    return "\n".join(
        [
            f"a film of {measured.frames} frames with {sum(measured.faults.values())} faults, read on one thread",
            *faults,
            "processor time of a frame",
            f"  ten digits    {measured.digits_ms:6.2f} ms (median), and outputs: {measured.frames_per_s:.0f} frames/s",
            f"  all frames    {measured.cpu_ms:6.2f} ms to read, {measured.telling_ms:.2f} ms for outputs (means)",
            f"  the demo's    {measured.drawing_ms:6.2f} ms, for drawing it (mean), not counted",
            "announced",
            f"  after         {measured.latency_ms:6.0f} ms in which the paper lay still, undisturbed (median)",
            f"                {measured.slowest_ms:6.0f} ms at the most",
            f"  right         {measured.right:6d} of {measured.sheets} sheets, once and as written",
            f"  numbers       {measured.announced:6d}; by faults {wrong}",
            "outputs",
            *outputs,
            *(f"  not tried     {why}" for why in measured.missing),
            f"memory          {measured.memory_grew_mb:+6.1f} MB since it had settled",
            "survived" if measured.survived else "NOT SURVIVED",
        ]
    )


def _row(pair: Pair) -> str:
    if pair.numpy_us is None or pair.ratio is None:
        return f"{pair.litert_us:9.2f} us"
    return f"{pair.litert_us:9.2f} us{pair.numpy_us:9.2f} us{pair.ratio:8.2f}"


def _halves(one: Pair) -> list[str]:
    numpy_half = "" if one.numpy_half_us is None else f", NumPy {_from_to(one.numpy_half_us, 2)} us"
    return [f"  middle half of 1 glyph: LiteRT {_from_to(one.litert_half_us, 2)}{numpy_half}"]
