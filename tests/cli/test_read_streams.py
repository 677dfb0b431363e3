"""`digitreader read` on streams: steady changes as text, every frame as JSON Lines, and how they end."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from digitreader.camera.demo import Demo
from digitreader.values import Frame

Run = Callable[..., CompletedProcess[str]]
Clip = Callable[..., Path]


def test_text_prints_each_steady_number_once(run: Run, clip: Clip) -> None:
    done = run("read", clip(("", 5), ("12", 20), ("", 10), ("345", 20), ("", 10), ("345", 20)))
    assert (done.returncode, done.stdout, done.stderr) == (0, "12\n345\n345\n", "")


def test_black_frames_in_a_video_change_nothing(run: Run, clip: Clip, tmp_path: Path) -> None:
    path, events = clip(("12", 20), ("BLACK", 30), ("12", 20), ("BLACK", 30), ("345", 20)), tmp_path / "events.jsonl"
    done = run("read", path, "--output", f"events:{events}")
    assert (done.returncode, done.stdout) == (0, "12\n345\n")
    told = [json.loads(line) for line in events.read_text().splitlines()]
    assert [(each["event"], each["text"]) for each in told[:2]] == [("number", "12"), ("number", "345")]
    assert run("read", "--format", "jsonl", path).stdout.count("\n") == 120


def test_a_number_that_flashes_by_is_not_printed(run: Run, clip: Clip) -> None:
    path = clip(("", 5), ("12", 3), ("", 10))
    done = run("read", path)
    assert (done.stdout, done.stderr) == ("", f"digitreader: {path}: no steady number found\n")


def test_several_streams_print_their_names(run: Run, clip: Clip) -> None:
    first, second = clip(("12", 20), name="a.avi"), clip(("34", 20), name="b.avi")
    assert run("read", first, second).stdout == f"{first}: 12\n{second}: 34\n"


def test_jsonl_prints_every_frame(run: Run, clip: Clip) -> None:
    done = run("read", "--format", "jsonl", clip(("", 2), ("12", 3)))
    records = [json.loads(line) for line in done.stdout.splitlines()]
    assert [record["frame"] for record in records] == [0, 1, 2, 3, 4]
    assert [record["text"] for record in records] == ["", "", "12", "12", "12"]


def test_frames_stops_a_stream(run: Run, clip: Clip) -> None:
    done = run("read", "--format", "jsonl", "--frames", "4", clip(("12", 20)))
    assert done.stdout.count("\n") == 4


def test_a_video_that_ends_mid_frame_prints_what_was_read_and_then_an_error(run: Run, clip: Clip) -> None:
    path = clip(("12", 20), ("34", 20))
    data = path.read_bytes()
    path.write_bytes(data[: len(data) * 3 // 4])
    done = run("read", path)
    assert (done.returncode, done.stdout.splitlines()[0]) == (1, "12")
    assert done.stderr.startswith(f"digitreader: error: {path}: ends too early, after ")
    assert done.stderr.count("\n") == 1
    assert json.loads(run("read", path, "--format", "jsonl").stdout.splitlines()[-1])["error"]


def test_annotate_leaves_a_picture_for_each_steady_number(run: Run, clip: Clip, tmp_path: Path) -> None:
    run("read", clip(("12", 20), ("", 10), ("345", 20)), "--annotate", tmp_path / "out")
    names = sorted(path.name for path in (tmp_path / "out").iterdir())
    assert len(names) == 2
    assert all(name.startswith("clip-0000") for name in names)


@pytest.mark.parametrize("spec", ["97", "/dev/video97"])
def test_a_camera_that_does_not_exist_is_one_line_and_status_1(spec: str, run: Run) -> None:
    done = run("read", spec)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith(f"digitreader: error: {spec}: there is no camera /dev/video97; ")
    assert done.stderr.count("\n") == 1


def test_the_demo_is_read_as_a_stream(run: Run) -> None:
    done = run("read", "demo", "--frames", "3", "--format", "jsonl")
    assert done.returncode == 0
    assert [json.loads(line)["source"] for line in done.stdout.splitlines()] == ["demo"] * 3


def test_without_a_source_and_a_camera_nothing_is_read_and_the_demo_is_named(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("digitreader.camera.devices.list_cameras", list)
    monkeypatch.setattr("digitreader.camera.picamera.find_spec", lambda _: None)
    done = run("read", "--frames", "3", "--format", "jsonl")
    assert done.returncode == 1
    assert json.loads(done.stdout)["source"] == "auto"
    assert done.stderr.startswith("digitreader: error: no camera was found: none at /dev/video*")
    assert "digitreader read demo" in done.stderr


def test_ctrl_c_leaves_what_was_read_and_says_one_line(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    frames = Demo.frames

    def interrupted(self: Demo) -> Iterator[Frame]:
        given = frames(self)
        yield next(given)
        yield next(given)
        raise KeyboardInterrupt

    monkeypatch.setattr(Demo, "frames", interrupted)
    done = run("read", "demo", "--format", "jsonl")
    assert (done.returncode, done.stdout.count("\n")) == (130, 2)
    assert done.stderr == "digitreader: interrupted\n"


class Terminal(io.StringIO):
    """A stderr that is a terminal."""

    def isatty(self) -> bool:
        return True


def test_a_progress_bar_is_drawn_on_a_terminal_that_the_results_do_not_go_to(
    run: Run, clip: Clip, monkeypatch: pytest.MonkeyPatch
) -> None:
    terminal = Terminal()
    monkeypatch.setattr("sys.stderr", terminal)
    assert run("read", clip(("12", 20))).stdout == "12\n"
    assert "reading" in terminal.getvalue()
    assert "\r" in terminal.getvalue()
