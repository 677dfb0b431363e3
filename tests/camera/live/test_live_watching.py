"""Watching: which pictures a camera in order never gives."""

from __future__ import annotations

import numpy as np
import pytest

from digitreader.camera.frame_health import FROZEN, FrameHealth, is_black, is_picture, is_same
from digitreader.camera.grabber import LatestFrame
from digitreader.values import ColourImage, Frame


def paper(level: int) -> ColourImage:
    return np.full((96, 128, 3), level, np.uint8)


def test_a_hot_pixel_in_the_dark_is_no_light() -> None:
    dark = paper(4)
    dark[10, 10] = dark[48, 64] = 255
    assert is_black(dark)


def test_a_thin_chalk_stroke_on_a_black_board_is_a_picture() -> None:
    board = paper(4)
    board[20:70, 60:64] = 230
    assert not is_black(board)


@pytest.mark.parametrize("level", [40, 128, 255])
def test_light_is_not_black(level: int) -> None:
    assert not is_black(paper(level))


def test_a_picture_smaller_than_a_place_can_be_judged() -> None:
    assert is_black(np.zeros((3, 3), np.uint8))


def test_pictures_that_differ_in_one_pixel_between_the_rows_that_are_looked_at_first_differ() -> None:
    other = paper(90)
    other[17, 3, 1] += 1
    assert is_same(paper(90), paper(90))
    assert not is_same(paper(90), other)


def test_pictures_of_two_sizes_differ() -> None:
    assert not is_same(paper(90), paper(90)[:48])


@pytest.mark.parametrize(
    ("image", "fits"),
    [
        (np.zeros((4, 4), np.uint8), True),
        (np.zeros((4, 4, 3), np.uint8), True),
        (np.zeros((4, 4, 4), np.uint8), False),
        (np.zeros((4, 4, 3), np.uint16), False),
        (np.zeros((0, 4, 3), np.uint8), False),
        (None, False),
    ],
)
def test_a_picture_has_the_form_of_a_frame(image: object, fits: bool) -> None:
    assert is_picture(image) == fits


def test_trouble_becomes_a_fault_when_it_has_lasted() -> None:
    watch = FrameHealth(patience_s=1.5)
    faults = []
    for time_s in (0.0, 0.5, 1.4, 1.5):
        assert not watch.accepts(Frame(paper(0), "cam", time_s=time_s))
        faults.append(bool(watch.fault))
    assert faults == [False, False, False, True]


def test_a_good_picture_ends_the_trouble() -> None:
    watch = FrameHealth(patience_s=1.0)
    watch.accepts(Frame(paper(0), "cam", time_s=0.0))
    assert watch.accepts(Frame(paper(90), "cam", time_s=0.9))
    watch.accepts(Frame(paper(0), "cam", time_s=1.0))
    assert not watch.fault


def test_the_picture_that_hung_is_known_over_a_new_connection_but_its_size_is_not_asked_for() -> None:
    watch = FrameHealth(patience_s=1.0)
    assert watch.accepts(Frame(paper(90), "cam"))
    watch.reconnected()
    assert not watch.accepts(Frame(paper(90), "cam"))
    assert watch.accepts(Frame(paper(90)[:48], "cam")) is False  # the connection has begun with the larger size
    watch.reconnected()
    assert watch.accepts(Frame(paper(90)[:48], "cam"))


def test_equal_pictures_of_a_camera_that_sends_what_changes_are_good_until_a_minute_has_passed() -> None:
    watch = FrameHealth(patience_s=1.5)
    taken = [watch.accepts(Frame(paper(90), "cam", time_s=s), by_differences=True) for s in (0.0, 0.1, 2.0, 59.0, 60.2)]
    assert taken == [True, True, True, True, False]
    assert watch.fault == FROZEN


def test_the_picture_that_hung_for_a_minute_is_not_trusted_over_a_new_connection() -> None:
    watch = FrameHealth(patience_s=1.5)
    for time_s in (0.0, 0.1, 60.1):
        watch.accepts(Frame(paper(90), "cam", time_s=time_s), by_differences=True)
    watch.reconnected()
    assert not watch.accepts(Frame(paper(90), "cam", time_s=61.0), by_differences=True)
    assert watch.accepts(Frame(paper(91), "cam", time_s=61.1), by_differences=True)
    assert watch.accepts(Frame(paper(91), "cam", time_s=64.0), by_differences=True)


def test_black_pictures_of_a_camera_that_sends_what_changes_are_a_fault_soon() -> None:
    watch = FrameHealth(patience_s=1.5)
    assert [watch.accepts(Frame(paper(0), "cam", time_s=s), by_differences=True) for s in (0.0, 1.6)] == [False, False]
    assert watch.fault


def test_the_mailbox_holds_the_newest_and_counts_the_others() -> None:
    mailbox = LatestFrame()
    for index in range(4):
        assert mailbox.put(Frame(paper(90), "cam", index))
    taken = mailbox.take(0.0)
    assert taken is not None
    assert (taken.index, mailbox.dropped, mailbox.put_count) == (3, 3, 4)
    assert mailbox.take(0.0) is None


def test_a_closed_mailbox_tells_the_camera_that_nobody_reads() -> None:
    mailbox = LatestFrame()
    mailbox.close()
    assert not mailbox.put(Frame(paper(90), "cam"))
