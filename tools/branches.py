"""Counts which branches of the product the tests run: ``pytest -p tools.branches``, as `make branches` does.

A branch is a way that an `if`, a loop or a `match` may go. SlipCover counts those that this process runs, in all its
threads. It does not count what other processes run that tests start. After the tests there is a line for each part of
the product, and out/branches.txt lists the branches that no test ran. If the whole suite passed and a part is below
its floor, the files with most such branches are named and the exit status is 6. The floor says nothing if only some
tests were chosen, if one failed, or if many were skipped.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import slipcover

ROOT = Path(__file__).parents[1]
FLOORS_PERCENT = {"runtime/digitreader": 91.0, "train/digitreader_train": 94.0, "export/digitreader_export": 89.0}
"""The parts of the product, and how many of their branches the whole suite must run."""

LIST = "out/branches.txt"
FLOOR_MISSED = 6
"""The exit status; pytest's own end at 5."""

MOST_SKIPPED = 0.02
"""Where more of the tests are skipped, because MNIST, a broker or a browser is missing, the floor says nothing."""

MOST_ROWS = 12


@dataclass(frozen=True, slots=True)
class FileBranches:
    """The branches of one source file.

    Attributes:
        name: its path from the repository's root, with slashes.
        ran: how many branches some test ran.
        missed: the others, each as the lines from which and to which it leads; 0 is the end of a function or file.
    """

    name: str
    ran: int
    missed: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class PartBranches:
    """The branches of one part of the product, such as the runtime."""

    name: str
    floor_percent: float
    files: tuple[FileBranches, ...]

    @property
    def total(self) -> int:
        """How many branches it has."""
        return sum(file.ran + len(file.missed) for file in self.files)

    @property
    def percent(self) -> float:
        """How many of them ran; 100 where there are none."""
        return 100 * sum(file.ran for file in self.files) / self.total if self.total else 100.0

    @property
    def is_below(self) -> bool:
        """Whether the floor is missed."""
        return self.percent < self.floor_percent


def parts_of(files: Mapping[str, Mapping[str, Any]], floors: Mapping[str, float]) -> tuple[PartBranches, ...]:
    """What SlipCover counted, by parts of the product; the files with most missed branches come first.

    Args:
        files: SlipCover's `files`: by path, `executed_branches` and `missing_branches`.
        floors: by the folder of each part, its floor in percent.
    """
    counted = [
        FileBranches(name, len(found["executed_branches"]), tuple(map(tuple, found["missing_branches"])))
        for name, found in files.items()
    ]
    ordered = sorted(counted, key=lambda file: (-len(file.missed), file.name))
    return tuple(
        PartBranches(part, floor, tuple(file for file in ordered if file.name.startswith(f"{part}/")))
        for part, floor in floors.items()
    )


def why_no_floor(config: pytest.Config, *, deselected: int, collected: int, skipped: int) -> str | None:
    """Why the floor says nothing about this run; None where it holds.

    Args:
        config: of this run of pytest.
        deselected: how many tests were left out by `-k` and the like.
        collected: how many tests there were to run.
        skipped: how many of them were skipped.
    """
    if config.args_source is not pytest.Config.ArgsSource.TESTPATHS:
        return "only some files or folders were tested"
    if deselected or config.option.ignore or config.option.ignore_glob or config.option.collectonly:
        return "only some of the tests were chosen"
    if skipped > MOST_SKIPPED * collected:
        return f"{skipped:,} of {collected:,} tests were skipped"
    return None


def table(parts: Iterable[PartBranches]) -> list[str]:
    """A line for each part, and below it the files in which most branches never ran."""
    lines = []
    for part in parts:
        lines.append(
            f"{part.percent:6.2f} %  of {part.total:,} branches of {part.name} ran; floor {part.floor_percent:g} %"
        )
        if part.is_below:
            worst = [file for file in part.files if file.missed][:MOST_ROWS]
            lines += [f"{len(file.missed):>12} never ran in {file.name}" for file in worst]
    return lines


def listing(parts: Iterable[PartBranches]) -> str:
    """Each file with branches that never ran, and these branches: `12-15` from line 12 to 15, `20-end` out of it."""
    missed = (file for part in parts for file in part.files if file.missed)
    return "".join(f"{file.name}: {', '.join(map(_span, file.missed))}\n" for file in missed)


def _span(branch: tuple[int, int]) -> str:
    start, end = branch
    return f"{start}-{end or 'end'}"


class BranchCount:
    """The plugin: counts from now on, and reports when the tests are done.

    Args:
        root: the folder in which the parts of the product and `out` lie.
        floors: by the folder of each part, its floor in percent.
    """

    def __init__(self, root: Path = ROOT, floors: Mapping[str, float] = FLOORS_PERCENT) -> None:
        self._root, self._floors = root, floors
        self._sources = [str(root / part) for part in floors]
        self._counter = slipcover.Slipcover(branch=True, exclude_also=["if TYPE_CHECKING:"])
        slipcover.ImportManager(self._counter, slipcover.FileMatcher(sources=self._sources)).__enter__()
        self._deselected = 0
        self._parts: tuple[PartBranches, ...] = ()
        self._no_floor: str | None = None

    def pytest_deselected(self, items: list[pytest.Item]) -> None:
        """Notes that tests were left out."""
        self._deselected += len(items)

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        """Sums up, and lets a run fail in which all tests passed but a floor is missed."""
        reporter = session.config.pluginmanager.get_plugin("terminalreporter")
        skipped = len(reporter.stats.get("skipped", ())) if reporter else 0
        self._no_floor = why_no_floor(
            session.config, deselected=self._deselected, collected=session.testscollected, skipped=skipped
        )
        if exitstatus != pytest.ExitCode.OK:
            self._no_floor = "not all tests passed"
        if self._no_floor is None:
            self._counter.source = self._sources  # files that no test imports count too; to compile them takes seconds
        self._parts = parts_of(self._counter.get_coverage()["files"], self._floors)
        listed = self._root / LIST
        listed.parent.mkdir(exist_ok=True)
        listed.write_text(listing(self._parts), encoding="utf-8")
        if self._no_floor is None and any(part.is_below for part in self._parts):
            session.exitstatus = FLOOR_MISSED

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> Generator[None]:
        """Prints the table below pytest's own summary, and above its last line."""
        yield
        terminalreporter.section("branches")
        if self._no_floor:
            terminalreporter.line(f"no floor: {self._no_floor}; {LIST} lists the branches that never ran")
            return
        for line in table(self._parts):
            terminalreporter.line(line)
        if any(part.is_below for part in self._parts):
            terminalreporter.line(f"too few branches ran: test what {LIST} lists", red=True, bold=True)


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> None:
    """Begin to count before a conftest.py imports the product."""
    early_config.pluginmanager.register(BranchCount(), "branch-count")
