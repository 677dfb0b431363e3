"""Which way is up: single pictures are read in the quarter turn in which they read best."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Protocol

import cv2
import numpy as np
import pytest

import digitreader
from digitreader.drawing import Scene, scene
from digitreader.errors import UsageError
from digitreader.find import Finder
from digitreader.measure.score.finding.compose import Draw
from digitreader.measure.score.finding.handwriting import TURNING, turned
from digitreader.measure.score.finding.without_digits import words
from digitreader.model.load import load_model
from digitreader.output.event import NUMBER, EventMaker
from digitreader.output.sink import page_as_json
from digitreader.reading.pipeline import FrameReader
from digitreader.reading.rotation import (
    COMPARED_DIGIT_PX,
    COMPARED_PX,
    best_turn,
    box_turned_back,
    boxes_found,
    part_to_compare,
    read_upright,
    score_of,
    stands_upright,
    turned_back,
    turned_image,
)
from digitreader.values import Box, Candidate, ColourImage, Frame, GrayImage, Line, Page, Reading

THRESHOLD = 0.5


class Ran(Protocol):
    """What a command line printed."""

    out: str


TURNS = (90, 180, 270)


BOX = Box(10, 10, 20, 30)


def page_of(*evidence: float, others: int = 0, box: Box = BOX) -> Page:
    """A page with one line of sevens, read with so much evidence each."""
    readings = tuple(Reading(box, 7, each, evidence=each) for each in evidence)
    return Page("drawn", lines=(Line(readings),) if readings else (), timing_ms={"total": 2.0}, others=others)


def marked(shape: tuple[int, int], box: Box) -> GrayImage:
    """A black picture with a white box."""
    image = np.zeros(shape, np.uint8)
    image[box.y : box.y + box.height, box.x : box.x + box.width] = 255
    return image


def box_in(image: GrayImage) -> Box:
    """Where the white box of `marked` is."""
    return Box(*cv2.boundingRect(image))


class TellingRead:
    """Reads a picture as it was told, by the brightness of its upper left pixel; keeps the shapes that it was shown.

    The corners of `cornered` are 1, 2, 3 and 4 bright, clockwise, so that a picture turned clockwise by 90 degrees has
    4 at its upper left, one turned by 180 degrees 3, and one by 270 degrees 2.
    """

    def __init__(self, upright: Page, **others: Page) -> None:
        self.pages = {1: upright} | {{"right": 4, "over": 3, "left": 2}[name]: page for name, page in others.items()}
        self.shapes: list[tuple[int, ...]] = []

    def __call__(self, frame: Frame) -> Page:
        self.shapes.append(frame.image.shape)
        return self.pages.get(int(frame.image[0, 0]), page_of())


def cornered(shape: tuple[int, int] = (300, 400)) -> GrayImage:
    image = np.zeros(shape, np.uint8)
    height, width = shape
    for bright, (row, column) in enumerate(((0, 0), (0, 1), (1, 1), (1, 0)), start=1):
        image[row * height // 2 : (row + 1) * height // 2, column * width // 2 : (column + 1) * width // 2] = bright
    return image


@pytest.mark.parametrize("turn_deg", [0, *TURNS])
def test_a_box_of_a_turned_picture_is_turned_back(turn_deg: int) -> None:
    box = Box(3, 11, 17, 5)
    there = box_in(turned_image(marked((40, 60), box), turn_deg))
    assert box_turned_back(there, (60, 40), turn_deg) == box


@pytest.mark.parametrize("shape", [(40, 60), (40, 60, 3)])
def test_boxes_are_turned_back_in_pixels_of_the_picture_as_it_was_taken(shape: tuple[int, ...]) -> None:
    frame = Frame(np.zeros(shape, np.uint8), "drawn", scale=2.0)
    page = turned_back(page_of(1.0, box=Box(0, 0, 10, 20)), frame, 90)
    assert page.lines[0].readings[0].box == Box(0, 70, 20, 10)
    assert page.turned_deg == 90


@pytest.mark.parametrize("turn_deg", [0, *TURNS])
def test_what_is_found_in_a_turned_picture_is_told_where_it_is_before_it_is_turned(turn_deg: int) -> None:
    def find(image: ColourImage | GrayImage) -> list[Candidate]:
        return [Candidate(box_in(image), image)]

    box = Box(3, 11, 17, 5)
    assert boxes_found(find, marked((40, 60), box), turn_deg) == [box]


@pytest.mark.parametrize(
    ("scores", "turn_deg"),
    [
        (((3, 3.0), (0, -2.0), (2, 1.0), (0, 0.0)), 0),
        (((1, -1.0), (0, -2.0), (5, 4.5), (0, 0.0)), 180),
        (((0, 0.0), (3, 2.8), (0, 0.0), (4, 3.9)), 270),
        (((0, 0.0), (0, 0.0), (0, 0.0), (1, 1.0)), 0),  # one digit may be anything
        (((5, 4.3), (0, 0.0), (5, 4.7), (0, 0.0)), 0),  # hardly better
        (((0, -20.0), (0, -30.0), (4, -9.0), (0, 0.0)), 0),  # a page of letters
    ],
)
def test_a_turn_that_is_clearly_better_wins(scores: Sequence[tuple[int, float]], turn_deg: int) -> None:
    assert best_turn(scores) == turn_deg


@pytest.mark.parametrize(
    ("page", "upright"),
    [
        (page_of(0.99, 0.98, 0.97), True),
        (page_of(0.99, 0.98), False),  # few digits
        (page_of(0.99, 0.6, 0.7), False),  # doubtful ones
        (page_of(0.99, 0.98, 0.97, others=1), False),  # something among them is not a digit
        (page_of(*[0.99] * 10, others=1), True),
        (page_of(0.99, 0.98, 0.97, 0.2), True),  # what is not accepted is not a digit of the page
    ],
)
def test_what_reads_surely_stands_upright(page: Page, upright: bool) -> None:
    assert stands_upright(page, threshold=THRESHOLD) is upright


def test_a_picture_that_reads_surely_is_read_once() -> None:
    read = TellingRead(page_of(0.99, 0.99, 0.99))
    page = read_upright(read, Frame(cornered(), "drawn"), threshold=THRESHOLD)
    assert (len(read.shapes), page) == (1, read.pages[1])


def test_a_small_picture_is_read_once_in_each_turn_and_boxes_are_turned_back() -> None:
    read = TellingRead(page_of(0.7, others=3), right=page_of(0.99, 0.99, 0.98))
    began_s = time.perf_counter()
    page = read_upright(read, Frame(cornered(), "drawn"), threshold=THRESHOLD)
    took_ms = 1e3 * (time.perf_counter() - began_s)
    assert (page.turned_deg, page.text, len(read.shapes)) == (90, "777", 4)
    assert page.lines[0].readings[0].box == Box(10, 300 - 10 - 20, 30, 20)
    assert page.timing_ms["total"] > page.timing_ms["turn"] > 0
    assert page.timing_ms["turn"] <= took_ms


def test_a_large_picture_is_compared_in_a_reduced_one_and_read_once_more() -> None:
    read = TellingRead(page_of(others=3), over=page_of(0.99, 0.99, 0.98))
    page = read_upright(read, Frame(cornered((3000, 4000)), "drawn"), threshold=THRESHOLD)
    assert (page.turned_deg, page.text) == (180, "777")
    assert read.shapes == [(3000, 4000), (480, 640), (640, 480), (480, 640), (640, 480), (3000, 4000)]


def test_a_turn_that_reads_better_in_the_small_only_is_left() -> None:
    over = page_of(0.99, 0.99, 0.98)
    read = TellingRead(page_of(0.7, others=3), over=over)

    def read_as_told(frame: Frame) -> Page:
        return read(frame) if frame.image.shape[1] <= COMPARED_PX else page_of(0.95, 0.8, 0.7)

    page = read_upright(read_as_told, Frame(cornered((3000, 4000)), "drawn"), threshold=THRESHOLD)
    assert (page.turned_deg, len(page.lines[0].readings)) == (0, 3)


def test_where_no_turn_is_better_the_picture_is_left_as_it_is() -> None:
    read = TellingRead(page_of(0.7, others=1), over=page_of(0.8, others=1))
    page = read_upright(read, Frame(cornered((3000, 4000)), "drawn"), threshold=THRESHOLD)
    assert (page.turned_deg, page.lines, len(read.shapes)) == (0, read.pages[1].lines, 5)


def test_small_digits_are_compared_as_large_as_they_are() -> None:
    boxes = page_of(0.7, 0.7, box=Box(2000, 1000, 14, 28))
    part = part_to_compare(Frame(np.zeros((3000, 4000), np.uint8), "drawn"), boxes)
    assert part.image.shape == (COMPARED_PX, COMPARED_PX)
    large = page_of(0.7, 0.7, box=Box(2000, 1000, 100, round(3 * COMPARED_DIGIT_PX)))
    part = part_to_compare(Frame(np.zeros((3000, 4000), np.uint8), "drawn"), large)
    assert part.image.shape == (COMPARED_PX, COMPARED_PX)
    assert part_to_compare(Frame(cornered(), "drawn"), boxes).image.shape == (300, 400)


def test_digits_that_stand_below_each_other_are_those_of_a_page_on_its_side() -> None:
    row, column = page_of(0.99, 0.99, 0.99), Page("drawn", lines=page_of(0.99).lines * 3)
    assert score_of(row, threshold=THRESHOLD)[1] > score_of(column, threshold=THRESHOLD)[1] + 1


def test_doubtful_digits_count_little() -> None:
    (_, sure), (_, doubtful) = (score_of(page_of(*each), threshold=THRESHOLD) for each in ([1.0, 1.0], [0.7] * 4))
    assert sure > doubtful


def test_json_tells_of_a_turn_only_where_there_was_one() -> None:
    page = page_of(0.9)
    assert "rotated" not in page_as_json(page)
    over = turned_back(page, Frame(cornered(), "drawn"), 180)
    assert page_as_json(over)["rotated"] == 180
    event = EventMaker("desk").of_page(NUMBER, over).as_json()
    assert list(event)[-3:] == ["confidence", "rotated", "lines"]
    assert "rotated" not in EventMaker("desk").of_page(NUMBER, page).as_json()


@pytest.fixture(scope="module")
def reader(finder: Finder) -> FrameReader:
    return FrameReader(load_model("accurate"), finder=finder)


def drawn(draw: Draw, count: int, seed: int) -> list[Scene]:
    return [draw(np.random.default_rng((seed, number))) for number in range(count)]


def upright_page(rng: np.random.Generator) -> Scene:
    return scene("31745\n60829", settings=TURNING, rng=rng)


def test_pages_that_lie_turned_are_read_as_they_stand(reader: FrameReader) -> None:
    right = []
    for shown in drawn(turned, 12, 1):
        page = reader.read_upright(Frame(shown.image, "drawn"))
        digits = [reading for line in page.lines for reading in line.readings]
        near = [
            any(abs(box.x - r.box.x) + abs(box.y - r.box.y) < box.width + box.height for r in digits)
            for box in (each.box for each in shown.boxes)
        ]
        right.append(page.turned_deg != 0 and page.text[:1] == shown.truth[:1] and np.mean(near) > 0.8)
    assert sum(right) >= 11  # one may begin with a digit that is misread


def test_upright_pages_are_left_upright(reader: FrameReader) -> None:
    pages = [reader.read_upright(Frame(shown.image, "drawn")) for shown in drawn(upright_page, 8, 2)]
    assert {page.turned_deg for page in pages} == {0}


def test_words_are_not_turned_until_they_read_as_numbers(reader: FrameReader) -> None:
    pages = [reader.read_upright(Frame(shown.image, "drawn")) for shown in drawn(words, 4, 3)]
    assert {page.turned_deg for page in pages} == {0}


@pytest.fixture(scope="module")
def on_its_head(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A picture file of a page that lies upside down."""
    paper = np.full((480, 640), 235, np.uint8)
    for row, text in enumerate(("31745", "60829")):
        cv2.putText(paper, text, (120, 190 + 140 * row), cv2.FONT_HERSHEY_SIMPLEX, 3.0, 20, 6)
    path = tmp_path_factory.mktemp("turned") / "page.png"
    cv2.imwrite(str(path), turned_image(paper, 180))
    return path


