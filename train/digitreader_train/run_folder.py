"""The run folder: what a training leaves, and reading it again."""

from __future__ import annotations

import hashlib
import io
import json
import os
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from digitreader.errors import DataError, OutputError
from digitreader.host.files import MOST_MODEL_BYTES, read_limited, write_all_atomically
from digitreader.model.sealed_json import canonical_json, from_plain, to_plain
from digitreader.model.training_history import Snapshot, TrainingHistory, layers_of, pack_history
from digitreader_train.checkpoint import CHECKPOINT
from digitreader_train.fit import Epoch, FittedNetwork
from digitreader_train.network import Weights, weight_shapes
from digitreader_train.recipes import Recipe

RUN_FORMAT = "digitreader-run-1"
RECORD, WEIGHTS, HISTORY = "run.json", "weights.npz", "history.csv"
SNAPSHOTS = "snapshots.npz"
"""How the network learned, with its weights after some epochs; an export puts it beside the model."""


@dataclass(frozen=True, slots=True)
class RunRecord:
    """Everything that is needed to train the same weights again; kept as ``run.json``.

    Attributes:
        repeat: the command that does it.
        limit: how many training images were used; all if None.
        any_digits: whether the data may be other than MNIST.
        data: sha256 of the decompressed bytes of each data file, by its name.
        normalisation: the version that made the glyphs.
        train_images: how many were learned from.
        validation_images: how many chose the epoch.
        best_epoch: the epoch whose weights were kept.
        validation_accuracy: of those weights, 0..1.
        weights_sha256: of ``weights.npz``.
        versions: of Python and the libraries.
        typefaces: the families of those with which practice was printed.
        trained_on: what the digits are, in one sentence, where they are not MNIST's four files.
        started_from: the network whose weights the training went on from, and the hash of these; empty for none.
        rehearsed: this many digits of MNIST were learned beside the others.
        before: shares of test digits that it read right before: of the user's own, and of MNIST where it was rehearsed.
        after: the same of the weights that were kept.
    """

    format: str
    repeat: str
    recipe: Recipe
    limit: int | None
    any_digits: bool
    data: Mapping[str, Any]
    normalisation: str
    train_images: int
    validation_images: int
    best_epoch: int
    validation_accuracy: float
    weights_sha256: str
    versions: Mapping[str, Any]
    typefaces: tuple[str, ...] = field(default=(), metadata={"later": True})
    trained_on: str = field(default="", metadata={"later": True})
    started_from: tuple[str, ...] = field(default=(), metadata={"later": True})
    rehearsed: int = field(default=0, metadata={"later": True})
    before: tuple[float, ...] = field(default=(), metadata={"later": True})
    after: tuple[float, ...] = field(default=(), metadata={"later": True})


@dataclass(frozen=True, slots=True, eq=False)
class Run:
    """A run folder that was read.

    Attributes:
        snapshots: the file of how the network learned; None if the training kept none.
    """

    folder: Path
    record: RunRecord
    weights: Weights
    snapshots: bytes | None = None


