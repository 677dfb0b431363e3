"""`digitreader read` with what is said of cameras, their pictures, and folders that are watched."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import cv2
import numpy as np
import pytest

from digitreader.camera import Source
from digitreader.values import ColourImage

Run = Callable[..., CompletedProcess[str]]
Clip = Callable[..., Path]
Pictures = Callable[..., list[Path]]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--size", "640"), "'640' is not a size; give WIDTHxHEIGHT of at least 32x32, as in 1280x720"),
        (("--region", "1,2,3"), "'1,2,3' is not a region; give X,Y,WIDTH,HEIGHT in pixels, as in 100,80,400,200"),
        (("--region", "1,2,0,4"), "'1,2,0,4' is not a region"),
        (("--fps", "0"), "'0' is too small; give more than 0"),
        (("--exposure", "dark"), "'dark' is not a number; give more than 0"),
        (("--rotate", "45"), "'45' is not a choice; there are auto, 0, 90, 180, 270"),
        (("--give-up", "-1"), "'-1' is too small; give more than 0"),
        (("--steady", "-1"), "'-1' is too small; give 0 or more"),
        (("--steady", "nan"), "'nan' is not a finite number; give 0 or more"),
        (("--jobs", "two"), "'two' is not a whole number; give at least 1"),
        (("--focus", "nan"), "'nan' is not a finite number"),
        (("--watch",), "--watch needs one folder that exists as SOURCE, not demo"),
        (("--focus", "3"), "demo: --focus can be set only for a camera of this machine; leave it out"),
    ],
)
def test_an_option_that_cannot_be_meant_is_refused(run: Run, arguments: tuple[str, ...], said: str) -> None:
    done = run("read", "demo", *arguments)
    assert done.returncode == 2
    assert said in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_url_has_no_settings_of_a_camera_and_its_password_is_not_shown(run: Run) -> None:
    done = run("read", "rtsp://me:secret@host/x", "--size", "640x480", "--fps", "5")
    assert done.returncode == 2
    assert done.stderr.startswith("digitreader: error: rtsp://host/x: --size, --fps can be set")


def test_a_picture_is_turned_and_cut(run: Run, pictures: Pictures, tmp_path: Path) -> None:
    upright: ColourImage = np.asarray(cv2.imread(str(pictures("1234.png")[0])), np.uint8)
    path = tmp_path / "turned.png"
    cv2.imwrite(str(path), cv2.rotate(upright, cv2.ROTATE_180))
    assert run("read", path, "--rotate", "180").stdout == "1234\n"
    assert run("read", path, "--rotate", "180", "--region", "42,0,75,120").stdout == "23\n"


def test_a_region_outside_is_one_line_and_status_1(run: Run, pictures: Pictures) -> None:
    done = run("read", *pictures("12.png"), "--region", "900,0,10,10")
    assert (done.returncode, done.stdout) == (1, "")
    assert "lies outside of its 320x120 picture" in done.stderr


def test_source_as_an_option_is_the_same(run: Run, pictures: Pictures) -> None:
    first, second = pictures("12.png", "34.png")
    assert run("read", "--source", str(first), "--source", str(second)).stdout == f"{first}: 12\n{second}: 34\n"


def test_a_number_has_to_be_steady_for_as_long_as_was_asked(run: Run, clip: Clip) -> None:
    path = clip(("12", 20), ("", 10))
    assert run("read", path).stdout == "12\n"
    assert run("read", path, "--steady", "1.0").stdout == ""


def test_a_video_in_real_time_is_paced_and_otherwise_not(run: Run, clip: Clip, monkeypatch: pytest.MonkeyPatch) -> None:
    paced: list[str] = []

    def keep(source: Source) -> Source:
        paced.append(source.name)
        return source

    monkeypatch.setattr("digitreader.camera.framing.PacedSource", keep)
    path = clip(("12", 20))
    assert run("read", path).stdout == "12\n"
    assert paced == []
    assert run("read", path, "--real-time").stdout == "12\n"
    assert paced == [str(path)]


def test_a_watched_folder_gives_its_new_pictures(
    run: Run, pictures: Pictures, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "inbox"
    folder.mkdir()
    pictures("inbox/99.png")

    def put_two(_: float) -> None:
        if not (folder / "12.png").exists():
            pictures("inbox/12.png")
            (folder / "7.png").write_bytes(b"no picture")

    monkeypatch.setattr("digitreader.camera.watched_folder.time.sleep", put_two)
    done = run("read", folder, "--watch", "--new-only", "--frames", "2", "--format", "jsonl")
    records = [json.loads(line) for line in done.stdout.splitlines()]
    # what does not end as a picture does is waited for, as it may be a copy that pauses
    assert [Path(record["source"]).name for record in records] == ["12.png", "7.png"]
    assert records[0]["text"] == "12"
    assert "error" in records[1]
    assert done.returncode == 1


def test_a_watched_folder_gives_what_is_in_it_first_and_after_a_restart_only_what_is_not_yet_read(
    run: Run, pictures: Pictures, tmp_path: Path
) -> None:
    pictures("inbox/10.png", "inbox/9.png")
    folder, out = tmp_path / "inbox", tmp_path / "out.jsonl"
    line = ("read", folder, "--watch", "--resume", "--format", "none", "--output", f"jsonl:{out}")
    run(*line, "--frames", "2")
    pictures("inbox/11.png")
    run(*line, "--frames", "1")
    assert [json.loads(line)["text"] for line in out.read_text().splitlines()] == ["9", "10", "11"]


def test_a_watched_folder_ends_with_a_summary_that_counts_what_is_not_a_picture(run: Run, pictures: Pictures) -> None:
    folder = pictures("inbox/9.png")[0].parent
    for name in ("notes.txt", ".hidden.png", "clip.mp4", "deeper/1.png"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(b"")
    told = run("read", folder, "--watch", "--frames", "1").stderr.splitlines()
    assert told[-2].startswith("digitreader: 1 picture in ")
    assert "1 hidden file" in told[-1]
    assert f"2 files that are not pictures ({folder}/clip.mp4, {folder}/notes.txt)" in told[-1]
    assert f"1 folder that is not watched ({folder}/deeper)" in told[-1]


@pytest.mark.parametrize(
    ("arguments", "warned"),
    [
        (("/dev/v4l/by-id/none", "PICTURE"), True),
        (("PICTURE", "/dev/v4l/by-id/none"), False),
        (("/dev/v4l/by-id/none", "PICTURE", "--frames", "3"), False),
    ],
)
def test_what_is_named_after_a_camera_is_said_to_wait(
    arguments: tuple[str, ...], warned: bool, run: Run, pictures: Pictures
) -> None:
    picture = str(pictures("12.png")[0])
    done = run("read", *(word.replace("PICTURE", picture) for word in arguments))
    assert ("a camera has no end" in done.stderr) == warned
    assert "12" in done.stdout
