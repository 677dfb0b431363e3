"""How a network learned, as a file beside the model."""

from __future__ import annotations

import io
import json
import tracemalloc
from pathlib import Path

import numpy as np
import pytest

from digitreader.errors import ModelFormatError
from digitreader.model.locate import shipped_models
from digitreader.model.training_history import (
    LEVELS,
    Snapshot,
    TrainingHistory,
    history_path,
    layers_of,
    pack_history,
    read_history,
)

RNG = np.random.default_rng(3)
KERNELS = [RNG.normal(size=shape).astype(np.float32) for shape in ((784, 16), (16,), (16, 16), (16,), (16, 10), (10,))]
HISTORY = TrainingHistory(
    "tiny",
    "relu",
    RNG.random((3, 4)).astype(np.float32),
    (Snapshot(0, layers_of(KERNELS)), Snapshot(3, layers_of(KERNELS))),
)


def test_a_history_is_read_as_it_was_written_but_for_rounding(tmp_path: Path) -> None:
    (tmp_path / "tiny.history.npz").write_bytes(pack_history(HISTORY))
    read = read_history(history_path(tmp_path / "tiny.tflite"))
    assert read is not None
    assert (read.name, read.activation, [each.epoch for each in read.snapshots]) == ("tiny", "relu", [0, 3])
    assert np.array_equal(read.figures, HISTORY.figures)
    first, exact = read.snapshots[1].layers[0][0], HISTORY.snapshots[1].layers[0][0]
    assert first.shape == (16, 784)
    # half a level of the neuron's own
    assert (np.abs(first - exact) <= np.abs(exact).max(axis=1, keepdims=True) / LEVELS / 2 + 1e-5).all()
    for one, other in zip(read.snapshots[1].layers[1:], HISTORY.snapshots[1].layers[1:], strict=True):
        assert one[0] == pytest.approx(other[0], abs=2e-3)


def test_the_same_history_is_the_same_bytes() -> None:
    assert pack_history(HISTORY) == pack_history(HISTORY)


def test_a_model_without_a_history_has_none(tmp_path: Path) -> None:
    assert read_history(history_path(tmp_path / "tiny.tflite")) is None


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"nothing", pack_history(HISTORY)[:-900]])
def test_a_damaged_history_is_one_clear_error(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x.history.npz").write_bytes(content)
    with pytest.raises(ModelFormatError, match=r"x\.history\.npz: is not a training history"):
        read_history(tmp_path / "x.history.npz")


def test_a_history_that_would_fill_the_memory_is_not_unpacked(tmp_path: Path) -> None:
    np.savez_compressed(tmp_path / "x.history.npz", about=np.zeros(100_000_000, np.uint8))
    tracemalloc.start()
    with pytest.raises(ModelFormatError, match=r"x\.history\.npz: .*unpacks to more than 64,000,000 bytes"):
        read_history(tmp_path / "x.history.npz")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 5_000_000


def test_the_histories_that_are_shipped_are_small_and_whole() -> None:
    for model in shipped_models().values():
        path = history_path(model)
        if path.exists():
            assert path.stat().st_size < 60_000
            assert read_history(path) is not None


def changed(arrays: dict[str, np.ndarray] | None = None, **about: object) -> bytes:
    """The history's file with other arrays, or other facts about it."""
    content = io.BytesIO()
    with np.load(io.BytesIO(pack_history(HISTORY))) as packed:
        kept = dict(packed)
    told = json.loads(kept["about"].tobytes()) | about
    np.savez(content, **(kept | {"about": np.frombuffer(json.dumps(told).encode(), np.uint8)} | (arrays or {})))
    return content.getvalue()


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (changed(format="history-9"), "format 'history-9', need "),
        (changed({"figures": np.zeros((3, 2), np.float32)}), "incomplete"),
        (changed({"figures": np.zeros(4, np.float32)}), "incomplete"),
        (changed(epochs=[]), "incomplete"),
    ],
)
def test_a_history_of_another_form_is_refused(tmp_path: Path, content: bytes, says: str) -> None:
    (tmp_path / "x.history.npz").write_bytes(content)
    with pytest.raises(ModelFormatError, match=rf"x\.history\.npz: is not a training history \({says}"):
        read_history(tmp_path / "x.history.npz")