def check_run_folder(folder: Path) -> None:
    """Make sure, before the work begins, that `folder` may be written.

    Raises:
        OutputError: it is a file, holds something that is not a run, or cannot be written to.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        inside = {path.name for path in folder.iterdir()}
    except OSError as error:
        raise OutputError(f"{folder}: cannot be a run folder ({error.strerror}); give another --out") from error
    if inside and not inside & {RECORD, CHECKPOINT}:
        raise OutputError(
            f"{folder}: holds files but no {RECORD}, so it is not a run and is not replaced; give another --out"
        )
    if not os.access(folder, os.W_OK):
        raise OutputError(f"{folder}: cannot be written to; give another --out")


def write_run(folder: Path, record: RunRecord, weights: bytes, files: Mapping[str, bytes]) -> None:
    """Write a run folder; the record goes in last, so that a folder with a record is a whole one.

    Raises:
        OutputError: it cannot be written to.
    """
    contents = {WEIGHTS: weights, **files, RECORD: (canonical_json(to_plain(record)) + "\n").encode()}
    write_all_atomically({folder / name: content for name, content in contents.items()})


def load_run(folder: Path) -> Run:
    """Read a run folder.

    Raises:
        DataError: it is not one, is incomplete, or was changed.
    """
    if not folder.is_dir():
        raise DataError(f"{folder}: no such run folder; give one that digitreader train wrote")
    record = _load_record(folder / RECORD)
    content = _read(folder / WEIGHTS)
    if hashlib.sha256(content).hexdigest() != record.weights_sha256:
        raise DataError(f"{folder / WEIGHTS}: not the weights that {RECORD} describes; rerun: {record.repeat}")
    snapshots = _read(folder / SNAPSHOTS) if (folder / SNAPSHOTS).exists() else None
    return Run(folder, record, unpack_weights(content, record.recipe, folder / WEIGHTS), snapshots)


def pack_weights(weights: Weights) -> bytes:
    """Write weights as .npz; the same weights give the same bytes."""
    content = io.BytesIO()
    arrays: dict[str, Any] = dict(weights)
    np.savez(content, **arrays)
    return content.getvalue()


def unpack_weights(content: bytes, recipe: Recipe, path: Path) -> Weights:
    """Read weights from .npz; `path` names them in messages.

    Raises:
        DataError: damaged, or not of the recipe's network.
    """
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
            weights = {name: arrays[name] for name in arrays.files}
    except (ValueError, OSError, EOFError, zipfile.BadZipFile) as error:
        raise DataError(f"{path}: damaged ({error}); rerun digitreader train") from error
    shapes = {name: array.shape for name, array in weights.items()}
    if shapes != weight_shapes(recipe):
        raise DataError(f"{path}: has weights {shapes}, need {weight_shapes(recipe)}; rerun digitreader train")
    return weights


def history_csv(history: tuple[Epoch, ...]) -> bytes:
    """Write the history as CSV, one line an epoch."""
    lines = ["epoch,loss,accuracy,val_loss,val_accuracy"]
    for each in history:
        figures = (each.loss, each.accuracy, each.val_loss, each.val_accuracy)
        lines.append(",".join([str(each.epoch), *(f"{figure:.6f}" for figure in figures)]))
    return ("\n".join(lines) + "\n").encode()


def pack_snapshots(recipe: Recipe, fitted: FittedNetwork) -> bytes:
    """Write how a network learned, with the snapshots that its training took before the epoch that was kept."""
    figures = [(each.loss, each.accuracy, each.val_loss, each.val_accuracy) for each in fitted.history]
    kept = [layer.get_weights() for layer in fitted.network.layers if layer.weights]
    snapshots = {epoch: arrays for epoch, arrays in sorted(fitted.snapshots.items()) if epoch < fitted.best_epoch}
    snapshots[fitted.best_epoch] = [array for pair in kept for array in pair]
    taken = tuple(Snapshot(epoch, layers_of(arrays)) for epoch, arrays in snapshots.items())
    return pack_history(TrainingHistory(recipe.name, recipe.activation, np.array(figures, np.float32), taken))


def _load_record(path: Path) -> RunRecord:
    try:
        plain = json.loads(_read(path))
    except (ValueError, RecursionError) as error:
        raise DataError(f"{path}: damaged ({error}); rerun digitreader train") from error
    if not isinstance(plain, dict) or plain.get("format") != RUN_FORMAT:
        raise DataError(f"{path}: damaged, or not of format {RUN_FORMAT!r}; rerun digitreader train")
    try:
        return from_plain(RunRecord, plain)
    except ValueError as error:
        raise DataError(f"{path}: damaged ({error}); rerun digitreader train") from error


def _read(path: Path) -> bytes:
    try:
        return read_limited(path, MOST_MODEL_BYTES)
    except OSError as error:
        raise DataError(
            f"{path.parent}: incomplete run folder, {path.name} cannot be read ({error.strerror}); "
            "rerun digitreader train"
        ) from error
