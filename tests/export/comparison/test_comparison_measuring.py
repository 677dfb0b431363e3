from __future__ import annotations

import dataclasses
import itertools
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from digitreader.errors import ModelFormatError
from digitreader.measure.data import DataPlace
from digitreader.model.card import ModelCard
from digitreader_export.comparison.measuring import Subject, VariantFigures, measure
from digitreader_export.comparison.timing import Times, time_models
from digitreader_export.run_digits import RunDigits, load_run_digits
from digitreader_train.run_folder import load_run


def read_subject(folder: Path, file: str, name: str) -> Subject:
    card = ModelCard.from_bytes((folder / f"{file}.json").read_bytes(), file)
    return Subject(name, (folder / f"{file}.tflite").read_bytes(), card)


@pytest.fixture(scope="module")
def subjects(exported: Path) -> tuple[Subject, Subject]:
    return read_subject(exported, "tiny-float32", "float32"), read_subject(exported, "tiny", "qat")


@pytest.fixture(scope="module")
def exam(trained_run: Path, drawn_place: DataPlace) -> RunDigits:
    return load_run_digits(load_run(trained_run), drawn_place)


@pytest.fixture(scope="module")
def measured(subjects: tuple[Subject, Subject], exam: RunDigits) -> tuple[VariantFigures, ...]:
    return tuple(measure(subject, test=exam.test, validation=exam.validation) for subject in subjects)


def test_what_is_measured_is_what_stands_on_the_card(
    subjects: tuple[Subject, Subject], measured: tuple[VariantFigures, ...]
) -> None:
    for subject, figures in zip(subjects, measured, strict=True):
        for half in ("test", "validation"):
            found, card = getattr(figures, half), getattr(subject.card.measured, half)
            assert (len(found.right), found.accuracy) == (card.n, pytest.approx(card.accuracy, abs=1e-6))
            assert found.ece == pytest.approx(card.ece, abs=1e-6)


def test_each_model_has_its_own_acceptance_rule(subjects: tuple[Subject, Subject], exam: RunDigits) -> None:
    subject = subjects[1]
    humbler = dataclasses.replace(subject.card.acceptance, temperature=4.0)
    other = dataclasses.replace(subject, card=subject.card._replace(acceptance=humbler))
    found, moved = (measure(each, test=exam.test, validation=exam.validation) for each in (subject, other))
    assert found.test.accuracy == moved.test.accuracy
    assert abs(found.test.ece - moved.test.ece) > 0.01


def test_bytes_are_those_of_the_file_and_of_what_zlib_leaves(
    subjects: tuple[Subject, Subject], measured: tuple[VariantFigures, ...]
) -> None:
    for subject, figures in zip(subjects, measured, strict=True):
        assert figures.file_bytes == len(subject.content)
        assert figures.compressed_bytes == len(zlib.compress(subject.content, 9)) < figures.file_bytes


def test_the_real_graphs_tell_how_they_compute(measured: tuple[VariantFigures, ...]) -> None:
    float32, qat = measured
    assert (str(float32.arithmetic), float32.arena_bytes) == ("none", 6_272)
    assert (qat.arithmetic.full_integer, qat.arena_bytes) == (True, 1_664)
    assert str(qat.arithmetic) == "all 5 in int8"


def test_a_file_that_is_no_model_is_refused(subjects: tuple[Subject, Subject], exam: RunDigits) -> None:
    with pytest.raises(ModelFormatError, match="qat"):
        measure(dataclasses.replace(subjects[1], content=b"no model" * 9), test=exam.test, validation=exam.validation)


class FakeInterpreter:
    """Stands in for LiteRT: notes what is asked of it; each invoke moves a clock."""

    invoked: list[tuple[str, int]]
    made: list[tuple[int, int]]
    now_ns: int
    costs_ns: dict[tuple[str, int], itertools.cycle[int]]

    def __init__(self, *, model_content: bytes, num_threads: int) -> None:
        self._name, self._threads, self._batch = model_content.decode(), num_threads, 1

    def get_input_details(self) -> list[dict[str, Any]]:
        return [{"index": 0}]

    def resize_tensor_input(self, index: int, shape: tuple[int, ...]) -> None:
        assert index == 0
        self._batch = shape[0]

    def allocate_tensors(self) -> None:
        FakeInterpreter.made.append((self._threads, self._batch))

    def set_tensor(self, index: int, pixels: npt.NDArray[Any]) -> None:
        assert index == 0
        assert pixels.shape == (self._batch, 28, 28)

    def invoke(self) -> None:
        FakeInterpreter.invoked.append((self._name, self._batch))
        FakeInterpreter.now_ns += next(FakeInterpreter.costs_ns[self._name, self._batch])


@pytest.fixture
def fake(subjects: tuple[Subject, Subject], monkeypatch: pytest.MonkeyPatch) -> tuple[Subject, ...]:
    """Two models on a fake LiteRT and a fake clock: 1 ms and 2 ms a glyph, now and then much slower."""
    FakeInterpreter.invoked, FakeInterpreter.made, FakeInterpreter.now_ns = [], [], 0
    FakeInterpreter.costs_ns = {
        (name, batch): itertools.cycle((9_000_000 * batch, 5_000_000 * batch, fastest * batch))
        for name, fastest in (("a", 1_000_000), ("b", 2_000_000))
        for batch in (1, 32)
    }
    monkeypatch.setattr("ai_edge_litert.interpreter.Interpreter", FakeInterpreter)
    monkeypatch.setattr("digitreader_export.comparison.timing.time.perf_counter_ns", lambda: FakeInterpreter.now_ns)
    return tuple(dataclasses.replace(subjects[1], name=name, content=name.encode()) for name in ("a", "b"))


def test_the_quickest_round_counts(fake: tuple[Subject, ...]) -> None:
    times = time_models(fake, np.zeros((5, 28, 28), np.uint8), rounds=6)
    assert times == {"a": Times(1_000.0, 32_000.0), "b": Times(2_000.0, 64_000.0)}


def test_models_are_timed_in_turn_on_one_thread(fake: tuple[Subject, ...]) -> None:
    time_models(fake, np.zeros((1, 28, 28), np.uint8), rounds=2)
    turns = [("a", 1), ("a", 32), ("b", 1), ("b", 32)]
    assert FakeInterpreter.invoked[-8:] == turns + turns
    assert sorted(FakeInterpreter.made) == [(1, 1), (1, 1), (1, 32), (1, 32)]


def test_a_quick_model_is_invoked_often_in_its_turn(fake: tuple[Subject, ...]) -> None:
    for key in FakeInterpreter.costs_ns:
        FakeInterpreter.costs_ns[key] = itertools.cycle([10_000])
    times = time_models(fake[:1], np.zeros((1, 28, 28), np.uint8), rounds=1)
    assert times == {"a": Times(10.0, 10.0)}
    assert FakeInterpreter.invoked[-200:] == [("a", 1)] * 100 + [("a", 32)] * 100


def test_real_models_are_timed_for_one_glyph_and_for_32(subjects: tuple[Subject, Subject], exam: RunDigits) -> None:
    times = time_models(subjects, exam.validation.glyphs[:32], rounds=2)
    assert list(times) == ["float32", "qat"]
    assert all(each.one_us > 0 and each.batch_us > 0 for each in times.values())
