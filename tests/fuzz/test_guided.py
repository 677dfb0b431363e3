"""A short run of guided fuzzing over all kinds of inputs, from the corpus that is kept; `make fuzz` runs longer."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest


def test_no_input_that_guided_fuzzing_finds_ends_in_a_traceback_a_hang_or_much_memory(
    repository: Path, tmp_path: Path
) -> None:
    pytest.importorskip("atheris", reason="atheris is not installed; it has wheels for Linux on x86-64")
    command = [sys.executable, "-m", "tests.fuzz.guided", "--seconds", "8", "--to", str(tmp_path)]
    ran = subprocess.run(command, cwd=repository, capture_output=True, text=True, errors="replace", check=False)
    assert ran.returncode == 0, ran.stderr[-3000:]
    assert list(tmp_path.iterdir()) == []
