"""LiteRT's engine with every type of pixel that an exported network may take."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from digitreader.model.engine.litert import LiteRTEngine

Make = Any  # conftest's Builder


def first_pixels(make: Make, dtype: str, scale: float, zero_point: int) -> bytes:
    """A network whose ten answers are the first ten pixels, as numbers of the type that goes in."""
    bias = "int64" if dtype == "int16" else "int32"
    tensors = [
        make.tensor((1, 28, 28), dtype, None, [scale], [zero_point]),
        make.tensor((2,), "int32", np.array([-1, 784], np.int32)),
        make.tensor((1, 784), dtype, None, [scale], [zero_point]),
        make.tensor((10, 784), "int8", np.eye(10, 784).astype(np.int8), [1.0], [0]),
        make.tensor((10,), bias, np.zeros(10, bias), [scale], [0]),
        make.tensor((1, 10), dtype, None, [scale], [zero_point]),
    ]
    operators = [make.operator("RESHAPE", (0, 1), (2,)), make.operator("FULLY_CONNECTED", (2, 3, 4), (5,), 4)]
    return bytes(make.tflite(tensors, operators, (0, 5)))


@pytest.mark.parametrize(
    ("dtype", "scale", "zero_point", "black", "white"),
    [("int8", 1 / 255, -128, -128, 127), ("int16", 1 / 32767, 0, 0, 32767)],
)
def test_black_and_white_are_the_ends_of_what_goes_in(
    make: Make, dtype: str, scale: float, zero_point: int, black: int, white: int
) -> None:
    engine = LiteRTEngine(first_pixels(make, dtype, scale, zero_point), "made")
    glyph = np.zeros((1, 28, 28), np.uint8)
    glyph[0, 0, :5] = 255
    answers = engine.integers(glyph)
    assert answers.dtype == dtype
    assert answers.tolist() == [[white] * 5 + [black] * 5]
    np.testing.assert_allclose(engine.logits(glyph), [[1.0] * 5 + [0.0] * 5], atol=1e-6)


def test_the_last_glyphs_are_run_again_for_benches(make: Make) -> None:
    engine = LiteRTEngine(first_pixels(make, "int8", 1 / 255, -128), "made")
    engine.integers(np.zeros((1, 28, 28), np.uint8))
    engine.invoke()
    assert engine.integers(np.full((1, 28, 28), 255, np.uint8)).tolist() == [[127] * 10]
