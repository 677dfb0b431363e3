"""`digitreader read --expect` from drawn sheets to what is printed."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import cv2
import numpy as np
import pytest

from digitreader.camera.demo import Demo
from digitreader.drawing import DemoCamera, DemoSettings, scene
from digitreader.find import Findings
from digitreader.model.accept import AcceptanceRule
from digitreader.model.glyph.normalise import normalise_glyphs
from digitreader.values import Activations, Box, Candidate, Glyphs, GrayImage

EASY = DemoSettings(pens=("felt",), papers=("white",), folds=0.0, shadow=0.0, tilt_deg=2.0, perspective_deg=5.0)

Run = Callable[..., Any]


class TornModel:
    """Cannot decide between two digits, whatever it sees."""

    card = facts = SimpleNamespace(acceptance=AcceptanceRule())

    normalise = staticmethod(normalise_glyphs)

    def activations(self, glyphs: Glyphs) -> Activations:
        """Ten neurons a glyph, as `Model` gives them."""
        row = np.full(10, 1e-4, np.float32)
        row[1], row[7] = 0.99, 0.98
        return np.tile(row, (len(glyphs), 1))


class DoubtfulModel:
    """Takes three candidates for a 4, hardly a 1, and a 7."""

    card = facts = SimpleNamespace(acceptance=AcceptanceRule())

    normalise = staticmethod(normalise_glyphs)

    def activations(self, glyphs: Glyphs) -> Activations:
        """Ten neurons a glyph, as `Model` gives them."""
        rows = np.full((len(glyphs), 10), 1e-4, np.float32)
        rows[[0, 1, 2], [4, 1, 7]] = 0.99, 0.55, 0.99
        return rows


class OneAlone:
    """Finds one candidate, beyond doubt."""

    def find(self, _image: GrayImage) -> Findings:
        """As `Finder` does."""
        return Findings([Candidate(Box(60, 60, 40, 60), np.full((40, 20), 255, np.uint8), heat=0.999)])


class ThreeInARow:
    """Finds three candidates side by side."""

    def find(self, _image: GrayImage) -> Findings:
        """As `Finder` does."""
        ink = np.full((40, 20), 255, np.uint8)
        return Findings([Candidate(Box(60 + 70 * at, 60, 40, 60), ink, heat=0.85) for at in range(3)])


@pytest.fixture
def torn(monkeypatch: pytest.MonkeyPatch) -> None:
    """Reads with a model that takes every digit for a 1 or a 7."""
    monkeypatch.setattr("digitreader.model.load.load_model", lambda *_: TornModel())


@pytest.fixture
def sheet(tmp_path: Path) -> Callable[[str], Path]:
    """Draws a sheet with a text."""

    def draw(text: str) -> Path:
        path = tmp_path / "sheet.png"
        cv2.imwrite(str(path), scene(text, settings=EASY, rng=np.random.default_rng(1)).image)
        return path

    return draw


Sheet = Callable[[str], Path]


def test_a_number_that_keeps_the_rules_is_printed(digitreader: Run, sheet: Sheet) -> None:
    ran = digitreader("read", sheet("31415\n926"), "--expect", "digits=3..5,range=900..40000", "--expect", "/[1-9]+/")
    assert (ran.status, ran.out, ran.err) == (0, "31415\n926\n", "")


@pytest.mark.parametrize("rule", ["digits=5", "range=1000..99999", "/31[0-9]+/"])
def test_a_number_that_breaks_the_rules_is_question_marks(digitreader: Run, sheet: Sheet, rule: str) -> None:
    ran = digitreader("read", sheet("31415\n926"), "--expect", rule)
    assert (ran.status, ran.out) == (0, "31415\n???\n")


def test_json_says_what_a_number_that_breaks_the_rules_reads_as(digitreader: Run, sheet: Sheet) -> None:
    ran = digitreader("read", sheet("31415\n926"), "--expect", "digits=5", "--format", "jsonl")
    record = json.loads(ran.out)
    first, second = (line["numbers"][0] for line in record["lines"])
    assert record["text"] == "31415\n???"
    assert (first["text"], first["fits"], "alternatives" in first) == ("31415", True, False)
    assert (second["text"], second["fits"], second["alternatives"][0]["text"]) == ("???", False, "926")
    assert [digit["digit"] for digit in record["lines"][1]["digits"]] == [None] * 3


def test_without_rules_json_has_nothing_of_them(digitreader: Run, sheet: Sheet) -> None:
    record = json.loads(digitreader("read", sheet("31415"), "--format", "jsonl").out)
    assert [set(line) for line in record["lines"]] == [{"text", "digits"}]
    assert {key for digit in record["lines"][0]["digits"] for key in digit} == {"digit", "confidence", "box"}


def test_csv_names_the_number_of_each_digit(digitreader: Run, sheet: Sheet) -> None:
    ran = digitreader("read", sheet("31415\n926"), "--expect", "digits=5", "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(ran.out)))
    assert [row["number"] for row in rows] == ["31415"] * 5 + ["???"] * 3
    assert [row["digit"] for row in rows] == [*"31415", "?", "?", "?"]


@pytest.mark.usefixtures("torn")
def test_the_rules_decide_where_the_model_cannot(
    digitreader: Run, sheet: Sheet, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("digitreader.reading.pipeline.Finder", lambda _: OneAlone())
    path = sheet("5")
    assert digitreader("read", path).out == "1\n"
    assert digitreader("read", path, "--expect", "digits=1").out == "?\n"
    assert digitreader("read", path, "--expect", "range=2..9").out == "7\n"
    assert digitreader("read", path, "--expect", "range=2..6").out == "?\n"


def test_what_is_hardly_a_digit_counts_where_the_rules_need_one(
    digitreader: Run, sheet: Sheet, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("digitreader.model.load.load_model", lambda *_: DoubtfulModel())
    monkeypatch.setattr("digitreader.reading.pipeline.Finder", lambda _: ThreeInARow())
    path = sheet("353")
    assert digitreader("read", path).out == "47\n"
    assert digitreader("read", path, "--expect", "digits=3").out == "417\n"


@pytest.mark.usefixtures("torn")
def test_json_says_what_a_doubtful_digit_and_its_number_may_be(
    digitreader: Run, sheet: Sheet, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("digitreader.reading.pipeline.Finder", lambda _: OneAlone())
    line = json.loads(digitreader("read", sheet("5"), "--expect", "digits=1", "--format", "jsonl").out)["lines"][0]
    assert [each["digit"] for each in line["digits"][0]["alternatives"]] == [1, 7]
    assert [each["text"] for each in line["numbers"][0]["alternatives"][:2]] == ["1", "7"]


@pytest.fixture
def meter(monkeypatch: pytest.MonkeyPatch) -> None:
    """The demo camera shows sheets with these numbers, one after another."""
    camera = DemoCamera((320, 240), numbers=["4583", "458", "4500", "4590"], seed=2, fps=12, settings=EASY)
    monkeypatch.setattr("digitreader.camera.demo.Demo", lambda **_: Demo(camera, paced=False))


@pytest.mark.usefixtures("meter")
def test_a_stream_announces_the_numbers_that_keep_the_rules(digitreader: Run) -> None:
    assert digitreader("read", "demo").out.splitlines() == ["4583", "458", "4500", "4590"]
    assert digitreader("read", "demo", "--expect", "digits=4").out.splitlines() == ["4583", "4500", "4590"]
    assert digitreader("read", "demo", "--expect", "digits=4,increasing").out.splitlines() == ["4583", "4590"]


@pytest.mark.usefixtures("meter")
def test_each_frame_of_a_stream_is_judged_by_the_rules(digitreader: Run) -> None:
    ran = digitreader("read", "demo", "--expect", "digits=4", "--format", "jsonl")
    texts = {json.loads(line)["text"] for line in ran.out.splitlines()}
    assert {"", "4583", "???", "4500", "4590"} <= texts
    assert not {"458", "???\n4583"} & texts


@pytest.mark.parametrize("rule", ["digit=4", "digits=0", "range=9..1", "regex=[", "/4"])
def test_a_bad_rule_is_one_line_and_nothing_is_read(digitreader: Run, sheet: Sheet, rule: str) -> None:
    ran = digitreader("read", sheet("31415"), "--expect", rule)
    assert (ran.status, ran.out) == (2, "")
    assert ran.err.startswith("digitreader: error: --expect ")
    assert ran.err.count("\n") == 1


def test_the_help_names_every_rule(digitreader: Run) -> None:
    ran = digitreader("read", "--help")
    for rule in ("digits=4", "digits=3..5", "range=0..9999", "increasing", "regex=", "/20[0-9]{2}/"):
        assert rule in ran.out


def test_reading_without_rules_imports_nothing_of_them(sheet: Sheet) -> None:
    code = (
        "import sys; from digitreader.cli.main import main; main(['read', *sys.argv[1:]]); "
        "print([name for name in sys.modules if name.startswith('digitreader.reading.number')])"
    )
    for arguments, imported in (([], False), (["--expect", "digits=5"], True)):
        command = [sys.executable, "-c", code, str(sheet("31415")), *arguments]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        assert (done.stdout.splitlines()[-1] != "[]") == imported
