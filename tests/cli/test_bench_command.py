"""`digitreader bench`: its figures as text and JSON, and what it refuses."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Protocol

import pytest


class Ran(Protocol):
    """What a command line did."""

    status: int
    out: str
    err: str


Run = Callable[..., Ran]


def test_a_frame_is_described_in_lines(digitreader: Run) -> None:
    ran = digitreader("bench", "frame", "--runs", "1", "--size", "320x240")
    assert (ran.status, ran.err) == (0, "")
    lines = ran.out.splitlines()
    assert lines[0] == "one frame of 320x240, read 1 times on one thread (medians)"
    assert [line.split()[0] for line in lines[1:]] == [
        "shown",
        "read",
        "find",
        "normalise",
        "classify",
        "all",
        "bare",
        "ratio",
        "network",
        "ratio",
        "nothing",
    ]
    assert r"'12345\n67890'" in lines[1]


def test_a_frame_is_told_as_one_line_of_json(digitreader: Run) -> None:
    ran = digitreader("bench", "frame", "--runs", "2", "--size", "320x240", "--format", "json")
    assert (ran.status, ran.err, ran.out.count("\n")) == (0, "", 1)
    told = json.loads(ran.out)
    figures = {"stages_ms", "read_ms", "bare_ms", "ratio", "network_ms", "network_ratio", "still_ms"}
    assert set(told) == {"size_wh", "runs", "truth", "text", "read_half_ms", "bare_half_ms"} | figures
    low, high = told["read_half_ms"]
    assert low <= told["read_ms"] <= high
    assert (told["size_wh"], told["runs"], told["truth"]) == ([320, 240], 2, "12345\n67890")


def test_a_start_is_described_in_lines(digitreader: Run) -> None:
    ran = digitreader("bench", "start", "--runs", "1")
    assert (ran.status, ran.err) == (0, "")
    assert ran.out.startswith("digitreader read one.png, started 1 times (medians)\n")
    assert [line.split()[0] for line in ran.out.splitlines()[1:]] == ["start", "bare", "ratio", "peak"]


def test_the_engines_are_described_in_lines(digitreader: Run) -> None:
    ran = digitreader("bench", "engine", "--runs", "1")
    assert (ran.status, ran.err) == (0, "")
    lines = ran.out.splitlines()
    assert lines[0] == "the model alone, 1 times with each engine in turn on one thread (medians)"
    assert lines[1].split() == ["LiteRT", "NumPy", "ratio"]
    assert [line.split()[0] for line in lines[2:]] == ["1", "32", "middle", "invoke"]


def test_the_engines_are_told_as_one_line_of_json(digitreader: Run) -> None:
    ran = digitreader("bench", "engine", "--runs", "2", "--format", "json")
    assert (ran.status, ran.err, ran.out.count("\n")) == (0, "", 1)
    told = json.loads(ran.out)
    assert set(told) == {"runs", "one", "batch", "invoke_us", "litert_alone"}
    assert told["runs"] == 2
    assert (
        set(told["one"])
        == set(told["batch"])
        == {
            *("litert_us", "numpy_us", "ratio"),
            *("litert_half_us", "numpy_half_us"),
        }
    )


def test_the_live_reader_is_told_as_one_line_of_json(digitreader: Run) -> None:
    ran = digitreader("bench", "live", "--frames", "30", "--format", "json")
    assert (ran.status, ran.out.count("\n")) == (0, 1)
    told = json.loads(ran.out)
    assert told["frames"] >= 30
    assert (told["sheets"], told["right"], told["faults"]) == (1, 1, {})
    assert told["outputs"]["jsonl"] == [told["frames"], 0, 0]
    assert told["digits_ms"] > 0


@pytest.mark.parametrize("engine", ["litert", "numpy"])
def test_both_engines_are_measured_or_none(digitreader: Run, engine: str) -> None:
    ran = digitreader("bench", "engine", "--engine", engine)
    assert (ran.status, ran.out, ran.err.count("\n")) == (2, "", 1)
    assert "bench engine measures both engines" in ran.err


@pytest.mark.parametrize("what", ["frame", "start"])
def test_a_bench_runs_the_engine_asked_for(digitreader: Run, what: str) -> None:
    ran = digitreader("bench", what, "--runs", "1", "--engine", "numpy")
    assert (ran.status, ran.err) == (0, "")


@pytest.mark.parametrize(
    "size", ["640", "640x", "x480", "axb", "63x480", "640x63", "-640x480", "640x480x3", "6.4x4", "²x480"]
)
def test_a_size_that_is_none_is_refused_in_one_line(digitreader: Run, size: str) -> None:
    ran = digitreader("bench", "frame", f"--size={size}")
    assert (ran.status, ran.out, ran.err.count("\n")) == (2, "", 1)
    assert "--size" in ran.err
    assert size in ran.err


@pytest.mark.parametrize("size", ["64", "0x0", "wide"])
def test_a_refused_size_tells_what_may_be_given(digitreader: Run, size: str) -> None:
    assert "give WIDTHxHEIGHT of at least 64x64, as in 640x480" in digitreader("bench", "frame", "--size", size).err


@pytest.mark.parametrize("runs", ["0", "-3", "2.5", "many", ""])
def test_a_number_of_runs_that_is_none_is_refused_in_one_line(digitreader: Run, runs: str) -> None:
    ran = digitreader("bench", "frame", f"--runs={runs}")
    assert (ran.status, ran.out, ran.err.count("\n")) == (2, "", 1)
    assert "give 1 or more" in ran.err


@pytest.mark.parametrize(
    "arguments", [[], ["speed"], ["frame", "--format", "xml"], ["frame", "--fast"], ["frame", "speed"]]
)
def test_a_command_line_that_cannot_be_meant_is_refused_in_one_line(digitreader: Run, arguments: list[str]) -> None:
    ran = digitreader("bench", *arguments)
    assert (ran.status, ran.out, ran.err.count("\n")) == (2, "", 1)
    assert ran.err.startswith("digitreader: error: ")


@pytest.mark.parametrize("what", ["frame", "start", "engine"])
def test_an_unknown_model_is_refused_before_anything_is_measured(digitreader: Run, what: str) -> None:
    ran = digitreader("bench", what, "--model", "enormous")
    assert (ran.status, ran.out, ran.err.count("\n")) == (1, "", 1)
    assert "enormous: no such model" in ran.err


def test_several_are_measured_in_one_run_and_told_with_the_machine(digitreader: Run) -> None:
    ran = digitreader("bench", "glyph", "frame", "--runs", "1", "--size", "320x240", "--format", "json")
    assert (ran.status, ran.err, ran.out.count("\n")) == (0, "", 1)
    told = json.loads(ran.out)
    assert list(told) == ["machine", "glyph", "frame"]
    assert told["machine"]["cores"] >= 1
    assert set(told["machine"]["machine"]) >= {"board", "python", "numpy", "opencv", "litert"}


def test_several_are_described_one_after_another(digitreader: Run) -> None:
    ran = digitreader("bench", "glyph", "engine", "--runs", "1")
    assert (ran.status, ran.err) == (0, "")
    machine, glyph, engine = ran.out.split("\n\n")
    assert " cores" in machine
    assert glyph.startswith("one digit from its ink")
    assert engine.startswith("the model alone, 1 times")


def test_help_shows_examples(digitreader: Run) -> None:
    ran = digitreader("bench", "--help")
    assert ran.status == 0
    assert "digitreader bench frame --size 1280x720" in ran.out


def test_many_pictures_are_counted_with_one_process_and_two(digitreader: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("digitreader.measure.bench.many.ENGINES", {"Dask, 2 workers": ("nosuchmodule", "")})
    ran = digitreader("bench", "many", "--runs", "4", "--size", "96x64", "--model", "tiny", "--format", "json")
    assert (ran.status, ran.err) == (0, "")
    told = json.loads(ran.out)
    assert set(told["start_s"]) == set(told["per_s"]) == {"1 process", "2 processes"}
    assert (told["pictures"], told["missing"]) == (4, ["Dask, 2 workers"])
