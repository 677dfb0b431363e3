"""Marks: signs and letters in a line of digits are not digits, and they part numbers."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest

from digitreader.drawing import PENS, Hand, Scene
from digitreader.find.finder import MarkCandidate
from digitreader.measure.score.finding.compose import empty_paper, page_of, photographed, straight_hand, write_to_fit
from digitreader.model.load import load_model
from digitreader.output.sink import page_as_json
from digitreader.reading.mark_features import COUNT, LEAST_COMPANY, LineItem, features_of, measure_line, shapes_of
from digitreader.reading.mark_weights import CLASSES, NETWORKS
from digitreader.reading.marks import (
    NO_LINE,
    LineMarks,
    groups_with_marks,
    joined_pieces,
    lines_of,
    marks_in_lines,
    words_in,
)
from digitreader.reading.pipeline import FrameReader
from digitreader.reading.rotation import turned_back
from digitreader.values import SIGNS, Box, Frame, Ink, Line, Mark, Page, Reading

SIZE_WH = (640, 480)


@pytest.fixture(scope="module")
def reader() -> FrameReader:
    return FrameReader(load_model("accurate"))


def drawn(text: str, seed: int, slant: float | None = None) -> Scene:
    """A picture of one line by some hand."""
    rng = np.random.default_rng((11, seed))
    hand = straight_hand(rng) if slant is None else replace(Hand(), slant=slant)
    writing = write_to_fit(text, rng, hand, pen=PENS["felt"], height_px=56, most_wh=(540, 130))
    image = empty_paper("white", rng, size_wh=SIZE_WH)
    return photographed(page_of([writing], rng, image=image, pen=PENS["felt"], pitch_px=80), rng, size_wh=SIZE_WH)


def read(reader: FrameReader, shown: Scene) -> Page:
    return reader.read(Frame(shown.image, "drawn"))


def ink_of(
    *segments: tuple[tuple[int, int], tuple[int, int]], size_wh: tuple[int, int] = (40, 60), pen: int = 5
) -> Ink:
    ink = np.zeros((size_wh[1], size_wh[0]), np.uint8)
    for begin, end in segments:
        cv2.line(ink, begin, end, 255, pen)
    return ink


def digit(x: int, *, evidence: float = 0.99, y: int = 0, which: int = 8) -> LineItem:
    chances = [0.0] * 10
    chances[which] = evidence
    box = Box(x, y, 30, 40)
    return LineItem(
        box,
        np.full((40, 30), 255, np.uint8),
        Reading(box, which, evidence, chances=tuple(chances), evidence=evidence),
        0.99,
    )


def piece(x: int, y: int, width: int, height: int) -> MarkCandidate:
    return MarkCandidate(Box(x, y, width, height), np.full((max(1, height // 2), max(1, width // 2)), 255, np.uint8))


PATTERNS = (
    ("12/05", "12 05", "/"),
    ("7/10", "7 10", "/"),
    ("(12)", "12", "()"),
    ("12:35", "12 35", ":"),
    ("12.05", "12 05", "."),
    ("3,50", "3 50", ","),
    ("2-3", "2 3", "-"),
    ("24+5", "24 5", "+"),
    ("6=20", "6 20", "="),
    ("4x25", "4 25", "x"),
    ("A 17 k 42", "17 42", "??"),
)


@pytest.mark.parametrize(("written", "text", "signs"), PATTERNS)
def test_a_mark_parts_the_numbers_and_is_no_digit(reader: FrameReader, written: str, text: str, signs: str) -> None:
    pages = [read(reader, drawn(written, seed)) for seed in range(4)]
    # another hand each time; one of four may be unusual, and a bracket close to a bar is taken for a 0 or a 4 with it
    assert sum(page.text == text for page in pages) >= (2 if "(" in written else 3)
    told = ["".join(mark.sign for line in page.lines for mark in line.marks) for page in pages]
    assert sum(each == signs for each in told) >= 2


@pytest.mark.parametrize("written", ["11", "111", "7 1", "1", "1717", "41 14"])
@pytest.mark.parametrize("slant", [0.0, 0.25, 0.5])
def test_sloping_1s_are_no_marks(reader: FrameReader, written: str, slant: float) -> None:
    pages = [read(reader, drawn(written, seed, slant)) for seed in range(2)]
    assert not any(line.marks for page in pages for line in page.lines)


def test_a_mark_lies_where_it_was_written(reader: FrameReader) -> None:
    shown = drawn("12/05", 0)
    (line,) = read(reader, shown).lines
    (mark,), (truth,) = line.marks, shown.marks
    assert mark.sign == truth.sign == "/"
    for side in ("x", "y", "width", "height"):
        assert getattr(mark.box, side) == pytest.approx(getattr(truth.box, side), abs=6)


def test_a_dot_is_too_small_for_a_digit_and_is_a_piece_of_writing(reader: FrameReader) -> None:
    for seed in range(5):
        shown = drawn("12.05", seed)
        (truth,) = shown.marks
        middle = truth.box.x + truth.box.width / 2, truth.box.y + truth.box.height / 2
        on_it = [each.box for each in reader.finder.find(shown.image).pieces if _holds(each.box, middle)]
        assert len(on_it) == 1
        assert max(on_it[0].width, on_it[0].height) < 0.4 * shown.boxes[0].box.height


@pytest.mark.parametrize("written", ["12.05", "3,5", "12:35"])
def test_a_dot_never_joins_two_numbers_in_silence(reader: FrameReader, written: str) -> None:
    pages = [read(reader, drawn(written, seed)) for seed in range(20, 30)]
    joined = "".join(each for each in written if each.isdigit())
    # another hand each time; one of ten may be unusual
    assert sum(page.text == joined for page in pages) <= 1


def _holds(box: Box, place: tuple[float, float]) -> bool:
    return box.x <= place[0] <= box.x + box.width and box.y <= place[1] <= box.y + box.height


def test_a_bar_is_slim_and_its_slope_is_told() -> None:
    shapes = shapes_of(
        [ink_of(((30, 5), (10, 55))), ink_of(((20, 5), (20, 55)))], np.array([26, 6]), np.array([55, 55])
    )
    assert shapes.slim.min() > 0.8
    assert shapes.slope[0] == pytest.approx(0.4, abs=0.05)
    assert shapes.slope[1] == pytest.approx(0.0, abs=0.02)


def test_brackets_bow_to_their_side() -> None:
    left = ink_of(((20, 5), (10, 20)), ((10, 20), (10, 40)), ((10, 40), (20, 55)))
    widths, heights = np.array([16, 16]), np.array([56, 56])
    bow = shapes_of([left, np.ascontiguousarray(left[:, ::-1])], widths, heights).bow
    assert bow[0] < -0.05
    assert bow[0] == pytest.approx(-bow[1], abs=1e-6)


def test_features_are_beside_the_neighbours_and_do_not_depend_on_size() -> None:
    small = [digit(0), digit(40), LineItem(Box(80, -10, 25, 60), ink_of(((35, 5), (5, 55))))]
    large = [replace(each, box=Box(*(3 * side for side in _sides(each.box)))) for each in small]
    sure = np.array([1.0, 1.0, 0.0])
    (one, strength), (other, _) = (features_of(measure_line(tuple(each), 0.0), sure) for each in (small, large))
    assert one.shape == (3, COUNT)
    assert np.allclose(one, other, atol=0.05)
    assert strength.min() > LEAST_COMPANY


def _sides(box: Box) -> tuple[int, int, int, int]:
    return box.x, box.y, box.width, box.height


def test_there_are_weights_for_each_class_and_feature() -> None:
    for inner, outer in NETWORKS:
        assert (np.shape(inner)[1], np.shape(outer)) == (COUNT + 1, (len(CLASSES), len(inner) + 1))
    assert set(CLASSES) == {"digit", "nothing", *SIGNS, "?"}


def test_what_stands_alone_is_not_judged() -> None:
    alone = LineItem(Box(0, 0, 20, 50), ink_of(((30, 5), (10, 55))), digit(0, which=1).reading, 0.9)
    judged = marks_in_lines([alone], [[0]], (), tilt_rad=0.0, threshold=0.5)
    assert not judged.no_digits
    assert judged.marks == {0: ()}


def test_a_piece_stands_in_the_line_of_the_nearest_digit_or_in_none() -> None:
    kept, lines = [digit(0), digit(40), digit(0, y=100)], np.array([0, 0, 1])
    pieces = [piece(75, 35, 4, 4), piece(35, 135, 4, 4), piece(75, 65, 4, 4), piece(300, 35, 4, 4)]
    assert lines_of(pieces, kept, lines).tolist() == [0, 1, NO_LINE, NO_LINE]


def test_a_piece_of_a_digit_is_none_but_a_comma_under_the_bar_of_a_7_is() -> None:
    bar_and_stem = ink_of(((2, 2), (38, 2)), ((38, 2), (15, 57)))
    seven = replace(digit(0, which=7), ink=bar_and_stem)
    told = lines_of([piece(1, 0, 20, 6), piece(24, 33, 4, 6)], [seven], np.array([0]))
    assert told.tolist() == [NO_LINE, 0]


def test_a_piece_of_a_rejected_candidate_outside_the_lines_may_be_a_mark() -> None:
    comma = digit(34, y=33, evidence=0.1)
    told = lines_of([piece(36, 34, 6, 10)], [digit(0), comma], np.array([0, NO_LINE]))
    assert told.tolist() == [0]
    assert lines_of([piece(36, 34, 6, 10)], [digit(0), comma], np.array([0, 0])).tolist() == [NO_LINE]


def test_two_dots_over_one_another_are_one_mark_and_two_beside_each_other_are_two() -> None:
    over = joined_pieces([piece(50, 10, 4, 4), piece(51, 30, 4, 4)], 40)
    assert [each.box for each in over] == [Box(50, 10, 5, 24)]
    assert len(joined_pieces([piece(50, 30, 4, 4), piece(70, 30, 4, 4)], 40)) == 2


def test_letters_beside_each_other_are_one_mark_and_signs_are_not() -> None:
    letters = [Mark("?", Box(0, 0, 20, 30), 0.9), Mark("?", Box(25, 0, 20, 40), 0.8)]
    assert words_in(letters) == (Mark("?", Box(0, 0, 45, 40), 0.8),)
    assert len(words_in([replace(each, sign="-") for each in letters])) == 2
    assert len(words_in([letters[0], replace(letters[1], box=Box(100, 0, 20, 40))])) == 2


def test_a_mark_between_two_digits_begins_a_group_and_one_at_an_end_does_not() -> None:
    boxes = [Box(0, 0, 30, 40), Box(40, 0, 30, 40), Box(80, 0, 30, 40)]
    assert groups_with_marks([], boxes) == [0, 0, 0]
    assert groups_with_marks([Mark("-", Box(71, 20, 8, 4))], boxes) == [0, 0, 1]
    assert groups_with_marks([Mark("(", Box(-10, 0, 8, 50)), Mark(")", Box(115, 0, 8, 50))], boxes) == [0, 0, 0]


def test_json_has_marks_only_in_a_line_that_has_some() -> None:
    reading = Reading(Box(0, 0, 30, 40), 8, 0.99)
    marked = Line((reading,), marks=(Mark("/", Box(40, 0, 20, 50), 0.98765),))
    told = page_as_json(Page("a.jpg", lines=(Line((reading,)), marked)))["lines"]
    assert "marks" not in told[0]
    assert told[1]["marks"] == [{"sign": "/", "confidence": 0.9877, "box": [40, 0, 20, 50]}]


def test_marks_are_turned_back_with_their_line() -> None:
    line = Line((Reading(Box(10, 20, 30, 40), 8, 0.99),), marks=(Mark("/", Box(10, 20, 30, 40)),))
    frame = Frame(np.zeros((480, 640), np.uint8), "a.jpg")
    (turned,) = turned_back(Page("a.jpg", lines=(line,)), frame, 90).lines
    assert turned.marks[0].box == turned.readings[0].box != line.marks[0].box


def test_where_rules_are_expected_other_writing_may_still_be_a_digit() -> None:
    slash, word = Mark("/", Box(0, 0, 20, 50)), Mark("?", Box(40, 0, 20, 50))
    judged = LineMarks({1: "/", 2: "?"}, {0: (slash, word)})
    assert judged.without_letters() == LineMarks({1: "/"}, {0: (slash,)})


def test_a_1_at_an_end_of_a_line_is_no_slash_however_it_leans() -> None:
    slash = ink_of(((36, 3), (4, 57)))
    box, seen = Box(125, -12, 38, 62), digit(0, evidence=0.9, which=1).reading
    leaning = LineItem(box, slash, seen, 0.9)
    row = [digit(0), digit(40), digit(80), leaning, digit(170), digit(210)]
    within, at_end = (
        marks_in_lines(each, [list(range(len(each)))], (), tilt_rad=0.0, threshold=0.5) for each in (row, row[:4])
    )
    assert within.no_digits == {3: "/"}
    assert not at_end.no_digits
