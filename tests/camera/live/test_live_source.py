"""The live source: the newest frame always, every fault noticed, told once, and connected again."""

from __future__ import annotations

import dataclasses
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any, Self

import numpy as np
import pytest

from digitreader.camera.live import MOST_HANGING, LiveSource
from digitreader.camera.source import LiveSettings, Notice, PlainSource
from digitreader.errors import SourceError
from digitreader.values import ColourImage, Frame

QUICK = LiveSettings(patience_s=0.2, opening_s=1.0, first_wait_s=0.01, longest_wait_s=0.02, release_s=5.0)
SECOND = 30
"""Frames of a second."""

Step = ColourImage | SourceError | Exception | threading.Event


def picture(seed: int, *, size_wh: tuple[int, int] = (64, 48)) -> ColourImage:
    """Gray paper with a sensor's noise."""
    return np.random.default_rng(seed).integers(90, 200, (size_wh[1], size_wh[0], 3), np.uint8)


def pictures(first: int, count: int) -> list[Step]:
    return [picture(seed) for seed in range(first, first + count)]


def seed_of(frame: Frame, seeds: range = range(200)) -> int:
    return next(seed for seed in seeds if np.array_equal(picture(seed), frame.image))


class Script(PlainSource):
    """A camera that plays what each connection gives: pictures, then an error, a wait for an event, or its end.

    A connection that is None is refused.

    A picture is given when the one before was taken, so that nothing depends on who is faster.
    """

    name, live, frame_count = "cam", True, None

    def __init__(self, *connections: list[Step] | None, ends: bool = False) -> None:
        self.connections = list(connections)
        self.opened = self.released = 0
        self.ends = ends
        self.threads: set[int] = set()

    def __call__(self) -> Self:
        self.opened += 1
        self.threads.add(threading.get_ident())
        if not self.connections:
            raise SourceError("cam: there is no camera /dev/video0")
        if self.connections[0] is None:
            self.connections.pop(0)
            raise SourceError("cam: is busy")
        return self

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.released += 1

    def frames(self) -> Iterator[Frame]:
        for index, step in enumerate(self.connections.pop(0) or ()):
            if isinstance(step, threading.Event):
                step.wait(20)
            elif isinstance(step, Exception):
                raise step
            else:
                yield Frame(step, "cam", index, index / SECOND)


@pytest.fixture
def film() -> Iterator[Callable[..., tuple[LiveSource, list[Notice]]]]:
    """Opens a script as a patient live source, whose frames have the script's times."""
    opened: list[LiveSource] = []

    def start(script: Callable[[], Any], settings: LiveSettings = QUICK) -> tuple[LiveSource, list[Notice]]:
        source = LiveSource("cam", script, settings, stamp=lambda frame: frame.time_s, patient=True)
        opened.append(source)
        notices: list[Notice] = []
        source.listen(notices.append)
        return source, notices

    yield start
    for source in opened:
        source.__exit__(None, None, None)


def read(source: LiveSource, count: int) -> list[Frame]:
    frames = source.frames()
    return [next(frames) for _ in range(count)]


UNPLUGGED = SourceError("cam: stopped giving frames after 3; check its cable and power")


def test_frames_come_in_their_order(film: Any) -> None:
    source, notices = film(Script(pictures(0, 5), ends=False))
    assert [seed_of(frame) for frame in read(source, 5)] == [0, 1, 2, 3, 4]
    assert notices == []


def test_a_slow_reader_gets_the_newest_frame_and_the_others_are_counted() -> None:
    all_there = threading.Event()

    class Fast(Script):
        def frames(self) -> Iterator[Frame]:
            yield from (Frame(picture(seed), "cam", seed) for seed in range(10))
            all_there.set()
            threading.Event().wait(QUICK.patience_s)

    with LiveSource("cam", Fast([]), QUICK) as source:
        all_there.wait(20)
        frame = next(source.frames())
        assert (frame.index, seed_of(frame), source.dropped) == (9, 9, 9)


def test_an_unplugged_camera_is_told_once_and_told_again_when_it_is_back(film: Any) -> None:
    source, notices = film(Script([*pictures(0, 3), UNPLUGGED], pictures(3, 3)))
    frames = read(source, 6)
    assert [seed_of(frame) for frame in frames] == [0, 1, 2, 3, 4, 5]
    assert [notice.interrupted for notice in notices] == [True, False]
    assert notices[0].message == "cam: stopped giving frames after 3; check its cable and power; connecting again"
    assert notices[1].message.startswith("cam: is back after ")


def test_a_camera_that_stays_away_is_told_once_however_often_it_is_tried(film: Any) -> None:
    script = Script([*pictures(0, 1), UNPLUGGED], *[None] * 4, pictures(1, 1))
    source, notices = film(script)
    read(source, 2)
    assert script.opened == 6
    assert [notice.interrupted for notice in notices] == [True, False]


def test_a_connection_that_is_refused_is_not_waited_for(film: Any) -> None:
    settings = LiveSettings(opening_s=600.0, first_wait_s=0.01, longest_wait_s=0.02, give_up_s=20.0)
    source, notices = film(Script([*pictures(0, 1), UNPLUGGED], None, None, pictures(1, 1)), settings)
    assert [seed_of(frame) for frame in read(source, 2)] == [0, 1]
    assert len(notices) == 2


