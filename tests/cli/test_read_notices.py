"""What read says beside the numbers: what it reads and how to stop it, what --region cuts, what --expect refuses."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from subprocess import CompletedProcess
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from digitreader.camera.source import Notice, OnNotice, OnWaiting, PlainSource, ignore
from digitreader.cli.read_loop import ReadJob, _listening, _look_at_first
from digitreader.cli.read_notices import RefusedNumbers, print_sources
from digitreader.cli.region_check import RegionCheck, outside_text
from digitreader.host.messages import set_level
from digitreader.model.accept import AcceptanceRule
from digitreader.output.sink import Sink
from digitreader.values import Box, Frame, Line, Number, Page, Reading

from .conftest import draw_bars

Run = Callable[..., CompletedProcess[str]]
PAPER = np.zeros((120, 320, 3), np.uint8)


@pytest.mark.parametrize(
    ("region", "told"),
    [
        ((0, 0, 320, 120), ""),
        ((100, 50, 220, 70), ""),
        (
            (300, 0, 40, 60),
            "--region 300,0,40,60 reaches 20 pixels beyond the right of the 320x120 picture; only",
        ),
        ((0, 100, 330, 40), "reaches 10 pixels beyond the right and 20 pixels beyond the bottom"),
        ((400, 0, 10, 10), ""),  # which is an error by itself
    ],
)
def test_a_region_that_reaches_out_of_the_picture_is_told(region: tuple[int, int, int, int], told: str) -> None:
    said = outside_text(Box(*region), (320, 120))
    assert told in said
    assert bool(told) == bool(said)


def test_it_is_told_at_the_start_and_once(
    run: Run, pictures: Callable[..., list[Path]], clip: Callable[..., Path]
) -> None:
    told = run("read", clip(("12", 30)), "--region", "0,0,400,120", "--no-config")
    assert told.stdout == "12\n"
    assert re.findall("reaches 80 pixels beyond the right of the 320x120 picture", told.stderr) != []
    assert told.stderr.count("--region 0,0,400,120 reaches") == 1


# the bars of 12 lie at 10 to 33 and 46 to 69 from the left, 20 to 79 from the top
@pytest.mark.parametrize(
    ("region", "edges"),
    [
        ("0,0,200,100", ""),
        ("0,30,200,70", "top"),
        ("5,10,64,80", "right"),
        ("11,10,100,65", "left and bottom"),
        ("0,0,320,80", "bottom"),
        ("10,20,310,100", "left and top"),
    ],
)
@pytest.mark.parametrize("is_stream", [False, True])
def test_a_number_that_touches_the_regions_edge_is_told(
    region: str, edges: str, is_stream: bool, run: Run, pictures: Callable[..., list[Path]], clip: Callable[..., Path]
) -> None:
    source = clip(("12", 30)) if is_stream else pictures("12.png")[0]
    told = run("read", source, "--region", region, "--no-config")
    said = f"the number 12 touches the {edges} of --region and may be cut; make the region larger; digitreader snapshot"
    assert (said in told.stderr) is bool(edges)
    assert told.stderr.count("touches the ") == bool(edges)


def test_the_edge_of_the_picture_itself_is_no_edge_of_the_region(run: Run, tmp_path: Path) -> None:
    import cv2

    path = tmp_path / "12.png"
    cv2.imwrite(str(path), draw_bars("12")[20:80, 10:])
    assert "touches the " not in run("read", path, "--region", "0,0,300,60", "--no-config").stderr
    assert "touches the bottom of" in run("read", path, "--region", "0,0,300,58", "--no-config").stderr


def test_what_is_cut_so_far_that_it_is_not_read_is_told_when_it_lasts(capsys: pytest.CaptureFixture[str]) -> None:
    candidates = [SimpleNamespace(box=Box(20, 0, 30, 12), heat=0.5), SimpleNamespace(box=Box(60, 0, 30, 12), heat=0.1)]
    found = SimpleNamespace(findings=SimpleNamespace(candidates=candidates))
    check = RegionCheck(Box(0, 40, 320, 60), 0, lambda: found)  # type: ignore[arg-type, return-value] # what it looks at
    frame = Frame(PAPER, "0")
    check.see(frame)
    for index in range(30):
        check.frame(Page("0", index), frame)
        assert bool(capsys.readouterr().err) is (index == 9)


def test_what_is_cut_so_far_that_a_picture_shows_no_digits_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    found = SimpleNamespace(findings=SimpleNamespace(candidates=[SimpleNamespace(box=Box(20, 0, 30, 12), heat=0.5)]))
    check = RegionCheck(Box(0, 40, 320, 60), 0, lambda: found)  # type: ignore[arg-type, return-value] # what it looks at
    frame = Frame(PAPER, "0")
    check.see(frame)
    check.picture(Page("0", 0), frame)
    assert "0: what may be a digit touches the top of --region and may be cut" in capsys.readouterr().err


def test_a_region_is_checked_in_the_picture_as_it_is_whatever_turns_were_tried() -> None:
    read: list[str] = []

    class Reader:
        def read_upright(self, frame: Frame) -> Page:
            read.append("turns")
            return Page(frame.source, 0)

        def read(self, frame: Frame) -> Page:
            read.append("as it is")
            return Page(frame.source, 0)

    check = RegionCheck(Box(0, 40, 320, 60), 0, lambda: None)
    job = ReadJob(Reader(), AcceptanceRule(), [], None, True, upright=True, region=check)  # type: ignore[arg-type] # as above
    job.read_picture(Frame(PAPER, "0"))
    assert read == ["turns", "as it is"]


def numbers(*texts: str, frame: int = 0) -> Page:
    """A page with numbers; of one in brackets the rules are broken."""
    told = tuple(
        Number("??", 0.0, fits=False, alternatives=((text[1:-1], 1.0),))
        if text.startswith("(")
        else Number(text, 0.9, fits=True)
        for text in texts
    )
    return Page("0", frame, lines=(Line((Reading(Box(0, 0, 9, 9), 1, 0.9),), told),))


def test_numbers_that_stay_and_are_not_told_are_counted_once(capsys: pytest.CaptureFixture[str]) -> None:
    counts = RefusedNumbers()
    set_level(verbose=True, quiet=False)
    try:
        for index, shown in enumerate(
            [["(99)", "12"]] * 8 + [["(98)"]] * 4 + [["4?7"]] * 6 + [[]] * 3 + [["(99)"]] * 5
        ):
            counts.frame(numbers(*shown, frame=index), Frame(PAPER, "0", index))
        told = capsys.readouterr().err
    finally:
        set_level(verbose=False, quiet=False)
    assert counts.count == 3
    assert told.splitlines() == [
        "digitreader: 0: 99 is refused by --expect",
        "digitreader: 0: 4?7 is not sure enough for --expect",
        "digitreader: 0: 99 is refused by --expect",
    ]
    assert counts.text() == "refused by --expect, or not sure enough: 3 numbers; -v names each"


def test_read_says_at_the_end_how_many_numbers_expect_refused(run: Run, clip: Callable[..., Path]) -> None:
    source = clip(("1234", 30), ("56", 30), ("789", 30))
    told = run("read", source, "--expect", "digits=2", "--no-config")
    assert told.stdout == "56\n"
    assert told.stderr.endswith("digitreader: refused by --expect, or not sure enough: 2 numbers; -v names each\n")
    named = run("read", source, "--expect", "digits=2", "--no-config", "-v")
    assert f"{source}: 1234 is refused by --expect\n" in named.stderr
    assert "refused by" not in run("read", source, "--expect", "digits=2..4", "--no-config").stderr


def test_a_picture_that_expect_refuses_is_counted(run: Run, pictures: Callable[..., list[Path]]) -> None:
    told = run("read", *pictures("123.png", "45.png"), "--expect", "digits=2", "--no-config")
    assert "refused by --expect, or not sure enough: 1 number;" in told.stderr


def test_verbose_names_each_file_that_is_passed_over(
    run: Run, pictures: Callable[..., list[Path]], tmp_path: Path
) -> None:
    pictures("12.png")
    for number in range(5):
        (tmp_path / f"{number}.txt").write_text("x", encoding="utf-8")
    quiet, loud = (run("read", tmp_path, "--no-config", *more).stderr for more in ((), ("-v",)))
    assert "4.txt" not in quiet
    assert "skipped: 5 files that are not pictures" in quiet
    assert all(f"skipped: {tmp_path}/{number}.txt" in loud for number in range(5))


@pytest.mark.parametrize(
    ("specs", "said"),
    [
        (["0"], "reading camera 0; Ctrl-C ends"),
        (["demo"], "reading the demo camera, which shows handwritten numbers; Ctrl-C ends"),
        (["rtsp://me:geheim@cam/1"], "reading rtsp://cam/1; Ctrl-C ends"),
        ([f"{number}.jpg" for number in range(12)], "reading 0.jpg, 1.jpg, 2.jpg and 9 more; Ctrl-C ends"),
        (["a.jpg"], ""),
        (["auto"], ""),
        ([], ""),
    ],
)
def test_a_terminal_is_told_what_is_read_and_how_to_stop(
    specs: list[str], said: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    print_sources(specs)
    assert capsys.readouterr().err == ""  # no terminal
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    print_sources(specs)
    told = capsys.readouterr().err.removeprefix("\r\x1b[K")
    assert told == (f"digitreader: {said}\n" if said else "")


def test_an_edge_is_warned_of_once_and_then_told_only_with_verbose(capsys: pytest.CaptureFixture[str]) -> None:
    check = RegionCheck(Box(0, 40, 320, 60), 0, lambda: None)
    touching = Page("0", lines=(Line((Reading(Box(20, 0, 30, 40), 7, 0.9),)),))
    said = []
    try:
        for verbose in (False, False, True):
            set_level(verbose=verbose, quiet=False)
            check.change(touching, Frame(PAPER, "0"))
            said.append(capsys.readouterr().err)
    finally:
        set_level(verbose=False, quiet=False)
    assert "warning: 0: the number 7 touches the top of --region" in said[0]
    assert said[1] == ""
    assert said[2].startswith("digitreader: 0: the number 7 touches the top of --region")


def test_a_region_is_checked_with_the_first_picture_before_other_processes_read_them(
    pictures: Callable[..., list[Path]], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    check = RegionCheck(Box(0, 0, 400, 120), 0, lambda: None)
    _look_at_first(str(tmp_path / "none.png"), check)  # which is an error of its own later
    assert capsys.readouterr().err == ""
    _look_at_first(str(pictures("12.png")[0]), check)
    assert "reaches 80 pixels beyond the right of the 320x120 picture" in capsys.readouterr().err


class Interrupted(PlainSource):
    """A camera that goes away and comes back before its first frame."""

    name, live, frame_count = "cam", True, None

    def frames(self) -> Iterator[Frame]:
        return iter(())

    def listen(self, on_notice: OnNotice, on_waiting: OnWaiting = ignore) -> None:
        on_notice(Notice("cam", True, "cam: is unplugged"))
        on_waiting()
        on_notice(Notice("cam", False, "cam: is back"))


class Heard(Sink):
    """Notes what it is told."""

    def __init__(self) -> None:
        self.came: list[str] = []

    def fault(self, source: str, message: str) -> None:  # noqa: ARG002
        self.came.append(message)

    def back(self, source: str, message: str) -> None:  # noqa: ARG002
        self.came.append(message)

    def waiting(self) -> None:
        self.came.append("waiting")


def test_the_tracker_and_the_outputs_are_told_of_a_camera_that_goes_and_comes_back(
    capsys: pytest.CaptureFixture[str],
) -> None:
    heard, interrupted = Heard(), list[bool]()
    tracker: Any = SimpleNamespace(interrupt=lambda: interrupted.append(True))
    job: Any = SimpleNamespace(sinks=[heard], plain=False)
    with _listening(Interrupted(), tracker, job):
        assert heard.came == ["cam: is unplugged", "waiting", "cam: is back"]
    assert interrupted == [True]
    assert capsys.readouterr().err == "digitreader: cam: is unplugged\ndigitreader: cam: is back\n"


@pytest.mark.parametrize("specs", [["-"], ["-", "a.png"]])
def test_a_terminal_on_stdin_is_told_that_a_picture_is_awaited(
    specs: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    for is_terminal in (False, True):
        monkeypatch.setattr("sys.stdin", SimpleNamespace(isatty=lambda is_terminal=is_terminal: is_terminal))
        print_sources(specs)
        assert ("waiting for a picture on stdin; Ctrl-C ends" in capsys.readouterr().err) == is_terminal
