"""How a network learned: the figures of each epoch, and its weights at a few of them, in a file beside the model."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from digitreader.errors import ModelFormatError

HISTORY_FORMAT = "digitreader-history-1"
SUFFIX = ".history.npz"
LEVELS = 11
"""The first layer's weights are rounded to so many steps on either side of 0, which keeps the file below 60 kB."""
FIGURES = ("loss", "accuracy", "val_loss", "val_accuracy")

Reals = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Snapshot:
    """A network after an epoch.

    Attributes:
        epoch: counted from 1; 0 is before the first.
        layers: weights (neurons, inputs) float32 and biases (neurons,) float32 of each layer.
    """

    epoch: int
    layers: tuple[tuple[Reals, Reals], ...]


@dataclass(frozen=True, slots=True, eq=False)
class TrainingHistory:
    """How a network learned.

    Attributes:
        name: of the recipe.
        activation: of the hidden neurons, ``relu`` or ``sigmoid``.
        figures: (epochs, 4) float32, what `FIGURES` names, one line an epoch.
        snapshots: the network as it was, the earliest first; the last one is the network that was kept.
    """

    name: str
    activation: str
    figures: Reals
    snapshots: tuple[Snapshot, ...]


def history_path(model: Path) -> Path:
    """Where the history of a .tflite lies, if it has one."""
    return model.with_name(f"{model.stem}{SUFFIX}")


def pack_history(history: TrainingHistory) -> bytes:
    """Write a history as compressed .npz; the same history gives the same bytes."""
    about = {
        "format": HISTORY_FORMAT,
        "name": history.name,
        "activation": history.activation,
        "epochs": [each.epoch for each in history.snapshots],
        "layers": len(history.snapshots[0].layers),
    }
    arrays: dict[str, Any] = {
        "about": np.frombuffer(json.dumps(about).encode(), np.uint8),
        "figures": history.figures.astype(np.float32),
    }
    for at, snapshot in enumerate(history.snapshots):
        for place, (weights, biases) in enumerate(snapshot.layers):
            key = f"{at}.{place}"
            steps = _steps_of(weights) if place == 0 else None
            kept = weights.astype(np.float16) if steps is None else np.rint(weights / steps).astype(np.int8)
            arrays |= {f"{key}.weights": kept, f"{key}.biases": biases.astype(np.float16)}
            arrays |= {} if steps is None else {f"{key}.steps": steps}
    content = io.BytesIO()
    np.savez_compressed(content, **arrays)
    return content.getvalue()


def read_history(path: Path) -> TrainingHistory | None:
    """Read a history; None where there is no such file.

    Raises:
        ModelFormatError: it is damaged, or of another format.
    """
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise ModelFormatError(f"{path}: cannot be read ({error.strerror}); rerun digitreader export") from error
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
            return _unpacked({name: arrays[name] for name in arrays.files})
    except (ValueError, KeyError, OSError, EOFError, TypeError, zipfile.BadZipFile) as error:
        raise ModelFormatError(f"{path}: is no training history ({error}); rerun digitreader export") from error


def _unpacked(arrays: dict[str, npt.NDArray[Any]]) -> TrainingHistory:
    about = json.loads(arrays["about"].tobytes())
    if about["format"] != HISTORY_FORMAT:
        raise ValueError(f"format {about['format']!r}, need {HISTORY_FORMAT!r}")
    snapshots = tuple(
        Snapshot(int(epoch), tuple(_layer(arrays, f"{at}.{place}") for place in range(about["layers"])))
        for at, epoch in enumerate(about["epochs"])
    )
    figures = arrays["figures"].astype(np.float32)
    if figures.ndim != 2 or figures.shape[1] != len(FIGURES) or not snapshots:
        raise ValueError("incomplete")
    return TrainingHistory(about["name"], about["activation"], figures, snapshots)


def _layer(arrays: dict[str, npt.NDArray[Any]], key: str) -> tuple[Reals, Reals]:
    weights = arrays[f"{key}.weights"].astype(np.float32)
    if f"{key}.steps" in arrays:
        weights = weights * arrays[f"{key}.steps"]
    return weights, arrays[f"{key}.biases"].astype(np.float32)


def _steps_of(weights: Reals) -> Reals:
    """How far apart the levels are to which each neuron's weights are rounded: (neurons, 1)."""
    return np.maximum(np.abs(weights).max(axis=1, keepdims=True), np.float32(1e-6)) / np.float32(LEVELS)


def layers_of(arrays: Sequence[npt.NDArray[np.float32]]) -> tuple[tuple[Reals, Reals], ...]:
    """Layers of a list of kernels (inputs, neurons) and biases in turn, as Keras gives them."""
    return tuple((np.ascontiguousarray(kernel.T), bias) for kernel, bias in zip(arrays[::2], arrays[1::2], strict=True))