def test_a_camera_may_come_back_with_pictures_of_another_size(film: Any) -> None:
    small: list[Step] = [picture(seed, size_wh=(32, 24)) for seed in range(3)]
    source, notices = film(Script([*pictures(0, 1), UNPLUGGED], small))
    assert [frame.image.shape for frame in read(source, 4)] == [(48, 64, 3), *[(24, 32, 3)] * 3]
    assert len(notices) == 2


def test_frames_count_on_over_connections(film: Any) -> None:
    source, _ = film(Script([*pictures(0, 3), UNPLUGGED], pictures(3, 2)))
    assert [frame.index for frame in read(source, 5)] == [0, 1, 2, 3, 4]


def test_a_camera_that_hangs_is_noticed_and_left(film: Any) -> None:
    hang = threading.Event()
    source, notices = film(Script([*pictures(0, 2), hang], pictures(2, 2)))
    began_s = time.monotonic()
    assert [seed_of(frame) for frame in read(source, 3)] == [0, 1, 2]
    hang.set()
    assert "gives no pictures any more" in notices[0].message
    assert time.monotonic() - began_s >= QUICK.patience_s


def test_the_standard_patience_notices_a_fault_within_two_seconds() -> None:
    assert LiveSettings().patience_s <= 1.5


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        (np.full((48, 64, 3), 6, np.uint8), "gives black pictures"),
        (picture(1), "gives the same picture again and again"),
        (picture(9, size_wh=(32, 24)), "changed its pictures from 64x48 to 32x24"),
        (np.zeros((0, 0, 3), np.uint8), "gives data that are not a picture"),
        (np.zeros((48, 64, 3), np.float32), "gives data that are not a picture"),
    ],
    ids=["black", "frozen", "size", "empty", "type"],
)
def test_frames_that_cannot_be_trusted_are_never_given_and_told_of_when_they_last(
    film: Any, bad: ColourImage, said: str
) -> None:
    source, notices = film(Script([*pictures(0, 2), *[bad] * SECOND, *pictures(2, 2)], pictures(4, 2)))
    seeds = [seed_of(frame) for frame in read(source, 4)]
    assert seeds in ([0, 1, 2, 3], [0, 1, 4, 5])  # it heals by itself, or by being connected again
    assert [notice.interrupted for notice in notices] == [True, False]
    assert said in notices[0].message


def test_one_bad_frame_is_left_out_without_a_word(film: Any) -> None:
    black = np.zeros((48, 64, 3), np.uint8)
    source, notices = film(Script([*pictures(0, 2), black, picture(1), *pictures(2, 2)]))
    assert [seed_of(frame) for frame in read(source, 4)] == [0, 1, 2, 3]
    assert notices == []


def test_the_picture_that_hung_is_not_given_again_after_connecting_again(film: Any) -> None:
    frozen: list[Step] = [picture(1)] * SECOND
    hang = threading.Event()
    source, notices = film(Script([*pictures(0, 2), *frozen, hang], [*frozen, picture(2)]))
    assert [seed_of(frame) for frame in read(source, 3)] == [0, 1, 2]
    hang.set()
    assert len(notices) == 2


def test_a_still_table_before_a_camera_that_sends_what_changes_is_read_on(film: Any) -> None:
    class Differences(Script):
        by_differences = True

    source, notices = film(Differences([*pictures(0, 1), *[picture(1)] * SECOND, *pictures(2, 1)]))
    assert [seed_of(frame) for frame in read(source, SECOND + 2)] == [0, *[1] * SECOND, 2]
    assert notices == []


def test_a_driver_that_throws_is_a_fault_like_any_other(film: Any) -> None:
    source, notices = film(Script([*pictures(0, 1), MemoryError("no\nbuffers")], pictures(1, 1)))
    read(source, 2)
    assert "its driver failed (MemoryError: no buffers)" in notices[0].message


def test_a_fault_that_lasts_ends_the_run_where_that_is_wanted(film: Any) -> None:
    settings = LiveSettings(patience_s=0.2, first_wait_s=0.01, longest_wait_s=0.02, give_up_s=1.0)
    source, notices = film(Script([*pictures(0, 1), UNPLUGGED]), settings)
    with pytest.raises(SourceError, match=r"^cam: stopped giving frames .*; gave up after 1 s$"):
        read(source, 2)
    assert [notice.interrupted for notice in notices] == [True]


def test_a_camera_that_cannot_be_opened_at_first_is_an_error_at_once() -> None:
    with pytest.raises(SourceError, match="cam: there is no camera"):
        LiveSource("cam", Script(), QUICK)


WAITING = dataclasses.replace(QUICK, from_the_start=True)


def test_one_that_is_not_there_at_first_may_be_waited_for_and_is_told_once(film: Any) -> None:
    source, notices = film(Script(None, None, None, pictures(0, 2)), WAITING)
    assert [seed_of(frame) for frame in read(source, 2)] == [0, 1]
    assert [notice.interrupted for notice in notices] == [True, False]
    assert notices[0].message == "cam: is busy; waiting for it"
    assert notices[1].message.startswith("cam: is there after ")