def test_read_turns_pictures_unless_it_is_told_how_they_lie(on_its_head: Path, digitreader: Callable[..., Ran]) -> None:
    told = {}
    for rotate in ("auto", "0", "180"):
        ran = digitreader("read", on_its_head, "--model", "accurate", "--format", "jsonl", "--rotate", rotate)
        told[rotate] = json.loads(ran.out)
    assert told["auto"]["rotated"] == 180
    assert told["auto"]["text"] == told["180"]["text"] != told["0"]["text"]
    assert not {"rotated"} & (told["0"].keys() | told["180"].keys())


def test_from_python_pictures_are_turned_likewise(on_its_head: Path) -> None:
    (page,) = digitreader.read(on_its_head, model="accurate")
    (told,) = digitreader.read(on_its_head, model="accurate", rotate=180)
    assert (page.turned_deg, told.turned_deg, page.text) == (180, 0, told.text)
    image = np.asarray(cv2.imread(str(on_its_head)), np.uint8)
    assert digitreader.read_picture(image, model="accurate").lines == page.lines
    assert digitreader.read_picture(image, model="accurate", rotate=180).lines == told.lines
    assert digitreader.read_picture(image, model="accurate", rotate=0).text != page.text


def test_a_rotation_that_cannot_be_meant_is_refused() -> None:
    with pytest.raises(UsageError, match="rotate=45: give 'auto', or 0, 90, 180 or 270 degrees, clockwise"):
        digitreader.read_picture(np.zeros((40, 60), np.uint8), rotate=45)


