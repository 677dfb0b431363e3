"""Tells, before a command begins, which extra it lacks."""

from __future__ import annotations

from importlib.util import find_spec

from digitreader.errors import MissingExtraError

TRAIN_MODULES = ("tensorflow", "tf_keras", "tensorflow_model_optimization", "matplotlib")


def require_train_extra(command: str) -> None:
    """Make sure that what the workstation's commands need is installed, without importing it.

    Raises:
        MissingExtraError: it is not.
    """
    missing = [module for module in TRAIN_MODULES if find_spec(module) is None]
    if missing:
        raise MissingExtraError(
            f'digitreader {command} needs {missing[0]}, which is not installed; pip install "digitreader[train]"'
        )
