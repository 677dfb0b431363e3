"""A pytest plugin for coverage: which lines each test reaches, and how long it takes.

A fixture that several tests share has a name of its own in the coverage data, as only the first of these tests runs it.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import coverage
import pytest

WRITTEN_TO = os.environ.get("MUTANTS_TESTS", "tests.json")
"""Names the JSON file for the tests: seconds and shared fixtures of each."""

_tests: dict[str, dict[str, Any]] = {}
_names = [""]


def shared_name(name: str, folder: str) -> str:
    """How coverage calls what a fixture runs."""
    return f"fixture {name} of {folder or '.'}"


@contextmanager
def _named(context: str) -> Iterator[None]:
    """Whatever runs in this block has this name in the coverage data."""
    measured = coverage.Coverage.current()
    if measured is None:
        raise pytest.UsageError("run this plugin under coverage")
    _names.append(context)
    measured.switch_context(context)
    try:
        yield
    finally:
        _names.pop()
        measured.switch_context(_names[-1])


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    """Everything that a test runs has the test's name."""
    began_s = time.perf_counter()
    with _named(item.nodeid):
        result = yield
    fixtures = getattr(item, "_fixtureinfo").name2fixturedefs  # noqa: B009 # pytest has no public name for it
    shared = {shared_name(each.argname, each.baseid) for known in fixtures.values() for each in known}
    _tests[item.nodeid] = {"seconds": time.perf_counter() - began_s, "shared": sorted(shared)}
    return result


@pytest.hookimpl(wrapper=True)
def pytest_fixture_setup(fixturedef: pytest.FixtureDef[Any]) -> Iterator[None]:
    """What a shared fixture runs has the fixture's name."""
    if fixturedef.scope == "function":
        return (yield)
    with _named(shared_name(fixturedef.argname, fixturedef.baseid)):
        return (yield)


def pytest_sessionfinish() -> None:
    """Write down the tests."""
    Path(WRITTEN_TO).write_text(json.dumps(_tests))
