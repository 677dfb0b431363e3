"""Which modules a command leaves alone: TensorFlow costs seconds, and a Pi does not have it."""

from __future__ import annotations

import sys
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import pytest

Run = Callable[..., str]
WORKSTATION = {"tensorflow", "keras", "tf_keras", "tensorflow_model_optimization", "matplotlib", "digitreader_train"}
SLOW = {*WORKSTATION, "cv2", "ai_edge_litert"}


def modules(run: Run, code: str) -> set[str]:
    """The modules that `code` leaves behind in a Python of its own."""
    listed = run(sys.executable, "-c", f"{code}\nimport sys\nprint(end='\\0')\nprint(*sys.modules)")
    return set(listed.rpartition("\0")[2].split())


def imported(run: Run, code: str) -> set[str]:
    """The same, by their top-level names."""
    return {name.partition(".")[0] for name in modules(run, code)}


def command(*arguments: str) -> str:
    """The code that runs `digitreader` with these arguments in its own process."""
    return f"from digitreader.cli.main import main\nassert main({list(arguments)!r}) == 0"


def test_importing_digitreader_imports_nothing_slow(run: Run) -> None:
    assert not imported(run, "import digitreader") & {*SLOW, "numpy"}


@pytest.mark.parametrize("arguments", [("--help",), ("--version",), ("read", "--help"), ("train", "--help")])
def test_help_imports_nothing_slow(run: Run, arguments: tuple[str, ...]) -> None:
    assert not imported(run, command(*arguments)) & SLOW


def test_reading_a_picture_imports_nothing_of_the_workstation(run: Run, picture: Path) -> None:
    assert not imported(run, command("read", str(picture))) & WORKSTATION


@pytest.mark.skipif(find_spec("ai_edge_litert") is None, reason="LiteRT has no wheel here")
def test_reading_a_picture_with_litert_imports_neither_the_numpy_engine_nor_the_rules_of_numbers(
    run: Run, picture: Path
) -> None:
    names = modules(run, command("read", str(picture), "--engine", "litert"))
    assert "digitreader.model.engine.litert" in names
    assert not names & {
        "digitreader.model.engine.numpy_engine",
        "digitreader.model.engine.integer_arithmetic",
        "digitreader.reading.number_rules",
        "digitreader.reading.tracker",
        "digitreader.drawing",
    }


def test_finding_what_is_ruled_and_enclosed_loads_no_more_of_numpy(run: Run) -> None:
    code = (
        "import cv2, numpy as np\n"
        "from digitreader.find import Finder\n"
        "from digitreader.model.load import load_finder\n"
        "paper = np.full((480, 640), 230, np.uint8)\n"
        "for y in range(40, 480, 50): cv2.line(paper, (0, y), (639, y), 90, 2)\n"
        "cv2.circle(paper, (300, 240), 90, 20, 4)\n"
        "cv2.putText(paper, '5', (270, 270), cv2.FONT_HERSHEY_SIMPLEX, 3, 20, 6)\n"
        "assert Finder(load_finder()).find(paper).candidates\n"
    )
    assert "numpy.ma" not in modules(run, code)


def test_reading_keeps_its_modules_from_the_garbage_collector_which_works_on(run: Run, picture: Path) -> None:
    code = (
        "import gc, sys\n"
        "seen = {id(each) for each in gc.get_objects()}\n"
        "names = ('numpy', 'digitreader.reading.pipeline')\n"
        "print(gc.isenabled(), *(id(vars(sys.modules[name])) in seen for name in names))"
    )
    told = run(sys.executable, "-c", f"{command('read', str(picture))}\n{code}")
    assert told.splitlines()[-1] == "True False False"


def test_no_module_of_the_runtime_imports_tensorflow(run: Run) -> None:
    walk = (
        "import importlib, pkgutil, digitreader\n"
        "for module in pkgutil.walk_packages(digitreader.__path__, 'digitreader.'):\n"
        "    if not module.name.endswith('__main__'): importlib.import_module(module.name)"
    )
    assert not imported(run, walk) & WORKSTATION
