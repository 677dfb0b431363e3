"""What moves in a stream is told, and what does not stands."""

from __future__ import annotations

import numpy as np
import pytest

from digitreader.reading.motion import BLOCK_PX, MOVED, NOWHERE, READ_AGAIN_S, MotionDetector
from digitreader.values import Box, ColourImage, Frame

WHOLE = Box(0, 0, 160, 120)


def frame_of(image: ColourImage, index: int = 1, *, fps: float = 30) -> Frame:
    return Frame(image, "camera", index, index / fps)


@pytest.fixture
def movement() -> MotionDetector:
    begun = MotionDetector()
    first = frame_of(paper(), 0)
    assert begun.since_last(first) == WHOLE
    begun.was_read(first, wholly=True)
    return begun


def paper(seed: int = 0, *, noise: float = 4) -> ColourImage:
    grain = np.random.default_rng(seed).normal(0, noise, (120, 160, 3))
    return np.clip(200 + grain, 0, 255).astype(np.uint8)


def test_in_a_still_frame_nothing_moves(movement: MotionDetector) -> None:
    assert movement.since_last(frame_of(paper(1), 5)) == NOWHERE


def test_a_small_thing_that_comes_is_noticed_where_it_is(movement: MotionDetector) -> None:
    image = paper(1)
    image[50:62, 80:83] = 40
    moved = movement.since_last(frame_of(image))
    assert 80 - 3 * BLOCK_PX < moved.x <= 80
    assert 83 <= moved.x + moved.width < 83 + 3 * BLOCK_PX
    assert 50 - 3 * BLOCK_PX < moved.y <= 50
    assert 62 <= moved.y + moved.height < 62 + 3 * BLOCK_PX


def test_ink_of_another_colour_and_the_same_brightness_is_noticed(movement: MotionDetector) -> None:
    image = paper(1)
    image[50:62, 80:90] = (230, 170, 200)
    assert movement.since_last(frame_of(image)) != NOWHERE


def test_what_was_read_where_it_moved_is_still_from_then_on(movement: MotionDetector) -> None:
    image = paper(1)
    image[50:62, 80:90] = 40
    movement.since_last(frame_of(image))
    movement.was_read(frame_of(image), wholly=False)
    assert movement.since_last(frame_of(image, 2)) == NOWHERE


def test_light_that_changes_everywhere_is_no_movement(movement: MotionDetector) -> None:
    assert movement.since_last(frame_of(paper(1) + np.uint8(2 * MOVED))) == NOWHERE


def test_what_creeps_in_is_noticed_beside_what_moves_elsewhere(movement: MotionDetector) -> None:
    crept = []
    for step in range(8):
        image = paper(step)
        image[40:60, 40:60] -= np.uint8(2 * step)
        image[100:110, 130 + step : 150] = 20  # a hand, say
        moved = movement.since_last(frame_of(image, step + 1))
        movement.was_read(frame_of(image, step + 1), wholly=False)
        crept.append(moved.x <= 40 and moved.y <= 40)
    assert any(crept)


def test_a_still_frame_is_read_wholly_now_and_then(movement: MotionDetector) -> None:
    assert movement.since_last(frame_of(paper(1), round(30 * READ_AGAIN_S) + 1)) == WHOLE


@pytest.mark.parametrize("other", [Frame(paper()[:60], "camera", 1, 0.03), Frame(paper(), "other", 1, 0.03)])
def test_another_size_or_source_is_read_wholly(movement: MotionDetector, other: Frame) -> None:
    height, width = other.image.shape[:2]
    assert movement.since_last(other) == Box(0, 0, width, height)


def test_the_edges_of_a_picture_that_is_no_multiple_of_a_block_are_looked_at_too() -> None:
    movement = MotionDetector()
    blank = np.full((67, 101, 3), 200, np.uint8)
    movement.since_last(frame_of(blank, 0))
    movement.was_read(frame_of(blank, 0), wholly=True)
    changed = blank.copy()
    changed[60:, 95:] = 20
    moved = movement.since_last(frame_of(changed))
    assert (moved.x + moved.width, moved.y + moved.height) == (101, 67)


@pytest.mark.parametrize(
    ("size_wh", "moved"),
    [((80, 64), Box(16, 8, 24, 24)), ((84, 64), Box(16, 8, 26, 24)), ((80, 70), Box(16, 8, 24, 27))],
)
def test_what_moved_is_told_with_a_block_around_it(size_wh: tuple[int, int], moved: Box) -> None:
    detector, image = MotionDetector(), np.full((size_wh[1], size_wh[0], 3), 200, np.uint8)
    first = frame_of(image, 0)
    detector.since_last(first)
    detector.was_read(first, wholly=True)
    later = image.copy()
    later[18:22, 26:30] = 100  # in the third row of blocks and the fourth column
    assert detector.since_last(frame_of(later)) == moved


@pytest.mark.parametrize(("change", "is_noticed"), [(4, False), (7, True), (-7, True)])
def test_a_block_has_changed_if_its_mean_differs_by_more_than_five_levels(change: int, is_noticed: bool) -> None:
    detector, image = MotionDetector(), np.full((64, 80, 3), 200, np.uint8)
    first = frame_of(image, 0)
    detector.since_last(first)
    detector.was_read(first, wholly=True)
    later = image.copy()
    later[16:24, 24:32, 1] = 200 + change
    assert (detector.since_last(frame_of(later)) != NOWHERE) == is_noticed


def test_a_clock_that_goes_back_has_the_frame_read_wholly() -> None:
    detector = MotionDetector()
    first = frame_of(paper(), 30)
    detector.since_last(first)
    detector.was_read(first, wholly=True)
    assert detector.since_last(frame_of(paper(), 29)) == WHOLE


def test_a_part_that_was_read_does_not_put_off_the_whole_frame(movement: MotionDetector) -> None:
    image = paper(1)
    image[50:62, 80:83] = 40
    part = frame_of(image, 25)
    assert movement.since_last(part) not in (WHOLE, NOWHERE)
    movement.was_read(part, wholly=False)
    assert movement.since_last(frame_of(image, 29)) == NOWHERE
    assert movement.since_last(frame_of(image, 30)) == WHOLE
