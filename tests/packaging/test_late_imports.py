"""Which modules a command leaves alone: TensorFlow costs seconds, and a Pi does not have it."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

Run = Callable[..., str]
WORKSTATION = {"tensorflow", "keras", "tf_keras", "tensorflow_model_optimization", "matplotlib", "digitreader_train"}
SLOW = {*WORKSTATION, "cv2", "ai_edge_litert"}


def imported(run: Run, code: str) -> set[str]:
    """The top-level modules that `code` leaves behind in a Python of its own."""
    listed = run(sys.executable, "-c", f"{code}\nimport sys\nprint(end='\\0')\nprint(*sys.modules)")
    return {name.partition(".")[0] for name in listed.rpartition("\0")[2].split()}


def command(*arguments: str) -> str:
    """The code that runs `digitreader` with these arguments in its own process."""
    return f"from digitreader.main import main\nassert main({list(arguments)!r}) == 0"


def test_importing_digitreader_imports_nothing_slow(run: Run) -> None:
    assert not imported(run, "import digitreader") & {*SLOW, "numpy"}


@pytest.mark.parametrize("arguments", [("--help",), ("--version",), ("read", "--help"), ("train", "--help")])
def test_help_imports_nothing_slow(run: Run, arguments: tuple[str, ...]) -> None:
    assert not imported(run, command(*arguments)) & SLOW


def test_reading_a_picture_imports_nothing_of_the_workstation(run: Run, picture: Path) -> None:
    assert not imported(run, command("read", str(picture))) & WORKSTATION


def test_no_module_of_the_runtime_imports_tensorflow(run: Run) -> None:
    walk = (
        "import importlib, pkgutil, digitreader\n"
        "for module in pkgutil.walk_packages(digitreader.__path__, 'digitreader.'):\n"
        "    if not module.name.endswith('__main__'): importlib.import_module(module.name)"
    )
    assert not imported(run, walk) & WORKSTATION
