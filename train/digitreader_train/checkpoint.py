"""A checkpoint: everything that a training needs to continue after a break."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from digitreader.errors import DataError, OutputError
from digitreader.host.files import write_atomically
from digitreader.model.sealed_json import Plain

CHECKPOINT = "checkpoint.npz"
_ABOUT = "about"

Arrays = Sequence[npt.NDArray[Any]]


@dataclass(frozen=True, slots=True, eq=False)
class Checkpoint:
    """The state of a training after an epoch.

    Attributes:
        history: the figures of each finished epoch, by name.
        arrays: weights and the optimizer's values, by what they belong to.
        best: figures of the best epoch so far, where the training looks for one.
    """

    history: tuple[Mapping[str, float], ...]
    arrays: Mapping[str, Arrays]
    best: Mapping[str, float] = field(default_factory=dict)

    @property
    def epochs(self) -> int:
        """How many epochs are finished."""
        return len(self.history)


class CheckpointFile:
    """Where a training keeps its checkpoint.

    Args:
        folder: the run folder.
        settings: everything that decides the weights; a checkpoint of other settings is refused.
    """

    def __init__(self, folder: Path, settings: Plain) -> None:
        self.path = folder / CHECKPOINT
        self._settings = json.loads(json.dumps(settings))

    def start(self, *, resume: bool) -> Checkpoint | None:
        """The checkpoint to go on from; None if the training begins with its first epoch.

        Args:
            resume: whether to go on; else a checkpoint that is there is in the way.

        Raises:
            OutputError: there is a checkpoint, and `resume` is off.
            DataError: the checkpoint is damaged or of other settings.
        """
        if not self.path.is_file():
            return None
        if not resume:
            raise OutputError(
                f"{self.path}: a training was broken off here; add --resume to go on, or delete this file to start "
                f"again"
            )
        return self._read()

    def write(self, checkpoint: Checkpoint) -> None:
        """Replace the checkpoint.

        Raises:
            OutputError: the folder cannot be written to.
        """
        about = {"settings": self._settings, "history": list(checkpoint.history), "best": checkpoint.best}
        arrays: dict[str, Any] = {_ABOUT: np.frombuffer(json.dumps(about).encode(), np.uint8)}
        for name, group in checkpoint.arrays.items():
            arrays |= {f"{name}.{place:04}": array for place, array in enumerate(group)}
        content = io.BytesIO()
        np.savez(content, **arrays)
        write_atomically(self.path, content.getvalue())

    def remove(self) -> None:
        """Delete the checkpoint of a training that is finished."""
        self.path.unlink(missing_ok=True)

    def _read(self) -> Checkpoint:
        try:
            # read whole, for NumPy leaves a damaged file open
            with np.load(io.BytesIO(self.path.read_bytes()), allow_pickle=False) as arrays:
                found = {name: arrays[name] for name in arrays.files}
            about = json.loads(found.pop(_ABOUT).tobytes())
            if about["settings"] != self._settings:
                raise DataError(
                    f"{self.path}: is of a training with other settings or data; give the same ones, or delete this "
                    f"file to start again"
                )
            return Checkpoint(tuple(about["history"]), _grouped(found), about["best"])
        except (ValueError, KeyError, OSError, EOFError, zipfile.BadZipFile) as error:
            raise DataError(f"{self.path}: damaged ({error}); delete this file to start again") from error


def _grouped(arrays: Mapping[str, npt.NDArray[Any]]) -> dict[str, list[npt.NDArray[Any]]]:
    groups: dict[str, list[npt.NDArray[Any]]] = {}
    for name in sorted(arrays):
        groups.setdefault(name.rpartition(".")[0], []).append(arrays[name])
    return groups
