"""Keras callbacks: the progress bar, the memory of the best epoch, and what is kept after each epoch."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from digitreader.host.progress import ProgressBar
from digitreader_train.backend import keras
from digitreader_train.checkpoint import Checkpoint, CheckpointFile
from digitreader_train.tensorboard import EpochLog

SNAPSHOT = "snapshot-"
"""Begins the names of a checkpoint's arrays that are weights of an earlier epoch."""


class ShowProgress(keras.callbacks.Callback):  # type: ignore[misc]
    """Draws one bar over all epochs with loss, accuracy and the time left.

    Args:
        bar: counts the steps of all epochs.
        epochs: how many there will be.
    """

    def __init__(self, bar: ProgressBar, epochs: int) -> None:
        super().__init__()
        self._bar, self._epochs = bar, epochs
        self._epoch, self._step, self._validated = 1, 0, ""

    def on_epoch_begin(self, epoch: int, logs: Mapping[str, float] | None = None) -> None:
        """Count the epoch."""
        self._epoch, self._step = epoch + 1, 0

    def on_train_batch_end(self, batch: int, logs: Mapping[str, float] | None = None) -> None:
        """Move the bar; with several steps at once, `batch` is the last of them."""
        self._bar.advance(batch + 1 - self._step, note=self._note(logs or {}))
        self._step = batch + 1

    def on_epoch_end(self, epoch: int, logs: Mapping[str, float] | None = None) -> None:
        """Note the accuracy on the validation digits."""
        self._validated = f"  validation {(logs or {})['val_accuracy']:.2%}"
        self._bar.advance(0, note=self._note(logs or {}))

    def _note(self, logs: Mapping[str, float]) -> str:
        figures = f"loss {logs['loss']:.4f}  accuracy {logs['accuracy']:.2%}{self._validated}"
        return f"epoch {self._epoch}/{self._epochs}  {figures}"


class BestEpoch(keras.callbacks.Callback):  # type: ignore[misc]
    """Keeps the weights of the epoch that reads most validation digits; of equals, the one with the lower loss.

    Args:
        after: this many epochs do not count: while the learning rate is high, an epoch is good on validation digits by
            chance, and worse in all else.

    Attributes:
        epoch: the best so far, counted from 1.
    """

    def __init__(self, *, after: int = 0) -> None:
        super().__init__()
        self.epoch = 0
        self._after = after
        self._best = (-1.0, 0.0)
        self._weights: list[npt.NDArray[np.float32]] = []

    def state(self) -> tuple[dict[str, float], list[npt.NDArray[np.float32]]]:
        """What `restore` needs: figures of the best epoch so far, and its weights."""
        accuracy, falling_loss = self._best
        return {"epoch": self.epoch, "accuracy": accuracy, "falling_loss": falling_loss}, self._weights

    def restore(self, checkpoint: Checkpoint) -> None:
        """Know again what was known when `checkpoint` was made."""
        best = checkpoint.best
        self.epoch, self._best = int(best["epoch"]), (best["accuracy"], best["falling_loss"])
        self._weights = list(checkpoint.arrays.get("best", ()))

    def on_epoch_end(self, epoch: int, logs: Mapping[str, float] | None = None) -> None:
        """Compare the epoch with the best one."""
        if epoch < self._after:
            return
        figures: Mapping[str, Any] = logs or {}
        reached = (figures["val_accuracy"], -figures["val_loss"])
        if reached > self._best:
            self.epoch, self._best, self._weights = epoch + 1, reached, self.model.get_weights()

    def on_train_end(self, logs: Mapping[str, float] | None = None) -> None:
        """Put the best weights back."""
        self.model.set_weights(self._weights)


class TakeSnapshots(keras.callbacks.Callback):  # type: ignore[misc]
    """Keeps the weights before the first epoch, and after some others.

    Args:
        after: these epochs, counted from 1; 0 is before the first. Of no epochs nothing is kept.
        start: the checkpoint from which the training goes on; what it has is kept too.

    Attributes:
        taken: the weights by epoch.
    """

    def __init__(self, after: Collection[int], start: Checkpoint | None) -> None:
        super().__init__()
        groups = {} if start is None else start.arrays
        self.taken = {
            int(name.removeprefix(SNAPSHOT)): list(arrays)
            for name, arrays in groups.items()
            if name.startswith(SNAPSHOT)
        }
        self._after, self._begins = after, start is None

    def arrays(self) -> dict[str, list[npt.NDArray[np.float32]]]:
        """The snapshots as a checkpoint keeps them."""
        return {f"{SNAPSHOT}{epoch:04}": arrays for epoch, arrays in self.taken.items()}

    def on_train_begin(self, logs: Mapping[str, float] | None = None) -> None:
        """Take the network as it begins."""
        if self._begins and 0 in self._after:
            self.taken[0] = self.model.get_weights()

    def on_epoch_end(self, epoch: int, logs: Mapping[str, float] | None = None) -> None:
        """Take it after one of the epochs."""
        if epoch + 1 in self._after:
            self.taken[epoch + 1] = self.model.get_weights()


class KeepEpoch(keras.callbacks.Callback):  # type: ignore[misc]
    """After each epoch, writes a checkpoint and the log; it must come after `BestEpoch` and `TakeSnapshots`.

    Args:
        best: remembers the best epoch.
        snapshots: remembers some others.
        file: takes the checkpoint; None keeps none.
        log: takes the figures.
        start: the checkpoint from which the training goes on.

    Attributes:
        history: the figures of each epoch, those before the break among them.
    """

    def __init__(
        self,
        best: BestEpoch,
        snapshots: TakeSnapshots,
        file: CheckpointFile | None,
        log: EpochLog,
        start: Checkpoint | None,
    ) -> None:
        super().__init__()
        self.history: list[Mapping[str, float]] = [] if start is None else list(start.history)
        self._best, self._snapshots, self._file, self._log = best, snapshots, file, log

    def on_epoch_end(self, epoch: int, logs: Mapping[str, float] | None = None) -> None:
        """Keep the epoch."""
        figures = {name: float(value) for name, value in (logs or {}).items()}
        self.history.append(figures)
        self._log.write(epoch + 1, figures)
        if self._file is None:
            return
        best, best_weights = self._best.state()
        optimizer = [variable.numpy() for variable in self.model.optimizer.variables]
        arrays = {"network": self.model.get_weights(), "optimizer": optimizer, "best": best_weights}
        arrays |= self._snapshots.arrays()
        self._file.write(Checkpoint(tuple(self.history), arrays, best))


def restore_network(network: Any, checkpoint: Checkpoint) -> None:
    """Give a compiled network the weights, and its optimizer the values, that it had at the checkpoint."""
    network.set_weights(list(checkpoint.arrays["network"]))
    restore_optimizer(network.optimizer, network.trainable_variables, checkpoint)


def restore_optimizer(optimizer: Any, variables: Any, checkpoint: Checkpoint) -> None:
    """Give an optimizer of these variables the values that it had at the checkpoint."""
    optimizer.build(variables)
    for variable, value in zip(optimizer.variables, checkpoint.arrays["optimizer"], strict=True):
        variable.assign(value)
