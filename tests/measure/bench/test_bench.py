"""Bench: two things timed in turn, and what is told of them."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import cv2
import numpy as np
import pytest

from digitreader.errors import DigitReaderError, UsageError
from digitreader.measure.bench.engine import CALLS, bench_engine
from digitreader.measure.bench.frame import bare_opencv, bench_frame
from digitreader.measure.bench.glyph import bench_glyph, describe_glyph
from digitreader.measure.bench.machine import describe_machine, measured_on, processor_name
from digitreader.measure.bench.many import ManyBench, describe_many
from digitreader.measure.bench.start_and_memory import bench_memory, bench_start, describe_memory, installed_mb
from digitreader.measure.bench.timing import Comparison, compare, elapsed_ms, medians, run_to_end
from digitreader.model.engine.litert import LiteRTEngine
from digitreader.model.engine.numpy_engine import NumpyEngine
from digitreader.model.load import load_model
from digitreader.model.locate import shipped_models
from digitreader.reading.pipeline import FrameReader
from digitreader.values import Glyphs


@pytest.fixture(scope="module")
def reader() -> FrameReader:
    return FrameReader(load_model("small"))


def test_two_things_are_run_in_turn() -> None:
    calls: list[str] = []
    compare(lambda: calls.append("work"), lambda: calls.append("yardstick"), runs=2, warm_up=1)
    assert calls == ["work", "yardstick"] * 3


def test_runs_that_warm_up_are_not_counted() -> None:
    compared = compare(lambda: None, lambda: None, runs=4, warm_up=2)
    assert len(compared.ms) == len(compared.yardstick_ms) == 4


def test_the_ratio_is_taken_run_by_run() -> None:
    # the machine was ten times slower in the last run, for both
    compared = Comparison(ms=(2.0, 4.0, 60.0), yardstick_ms=(1.0, 2.0, 20.0))
    assert (compared.median_ms, compared.median_yardstick_ms, compared.ratio) == (4.0, 2.0, 2.0)


def test_a_call_takes_some_milliseconds_and_is_made_once() -> None:
    calls: list[int] = []
    assert elapsed_ms(lambda: calls.append(1)) >= 0
    assert calls == [1]


def test_medians_are_taken_column_by_column() -> None:
    rows = [{"find": 1.0, "total": 9.0}, {"find": 5.0, "total": 7.0}, {"find": 3.0, "total": 8.0}]
    assert medians(rows) == {"find": 3.0, "total": 8.0}


def test_a_frame_is_measured_and_what_was_read_is_told(reader: FrameReader) -> None:
    measured = bench_frame(reader, size_wh=(320, 240), text="508", runs=3)
    assert (measured.size_wh, measured.runs, measured.truth) == ((320, 240), 3, "508")
    assert measured.text == "508"
    assert set(measured.stages_ms) == {"find", "normalise", "classify", "total"}
    assert 0 < measured.stages_ms["total"] <= measured.read_ms  # the medians of the same calls, seen from inside
    assert measured.bare_ms > 0
    assert measured.ratio > 0


def test_opencv_has_its_threads_back_after_the_frame_though_it_failed(reader: FrameReader) -> None:
    before = cv2.getNumThreads()
    cv2.setNumThreads(2)
    try:
        bench_frame(reader, size_wh=(320, 240), text="5", runs=1)
        assert cv2.getNumThreads() == 2
        with pytest.raises(UsageError):
            bench_frame(reader, size_wh=(320, 240), text="€", runs=1)
        assert cv2.getNumThreads() == 2
    finally:
        cv2.setNumThreads(before)


def test_the_yardstick_looks_at_every_dark_thing() -> None:
    page = np.full((100, 100, 3), 255, np.uint8)
    page[20:30, 20:30] = page[60:70, 60:70] = 0
    found = bare_opencv(page)
    assert isinstance(found, tuple)
    assert found[0] == 3  # two squares and the paper


def test_a_start_is_measured_beside_a_bare_python() -> None:
    measured = bench_start("tiny", text="508", runs=1)
    assert measured.runs == 1
    assert measured.ratio == pytest.approx(measured.read_ms / measured.bare_ms)
    # NumPy and OpenCV alone take more than 40 MB, and no machine of ours spares a gigabyte
    assert 40 < measured.peak_mb < 1000


def test_engines_are_measured_on_many_glyphs_and_then_on_one(monkeypatch: pytest.MonkeyPatch) -> None:
    sizes: dict[str, list[int]] = {"litert": [], "numpy": []}

    def record(engine: type[LiteRTEngine | NumpyEngine]) -> None:
        integers = engine.integers

        def recording(self: Any, glyphs: Glyphs) -> Any:
            sizes[engine.name].append(len(glyphs))
            return integers(self, glyphs)

        monkeypatch.setattr(engine, "integers", recording)

    record(LiteRTEngine)
    record(NumpyEngine)
    measured = bench_engine(shipped_models()["tiny"], runs=3)
    calls = (3 + 3) * CALLS  # to warm up, and counted
    assert sizes["litert"] == sizes["numpy"] == [32] * calls + [1] * calls
    assert measured.runs == 3
    assert measured.invoke_us > 0
    for pair in (measured.one, measured.batch):
        assert pair.numpy_us is not None
        assert pair.ratio is not None
        assert min(pair.litert_us, pair.numpy_us, pair.ratio) > 0


def test_a_start_runs_the_engine_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    commands: list[Sequence[str]] = []

    def record(command: Sequence[str]) -> str:
        commands.append(command)
        return "1000"

    monkeypatch.setattr("digitreader.measure.bench.start_and_memory.run_to_end", record)
    bench_start("tiny", "numpy", text="5", runs=1)
    reading = [command for command in commands if "read" in command]
    assert len(reading) == 3  # to warm up, to be timed, to be weighed
    assert all(list(command)[-4:] == ["--model", "tiny", "--engine", "numpy"] for command in reading)


def test_a_command_that_fails_stops_the_measuring() -> None:
    with pytest.raises(DigitReaderError, match="what is measured failed with status 3: it printed nothing"):
        run_to_end([sys.executable, "-c", "raise SystemExit(3)"])
    with pytest.raises(DigitReaderError, match="what is measured failed with status 1: ValueError: of the test"):
        run_to_end([sys.executable, "-c", "raise ValueError('of the test')"])


def test_what_a_command_says_on_stderr_is_kept() -> None:
    assert (
        run_to_end([sys.executable, "-c", "import sys; print('out'); print('peak 7', file=sys.stderr)"]) == "peak 7\n"
    )


def test_what_many_pictures_took_is_told_beside_one_process() -> None:
    rates = {"1 process": 50.0, "2 processes": 95.0}
    measured = ManyBench(1000, {"1 process": 0.5, "2 processes": 0.8}, rates, ("Ray, 2 workers",))
    lines = describe_many(measured).splitlines()
    assert lines[2].split() == ["1", "process", "0.5", "s", "50.0", "1.00"]
    assert lines[3].split() == ["2", "processes", "0.8", "s", "95.0", "1.90"]
    assert lines[4].strip() == "Ray, 2 workers    is not installed here"


def test_a_digit_is_measured_stage_by_stage(reader: FrameReader) -> None:
    measured = bench_glyph(reader, text="508", runs=2)
    assert measured.digits == 3
    assert set(measured.stages_us) == {"normalise", "features", "network", "all"}
    assert measured.half_us[0] <= measured.stages_us["all"] <= measured.half_us[1]
    assert describe_glyph(measured).splitlines()[1].split()[0] == "normalise"


def test_memory_is_that_of_a_process_beside_bare_imports() -> None:
    measured = bench_memory("tiny", text="508", size_wh=(320, 240), runs=1)
    # NumPy and OpenCV alone take more than 40 MB, and a reader has them too
    assert 40 < measured.bare_mb < measured.reader_mb < 1000
    assert measured.beyond_mb == pytest.approx(measured.reader_mb - measured.bare_mb)
    assert "bare Python" in describe_memory(measured)


def test_the_room_of_a_checkout_is_not_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("digitreader.measure.bench.start_and_memory.metadata.files", lambda _name: [])
    assert installed_mb() is None


def test_a_processor_is_named_as_the_system_names_it(tmp_path: Path) -> None:
    (tmp_path / "cpuinfo").write_text("processor\t: 0\nmodel name\t: Cortex-A76\n")
    assert processor_name(tmp_path / "cpuinfo") == "Cortex-A76"
    assert processor_name(tmp_path / "missing")
    assert describe_machine(measured_on()).count("\n") == 1


def test_a_finder_that_sees_no_digit_has_no_glyphs_to_be_measured() -> None:
    blind: Any = SimpleNamespace(finder=SimpleNamespace(digits=lambda _: []))
    with pytest.raises(UsageError, match="the finder sees no digit in the drawn frame; give another --model"):
        bench_glyph(blind, text="27", runs=1)
