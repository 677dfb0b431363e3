"""Drawn figures: models that read given digits right, without any model."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import pytest

from digitreader_export.comparison.measuring import Arithmetic, DigitResults, VariantFigures
from digitreader_export.comparison.report import Comparison, compare
from digitreader_export.comparison.timing import Times

FLOATS = Arithmetic(operators=4, integer=0, hybrid=0, values="float32", weights="float32")
INTEGERS = Arithmetic(operators=5, integer=5, hybrid=0, values="int8", weights="int8")
HYBRID = Arithmetic(operators=4, integer=0, hybrid=1, values="float32", weights="int8")

Draw = Callable[..., VariantFigures]


def draw_reading(wrong: range, *, digits: int, ece: float) -> DigitResults:
    """All digits are zeros; those in `wrong` are read as ones."""
    read = np.zeros(digits, np.intp)
    read[list(wrong)] = 1
    return DigitResults(read, read == 0, ece)


@pytest.fixture
def draw() -> Draw:
    """Draws a model: which of 1,000 digits it misreads, and its other figures."""

    def draw_model(
        name: str,
        *,
        wrong: range = range(20),
        wrong_in_validation: range | None = None,
        ece: float = 0.02,
        file_bytes: int = 17_000,
        compressed_bytes: int = 13_000,
        arena_bytes: int = 1_664,
        arithmetic: Arithmetic = INTEGERS,
        settings: str = "",
    ) -> VariantFigures:
        validation = wrong if wrong_in_validation is None else wrong_in_validation
        return VariantFigures(
            name=name,
            settings=settings,
            test=draw_reading(wrong, digits=1_000, ece=ece),
            validation=draw_reading(validation, digits=1_000, ece=ece),
            file_bytes=file_bytes,
            compressed_bytes=compressed_bytes,
            arithmetic=arithmetic,
            arena_bytes=arena_bytes,
        )

    return draw_model


@pytest.fixture
def float32(draw: Draw) -> VariantFigures:
    """A float32 model that misreads the first 20 of 1,000 digits."""
    return draw("float32", arithmetic=FLOATS, file_bytes=54_000, compressed_bytes=49_000, arena_bytes=6_272)


@pytest.fixture
def comparison(draw: Draw, float32: VariantFigures) -> Comparison:
    """Five variants: one that equals float32, a hybrid one, one that misreads others, one that misreads more."""
    models = [
        float32,
        draw("dynamic", arithmetic=HYBRID, file_bytes=17_100, compressed_bytes=14_000),
        draw("int8", file_bytes=17_000, settings="calibration 50"),
        draw("qat", wrong=range(1, 23), file_bytes=17_010, compressed_bytes=12_900),
        draw("pruned", wrong=range(60), file_bytes=17_010, compressed_bytes=9_000),
    ]
    return compare("tiny", models, times_of(models))


def times_of(models: list[VariantFigures]) -> Mapping[str, Times]:
    """Float32 takes 2 and 40 microseconds, each further model half of the one before it."""
    return {model.name: Times(2.0 / 2**place, 40.0 / 2**place) for place, model in enumerate(models)}
