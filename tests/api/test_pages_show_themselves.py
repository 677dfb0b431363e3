"""Pages in a notebook and a program: pictures with boxes, JSON, tables, and one line where Python prints them."""

from __future__ import annotations

import base64
import json
import pickle
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

import digitreader
from digitreader import values
from digitreader.api.page import Page
from digitreader.api.page_pictures import KeptPicture
from digitreader.api.showing import MOST_SHOWN_PX, as_png
from digitreader.errors import ImageError, MissingExtraError
from digitreader.output.overlay import draw_page
from digitreader.values import Box, ColourImage, Frame, Reading


def test_a_page_is_one_line_where_python_prints_it(reader: digitreader.Reader, png: Path) -> None:
    page = reader.read(png)
    assert re.fullmatch(r"<Page .*paper\.png: '27 / 380', 5 digits, least sure [01]\.\d\d>", repr(page))
    assert len(repr(page)) < 200
    assert repr(Page("a.png")) == "<Page a.png: no digits>"
    assert repr(Page("a.png", frame=3, error="a.png: is empty")) == "<Page a.png, frame 3: a.png: is empty>"
    reading = Reading(Box(4, 9, 27, 31), 7, 0.93, activations=(0.5,) * 10)
    assert repr(reading) == "<Reading '7', confidence 0.93, x=4, y=9, width=27, height=31>"


def test_a_page_draws_its_boxes_whatever_it_was_read_from(
    reader: digitreader.Reader, paper: ColourImage, png: Path
) -> None:
    drawn = draw_page(Frame(paper, str(png)), reader.read(png))
    assert np.array_equal(reader.read(png).annotate(), drawn)
    assert np.array_equal(reader.read(png).annotate(channels="rgb"), drawn[:, :, ::-1])
    for given in (paper, png.read_bytes()):
        assert reader.read(given).annotate().shape == drawn.shape


