"""What is printed of numbers under rules; without rules it is what it always was (`tests/output/test_text.py`)."""

from __future__ import annotations

import csv
import io
import json

import numpy as np
import pytest

from digitreader.output.csv_table import CsvSink
from digitreader.output.overlay import draw_page
from digitreader.output.sink import JsonLinesSink, TextSink
from digitreader.values import Box, Frame, Line, Number, Page, Reading

FRAME = Frame(np.full((120, 160, 3), 255, np.uint8), "a.jpg")


def reading(digit: int, column: int, group: int = 0, **unsure: float) -> Reading:
    likely = unsure or {f"d{digit}": 0.98}
    chances = tuple(likely.get(f"d{each}", 0.0) for each in range(10))
    return Reading(Box(20 * column, 2, 15, 20), digit, 0.987654, (), group, chances, sure=not unsure)


LINE = Line(
    (reading(4, 0), reading(1, 1, d1=0.551234, d7=0.4, d2=0.009), reading(7, 2), reading(9, 4, group=1)),
    (Number("4?7", 0.551234, fits=True, alternatives=(("417", 0.551234), ("477", 0.4))), Number("9", 0.98, fits=True)),
)
PAGE = Page("a.jpg", lines=(LINE,))


@pytest.fixture
def out() -> io.StringIO:
    return io.StringIO()


def test_text_has_a_question_mark_for_a_digit_that_is_not_sure(out: io.StringIO) -> None:
    TextSink(out, named=False).picture(PAGE, FRAME)
    assert out.getvalue() == "4?7 9\n"


def test_jsonl_has_null_and_alternatives_for_a_digit_that_is_not_sure(out: io.StringIO) -> None:
    JsonLinesSink(out).picture(PAGE, FRAME)
    record = json.loads(out.getvalue())
    assert record["text"] == "4?7 9"
    sure, unsure, *_ = record["lines"][0]["digits"]
    assert sure == {"digit": 4, "confidence": 0.9877, "box": [0, 2, 15, 20]}
    assert unsure == {
        "digit": None,
        "confidence": 0.9877,
        "box": [20, 2, 15, 20],
        "alternatives": [{"digit": 1, "confidence": 0.5512}, {"digit": 7, "confidence": 0.4}],
    }


def test_jsonl_tells_of_each_number_whether_it_fits_and_what_it_may_be(out: io.StringIO) -> None:
    JsonLinesSink(out).picture(PAGE, FRAME)
    assert json.loads(out.getvalue())["lines"][0]["numbers"] == [
        {
            "text": "4?7",
            "confidence": 0.5512,
            "fits": True,
            "alternatives": [{"text": "417", "confidence": 0.5512}, {"text": "477", "confidence": 0.4}],
        },
        {"text": "9", "confidence": 0.98, "fits": True},
    ]


def test_csv_has_the_number_and_the_alternatives_beside_each_digit(out: io.StringIO) -> None:
    CsvSink(out, expecting=True).picture(PAGE, FRAME)
    rows = list(csv.DictReader(io.StringIO(out.getvalue())))
    assert [row["digit"] for row in rows] == ["4", "?", "7", "9"]
    assert [row["number"] for row in rows] == ["4?7", "4?7", "4?7", "9"]
    assert [row["alternatives"] for row in rows] == ["", "1:0.5512 7:0.4000", "", ""]


def test_csv_without_rules_has_no_columns_for_them(out: io.StringIO) -> None:
    CsvSink(out).picture(PAGE, FRAME)
    assert out.getvalue().splitlines()[0].endswith(",width,height")
    assert out.getvalue().splitlines()[1] == "a.jpg,0,0,0,4,0.9877,0,2,15,20"


def test_a_digit_that_is_not_sure_is_drawn_as_a_question_mark() -> None:
    def drawn(sure: bool) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
        one = Reading(Box(20, 20, 30, 40), 7, 0.9, sure=sure)
        return draw_page(FRAME, Page("a.jpg", lines=(Line((one,)),)))[:-60]

    assert (drawn(sure=True) != drawn(sure=False)).any()
