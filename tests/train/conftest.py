"""Trainings that are broken off."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from digitreader_train.checkpoint import Checkpoint, CheckpointFile

Run = Callable[..., Any]


@pytest.fixture(scope="session")
def break_off() -> Run:
    """Runs a training that is interrupted once so many epochs are kept."""

    def run(training: Callable[[], object], epochs: int) -> None:
        write = CheckpointFile.write

        def interrupted(self: CheckpointFile, checkpoint: Checkpoint) -> None:
            write(self, checkpoint)
            if checkpoint.epochs == epochs:
                raise KeyboardInterrupt

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(CheckpointFile, "write", interrupted)
            with pytest.raises(KeyboardInterrupt):
                training()

    return run
