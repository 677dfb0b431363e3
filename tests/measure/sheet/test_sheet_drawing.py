"""The test sheet as it is printed: its numbers, its identity, where things stand, and the PDF."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections import Counter
from collections.abc import Callable
from itertools import combinations
from pathlib import Path

import cv2
import numpy as np
import pytest

from digitreader.errors import UsageError
from digitreader.measure.sheet.layout import (
    BITS,
    MOST_SHEETS,
    PAPERS,
    SIZES_MM,
    PdfPage,
    PrintedSheet,
    Rect,
    bits_of,
    draw_sheet,
    numbers_of,
    sheet_of,
)
from digitreader.measure.sheet.layout import printed as places_printed
from digitreader.values import GrayImage

UNPRINTABLE_MM = 6.0
Print = Callable[[PrintedSheet], GrayImage]


@pytest.mark.parametrize("number", [0, 1, 77, MOST_SHEETS - 1])
def test_every_digit_is_copied_six_times(number: int) -> None:
    digits = "".join(each.text for each in numbers_of(PrintedSheet("a4", number)))
    assert Counter(digits) == dict.fromkeys("0123456789", 6)


def test_the_numbers_of_a_printed_sheet_never_change() -> None:
    texts = [number.text for number in numbers_of(PrintedSheet("a4", 7))]
    assert texts[:6] == ["7363", "5950", "4340", "3112", "7545", "6798"]
    assert texts == [number.text for number in numbers_of(PrintedSheet("letter", 7))]


def test_other_sheets_have_other_numbers() -> None:
    assert len({numbers_of(PrintedSheet("a4", number)) for number in range(50)}) == 50


def test_what_is_printed_stays_apart_and_off_the_unprintable_edge() -> None:
    for paper in PAPERS:
        sheet = PrintedSheet(paper, 3)
        width, height = sheet.size_mm
        rects = [*places_printed(sheet), *(number.field for number in numbers_of(sheet))]
        for rect in rects:
            assert UNPRINTABLE_MM < rect.x < rect.x + rect.width < width - UNPRINTABLE_MM
            assert UNPRINTABLE_MM < rect.y < rect.y + rect.height < height - UNPRINTABLE_MM
        assert not [pair for pair in combinations(rects, 2) if _overlap(*pair)]


def test_all_ink_but_the_box_lines_is_where_it_is_said_to_be(printed: Print) -> None:
    for paper in PAPERS:
        sheet = PrintedSheet(paper, 4)
        page = printed(sheet)
        for rect in places_printed(sheet):
            (left, top), _, (right, bottom), _ = rect.corners
            page[int(top * 6) : int(bottom * 6) + 2, int(left * 6) : int(right * 6) + 2] = 255
        assert page.min() >= 210


def _overlap(one: Rect, other: Rect) -> bool:
    across = min(one.x + one.width, other.x + other.width) - max(one.x, other.x)
    down = min(one.y + one.height, other.y + other.height) - max(one.y, other.y)
    return across > 0 and down > 0


@pytest.mark.parametrize(("paper", "number"), [("a5", 0), ("a4", -1), ("letter", MOST_SHEETS)])
def test_a_sheet_that_there_is_not_is_refused(paper: str, number: int) -> None:
    with pytest.raises(UsageError, match="give"):
        PrintedSheet(paper, number)


def test_every_sheet_is_known_again_by_its_bits() -> None:
    for paper in PAPERS:
        for number in range(0, MOST_SHEETS, 37):
            assert sheet_of(bits_of(PrintedSheet(paper, number))) == PrintedSheet(paper, number)


def test_up_to_three_wrong_bits_are_never_another_sheet() -> None:
    bits = bits_of(PrintedSheet("letter", 1234))
    for count in (1, 2, 3):
        for wrong in combinations(range(BITS), count):
            assert sheet_of([bit != (at in wrong) for at, bit in enumerate(bits)]) is None


def test_a_sheet_of_another_layout_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("digitreader.measure.sheet.layout.LAYOUT", 2)
    later = bits_of(PrintedSheet("a4", 5))
    monkeypatch.undo()
    assert sheet_of(later) is None


def test_the_same_sheet_gives_the_same_bytes() -> None:
    assert draw_sheet(PrintedSheet("a4", 5)) == draw_sheet(PrintedSheet("a4", 5))
    assert draw_sheet(PrintedSheet("a4", 5)) != draw_sheet(PrintedSheet("a4", 6))


def test_the_table_of_the_pdf_says_where_each_object_begins() -> None:
    packed = draw_sheet(PrintedSheet("a4", 0))
    table = int(packed.rstrip(b"%EOF\n").rpartition(b"startxref\n")[2])
    assert packed[table:].startswith(b"xref\n0 7\n")
    places = [int(place) for place in re.findall(rb"^(\d{10}) 00000 n $", packed[table:], re.MULTILINE)]
    assert [packed[place : place + 7] for place in places] == [b"%d 0 obj" % number for number in range(1, 7)]


def test_the_length_of_the_drawing_is_as_the_pdf_says() -> None:
    packed = draw_sheet(PrintedSheet("a4", 0))
    length = int(re.findall(rb"/Length (\d+)", packed)[0])
    assert packed.partition(b"stream\n")[2][length:].startswith(b"\nendstream")


@pytest.mark.parametrize("paper", PAPERS)
def test_the_page_is_as_large_as_its_paper_on_its_side(paper: str) -> None:
    (size,) = re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", draw_sheet(PrintedSheet(paper, 0)))
    assert [float(side) / 72 * 25.4 for side in size] == pytest.approx(SIZES_MM[paper], abs=0.01)


def test_brackets_in_a_text_do_not_end_it() -> None:
    page = PdfPage((50, 50), title="a (b)")
    page.write("1) \\ (2", (5, 5), size_mm=4)
    assert rb"(1\) \\ \(2) Tj" in page.packed()
    assert rb"/Title (a \(b\))" in page.packed()


@pytest.mark.skipif(shutil.which("pdftoppm") is None, reason="poppler's pdftoppm is not installed")
@pytest.mark.parametrize("paper", PAPERS)
def test_another_program_draws_the_same_page(paper: str, printed: Print, tmp_path: Path) -> None:
    (tmp_path / "sheet.pdf").write_bytes(draw_sheet(PrintedSheet(paper, 9)))
    command = ["pdftoppm", "-r", "152.4", "-gray", "-singlefile", "-png", "sheet.pdf", "sheet"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, check=True)
    assert done.stderr == b""
    theirs, ours = cv2.imread(str(tmp_path / "sheet.png"), cv2.IMREAD_GRAYSCALE), printed(PrintedSheet(paper, 9))
    assert theirs is not None
    assert np.abs(np.subtract(theirs.shape, ours.shape)).max() <= 1
    # type differs from font to font, so large areas alone are compared
    small = [cv2.blur(each, (25, 25))[: ours.shape[0] - 1, : ours.shape[1] - 1] for each in (theirs, ours)]
    assert np.percentile(cv2.absdiff(*small), 99) < 40
