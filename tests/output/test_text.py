"""Text, JSON Lines and CSV: what exactly is printed for what was read."""

from __future__ import annotations

import csv
import io
import json

import numpy as np
import pytest

from digitreader.errors import OutputError
from digitreader.output.csv_table import CsvSink
from digitreader.output.opening import open_sinks
from digitreader.output.sink import JsonLinesSink, Sink, TextSink
from digitreader.values import Box, Frame, Line, Page, Reading

FRAME = Frame(np.zeros((4, 4, 3), np.uint8), "a.jpg")
EMPTY = Page("a.jpg")


def reading(digit: int, x: int = 0, group: int = 0) -> Reading:
    return Reading(Box(x, 2, 3, 4), digit, 0.987654, (), group)


PAGE = Page(
    "a.jpg",
    lines=(Line((reading(1), reading(2, 10), reading(3, 30, group=1))), Line((reading(4),))),
    timing_ms={"find": 1.23456, "total": 2.0},
)


class Flushed(io.StringIO):
    """Remembers what had been flushed."""

    out = ""

    def flush(self) -> None:
        self.out = self.getvalue()


def test_text_prints_each_line_of_writing() -> None:
    out = Flushed()
    TextSink(out, named=False).picture(PAGE, FRAME)
    assert out.out == "12 3\n4\n"


def test_text_with_names_begins_each_line_with_its_source() -> None:
    out = Flushed()
    sink = TextSink(out, named=True)
    sink.picture(PAGE, FRAME)
    sink.picture(EMPTY, FRAME)
    assert out.out == "a.jpg: 12 3\na.jpg: 4\na.jpg:\n"


def test_text_prints_nothing_for_a_picture_without_digits() -> None:
    out = Flushed()
    TextSink(out, named=False).picture(EMPTY, FRAME)
    assert out.getvalue() == ""


def test_text_prints_a_steady_change_as_one_line_and_single_frames_not_at_all() -> None:
    out = Flushed()
    sink = TextSink(out, named=False)
    sink.frame(PAGE, FRAME)
    sink.change(PAGE, FRAME)
    sink.error("a.jpg", "broke off")
    assert out.out == "12 3 / 4\n"


def test_jsonl_prints_the_promised_object() -> None:
    out = Flushed()
    JsonLinesSink(out).picture(PAGE, FRAME)
    assert out.out.count("\n") == 1
    record = json.loads(out.out)
    assert list(record) == ["source", "frame", "text", "lines", "timing_ms"]
    assert (record["source"], record["frame"], record["text"]) == ("a.jpg", 0, "12 3\n4")
    assert [line["text"] for line in record["lines"]] == ["12 3", "4"]
    assert record["lines"][1]["digits"] == [{"digit": 4, "confidence": 0.9877, "box": [0, 2, 3, 4]}]
    assert record["timing_ms"] == {"find": 1.235, "total": 2.0}


def test_jsonl_prints_every_frame_but_no_change_twice() -> None:
    out = Flushed()
    sink = JsonLinesSink(out)
    sink.frame(PAGE, FRAME)
    sink.change(PAGE, FRAME)
    assert out.out.count("\n") == 1


def test_jsonl_prints_an_error_beside_an_empty_text() -> None:
    out = Flushed()
    JsonLinesSink(out).error("b.jpg", "b.jpg: is empty")
    assert json.loads(out.out) == {
        "source": "b.jpg",
        "frame": 0,
        "text": "",
        "lines": [],
        "error": "b.jpg: is empty",
    }


def test_jsonl_is_ascii_whatever_the_source_is_called() -> None:
    out = Flushed()
    JsonLinesSink(out).picture(Page("naïve\n数.jpg"), FRAME)
    assert out.out.isascii()
    assert out.out.count("\n") == 1
    assert json.loads(out.out)["source"] == "naïve\n数.jpg"


def test_csv_prints_a_header_at_once_and_a_row_for_each_digit() -> None:
    out = Flushed()
    sink = CsvSink(out)
    assert out.out == "source,frame,line,position,digit,confidence,x,y,width,height\n"
    sink.picture(PAGE, FRAME)
    rows = list(csv.DictReader(io.StringIO(out.out)))
    assert [(row["line"], row["position"], row["digit"]) for row in rows] == [
        ("0", "0", "1"),
        ("0", "1", "2"),
        ("0", "2", "3"),
        ("1", "0", "4"),
    ]
    assert rows[1] == {
        "source": "a.jpg",
        "frame": "0",
        "line": "0",
        "position": "1",
        "digit": "2",
        "confidence": "0.9877",
        "x": "10",
        "y": "2",
        "width": "3",
        "height": "4",
    }


def test_csv_quotes_a_name_with_a_comma() -> None:
    out = Flushed()
    CsvSink(out).frame(Page('a,"b".jpg', lines=(Line((reading(7),)),)), FRAME)
    assert next(csv.DictReader(io.StringIO(out.out)))["source"] == 'a,"b".jpg'


@pytest.mark.parametrize(("source", "cell"), [("a\rb.png", "a\\x0db.png"), ("=cmd|calc.png", "./=cmd|calc.png")])
def test_csv_has_no_name_that_breaks_a_line_or_that_a_spreadsheet_works_out(source: str, cell: str) -> None:
    out = Flushed()
    CsvSink(out).frame(Page(source, lines=(Line((reading(7),)),)), FRAME)
    assert next(csv.DictReader(io.StringIO(out.out)))["source"] == cell


@pytest.mark.parametrize("make", [lambda out: TextSink(out, named=True), JsonLinesSink, CsvSink])
def test_every_line_is_out_when_the_call_returns(make: type[Sink]) -> None:
    out = Flushed()
    make(out).picture(PAGE, FRAME)  # type: ignore[call-arg]
    assert out.out == out.getvalue() != ""


def test_a_sign_before_a_digit_is_in_its_record() -> None:
    out = io.StringIO()
    signed = Line((reading(1), Reading(Box(10, 2, 3, 4), 2, 0.9, before=".")))
    JsonLinesSink(out).picture(Page("a.jpg", lines=(signed,)), FRAME)
    first, second = json.loads(out.getvalue())["lines"][0]["digits"]
    assert "before" not in first
    assert (second["digit"], second["before"]) == (2, ".")


def test_a_closed_stdout_is_an_error_that_says_where_to_print(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdout", None)
    with pytest.raises(OutputError, match=r"stdout is closed, so nothing can be printed; send it to a file"):
        open_sinks("text", None, inputs=[], named=False)
