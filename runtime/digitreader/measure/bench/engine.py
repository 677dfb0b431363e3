"""Measures the time of the model alone, with LiteRT and with NumPy in turn."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from digitreader.errors import ModelFormatError
from digitreader.host.files import MOST_TEXT_BYTES, read_limited
from digitreader.measure.bench.timing import SEED, compare, elapsed_ms, from_to, middle_half
from digitreader.model.checks import read_part
from digitreader.model.engine import Engine
from digitreader.model.engine.choice import make_litert_engine
from digitreader.model.engine.numpy_engine import NumpyEngine
from digitreader.model.load import load_model
from digitreader.model.sealed_json import OWN_CARD, format_of
from digitreader.values import GLYPH_SIDE, Glyphs

CALLS = 20
"""Calls in one run, because a single call is hardly longer than a step of the clock."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Both engines on the same glyphs; only LiteRT if NumPy cannot run the model.

    Attributes:
        litert_us: median microseconds of LiteRT for all glyphs.
        numpy_us: the same for NumPy.
        ratio: median of the ratios NumPy to LiteRT, run by run.
        litert_half_us: the limits of the middle half of LiteRT's runs.
        numpy_half_us: the same for NumPy.
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
    # LiteRT's last input was one glyph
    invoke_us = float(np.median([_us(elapsed_ms(_often(litert.invoke))) for _ in range(runs)]))
    return EngineBench(runs=runs, one=one, batch=batch, invoke_us=invoke_us, litert_alone=reason)


def _engines(path: Path) -> tuple[Any, Engine | None, str]:
    """LiteRT's and NumPy's engine of a model; None and the reason if NumPy cannot run a user's own model."""
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


def _row(pair: Pair) -> str:
    if pair.numpy_us is None or pair.ratio is None:
        return f"{pair.litert_us:9.2f} us"
    return f"{pair.litert_us:9.2f} us{pair.numpy_us:9.2f} us{pair.ratio:8.2f}"


def _halves(one: Pair) -> list[str]:
    numpy_half = "" if one.numpy_half_us is None else f", NumPy {from_to(one.numpy_half_us, 2)} us"
    return [f"  middle half of 1 glyph: LiteRT {from_to(one.litert_half_us, 2)}{numpy_half}"]
