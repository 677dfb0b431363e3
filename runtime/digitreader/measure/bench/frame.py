"""Measures the time to read one frame, stage by stage, in turns with the bare steps of OpenCV."""

from __future__ import annotations

import statistics
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np

from digitreader.drawing import scene
from digitreader.find import Finder
from digitreader.measure.bench.timing import SEED, compare, elapsed_ms, from_to, medians, middle_half
from digitreader.model.engine.map_engine import MapEngine, Maps
from digitreader.reading.pipeline import FrameReader
from digitreader.values import ColourImage, Frame

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
        read_half_ms: the limits of the middle half of the runs of the whole.
        bare_half_ms: the same for `bare_opencv`.
        network_ms: median of the finder's network alone, on all its inputs for the frame.
        network_ratio: median of read over the network, run by run.
        still_ms: median of the same frame again in a stream in which nothing moved.
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
    """An engine of the finder that keeps all its inputs."""

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
    """Only the finder's network, on all its inputs for a picture."""
    engine = reader.finder.engine
    shown = _Shown(engine)
    Finder(shown).find(image)
    return lambda: [engine.integers(picture) for picture in shown.pictures]


def bare_opencv(image: ColourImage) -> object:
    """Gray, adaptive threshold, connected components: the steps of the shortest tutorial before it reads anything."""
    gray = cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)
    binary = cv2.adaptiveThreshold(
        gray, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, NEIGHBOURHOOD_PX, OFFSET
    )
    return cv2.connectedComponentsWithStats(binary)


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
            f"  {'all':<12}{measured.read_ms:8.2f} ms   middle half {from_to(measured.read_half_ms, 2)}",
            (
                f"  {'bare OpenCV':<12}{measured.bare_ms:8.2f} ms   gray + adaptive threshold + connected components; "
                f"middle half {from_to(measured.bare_half_ms, 2)}"
            ),
            f"  {'ratio':<12}{measured.ratio:8.2f}",
            f"  {'network':<12}{measured.network_ms:8.2f} ms   the finder's network alone, on its inputs",
            f"  {'ratio':<12}{measured.network_ratio:8.2f}",
            f"  {'nothing new':<12}{measured.still_ms:8.2f} ms   the same frame once more in a stream",
        ]
    )
