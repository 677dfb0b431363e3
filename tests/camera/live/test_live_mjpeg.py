"""`digitreader read` on a network camera that is cut off, hangs, slows down and is put to an end."""

from __future__ import annotations

import signal
from collections.abc import Callable

import pytest

from digitreader.values import ColourImage

from .conftest import Paper, Running
from .mjpeg_server import MjpegServer

Start = Callable[..., Running]

A_SECOND = 1.0
FOR_A_BUSY_MACHINE = 4.0
"""Seconds that a process may need to be given the processor when others have it."""


def test_a_camera_that_is_cut_off_is_told_once_and_read_on_when_it_is_back(
    server: MjpegServer, paper: Paper, start: Start
) -> None:
    paper.show("123")
    reading = start("read", server.url)
    reading.until(lambda: reading.out == ["123"])
    server.stop()
    reading.until_err("stopped giving frames")
    server.start()
    reading.until_err("is back after")
    paper.show("45")
    reading.until(lambda: len(reading.out) == 2)
    reading.end(signal.SIGTERM)
    assert reading.out == ["123", "45"]  # what was held all the time is not told twice
    assert [line.partition("stream.mjpg: ")[2][:7] for line in reading.err[:2]] == ["stopped", "is back"]


def test_a_camera_that_hangs_is_noticed_and_read_on(server: MjpegServer, paper: Paper, start: Start) -> None:
    paper.show("123")
    reading = start("read", server.url)
    reading.until(lambda: reading.out == ["123"])
    server.flowing.clear()
    reading.until_err("gives no pictures any more")
    paper.show("45")
    server.flowing.set()
    reading.until(lambda: reading.out == ["123", "45"])
    reading.until_err("is back after")


@pytest.mark.parametrize(
    ("number", "status", "said"),
    [(signal.SIGTERM, 143, "terminated"), (signal.SIGINT, 130, "interrupted"), (signal.SIGHUP, 129, "terminated")],
)
@pytest.mark.parametrize("hangs", [False, True], ids=["running", "hanging"])
def test_a_signal_ends_the_run_soon_with_what_was_read_printed(
    server: MjpegServer, paper: Paper, start: Start, number: int, status: int, said: str, hangs: bool
) -> None:
    paper.show("123")
    reading = start("read", server.url)
    reading.until(lambda: reading.out == ["123"])
    if hangs:
        server.flowing.clear()
        reading.until_err("gives no pictures any more")
    ended, lasted_s = reading.end(number)
    assert (ended, reading.out) == (status, ["123"])
    assert f"digitreader: {said}" in reading.err
    assert lasted_s < A_SECOND + FOR_A_BUSY_MACHINE


def test_a_slow_camera_is_no_fault(server: MjpegServer, paper: Paper, start: Start) -> None:
    server.fps = 2.0
    paper.show("123")
    reading = start("read", server.url)
    reading.until(lambda: reading.out == ["123"])
    assert reading.err == []


@pytest.mark.parametrize("whole", [0.4, 0.62, 0.97])
def test_pictures_that_come_damaged_are_a_fault_and_nothing_is_read_from_them(
    server: MjpegServer, paper: Paper, start: Start, whole: float
) -> None:
    paper.show("123")
    reading = start("read", server.url)
    reading.until(lambda: reading.out == ["123"])
    server.whole = whole
    paper.show("4863")
    reading.until_err("gives no pictures any more")
    server.whole = 1.0
    reading.until_err("is back after")
    reading.until(lambda: reading.out == ["123", "4863"])


def test_a_damaged_picture_now_and_then_changes_nothing(server: MjpegServer, paper: Paper, start: Start) -> None:
    draw, server.fps = paper.take, 30.0

    def every_third_is_cut(index: int) -> ColourImage:
        server.whole = 0.5 if index % 3 == 0 else 1.0
        return draw(index)

    server.draw = every_third_is_cut
    paper.show("123")
    reading = start("read", server.url)
    reading.until(lambda: reading.out == ["123"])
    paper.show("45")
    reading.until(lambda: reading.out == ["123", "45"])
    assert reading.err == []


def test_who_is_more_patient_reads_a_very_slow_camera(server: MjpegServer, paper: Paper, start: Start) -> None:
    server.fps = 1 / 2.6
    paper.show("123")
    reading = start("read", server.url, "--patience", "8", "--format", "jsonl")
    reading.until(lambda: len(reading.out) >= 4)
    assert reading.err == []


def test_a_lens_cap_is_told_and_no_number_with_it(server: MjpegServer, paper: Paper, start: Start) -> None:
    paper.show("123")
    reading = start("read", server.url, "--format", "jsonl", "--patience", "0.5")
    reading.until(lambda: any('"text": "123"' in line for line in reading.out))
    light = paper.take
    server.draw = lambda index: light(index) // 30
    reading.until_err("gives black pictures")
    before = len(reading.out)
    server.draw = light
    reading.until_err("is back after")
    reading.until(lambda: len(reading.out) > before)
    assert len(reading.err) == 2


def test_a_server_that_is_away_for_good_ends_the_run_where_that_is_wanted(
    server: MjpegServer, paper: Paper, start: Start
) -> None:
    paper.show("123")
    reading = start("read", server.url, "--give-up", "0.5")
    reading.until(lambda: reading.out == ["123"])
    server.stop()
    reading.until_err("gave up after 0.5 s")
    assert reading.process.wait(20) == 1


def test_a_url_where_nobody_answers_is_one_line(server: MjpegServer, start: Start) -> None:
    server.stop()
    reading = start("read", server.url)
    assert reading.process.wait(60) == 1
    reading.until(lambda: len(reading.err) == 1)
    assert "nothing listens on port" in reading.err[0]


def test_a_page_that_is_no_video_is_one_line(
    server: MjpegServer, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "send_pictures", lambda write: write(b"<html>hello</html>"))
    reading = start("read", server.url)
    assert reading.process.wait(60) == 1
    reading.until(lambda: len(reading.err) == 1)
    assert "gives no video" in reading.err[0]
