"""The training history in a file beside the model: the figures of each epoch, and the weights at a few epochs."""

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
from digitreader.host.files import MOST_MODEL_BYTES, read_limited

HISTORY_FORMAT = "digitreader-history-1"
SUFFIX = ".history.npz"
LEVELS = 9
"""The first layer's weights are rounded to this many steps on either side of 0, which keeps the file below 60 kB."""
MOST_UNPACKED = 64_000_000
"""Bytes of all arrays of a history together, far more than that of any network here has."""
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
        name: the name of the recipe.
        activation: the activation of the hidden neurons, ``relu`` or ``sigmoid``.
        figures: (epochs, 4) float32, the values that `FIGURES` names, one row for each epoch.
        snapshots: earlier states of the network, the earliest first; the last one is the network that was kept.
    """

    name: str
    activation: str
    figures: Reals
    snapshots: tuple[Snapshot, ...]


def history_path(model: Path) -> Path:
    """The path of the history of a .tflite, if it has one."""
    return model.with_name(f"{model.stem}{SUFFIX}")


def rounded(weights: Reals) -> tuple[npt.NDArray[np.int8], Reals]:
    """A layer's weights as integer steps, and the size of a step for each neuron.

    Args:
        weights: (..., neurons, inputs) float32; rounded weights are not changed by rounding them again.

    Returns:
        (..., neurons, inputs) int8 and (..., neurons, 1) float32; their product is nearly the weights.
    """
    most = np.maximum(np.abs(weights).max(axis=-1, keepdims=True), np.float32(1e-6))
    steps = most / np.float32(LEVELS)
    return np.rint(weights / steps).astype(np.int8), steps


def pack_history(history: TrainingHistory) -> bytes:
    """Write a history as compressed .npz; the same history gives the same bytes."""
    about: dict[str, Any] = {
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
    # all snapshots of a layer are in one array, because each array in the file has a head
    for place in range(about["layers"]):
        weights, biases = (
            np.stack(each) for each in zip(*(one.layers[place] for one in history.snapshots), strict=True)
        )
        arrays[f"biases_{place}"] = biases.astype(np.float16)
        if place:
            arrays[f"weights_{place}"] = weights.astype(np.float16)
        else:
            arrays["weights_0"], arrays["steps_0"] = rounded(weights)
    content = io.BytesIO()
    np.savez_compressed(content, **arrays)
    return content.getvalue()


def read_history(path: Path) -> TrainingHistory | None:
    """Read a history; None if there is no such file.

    Raises:
        ModelFormatError: it is damaged, or of another format.
    """
    try:
        content = read_limited(path, MOST_MODEL_BYTES)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise ModelFormatError(f"{path}: cannot be read ({error.strerror}); rerun digitreader export") from error
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
            return _unpacked(_bounded(arrays))
    except (ValueError, LookupError, OSError, EOFError, TypeError, MemoryError, zipfile.BadZipFile) as error:
        raise ModelFormatError(f"{path}: is not a training history ({error}); rerun digitreader export") from error


def _bounded(arrays: np.lib.npyio.NpzFile) -> dict[str, npt.NDArray[Any]]:
    members = [] if arrays.zip is None else arrays.zip.infolist()
    if sum(member.file_size for member in members) > MOST_UNPACKED:
        raise ValueError(f"it unpacks to more than {MOST_UNPACKED:,} bytes")
    return {name: arrays[name] for name in arrays.files}


def _unpacked(arrays: dict[str, npt.NDArray[Any]]) -> TrainingHistory:
    about = json.loads(arrays["about"].tobytes())
    if about["format"] != HISTORY_FORMAT:
        raise ValueError(f"format {about['format']!r}, need {HISTORY_FORMAT!r}")
    weights = [arrays[f"weights_{place}"].astype(np.float32) for place in range(about["layers"])]
    weights[0] *= arrays["steps_0"]
    biases = [arrays[f"biases_{place}"].astype(np.float32) for place in range(about["layers"])]
    snapshots = tuple(
        Snapshot(int(epoch), tuple((weights[place][at], biases[place][at]) for place in range(about["layers"])))
        for at, epoch in enumerate(about["epochs"])
    )
    figures = arrays["figures"].astype(np.float32)
    if figures.ndim != 2 or figures.shape[1] != len(FIGURES) or not snapshots:
        raise ValueError("incomplete")
    return TrainingHistory(about["name"], about["activation"], figures, snapshots)


def layers_of(arrays: Sequence[npt.NDArray[np.float32]]) -> tuple[tuple[Reals, Reals], ...]:
    """Layers of a list of kernels (inputs, neurons) and biases in turn, as Keras gives them."""
    return tuple((np.ascontiguousarray(kernel.T), bias) for kernel, bias in zip(arrays[::2], arrays[1::2], strict=True))