def test_the_boxes_are_drawn_in_the_region_that_was_read(paper: ColourImage) -> None:
    with digitreader.Reader("tiny", region=(0, 0, paper.shape[1], paper.shape[0] // 2)) as reader:
        page = reader.read(paper)
    assert np.array_equal(page.annotate(), draw_page(Frame(paper[: paper.shape[0] // 2], "array"), page))


def test_a_notebook_shows_the_picture(reader: digitreader.Reader, png: Path) -> None:
    page: Any = reader.read(png)
    shown = cv2.imdecode(np.frombuffer(page._repr_png_(), np.uint8), cv2.IMREAD_COLOR)
    assert shown is not None
    assert shown.shape == page.annotate().shape
    (encoded,) = re.findall(r'<img src="data:image/png;base64,([^"]+)" alt="27\n380"', page._repr_html_())
    assert base64.b64decode(encoded) == page._repr_png_()


def test_a_page_without_a_picture_still_shows_its_text() -> None:
    page: Any = Page("<a>", error="<a>: is empty")
    assert page._repr_html_() == "<p>&lt;a&gt;: is empty</p>"
    assert page._repr_png_() is None
    with pytest.raises(ImageError, match="has no picture to show: <a>: is empty"):
        page.annotate()
    bare: Any = Page("a.png")
    assert bare._repr_html_() == "<p>no digits</p>"
    with pytest.raises(ImageError, match=r"does not have its picture; give it: page\.annotate\(picture\)"):
        bare.annotate()
    assert bare.annotate(np.full((60, 80), 200, np.uint8)).ndim == 3


def test_a_file_that_is_gone_cannot_be_shown_any_more(reader: digitreader.Reader, png: Path, tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(png.read_bytes())
    page: Any = reader.read(path)
    path.unlink()
    with pytest.raises(ImageError, match=r"a\.png: cannot be read"):
        page.annotate()
    assert page._repr_png_() is None
    assert "27" in page._repr_html_()


def test_of_a_stream_the_latest_pictures_are_kept(reader: digitreader.Reader, paper: ColourImage) -> None:
    pages = list(reader.follow([paper] * 6, fps=30, every_frame=True))
    assert pages[-1].annotate().ndim == 3
    with pytest.raises(ImageError, match="only the last 4 pictures of a stream are kept"):
        pages[0].annotate()
    assert pages[0].annotate(paper).ndim == 3
    kept, gone = pickle.loads(pickle.dumps([pages[-1], pages[0]]))  # noqa: S301 # of this test's own
    assert kept.annotate().ndim == 3
    with pytest.raises(ImageError, match="is gone"):
        gone.annotate()


def test_json_and_dict_are_those_of_the_command_line(
    reader: digitreader.Reader, png: Path, digitreader: Callable[..., Any]
) -> None:
    page = reader.read(png)
    told = json.loads(digitreader("read", png, "--model", "tiny", "--format", "jsonl").out)
    assert {**page.to_dict(), "timing_ms": None} == {**told, "timing_ms": None}
    assert json.loads(page.to_json()) == page.to_dict()
    assert "\n" in page.to_json(indent=1)
    assert len(page.to_dict(activations=True)["lines"][0]["digits"][0]["activations"]) == 10
    failed = json.loads(digitreader("read", "nowhere.png", "--model", "tiny", "--format", "jsonl").out)
    assert Page("nowhere.png", error=failed["error"]).to_dict() == failed


def test_python_calls_things_as_json_does(reader: digitreader.Reader, png: Path) -> None:
    page = reader.read(png)
    for line, told in zip(page.lines, page.to_dict()["lines"], strict=True):
        assert [digit.digit for digit in line.digits] == [digit["digit"] for digit in told["digits"]]
        assert [list(digit.box) for digit in line.digits] == [digit["box"] for digit in told["digits"]]
    assert page.digits == (*page.lines[0].digits, *page.lines[1].digits)
    assert (page.rotated, Page("a", turned_deg=90).rotated) == (0, 90)


def test_a_table_has_a_row_for_each_digit(
    reader: digitreader.Reader, png: Path, digitreader: Callable[..., Any]
) -> None:
    pytest.importorskip("pandas", reason="pandas is not installed")
    page = reader.read(png)
    table = page.to_pandas()
    header = digitreader("read", png, "--model", "tiny", "--format", "csv").out.splitlines()[0]
    assert ",".join(table.columns) == header
    assert table["digit"].tolist() == [2, 7, 3, 8, 0]
    assert table["line"].tolist() == [0, 0, 1, 1, 1]
    assert len(Page("a.png").to_pandas()) == 0


def test_where_pandas_is_not_installed_that_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "pandas", None)
    with pytest.raises(MissingExtraError, match="to_pandas needs pandas, which is not installed"):
        Page("a.png").to_pandas()


def test_pages_are_equal_where_the_same_was_read(reader: digitreader.Reader, png: Path) -> None:
    first, second = reader.read(png), reader.read(png)
    assert first.timing_ms != second.timing_ms
    assert first == second
    assert hash(first) == hash(second)


def test_a_page_that_its_file_no_longer_has_cannot_be_shown(tmp_path: Path) -> None:
    path, paper = tmp_path / "a.tif", np.full((40, 60, 3), 200, np.uint8)
    cv2.imwritemulti(str(path), [paper, paper])
    kept = KeptPicture(path, "a.tif", page=1)
    assert kept.frame().index == 1
    cv2.imwritemulti(str(path), [paper])
    with pytest.raises(ImageError, match=r"^a\.tif: has no page 2 any more; read it again$"):
        kept.frame()


def test_a_wide_picture_is_shown_smaller() -> None:
    frame = Frame(np.full((300, 3 * MOST_SHOWN_PX, 3), 200, np.uint8), "a.png")
    shown = cv2.imdecode(np.frombuffer(as_png(frame, values.Page("a.png")), np.uint8), cv2.IMREAD_COLOR)
    assert shown is not None
    assert shown.shape[1] == MOST_SHOWN_PX
    assert shown.shape[0] >= 100
