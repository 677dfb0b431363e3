"""The wheel in an environment that has the locked runtime and nothing else."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

Run = Callable[..., str]


def test_the_locked_runtime_is_all_that_the_wheel_needs(installed: Path, run: Run, uv: str) -> None:
    run(uv, "pip", "check", "--no-config", "--python", str(installed / "python"))


@pytest.mark.parametrize("module", ["tensorflow", "keras", "tf_keras", "matplotlib", "pytest", "hatchling"])
def test_the_environment_has_nothing_of_the_workstation(installed: Path, run: Run, module: str) -> None:
    found = f"import importlib.util; print(importlib.util.find_spec({module!r}) is not None)"
    assert run(str(installed / "python"), "-c", found) == "False\n"


def test_the_modules_come_from_the_wheel_and_not_from_the_checkout(installed: Path, run: Run) -> None:
    where = run(str(installed / "python"), "-c", "import digitreader; print(digitreader.__file__)")
    assert Path(where).is_relative_to(installed.parent)


def test_models_lists_the_models_in_the_wheel(installed: Path, run: Run, tmp_path: Path) -> None:
    assert "tiny" in run(str(installed / "digitreader"), "models", cwd=tmp_path)


def test_it_reads_what_the_checkout_reads(
    installed: Path, checkout: Path, run: Run, picture: Path, tmp_path: Path
) -> None:
    arguments = ("read", str(picture), "--format", "jsonl")
    here = json.loads(run(str(installed / "digitreader"), *arguments, cwd=tmp_path))
    there = json.loads(run(str(checkout / "digitreader"), *arguments, cwd=tmp_path))
    assert here["text"]
    assert here["lines"] == there["lines"]


def test_python_m_digitreader_is_the_command(installed: Path, run: Run, tmp_path: Path) -> None:
    version = run(str(installed / "python"), "-m", "digitreader", "--version", cwd=tmp_path)
    assert version == run(str(installed / "digitreader"), "--version", cwd=tmp_path)


def test_what_the_installed_package_takes_is_counted(installed: Path, run: Run, tmp_path: Path) -> None:
    count = "from digitreader.measure.bench.start_and_memory import installed_mb; print(installed_mb())"
    assert float(run(str(installed / "python"), "-c", count, cwd=tmp_path)) > 1.0
