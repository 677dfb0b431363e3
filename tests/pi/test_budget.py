from __future__ import annotations

from pathlib import Path

import pytest

from tools.commands import ToolError
from tools.pi.budget import STAGES, deviations, main, read_table, stage_counts
from tools.pi.estimate import BOARDS, counts, estimate
from tools.pi.guest import CORES

NAMES = ("nothing", "look", "find", "normalise", "classify", "read", "changed", "unchanged", "track")


def marks_of(*spans: int, runs: int = 1) -> list[int]:
    """The counter at the begin and end of each run, with 1,000 instructions between runs."""
    marks, total = [], 0
    for span in (each for each in spans for _ in range(runs)):
        marks += [total + 1000, total + 1000 + span]
        total = marks[-1]
    return marks


def test_the_marks_become_the_stages_each_alone_and_without_what_a_mark_costs() -> None:
    marks = marks_of(9, 1009, 1509, 209, 109, 2009, 2109, 59, 39, runs=3)
    assert stage_counts(marks, NAMES, 3, found=10) == {
        "look": 1000,
        "find": 500,
        "normalise": 20,
        "classify": 10,
        "judge": 200,
        "track": 30,
        "frame changed": 2100,
        "frame unchanged": 50,
    }


def test_one_run_that_took_longer_does_not_count() -> None:
    usual = marks_of(*(0,) * len(NAMES), runs=3)
    usual[5:] = [each + 10**9 for each in usual[5:]]  # the last run of "nothing"
    assert stage_counts(usual, NAMES, 3, found=10)["look"] == 0


def test_a_mark_too_many_is_refused() -> None:
    with pytest.raises(ToolError, match="19 marks of 1 runs of 9 stages"):
        stage_counts([*marks_of(*range(9)), 10**6], NAMES, 1, found=10)


def test_a_stage_that_takes_a_tenth_more_is_named() -> None:
    before = dict.fromkeys(STAGES, 1000)
    (grown,) = deviations("cortex-a72", {**before, "normalise": 1101, "look": 1099}, {"cortex-a72": before})
    assert grown.is_regression
    told = "cortex-a72: normalise takes 1,101 instructions, +10.1 % of 1,000; make it cheaper, or"
    assert str(grown).startswith(told)


def test_a_stage_that_became_cheaper_is_told_and_is_no_regression() -> None:
    before = dict.fromkeys(STAGES, 1000)
    (less,) = deviations("cortex-a72", {**before, "find": 700}, {"cortex-a72": before})
    assert not less.is_regression
    assert str(less).endswith("-30.0 % of 1,000; make budget")


def test_a_core_without_a_row_is_refused() -> None:
    with pytest.raises(ToolError, match=r"budget.json has no cortex-a76 with the stages look, .*: make budget"):
        deviations("cortex-a76", dict.fromkeys(STAGES, 1000), {})


def test_the_committed_table_has_every_stage_of_every_core() -> None:
    table = read_table()
    assert list(table) == list(CORES)
    assert all(list(counts) == list(STAGES) for counts in table.values())
    assert min(number for counts in table.values() for number in counts.values()) > 0


def test_an_unknown_core_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["--core", "pentium"])
    assert "invalid choice: 'pentium'" in capsys.readouterr().err


def test_a_board_is_estimated_between_its_slowest_and_its_fastest() -> None:
    assert BOARDS["Zero 2 W"].milliseconds(80_000_000) == pytest.approx((100, 200))


def test_the_page_shows_the_committed_table_and_the_estimate_from_it(repository: Path) -> None:
    page, table = (repository / "docs" / "pi.md").read_text(encoding="utf-8"), read_table()
    for shown in (counts(table), estimate(table)):
        assert shown in page, "run `python -m tools.pi.estimate` and copy its tables"
