"""The count of branches in `make branches`: what it says, and when the floor holds."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

slipcover = pytest.importorskip("slipcover")
from tools.branches import FLOOR_MISSED, FileBranches, PartBranches, listing, parts_of, table  # noqa: E402

PRODUCT = """
def sign_of(number):
    if number < 0:
        return "-"
    for _ in range(number):
        return "+"
    return ""
"""
TESTS = """
from part.ours import sign_of

def test_a_number_above_0():
    assert sign_of(3) == "+"

def test_0():
    assert sign_of(0) == ""
"""
PLUGIN = """
from pathlib import Path
import pytest
from tools.branches import BranchCount

@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config):
    early_config.pluginmanager.register(BranchCount(Path.cwd(), {"part": FLOOR}))
"""
SETTINGS = """
[pytest]
testpaths = tests
pythonpath = .
filterwarnings =
    ignore:Module already imported:pytest.PytestAssertRewriteWarning
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A product of four branches, and tests that run three of them."""
    for name, text in (
        ("part/ours.py", PRODUCT),
        ("tests/test_ours.py", TESTS),
        ("pytest.ini", SETTINGS),
    ):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return tmp_path


def run_tests(project: Path, repository: Path, *arguments: str, floor: float) -> tuple[int, str]:
    """The exit status and what was printed."""
    (project / "count.py").write_text(PLUGIN.replace("FLOOR", str(floor)), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "count", "-p", "no:cacheprovider", *arguments],
        cwd=project,
        env={**os.environ, "PYTHONPATH": f"{repository}{os.pathsep}{os.environ.get('PYTHONPATH', '')}"},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout


def test_a_suite_that_runs_enough_branches_passes(project: Path, repository: Path) -> None:
    status, out = run_tests(project, repository, floor=75)
    assert status == 0, out
    assert " 75.00 %  of 4 branches of part ran; floor 75 %" in out
    assert "2 passed" in out.splitlines()[-1]
    assert (project / "out" / "branches.txt").read_text() == "part/ours.py: 3-4\n"


def test_a_suite_that_runs_too_few_branches_fails_and_names_the_file(project: Path, repository: Path) -> None:
    status, out = run_tests(project, repository, floor=75.1)
    assert status == FLOOR_MISSED, out
    assert "1 never ran in part/ours.py" in out
    assert "too few branches ran: test what out/branches.txt lists" in out
    assert "2 passed" in out.splitlines()[-1]


def test_a_file_that_no_test_imports_counts(project: Path, repository: Path) -> None:
    (project / "part" / "unused.py").write_text(PRODUCT, encoding="utf-8")
    status, out = run_tests(project, repository, floor=75)
    assert status == FLOOR_MISSED, out
    assert " 37.50 %  of 8 branches of part ran; floor 75 %" in out


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["-k", "above"], "only some of the tests were chosen"),
        (["tests/test_ours.py"], "only some files or folders were tested"),
        (["--collect-only"], "only some of the tests were chosen"),
    ],
)
def test_a_part_of_the_tests_has_no_floor(project: Path, repository: Path, arguments: list[str], reason: str) -> None:
    status, out = run_tests(project, repository, *arguments, floor=100)
    assert status == 0, out
    assert f"no floor: {reason}; out/branches.txt lists the branches that never ran" in out


def test_a_suite_with_many_skipped_tests_has_no_floor(project: Path, repository: Path) -> None:
    skipped = "\nimport pytest\n\n@pytest.mark.skip\ndef test_with_a_camera(): ...\n"
    (project / "tests" / "test_ours.py").write_text(TESTS + skipped, encoding="utf-8")
    status, out = run_tests(project, repository, floor=100)
    assert status == 0, out
    assert "no floor: 1 of 3 tests were skipped" in out


def test_a_failed_test_keeps_the_exit_status_of_pytest(project: Path, repository: Path) -> None:
    (project / "tests" / "test_ours.py").write_text(TESTS + "\ndef test_wrong(): assert False\n", encoding="utf-8")
    status, out = run_tests(project, repository, floor=100)
    assert status == pytest.ExitCode.TESTS_FAILED, out
    assert "no floor: not all tests passed" in out


def counted(ran: int, *missed: tuple[int, int]) -> dict[str, list[list[int]]]:
    return {"executed_branches": [[1, 2]] * ran, "missing_branches": [list(branch) for branch in missed]}


def test_files_are_counted_in_their_part_and_the_worst_comes_first() -> None:
    files = {"a/few.py": counted(3, (1, 2)), "a/many.py": counted(0, (1, 2), (1, 0)), "ab/other.py": counted(1)}
    first, second = parts_of(files, {"a": 90.0, "ab": 90.0})
    assert [file.name for file in first.files] == ["a/many.py", "a/few.py"]
    assert (first.total, first.percent, first.is_below) == (6, 50.0, True)
    assert (second.total, second.percent, second.is_below) == (1, 100.0, False)


def test_a_part_without_branches_has_run_them_all() -> None:
    assert PartBranches("a", 90.0, ()).percent == 100.0


def test_the_table_names_files_only_of_a_part_below_its_floor() -> None:
    part = PartBranches("a", 50.0, (FileBranches("a/b.py", 3, ((7, 9),)), FileBranches("a/c.py", 1, ())))
    assert table([part]) == [" 80.00 %  of 5 branches of a ran; floor 50 %"]
    below = PartBranches("a", 81.0, part.files)
    assert table([below]) == [" 80.00 %  of 5 branches of a ran; floor 81 %", "           1 never ran in a/b.py"]


def test_the_list_has_the_lines_of_each_branch() -> None:
    part = PartBranches("a", 50.0, (FileBranches("a/b.py", 3, ((7, 9), (7, 0))), FileBranches("a/c.py", 1, ())))
    assert listing([part]) == "a/b.py: 7-9, 7-end\n"