def test_one_that_is_waited_for_from_the_start_and_then_lost_is_connected_again(film: Any) -> None:
    source, notices = film(Script(None, [*pictures(0, 2), UNPLUGGED], pictures(2, 1)), WAITING)
    assert [seed_of(frame) for frame in read(source, 3)] == [0, 1, 2]
    assert ["waiting for it" in notice.message for notice in notices] == [True, False, False, False]
    assert notices[2].message.endswith("connecting again")
    assert "is back after" in notices[3].message


def test_waiting_from_the_start_ends_where_that_is_wanted(film: Any) -> None:
    source, _ = film(Script(), dataclasses.replace(WAITING, give_up_s=0.05))
    with pytest.raises(SourceError, match=r"gave up after 0\.05 s"):
        read(source, 1)


def test_that_a_camera_is_being_opened_for_the_first_time_is_told_for_as_long_as_it_lasts(film: Any) -> None:
    there = threading.Event()
    source, notices = film(Script([there, *pictures(0, 1)]), WAITING)
    source.listen(notices.append, there.set)  # it comes because it was told
    assert [seed_of(frame) for frame in read(source, 1)] == [0]
    assert notices == []


def test_a_camera_that_opens_but_gives_nothing_is_an_error_in_time() -> None:
    hang = threading.Event()
    settings = LiveSettings(opening_s=0.05)
    with pytest.raises(SourceError, match=r"cam: gave no picture within 0\.05 s"):
        LiveSource("cam", Script([hang]), settings)
    hang.set()


@pytest.mark.parametrize("from_the_start", [False, True])
def test_a_slow_opening_is_announced_and_ends_where_that_is_wanted(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, film: Any, from_the_start: bool
) -> None:
    monkeypatch.setattr("digitreader.host.waiting.SILENCE_S", 0.01)
    hang = threading.Event()
    settings = LiveSettings(opening_s=600.0, give_up_s=0.5, from_the_start=from_the_start)
    with pytest.raises(SourceError, match=r"cam: gave no picture within 0\.5 s"):
        read(film(Script([hang]), settings)[0], 1)
    hang.set()
    assert "cam: waiting for its first picture" in capsys.readouterr().err


def test_the_camera_is_opened_read_and_released_in_another_thread_when_the_block_ends() -> None:
    script = Script(pictures(0, 5))
    with LiveSource("cam", script, QUICK, patient=True) as source:
        read(source, 2)
        assert script.released == 0
    assert script.released == 1
    assert threading.get_ident() not in script.threads


def test_connections_that_hang_for_ever_are_bounded(film: Any) -> None:
    hang = threading.Event()
    impatient = LiveSettings(
        patience_s=0.05, opening_s=0.01, first_wait_s=0.01, longest_wait_s=0.01, give_up_s=1.0, release_s=0.0
    )
    hanging: list[Step] = [hang]
    script = Script([*pictures(0, 1), hang], *[hanging] * 50)
    source, notices = film(script, impatient)
    opened: list[int] = []
    source.listen(notices.append, lambda: opened.append(script.opened))
    with pytest.raises(SourceError, match="gave up"):
        read(source, 2)
    hang.set()
    assert script.opened <= MOST_HANGING
    # once nothing is tried any more there is silence, so that a watchdog may end what only a restart can help
    assert opened.count(1) >= 1
    assert opened.count(MOST_HANGING) <= 1


def test_that_it_is_connected_again_is_told_for_as_long_as_it_lasts(film: Any) -> None:
    script = Script([*pictures(0, 1), UNPLUGGED])
    source, notices = film(script, dataclasses.replace(QUICK, give_up_s=2.0))
    opened: list[int] = []
    source.listen(notices.append, lambda: opened.append(script.opened))
    with pytest.raises(SourceError, match="gave up"):
        read(source, 2)
    assert len(opened) >= 5
    assert opened[-1] > MOST_HANGING  # a camera that is refused hangs nowhere


def test_a_video_on_a_server_gives_every_frame_and_ends() -> None:
    still: list[Step] = [picture(3)] * 5
    with LiveSource("cam", Script([*still, *pictures(0, 2)], ends=True), QUICK) as source:
        assert [seed_of(frame) for frame in source.frames()] == [3, 3, 3, 3, 3, 0, 1]


def test_a_video_on_a_server_that_breaks_off_is_an_error() -> None:
    script = Script([*pictures(0, 2), UNPLUGGED], pictures(0, 2), ends=True)
    with LiveSource("cam", script, QUICK) as source, pytest.raises(SourceError, match="stopped giving frames"):
        list(source.frames())


def test_each_wait_is_twice_as_long_up_to_the_longest() -> None:
    settings = LiveSettings(first_wait_s=0.5, longest_wait_s=15.0)
    assert [settings.wait_s(attempts) for attempts in (0, 1, 2, 5, 1_000_000)] == [0.5, 1.0, 2.0, 15.0, 15.0]
