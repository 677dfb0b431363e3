"""Keras callbacks: the progress bar, and the memory of the best epoch."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from digitreader.progress import ProgressBar
from digitreader_train.backend import keras


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
        after: so many epochs do not count: while the learning rate is high an epoch is good on the validation digits by
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
