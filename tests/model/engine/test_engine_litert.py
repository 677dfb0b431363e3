from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from digitreader.errors import ModelFormatError
from digitreader.model.engine.litert import LARGEST_BATCH, LiteRTEngine
from digitreader_train.run_folder import load_run

RNG = np.random.default_rng(3)
GLYPHS = RNG.integers(0, 256, (LARGEST_BATCH + 5, 28, 28), dtype=np.uint8)


@pytest.fixture
def engine(model_path: Path) -> LiteRTEngine:
    return LiteRTEngine(model_path.read_bytes(), "tiny")


def test_a_glyph_goes_in_as_it_is(engine: LiteRTEngine) -> None:
    assert engine.input.dtype == "uint8"
    assert engine.input.zero_point == 0
    assert engine.input.scale == np.float32(1 / 255)


def test_a_batch_gives_the_same_integers_as_one_glyph_at_a_time(engine: LiteRTEngine) -> None:
    together = engine.integers(GLYPHS)
    alone = np.concatenate([engine.integers(glyph[None]) for glyph in GLYPHS])
    np.testing.assert_array_equal(together, alone)


def test_no_glyphs_give_no_rows(engine: LiteRTEngine) -> None:
    assert engine.integers(GLYPHS[:0]).shape == (0, 10)
    assert engine.logits(GLYPHS[:0]).dtype == np.float32


def test_the_results_of_one_call_outlive_the_next(engine: LiteRTEngine) -> None:
    first = engine.integers(GLYPHS[:1])
    kept = first.copy()
    engine.integers(255 - GLYPHS[:1])
    np.testing.assert_array_equal(first, kept)


def test_a_float_model_takes_the_same_glyphs(exported: Path, trained_run: Path) -> None:
    weights = load_run(trained_run).weights
    values = GLYPHS.reshape(len(GLYPHS), -1) / 255
    for layer in ("hidden_1", "hidden_2", "digits"):
        values = values @ weights[f"{layer}.kernel"] + weights[f"{layer}.bias"]
        values = np.maximum(values, 0) if layer != "digits" else values
    engine = LiteRTEngine((exported / "tiny-float32.tflite").read_bytes(), "tiny-float32")
    # noise drives the logits to some hundreds; the float32 sums of 784 pixels are off by a millionth of that
    np.testing.assert_allclose(engine.logits(GLYPHS), values, rtol=1e-4, atol=1e-2)


@pytest.mark.parametrize("content", [b"", b"not a model", b"\x1c\x00\x00\x00TFL3" + b"\x00" * 64])
def test_what_is_no_model_is_refused_in_one_line(content: bytes) -> None:
    with pytest.raises(ModelFormatError, match="bad: ") as refusal:
        LiteRTEngine(content, "bad")
    assert "\n" not in str(refusal.value)


def test_nothing_is_written_to_stderr(model_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    LiteRTEngine(model_path.read_bytes(), "tiny").integers(GLYPHS)
    assert capfd.readouterr() == ("", "")
