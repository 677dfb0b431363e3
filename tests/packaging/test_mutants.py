"""Which errors `make mutants` makes, which tests it runs for each, and how it tells the result."""

from __future__ import annotations

import ast
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from tools.mutants.in_memory import put_in
from tools.mutants.mutants import Mutant, change, differs, left_out
from tools.mutants.reach import Reach, parts_around
from tools.mutants.run import Result, read_results, share_killed, table_of
from tools.mutants.server import Outcome

CODE = """\
LEAST = 3


def half(value: int) -> float:
    if value > LEAST:
        return value / 2
    return 0.0
"""


@pytest.mark.parametrize(
    ("code", "nothing_in"),
    [
        ("def f(a: int | None) -> str | None: ...", ["int | None", "str | None"]),
        ("Kind = int | str", ["int | str"]),
        ("LEAST = 3 | 4", []),
        ("x: list[int] = [1]", ["list[int]"]),
        ("@dataclass(frozen=True)\nclass Box: ...", ["dataclass(frozen=True)"]),
        ("zip(a, b, strict=True)", ["True"]),
        ("raise ValueError(f'{1 + 1} given', 2)", ["f'{1 + 1} given'", "2"]),
        ("if TYPE_CHECKING: ...", ["TYPE_CHECKING"]),
    ],
)
def test_types_options_and_messages_are_left_out(code: str, nothing_in: list[str]) -> None:
    lines = code.splitlines()
    found = [lines[first[0] - 1][first[1] : last[1]] for first, last in left_out(code)]
    assert sorted(found) == sorted(nothing_in)


@pytest.mark.parametrize(
    ("mutated", "counts"), [("x = 1 - 2", True), ("x = (1 + 2)", False), ("def f(a, -, b): ...", False)]
)
def test_an_error_is_code_that_means_something_else(mutated: str, counts: bool) -> None:
    assert differs("x = 1 + 2", mutated) is counts


def test_a_change_is_told_by_its_lines() -> None:
    assert change(CODE, CODE.replace("/ 2", "// 2")) == ("return value / 2", "return value // 2")
    assert change("a\nb\nc", "a\nc") == ("b", "")


def test_the_parts_around_a_line_are_its_statement_its_function_and_the_file() -> None:
    assert parts_around(CODE, 6) == [(6, 6), (5, 7), (1, 7)]
    assert parts_around(CODE, 5) == [(5, 5), (5, 7), (1, 7)]
    assert parts_around(CODE, 1) == [(1, 1), (1, 7)]
    assert len(ast.parse(CODE).body) == 2


def test_the_quickest_tests_that_reach_a_line_are_run_for_as_long_as_wanted() -> None:
    tests = Reach(
        {"slow": 9.0, "quick": 1.0, "quickest": 0.5, "elsewhere": 0.1},
        {"find/a.py": {6: ["slow", "quick", "fixture page of tests"], 7: ["elsewhere"], 1: [""]}},
        {"fixture page of tests": ["quickest"]},
    )
    parts = parts_around(CODE, 6)
    assert tests.of("find/a.py", parts, longest_s=60) == ["quickest", "quick", "slow"]
    assert tests.of("find/a.py", parts, longest_s=2) == ["quickest", "quick"]
    assert tests.of("find/a.py", parts, longest_s=0) == ["quickest"]
    assert tests.of("find/a.py", parts_around(CODE, 1), longest_s=60) == ["elsewhere", "quickest", "quick", "slow"]
    assert tests.of("find/b.py", parts, longest_s=60) == []


def result(outcome: Outcome, line: int = 6) -> Result:
    return Result("find", Mutant("find/a.py", "core/X", 0, line), "a / 2", "a // 2", 3, outcome, "stamp")


def test_a_mutant_that_the_tests_hang_on_is_noticed_too() -> None:
    assert share_killed([result("killed"), result("timed out"), result("survived"), result("survived")]) == 50


def test_the_table_shows_the_change_of_each_survivor() -> None:
    table = table_of([result("killed"), result("survived", 8)]).splitlines()
    assert table[1].split() == ["find", "2", "1", "0", "1", "50.0", "%"]
    assert table[-3:] == ["find/a.py:8  (3 tests reach it)", "  - a / 2", "  + a // 2"]


def test_the_last_result_of_each_mutant_counts(tmp_path: Path) -> None:
    import json
    from dataclasses import asdict

    kept = tmp_path / "results.jsonl"
    assert read_results(kept) == []
    rows = [result("survived"), result("survived", 8), result("killed")]
    kept.write_text("".join(json.dumps(asdict(each)) + "\n" for each in rows))
    assert read_results(kept) == [result("killed"), result("survived", 8)]


MODULE = """\
from functools import wraps

LEAST = 3


def twice(function):
    @wraps(function)
    def run(value):
        return function(function(value))

    return run


class Counter:
    @property
    def least(self):
        return LEAST + 1

    @staticmethod
    def more(value):
        return value + 1

    @twice
    def add(value):
        return value + 1


def less(value):
    return [each - 1 for each in value]
"""


@pytest.fixture
def loaded(monkeypatch: pytest.MonkeyPatch) -> Any:
    module = ModuleType("mutated_module")
    module.__file__ = "mutated_module.py"
    exec(compile(MODULE, module.__file__, "exec", dont_inherit=True), vars(module))  # noqa: S102 # the code above
    monkeypatch.setitem(sys.modules, "mutated_module", module)
    return module


@pytest.mark.parametrize(
    ("before", "after", "result"),
    [
        ("LEAST + 1", "LEAST - 1", (2, 2, 3, [0])),
        ("def more(value):\n        return value + 1", "def more(value):\n        return value + 5", (4, 6, 3, [0])),
        ("def add(value):\n        return value + 1", "def add(value):\n        return value * 5", (4, 2, 25, [0])),
        ("each - 1", "each + 1", (4, 2, 3, [2])),
    ],
    ids=["property", "static method", "wrapped function", "function"],
)
def test_an_error_is_put_into_functions_that_others_have_imported(
    loaded: Any, before: str, after: str, result: tuple[object, ...]
) -> None:
    counter, less = loaded.Counter, loaded.less
    assert put_in("mutated_module", MODULE.replace(before, after))
    assert (counter().least, counter.more(1), counter.add(1), less([1])) == result


def test_an_error_outside_of_functions_needs_a_new_start(loaded: Any) -> None:
    assert not put_in("mutated_module", MODULE.replace("LEAST = 3", "LEAST = 4"))
    assert not put_in("a_module_that_is_not_loaded", MODULE)
