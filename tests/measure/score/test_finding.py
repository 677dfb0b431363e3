"""Kinds that are hard to find: the truth is where the ink is, pictures are drawn alike each time, and are counted."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import cv2
import numpy as np
import pytest

from digitreader.drawing import Scene, typefaces
from digitreader.errors import UsageError
from digitreader.measure.score.causes import CAUSES
from digitreader.measure.score.finding import print_and_displays as not_handwritten
from digitreader.measure.score.finding.handwriting import equal_luma_pair, quarter_turned
from digitreader.measure.score.finding.kinds import KINDS, Kind, draw_kind, kinds_named
from digitreader.measure.score.finding.print_and_displays import digit_sheet
from digitreader.measure.score.finding.score import (
    FindingPlan,
    FindingScore,
    WithoutDigits,
    finding_sections,
    finding_text,
    lines_in_order,
    score_finding,
)
from digitreader.reading.pipeline import FrameReader
from digitreader.values import Reading

COSTLY = ("red-felt", "digit-sheet")
"""Drawn in seconds each: one picture of them is enough, and a fifth of the sheet."""
TESTED = {**KINDS, "digit-sheet": Kind("digit-sheet", partial(digit_sheet, rows=10), 1000)}
WITH_DIGITS = [name for name, kind in KINDS.items() if kind.digits]
WITHOUT = [name for name, kind in KINDS.items() if not kind.digits]


@pytest.fixture(scope="module", autouse=True)
def opencvs_typefaces_alone() -> Iterator[None]:
    """Print is drawn alike on every machine."""
    not_handwritten.unseen_typefaces.cache_clear()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(typefaces, "SYSTEM_FOLDERS", ())
        yield
    not_handwritten.unseen_typefaces.cache_clear()


@pytest.fixture(scope="module")
def drawn(opencvs_typefaces_alone: None) -> dict[str, list[Scene]]:
    """Some pictures of each kind with digits."""
    counts = {name: 1 if name in COSTLY else 6 if KINDS[name].typefaces else 2 for name in WITH_DIGITS}
    return {name: list(draw_kind(TESTED[name], count, seed=3)) for name, count in counts.items()}


@pytest.mark.parametrize("name", WITH_DIGITS)
def test_every_box_lies_in_its_picture_and_has_ink_in_it(drawn: dict[str, list[Scene]], name: str) -> None:
    for shown in drawn[name]:
        height, width = shown.image.shape[:2]
        for digit in shown.boxes[::17] if len(shown.boxes) > 200 else shown.boxes:
            box = digit.box
            assert box.x >= -1
            assert box.y >= -1
            assert box.x + box.width <= width + 1
            assert box.y + box.height <= height + 1
            part = shown.image[max(box.y, 0) : box.y + box.height, max(box.x, 0) : box.x + box.width]
            # in colour, for some inks and papers are alike in gray; the noise alone spreads by less than 4
            assert part.reshape(-1, 3).astype(np.float64).std(axis=0).max() > 5


@pytest.mark.parametrize("name", WITH_DIGITS)
def test_the_text_has_the_digits_of_the_boxes_line_by_line(drawn: dict[str, list[Scene]], name: str) -> None:
    for shown in drawn[name]:
        lines = shown.truth.split("\n")
        for number, line in enumerate(lines):
            boxed = "".join(str(digit.digit) for digit in shown.boxes if digit.line == number)
            assert boxed == line.replace(" ", "")
        assert max(digit.line for digit in shown.boxes) == len(lines) - 1


@pytest.mark.parametrize("name", WITH_DIGITS)
def test_a_kind_has_about_as_many_digits_as_it_says(drawn: dict[str, list[Scene]], name: str) -> None:
    mean = np.mean([len(shown.boxes) for shown in drawn[name]])
    assert 0.5 * TESTED[name].digits <= mean <= 2 * TESTED[name].digits


@pytest.mark.parametrize("name", WITHOUT)
def test_a_kind_without_digits_has_none_and_yet_something_to_see(name: str) -> None:
    for shown in draw_kind(KINDS[name], 4, seed=2):
        assert (shown.boxes, shown.truth) == ((), "")
        assert shown.image.std() > 3


@pytest.mark.parametrize("name", [name for name in KINDS if name not in COSTLY])
def test_a_picture_depends_on_the_seed_the_kind_and_its_number_alone(name: str) -> None:
    first = [shown.image.tobytes() for shown in draw_kind(KINDS[name], 1, seed=5)]
    again = [shown.image.tobytes() for shown in draw_kind(KINDS[name], 2, seed=5)]
    other = next(draw_kind(KINDS[name], 1, seed=6)).image.tobytes()
    assert first[0] == again[0]
    assert len({*again, other}) == 3


def test_small_writing_is_as_high_as_it_says(drawn: dict[str, list[Scene]]) -> None:
    for height_px in (9, 11, 13, 16):
        boxes = [digit.box for shown in drawn[f"small-{height_px}"] for digit in shown.boxes]
        assert abs(float(np.median([box.height for box in boxes])) - height_px) < 4  # a box goes round the soft edges


def test_a_digit_cut_to_its_ink_touches_every_edge_where_it_does_not_fill_the_picture() -> None:
    for shown in draw_kind(KINDS["cut-to-ink"], 20, seed=0):
        ink = shown.image[:, :, 0] > 0
        assert ink[0].any()
        assert ink[-1].any()
        assert ink.mean() < 0.7
        assert 26 <= ink.shape[0] <= 360


def test_two_colours_of_equal_luma_are_alike_in_gray_and_different_in_colour() -> None:
    for seed in range(20):
        pair = np.array([equal_luma_pair(np.random.default_rng(seed))], np.uint8)
        ink, paper = cv2.cvtColor(pair, cv2.COLOR_BGR2GRAY)[0].astype(int)
        assert abs(ink - paper) <= 2
        assert np.abs(pair[0, 0].astype(int) - pair[0, 1].astype(int)).max() > 40


def test_a_quarter_turn_takes_the_boxes_along() -> None:
    upright = next(draw_kind(KINDS["table-rows"], 1, seed=1))
    for quarters in range(4):
        turned = quarter_turned(upright, quarters)
        assert turned.truth == upright.truth
        for before, after in zip(upright.boxes, turned.boxes, strict=True):
            box, there = before.box, after.box
            part = upright.image[box.y : box.y + box.height, box.x : box.x + box.width]
            seen = turned.image[there.y : there.y + there.height, there.x : there.x + there.width]
            assert np.array_equal(np.rot90(part, quarters), seen)


def test_a_turned_page_shows_digits_that_tell_which_way_is_up(drawn: dict[str, list[Scene]]) -> None:
    assert all(sum(digit in "347" for digit in shown.truth) >= 2 for shown in drawn["turned"])


def test_kinds_are_taken_in_the_order_in_which_they_are_named_each_once() -> None:
    assert [kind.name for kind in kinds_named(["words", "meter", "words"])] == ["words", "meter"]
    assert [kind.name for kind in kinds_named([])] == list(KINDS)
    with pytest.raises(UsageError, match=r"--kind quill: there is no such kind; give one of dark-rules "):
        kinds_named(["meter", "quill"])


def test_a_folder_of_typefaces_that_there_is_not_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="there is no such folder"):
        kinds_named(["print"], fonts=(tmp_path / "none",))


def test_a_wheel_between_two_digits_is_no_digit_in_the_truth() -> None:
    shown = list(draw_kind(KINDS["wheels"], 12, seed=4))
    assert any(mark.sign == "?" for picture in shown for mark in picture.marks)
    for picture in shown:
        middles = [(each.box.x + each.box.width / 2, each.box.y + each.box.height / 2) for each in picture.boxes]
        for window in [mark.box for mark in picture.marks if mark.sign == "?"]:
            across, down = range(window.x, window.x + window.width), range(window.y, window.y + window.height)
            assert not any(int(x) in across and int(y) in down for x, y in middles)


@pytest.mark.parametrize(("kind", "pictures"), [("meter", 17), ("cut-to-ink", 100), ("digit-sheet", 1), ("words", 30)])
def test_as_many_pictures_are_drawn_as_the_digits_need(kind: str, pictures: int) -> None:
    assert KINDS[kind].pictures(100, empty=30) == pictures


@pytest.mark.parametrize(
    ("truth", "read", "right"),
    [
        ([], [], 0),
        (["12", "34"], ["12", "34"], 2),
        (["12", "34"], ["34", "12"], 1),
        (["12", "34"], ["12", "7", "34"], 2),
        (["12", "34"], ["1234"], 0),
        (["5", "5", "6"], ["5", "6"], 2),
    ],
)
def test_a_line_is_right_if_it_is_read_whole_and_in_its_order(truth: list[str], read: list[str], right: int) -> None:
    assert lines_in_order(truth, read) == right


FEW = FindingPlan((KINDS["meter"], KINDS["cut-to-ink"], KINDS["scribbles"]), digits=12, empty=2)


def truths_of(plan: FindingPlan) -> dict[str, list[Reading]]:
    """What a reader says that reads every picture of a plan right."""
    return {
        f"{kind.name} {number}": [Reading(digit.box, digit.digit, 0.9) for digit in shown.boxes]
        for kind in plan.kinds
        for number, shown in enumerate(draw_kind(kind, kind.pictures(plan.digits, empty=plan.empty), seed=plan.seed))
    }


def test_a_reader_that_reads_the_truth_makes_no_mistake(telling: Callable[..., FrameReader]) -> None:
    score, mistakes = score_finding(telling(truths_of(FEW)), FEW)
    meter, cut, scribbles = score.kinds
    assert (meter.right_share, meter.lines_right_share, meter.invented) == (1.0, 1.0, 0)
    assert (cut.right, cut.pictures, cut.lines, cut.lines_right_share) == (12, 12, None, None)
    assert (scribbles.digits, scribbles.right_share, scribbles.pictures_with_invented) == (0, None, 0)
    assert (score.without_digits.pictures, score.without_digits.share) == (2, 0.0)
    assert not any(mistakes.values())


def test_what_is_invented_is_counted_by_digit_and_by_picture(
    telling: Callable[..., FrameReader], reading: Callable[..., Reading]
) -> None:
    always = [reading(1, 3, 3, 20, 30), reading(4, 60, 3, 20, 30)]
    score, mistakes = score_finding(telling(always=always), dataclasses.replace(FEW, kinds=(KINDS["scribbles"],)))
    assert (score.kinds[0].invented, score.kinds[0].pictures_with_invented) == (4, 2)
    assert score.without_digits.share == 1.0
    assert [mistake.outcome.cause for mistake in mistakes["scribbles"]] == ["invented"] * 4


def test_no_more_mistakes_are_kept_than_asked_for(telling: Callable[..., FrameReader]) -> None:
    score, mistakes = score_finding(telling(), dataclasses.replace(FEW, pictures=3))
    assert [len(mistakes[kind.kind]) for kind in score.kinds] == [3, 3, 0]
    assert sum(score.kinds[0].causes[cause] for cause in CAUSES) == score.kinds[0].digits


def test_the_table_and_the_page_have_every_kind(telling: Callable[..., FrameReader]) -> None:
    score, mistakes = score_finding(telling(), FEW)
    lines = finding_text(score, "a model").splitlines()
    assert lines[0] == "a model: 3 kinds, seed 0"
    assert [line.split()[0] for line in lines[2:5]] == ["meter", "cut-to-ink", "scribbles"]
    assert len({len(line) for line in lines[1:5]}) == 1
    assert lines[-1] == "pictures without digits: 2, 0 with an invented digit (0.0 %)"
    page = "".join(finding_sections(score, mistakes))
    assert page.count("data:image/png") == sum(map(len, mistakes.values())) > 0
    assert "<h2>meter</h2>" in page
    assert "<h2>scribbles</h2>" not in page


def test_a_kind_of_ones_own_can_be_scored(telling: Callable[..., FrameReader]) -> None:
    blank = Kind("blank", lambda _: Scene(np.full((64, 64, 3), 200, np.uint8), (), ""), 0)
    score, _ = score_finding(telling(), FindingPlan((blank,), empty=3))
    assert (score.kinds[0].pictures, score.kinds[0].invented) == (3, 0)


def test_a_score_without_pictures_of_a_kind_gives_no_share_of_them() -> None:
    nothing = FindingScore(0, (), WithoutDigits(0, 0, None))
    assert "pictures without digits" not in finding_text(nothing, "tiny")
    assert "read right" not in "".join(finding_sections(nothing, {}))
    empty = FindingScore(0, (), WithoutDigits(4, 1, 0.25))
    assert "pictures without digits: 4, 1 with an invented digit (25" in finding_text(empty, "tiny")
    assert "1 of 4 pictures without digits" in "".join(finding_sections(empty, {}))
