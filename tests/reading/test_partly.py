"""A part of a frame is read again, and the rest stands."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from digitreader.drawing import scene
from digitreader.find import Findings
from digitreader.find.finder import MarkCandidate
from digitreader.model.load import load_model
from digitreader.reading.motion import FrameFindings, ReadArea, joined, part_of, renewed_in
from digitreader.reading.pipeline import FrameReader
from digitreader.values import Box, Candidate, ColourImage, Frame

SIZE_WH = (640, 480)


def found(*boxes: Box) -> FrameFindings:
    candidates = [Candidate(box, np.full((8, 4), 255, np.uint8), heat=0.9) for box in boxes]
    activations = np.arange(10 * len(boxes), dtype=np.float32).reshape(-1, 10)
    return FrameFindings(Findings(candidates, (Box(500, 400, 9, 9),)), activations)


LINE = [Box(100 + 30 * at, 100, 20, 40) for at in range(6)]


def test_a_part_holds_the_digits_that_it_touches_and_shows_their_neighbours() -> None:
    part = part_of(Box(150, 120, 5, 5), found(*LINE), SIZE_WH)
    assert part is not None
    assert part.renewed == Box(150, 120, 5, 5)
    touching = part_of(Box(131, 120, 12, 5), found(*LINE), SIZE_WH)
    assert touching is not None
    assert touching.renewed == Box(130, 100, 20, 40)
    assert touching.looked_at == Box(10, 60, 260, 120)


@pytest.mark.parametrize("moved", [Box(0, 0, *SIZE_WH), Box(50, 50, 400, 300)])
def test_of_a_frame_in_which_much_moves_all_is_read(moved: Box) -> None:
    assert part_of(moved, found(*LINE), SIZE_WH) is None


def test_where_no_digit_is_known_the_surroundings_are_those_of_usual_digits() -> None:
    part = part_of(Box(300, 200, 10, 10), found(), SIZE_WH)
    assert part == ReadArea(Box(300, 200, 10, 10), Box(300 - 144, 200 - 48, 298, 106))


@pytest.mark.parametrize(("height", "is_part"), [(200, True), (300, False)])
def test_a_part_is_at_most_half_of_the_frame(height: int, is_part: bool) -> None:
    """With what stands around it: 288 pixels more across, and 96 more down."""
    assert (part_of(Box(160, 50, 180, height), found(), SIZE_WH) is not None) == is_part


def test_what_is_found_in_the_part_replaces_what_was_there() -> None:
    before = found(*LINE)
    part = part_of(Box(131, 120, 12, 5), before, SIZE_WH)
    assert part is not None
    x, y = part.looked_at.x, part.looked_at.y
    inside, beside = Box(135 - x, 101 - y, 10, 38), Box(100 - x, 100 - y, 20, 40)
    now = renewed_in(part, found(inside, beside).findings)
    assert [each.box for each in now.candidates] == [Box(135, 101, 10, 38)]
    after = joined(before, part, FrameFindings(now, np.full((1, 10), 0.5, np.float32)))
    boxes = [each.box for each in after.findings.candidates]
    assert boxes == [LINE[0], *LINE[2:], Box(135, 101, 10, 38)]
    np.testing.assert_array_equal(after.activations[0], before.activations[0])
    np.testing.assert_array_equal(after.activations[-1], 0.5)
    assert after.findings.others == before.findings.others


def test_pieces_of_writing_are_renewed_in_the_part_alone() -> None:
    before, part = found(*LINE), ReadArea(Box(150, 100, 20, 40), Box(100, 60, 120, 120))
    pieces = [MarkCandidate(Box(x, 130, 4, 4), np.full((2, 2), 255, np.uint8)) for x in (120, 155)]
    there = replace(before, findings=replace(before.findings, pieces=tuple(pieces)))
    seen = Findings([], pieces=(replace(pieces[1], box=Box(60, 75, 4, 4)), replace(pieces[0], box=Box(2, 75, 4, 4))))
    after = joined(there, part, FrameFindings(renewed_in(part, seen), np.zeros((0, 10), np.float32)))
    assert [each.box for each in after.findings.pieces] == [Box(120, 130, 4, 4), Box(160, 135, 4, 4)]


@pytest.fixture(scope="module")
def reader() -> FrameReader:
    return FrameReader(load_model("small"))


def written(text: str) -> ColourImage:
    return scene(text, size_wh=SIZE_WH, rng=np.random.default_rng(12)).image


def test_a_digit_that_is_covered_is_gone_and_the_others_stand(reader: FrameReader) -> None:
    image = written("40713\n25896")
    page = reader.read_next(Frame(image, "camera", 0, 0.0))
    assert page.text == "40713\n25896"
    box = page.lines[0].readings[2].box
    covered = image.copy()
    covered[box.y - 4 : box.y + box.height + 4, box.x - 4 : box.x + box.width + 4] = np.median(image, axis=(0, 1))
    looked_at: list[tuple[int, ...]] = []
    find = reader.finder.find

    def watched(shown: ColourImage) -> Findings:
        looked_at.append(shown.shape)
        return find(shown)

    reader.finder.find = watched  # type: ignore[assignment, method-assign]
    try:
        again = reader.read_next(Frame(covered, "camera", 1, 0.1))
    finally:
        reader.finder.find = find  # type: ignore[method-assign]
    assert again.text.replace(" ", "") == "4013\n25896"
    assert len(looked_at) == 1
    assert looked_at[0][0] * looked_at[0][1] < 0.5 * image.shape[0] * image.shape[1]
    assert again.frame == 1


def test_a_single_frame_between_changes_nothing_for_the_stream(reader: FrameReader) -> None:
    image = written("40713\n25896")
    stream = reader.read_next(Frame(image, "stream", 0, 0.0))
    assert reader.read(Frame(written("64"), "else")).text == "64"
    assert reader.read_next(Frame(image, "stream", 1, 0.1)).text == stream.text
