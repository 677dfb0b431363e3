"""Measures the time of one digit from its ink to its ten numbers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np

from digitreader.drawing import scene
from digitreader.errors import UsageError
from digitreader.measure.bench.timing import SEED, Comparison, compare, middle_half
from digitreader.model.glyph.features import features_of
from digitreader.reading.pipeline import FrameReader


@dataclass(frozen=True, slots=True)
class GlyphBench:
    """What was measured.

    Attributes:
        digits: how many different digits were used in turn.
        stages_us: median microseconds of a digit: normalise, features, network, and all together.
        half_us: the limits of the middle half of the runs of all together.
        network_us: median of the network alone, run in turn with the whole.
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
        UsageError: the finder finds no digit in the frame.
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
        # each in turn with the network, so that the machine is equally busy for all
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
