"""Still frames: what was read stands while nothing moves."""

from __future__ import annotations

import numpy as np
import pytest

from digitreader.still import MOVED, READ_AGAIN_S, StillFrames
from digitreader.values import ColourImage, Frame, Page


def frame_of(image: ColourImage, index: int = 1, *, fps: float = 30) -> Frame:
    return Frame(image, "camera", index, index / fps)


@pytest.fixture
def still() -> StillFrames:
    frames = StillFrames()
    assert frames.page_of(frame_of(paper(), 0)) is None
    frames.remember(Page("camera", 0, 0.0, others=3))
    return frames


def paper(seed: int = 0, *, noise: float = 4) -> ColourImage:
    grain = np.random.default_rng(seed).normal(0, noise, (120, 160, 3))
    return np.clip(200 + grain, 0, 255).astype(np.uint8)


def test_the_page_of_a_still_frame_is_that_of_the_frame_before(still: StillFrames) -> None:
    page = still.page_of(frame_of(paper(1), 5))
    assert page is not None
    assert (page.frame, page.others) == (5, 3)
    assert page.time_s == pytest.approx(5 / 30)


def test_a_small_thing_that_comes_is_noticed(still: StillFrames) -> None:
    image = paper(1)
    image[50:62, 80:83] = 40
    assert still.page_of(frame_of(image)) is None


def test_light_that_changes_everywhere_is_no_movement(still: StillFrames) -> None:
    assert still.page_of(frame_of(paper(1) + np.uint8(2 * MOVED))) is not None


def test_what_creeps_in_is_noticed(still: StillFrames) -> None:
    answers = []
    for step in range(8):
        image = paper(step)
        image[40:60, 40:60] -= np.uint8(2 * step)
        answers.append(still.page_of(frame_of(image, step + 1)) is None)
    assert any(answers)


def test_a_still_frame_is_read_again_now_and_then(still: StillFrames) -> None:
    assert still.page_of(frame_of(paper(1), round(30 * READ_AGAIN_S) + 1)) is None


@pytest.mark.parametrize("other", [Frame(paper()[:60], "camera", 1, 0.03), Frame(paper(), "other", 1, 0.03)])
def test_another_size_or_source_is_read(still: StillFrames, other: Frame) -> None:
    assert still.page_of(other) is None
