"""Bench: what the network alone costs, with LiteRT and with NumPy in turn."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from digitreader.bench.timing import compare, elapsed_ms
from digitreader.engines import Engine
from digitreader.engines.choice import make_litert_engine
from digitreader.engines.numpy_engine import NumpyEngine
from digitreader.values import GLYPH_SIDE, Glyphs

SEED = 3
CALLS = 20
"""A run is so many calls, because one alone is near the clock's own step."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Both engines on the same glyphs.

    Attributes:
        litert_us: median microseconds of LiteRT for all of them.
        numpy_us: of NumPy.
        ratio: median of NumPy over LiteRT, run by run.
    """

    litert_us: float
    numpy_us: float
    ratio: float


@dataclass(frozen=True, slots=True)
class EngineBench:
    """What was measured.

    Attributes:
        one: a single glyph.
        batch: 32 glyphs.
        invoke_us: median microseconds of LiteRT's bare ``invoke()`` on one glyph.
    """

    runs: int
    one: Pair
    batch: Pair
    invoke_us: float


def bench_engine(path: Path, *, runs: int) -> EngineBench:
    """Run a .tflite with both engines in turn.

    Raises:
        MissingExtraError: LiteRT is not installed.
        ModelFormatError: an engine cannot run the model.
    """
    content = path.read_bytes()
    litert, numpy = make_litert_engine(content, str(path)), NumpyEngine(content, str(path))
    shape = (32, GLYPH_SIDE, GLYPH_SIDE)
    glyphs = np.random.default_rng(SEED).integers(0, 256, shape, dtype=np.uint8)
    batch, one = (_compare(numpy, litert, glyphs[:count], runs) for count in (32, 1))
    # the last that LiteRT was given was one glyph
    invoke_us = float(np.median([_us(elapsed_ms(_often(litert.invoke))) for _ in range(runs)]))
    return EngineBench(runs=runs, one=one, batch=batch, invoke_us=invoke_us)


def _compare(numpy: Engine, litert: Engine, glyphs: Glyphs, runs: int) -> Pair:
    compared = compare(
        _often(lambda: numpy.integers(glyphs)), _often(lambda: litert.integers(glyphs)), runs=runs, warm_up=3
    )
    return Pair(_us(compared.median_yardstick_ms), _us(compared.median_ms), compared.ratio)


def _often(call: Callable[[], object]) -> Callable[[], None]:
    def calls() -> None:
        for _ in range(CALLS):
            call()

    return calls


def _us(run_ms: float) -> float:
    return 1e3 * run_ms / CALLS
