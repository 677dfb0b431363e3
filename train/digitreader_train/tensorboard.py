"""Logs for TensorBoard: the figures of each epoch; TensorBoard itself is needed only to look at them."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

from digitreader.errors import OutputError
from digitreader_train.backend import tf


def check_log_folder(folder: Path | None) -> None:
    """Make sure, before the work begins, that `folder` may be written.

    Raises:
        OutputError: it is a file, or cannot be made or written to.
    """
    if folder is None:
        return
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"{folder}: cannot take logs ({error.strerror}); give another --tensorboard") from error
    if not os.access(folder, os.W_OK):
        raise OutputError(f"{folder}: cannot be written to; give another --tensorboard")


class EpochLog:
    """Writes an event file; a training that goes on after a break adds another one to the same folder.

    Use it in a `with` block.

    Args:
        folder: where the event files go; None writes nothing.
    """

    def __init__(self, folder: Path | None) -> None:
        self._writer = None if folder is None else tf.summary.create_file_writer(str(folder))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._writer is not None:
            self._writer.close()

    def write(self, epoch: int, figures: Mapping[str, float]) -> None:
        """Write the figures of an epoch, which counts from 1."""
        if self._writer is None:
            return
        # tf.summary.scalar would import the tensorboard package; this is all that it does
        kind = tf.compat.v1.SummaryMetadata()
        kind.plugin_data.plugin_name = "scalars"
        with self._writer.as_default():
            for name, figure in figures.items():
                tf.summary.write(name, tf.constant(figure, tf.float32), step=epoch, metadata=kind)
        self._writer.flush()
