"""The run folder of a finder's training: what it leaves, and reading it again."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from digitreader.errors import DataError
from digitreader.host.files import write_all_atomically
from digitreader.model.sealed_json import canonical_json, from_plain, to_plain
from digitreader_train.finder.recipe import FinderRecipe
from digitreader_train.run_folder import HISTORY, RECORD, WEIGHTS

FINDER_RUN_FORMAT = "digitreader-finder-run-1"

Weights = Sequence[npt.NDArray[np.float32]]
"""In the order of Keras."""


@dataclass(frozen=True, slots=True)
class FinderRecord:
    """Everything that is needed to train the network again; kept as ``run.json``.

    Attributes:
        repeat: the command that does it.
        any_digits: whether the data may be other than MNIST.
        data: sha256 of each data file, by its name.
        scenes_key: names the code and the data that drew the scenes.
        train_scenes: how many were learned from.
        validation_scenes: how many judged the epochs.
        maps_loss: of the maps, on the latter.
        geometry_loss: of the geometry.
        recall: the share of their digits that are found, 0..1.
        precision: the share of the centres that are right.
        weights_sha256: of ``weights.npz``.
        versions: of Python and the libraries.
        remark: what else must be known of this training.
    """

    format: str
    repeat: str
    recipe: FinderRecipe
    any_digits: bool
    data: Mapping[str, Any]
    scenes_key: str
    train_scenes: int
    validation_scenes: int
    maps_loss: float
    geometry_loss: float
    recall: float
    precision: float
    weights_sha256: str
    versions: Mapping[str, Any]
    remark: str = field(default="", metadata={"later": True})


@dataclass(frozen=True, slots=True, eq=False)
class FinderRun:
    """A run folder that was read."""

    folder: Path
    record: FinderRecord
    weights: Weights


def is_finder_run(folder: Path) -> bool:
    """Whether a folder holds a finder's run; of a damaged one, the reading of runs tells what is wrong."""
    try:
        plain = json.loads((folder / RECORD).read_bytes())
    except (OSError, ValueError, RecursionError):
        return False
    return isinstance(plain, dict) and plain.get("format") == FINDER_RUN_FORMAT


def write_finder_run(folder: Path, record: FinderRecord, weights: bytes, files: Mapping[str, bytes]) -> None:
    """Write a run folder; the record goes in last, so that a folder with a record is a whole one.

    Raises:
        OutputError: it cannot be written to.
    """
    contents = {WEIGHTS: weights, **files, RECORD: (canonical_json(to_plain(record)) + "\n").encode()}
    write_all_atomically({folder / name: content for name, content in contents.items()})


def load_finder_run(folder: Path) -> FinderRun:
    """Read a run folder.

    Raises:
        DataError: it is incomplete or was changed.
    """
    try:
        record = from_plain(FinderRecord, json.loads((folder / RECORD).read_bytes()))
        content = (folder / WEIGHTS).read_bytes()
    except (OSError, ValueError) as error:
        raise DataError(f"{folder}: incomplete or damaged run ({error}); rerun digitreader train finder") from error
    if hashlib.sha256(content).hexdigest() != record.weights_sha256:
        raise DataError(f"{folder / WEIGHTS}: not the weights that {RECORD} describes; rerun: {record.repeat}")
    return FinderRun(folder, record, _unpack(content, folder / WEIGHTS))


def pack_finder_weights(weights: Weights) -> bytes:
    """Write weights as .npz; the same weights give the same bytes."""
    content = io.BytesIO()
    arrays: dict[str, Any] = {f"{place:03}": array for place, array in enumerate(weights)}
    np.savez(content, **arrays)
    return content.getvalue()


def finder_history_csv(names: Sequence[str], history: Sequence[Sequence[float]]) -> bytes:
    """Write the history as CSV, one line an epoch."""
    lines = [",".join(["epoch", *names])]
    lines += [",".join([str(epoch), *(f"{each:.6f}" for each in row)]) for epoch, row in enumerate(history, 1)]
    return ("\n".join(lines) + "\n").encode()


def _unpack(content: bytes, path: Path) -> Weights:
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
            return [arrays[name] for name in sorted(arrays.files)]
    except (ValueError, OSError, EOFError, zipfile.BadZipFile) as error:
        raise DataError(f"{path}: damaged ({error}); rerun digitreader train finder") from error


__all__ = ["HISTORY", "FinderRecord", "FinderRun", "is_finder_run", "load_finder_run", "write_finder_run"]
