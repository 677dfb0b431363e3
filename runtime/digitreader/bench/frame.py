"""Bench: what one frame costs, beside the least that OpenCV asks for looking at it."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from digitreader.bench.timing import compare, medians
from digitreader.demo import scene
from digitreader.pipeline import Reader
from digitreader.values import ColourImage, Frame

SEED = 3
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
    """

    size_wh: tuple[int, int]
    runs: int
    truth: str
    text: str
    stages_ms: dict[str, float]
    read_ms: float
    bare_ms: float
    ratio: float


def bench_frame(reader: Reader, *, size_wh: tuple[int, int], text: str, runs: int) -> FrameBench:
    """Read one drawn frame again and again, in turn with the bare OpenCV steps, both on one thread."""
    threads = cv2.getNumThreads()
    cv2.setNumThreads(1)
    try:
        drawn = scene(text, size_wh=size_wh, rng=np.random.default_rng(SEED))
        frame = Frame(drawn.image, "bench")
        pages = []
        compared = compare(lambda: pages.append(reader.read(frame)), lambda: bare_opencv(drawn.image), runs=runs)
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
    )


def bare_opencv(image: ColourImage) -> object:
    """Gray, adaptive threshold, connected components: what the shortest tutorial does before it reads anything."""
    gray = cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)
    binary = cv2.adaptiveThreshold(
        gray, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, NEIGHBOURHOOD_PX, OFFSET
    )
    return cv2.connectedComponentsWithStats(binary)