def test_the_score_weighs_digits_other_writing_and_digits_that_stand_alone() -> None:
    page = page_of(0.9, 0.8, 1.0, 0.4, others=2)
    page = replace(page, lines=(*page.lines, *page_of(0.6).lines))
    odds = math.log(9) + math.log(4) + 7 + math.log(1.5)
    digits, score = score_of(page, threshold=THRESHOLD)
    assert digits == 4
    assert score == pytest.approx(0.25 * odds - 1.1 * 2 - 0.63)


def test_a_large_picture_is_compared_by_the_part_round_its_digits() -> None:
    image = np.broadcast_to((np.arange(2000) // 8).astype(np.uint8), (1000, 2000)).copy()
    digits = page_of(0.7, box=Box(1490, 480, 20, 40))
    part = part_to_compare(Frame(image, "drawn"), digits)
    side = round(COMPARED_PX / (COMPARED_DIGIT_PX / 40))
    assert part.image.shape == (COMPARED_PX, COMPARED_PX)
    assert part.image[0, [0, -1]].tolist() == pytest.approx([(1500 - side / 2) / 8, (1500 + side / 2) / 8], abs=1)


def test_the_part_lies_in_the_picture_and_its_boxes_in_the_picture_as_it_was_taken() -> None:
    image = np.broadcast_to((np.arange(2000) // 8).astype(np.uint8), (1000, 2000)).copy()
    digits = page_of(0.7, box=Box(3900, 20, 40, 80))  # of a picture twice as large
    part = part_to_compare(Frame(image, "drawn", scale=2.0), digits)
    side = round(COMPARED_PX / (COMPARED_DIGIT_PX / 40))
    assert part.image[0, [0, -1]].tolist() == pytest.approx([(2000 - side) / 8, 2000 / 8], abs=1)
    assert part.scale == 1.0


def test_the_middle_of_the_part_is_the_middle_of_the_digits_in_the_frame() -> None:
    """In each direction, near an edge too, also where the frame is half as large as the picture as it was taken."""
    across = np.broadcast_to((np.arange(2000) // 8).astype(np.uint8), (1600, 2000)).copy()
    down = np.broadcast_to((np.arange(1600) // 8).astype(np.uint8)[:, np.newaxis], (1600, 2000)).copy()
    digits = page_of(0.7, box=Box(2380, 3060, 40, 80))
    side = round(COMPARED_PX / (COMPARED_DIGIT_PX / 40))
    part = part_to_compare(Frame(across, "drawn", scale=2.0), digits)
    assert part.image[0, [0, -1]].tolist() == pytest.approx([(1200 - side / 2) / 8, (1200 + side / 2) / 8], abs=1)
    part = part_to_compare(Frame(down, "drawn", scale=2.0), digits)
    assert part.image.shape == (COMPARED_PX, COMPARED_PX)
    assert part.image[[0, -1], 0].tolist() == pytest.approx([(1600 - side) / 8, 1600 / 8], abs=1)


@pytest.mark.parametrize(
    ("shape", "compared"), [((640, 480), (640, 480)), ((641, 100), (640, 100)), ((1280, 3), (640, 2))]
)
def test_a_picture_without_digits_is_compared_whole_in_at_most_640_pixels(
    shape: tuple[int, int], compared: tuple[int, int]
) -> None:
    assert part_to_compare(Frame(np.zeros(shape, np.uint8), "drawn"), page_of()).image.shape == compared
