"""Which tests reach a line: measured once, and again for what has changed."""

from __future__ import annotations

import ast
import hashlib
import json
import os
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from tools.commands import REPOSITORY, ToolError

Lines = tuple[int, int]
"""The first and the last line of a part of a file, from 1."""


@dataclass(frozen=True, slots=True)
class Reach:
    """Which tests reach which line.

    Attributes:
        seconds: how long each test takes.
        reached: for each file, for each line: what reaches it, tests and shared fixtures.
        users: the tests that use a shared fixture.
    """

    seconds: dict[str, float]
    reached: dict[str, dict[int, list[str]]]
    users: dict[str, list[str]] = field(default_factory=dict)

    def of(self, path: str, lines: Iterable[Lines], *, longest_s: float) -> list[str]:
        """The tests for an error, the quickest first.

        Args:
            path: the file with the error.
            lines: parts of the file with the error, the smallest first; the first that a test reaches counts.
            longest_s: the tests take no longer than this in all, but one is always taken.
        """
        known = self.reached.get(path, {})
        found: set[str] = set()
        for first, last in lines:
            names = {name for line in range(first, last + 1) for name in known.get(line, []) if name}
            found = {test for name in names for test in self.users.get(name, [name])} & self.seconds.keys()
            if found:
                break
        chosen: list[str] = []
        for test in sorted(found, key=lambda each: (self.seconds[each], each)):
            longest_s -= self.seconds[test]
            if chosen and longest_s < 0:
                break
            chosen.append(test)
        return chosen

    def quick(self) -> list[str]:
        """The quickest test of each file."""
        by_file = {test.split("::")[0]: test for test in sorted(self.seconds, key=lambda each: -self.seconds[each])}
        return list(by_file.values())


def parts_around(source: str, line: int) -> list[Lines]:
    """The parts of a file around a line, the smallest first: its statement, its function, the whole file."""
    parts = [(1, len(source.splitlines()))]
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.stmt) or not node.lineno <= line <= (node.end_lineno or 0):
            continue
        body = getattr(node, "body", None)
        head = (node.lineno, body[0].lineno - 1 if body else node.end_lineno or 0)
        if isinstance(node, ast.FunctionDef):
            parts.append((body[0].lineno if body else node.lineno, node.end_lineno or 0))
        elif head[0] <= line <= head[1] and not isinstance(node, ast.ClassDef):
            parts.append(head)
    return sorted(parts, key=lambda part: part[1] - part[0])


def measure(folder: Path, python: str, tests: Iterable[Path], runtime: Path) -> Reach:
    """Run the tests that have changed since the last time, or all if the code has, and note what they reach.

    Args:
        folder: keeps what was measured.
        python: the interpreter that has everything that the tests need.
        tests: files of tests.
        runtime: the folder of `digitreader`, which is measured.

    Raises:
        ToolError: a test fails.
    """
    kept, data = folder / "tests.json", folder / "coverage"
    stamps = {str(path.relative_to(REPOSITORY)): stamp_of([path]) for path in map(Path.resolve, tests)}
    code = stamp_of([*sorted(runtime.rglob("*.py")), *sorted((REPOSITORY / "tests").rglob("conftest.py"))])
    known = json.loads(kept.read_text()) if kept.exists() and data.exists() else {}
    if known.get("code") != code:
        known = {"code": code, "stamps": {}, "tests": {}}
        data.unlink(missing_ok=True)
    changed = [name for name, stamp in stamps.items() if known["stamps"].get(name) != stamp]
    ran = _run(folder, python, changed, runtime.parent) if changed else {}
    known["tests"] = {name: each for name, each in known["tests"].items() if name.split("::")[0] not in changed} | ran
    known["stamps"] |= stamps
    kept.write_text(json.dumps(known))
    return _read({name: each for name, each in known["tests"].items() if name.split("::")[0] in stamps}, data, runtime)


def stamp_of(paths: Iterable[Path]) -> str:
    """Changes if a file does."""
    told = hashlib.sha256()
    for path in paths:
        told.update(f"{path}\0".encode() + path.read_bytes())
    return told.hexdigest()


def _run(folder: Path, python: str, names: list[str], path: Path) -> dict[str, dict[str, object]]:
    settings, made = folder / "coverage.ini", folder / "ran.json"
    settings.write_text(f"[run]\ndata_file = {folder / 'coverage'}\nsource = {path / 'digitreader'}\n")
    command = [python, "-m", "coverage", "run", f"--rcfile={settings}", "--append", "-m", "pytest", "-q", "-rN"]
    options = ["-p", "no:cacheprovider", "-p", "tools.mutants.contexts"]
    done = subprocess.run(
        [*command, *options, *names],
        cwd=REPOSITORY,
        env=environment_for(path) | {"MUTANTS_TESTS": str(made)},
        check=False,
    )
    if done.returncode:
        raise ToolError("the tests fail already without a mutant")
    return dict(json.loads(made.read_text()))


def environment_for(runtime: Path) -> dict[str, str]:
    """The environment in which tests use the `digitreader` of a folder."""
    paths = (runtime, REPOSITORY / "train", REPOSITORY / "export")
    own = {"PYTHONPATH": os.pathsep.join(map(str, paths)), "PYTHONDONTWRITEBYTECODE": "1", "OPENBLAS_NUM_THREADS": "1"}
    return os.environ | own


def _read(tests: dict[str, dict[str, object]], data: Path, runtime: Path) -> Reach:
    from coverage import CoverageData  # only the environment of the mutants has it

    measured = CoverageData(str(data))
    measured.read()
    reached = {
        str(Path(path).relative_to(runtime)): measured.contexts_by_lineno(path) for path in measured.measured_files()
    }
    users: dict[str, list[str]] = {}
    for name, each in tests.items():
        for shared in each["shared"]:  # type: ignore[attr-defined]
            users.setdefault(shared, []).append(name)
    return Reach({name: float(each["seconds"]) for name, each in tests.items()}, reached, users)  # type: ignore[arg-type]
