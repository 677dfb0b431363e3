"""`digitreader bench web`: its figures, as JSON and as a table, from short turns."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from digitreader.errors import OutputError
from digitreader.web import bench_web as bench_module
from digitreader.web import streams as streams_module
from digitreader.web.bench_web import ChromiumFigures, ValueAges, Viewing, WebBench, ages_of, describe_web
from digitreader.web.chromium import Chromium, chromium_path

Digitreader = Callable[..., Any]

MEASURED = WebBench(
    size_wh=(640, 480),
    turns=5,
    alone_per_s=60.0,
    one=Viewing(1, 57.0, 0.95, 40.0),
    many=Viewing(20, 54.0, 0.9, 60.0),
    cost_ratio=1.5,
    ages=ValueAges(30.0, 70.0),
    dropped_s=8.2,
    ages_beside=ValueAges(31.0, 72.0),
    chromium=ChromiumFigures(200.0, 320.0, 182.0, ValueAges(40.0, 90.0)),
)


def test_everything_that_is_to_be_reached_is_measured(
    digitreader: Digitreader, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {"SEGMENT_S": 0.5, "WARM_UP_S": 0.1, "VIEWERS": 3, "FRAMES": 4, "SHOWN": 3}.items():
        monkeypatch.setattr(bench_module, name, value)
    monkeypatch.setattr(streams_module, "SEND_S", 0.5)
    ran = digitreader("bench", "web", "--runs", "1", "--size", "320x240", "--model", "tiny", "--format", "json")
    assert (ran.status, ran.err) == (0, "")
    told = json.loads(ran.out)
    assert (told["turns"], told["one"]["viewers"], told["many"]["viewers"]) == (1, 1, 3)
    assert min(told["alone_per_s"], told["one"]["per_s"], told["many"]["per_s"]) > 0
    assert told["one"]["page_ms"] > 0
    assert told["many"]["page_ms"] > 0
    assert 0 < told["ages"]["median_ms"] <= told["ages"]["most_ms"]
    assert told["dropped_s"] >= 0.5
    if chromium_path() is None:
        assert told["chromium"] is None
    else:
        seen = told["chromium"]
        assert seen["paint_ms"] > 0
        assert seen["useful_ms"] > 0
        assert 100 < seen["kb"] < 300
        assert seen["ages"]["median_ms"] > 0


def test_each_figure_stands_beside_what_is_to_be_reached() -> None:
    rows = describe_web(MEASURED).splitlines()
    assert "ratio, 1 viewer   0.95                            more than 0.9" in rows[5]
    assert [row.partition("  ")[2][:18].strip() for row in rows[-4:]] == [
        "first paint",
        "picture, number",
        "weight",
        "age when shown",
    ]
    assert all(len(row) < 80 for row in rows[1:])


def test_without_chromium_it_is_said_so() -> None:
    rows = describe_web(replace(MEASURED, chromium=None, dropped_s=None)).splitlines()
    assert rows[-1].split() == ["Chromium", "is", "not", "installed", "here"]
    assert any("dropped not within a minute" in row for row in rows)


def test_no_values_have_no_age() -> None:
    assert math.isnan(ages_of([]).median_ms)
    assert ages_of([5.0] * 19 + [100.0]) == ValueAges(5.0, 5.0)


def test_a_program_that_is_no_browser_is_told() -> None:
    with pytest.raises(OutputError, match="Chromium"):
        Chromium("/bin/true")


def test_without_the_extra_it_is_said_how_to_install_it(
    digitreader: Digitreader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("digitreader.cli.web_arguments.WEB_MODULES", ("no_such_module_here",))
    ran = digitreader("bench", "web")
    assert ran.status == 1
    assert "[web]" in ran.err
