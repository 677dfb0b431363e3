"""`digitreader read` on many pictures: skipped, summed up, side by side, interrupted, killed, gone on with."""

from __future__ import annotations

import csv
import io
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import cv2
import numpy as np
import pytest

Run = Callable[..., CompletedProcess[str]]
Pictures = Callable[..., list[Path]]


def said(done: CompletedProcess[str]) -> str:
    return done.stderr.replace("digitreader: ", "")


def test_what_a_folder_came_to_and_what_was_passed_over_is_said_at_the_end(
    run: Run, pictures: Pictures, tmp_path: Path
) -> None:
    pictures("a/1.png", "a/23.png", "a/deeper/4.png")
    (tmp_path / "a" / "notes.txt").write_text("x")
    (tmp_path / "a" / "5.png").write_text("x")
    done = run("read", tmp_path / "a")
    assert done.returncode == 1
    error, summary, skipped = said(done).splitlines()
    assert error.startswith(f"error: {tmp_path}/a/5.png: is not a picture")
    assert summary.startswith("3 pictures in ")
    assert summary.endswith(" a second): 3 digits, 0 of them doubtful; 1 error")
    assert skipped == (
        f"skipped: 1 file that is not a picture ({tmp_path}/a/notes.txt), "
        f"1 sub-folder ({tmp_path}/a/deeper; --recursive reads sub-folders too)"
    )


def test_sub_folders_patterns_and_lists_are_read_and_frames_limits_each(
    run: Run, pictures: Pictures, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, two, three = pictures("a/1.png", "a/2.png", "a/deeper/3.png")
    assert [line[-1] for line in run("read", tmp_path / "a", "--recursive").stdout.splitlines()] == ["1", "2", "3"]
    assert run("read", f"{tmp_path}/a/*.png").stdout == f"{one}: 1\n{two}: 2\n"
    done = run("read", tmp_path / "a", f"{tmp_path}/**/3.png", "--frames", "1")
    assert done.stdout == f"{one}: 1\n{three}: 3\n"
    assert f"1 picture ({two}; more than --frames allows)" in done.stderr
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(f"{two}\n{one}\n".encode())))
    assert run("read", "--files-from", "-").stdout == f"{two}: 2\n{one}: 1\n"
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"")))
    empty = run("read", "--files-from", "-")
    assert (empty.returncode, empty.stdout) == (0, "")  # an empty list does not ask for a camera
    assert empty.stderr == "digitreader: --files-from -: the list is empty\n"


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (("--resume",), "--resume continues a file; name it"),
        (
            ("--resume", "--output", "text:a.txt", "--output", "csv:b.csv"),
            "cannot see which pictures are in a text file",
        ),
        (("--resume", "--output", "csv:b.csv", "--keep", "5M"), "--keep deletes the oldest"),
        (("--resume", "--output", "csv:b.csv", "demo"), "--resume is for picture files, not for demo"),
        (("--resume", "--output", "csv:/dev/null"), "is not a plain file"),
        (("--new-only",), "--new-only is for --watch"),
        (("--files-from", "-", "-"), "takes stdin for the list"),
        (("--jobs", "0"), "0 is too small"),
        (("--jobs", "2", "--web", "0"), "leave out --jobs or --web"),
        (("--watch", "--recursive"), "--watch takes only one folder"),
    ],
)
def test_what_contradicts_itself_is_refused(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], text: str
) -> None:
    monkeypatch.chdir(tmp_path)
    done = run("read", tmp_path, *arguments)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert text in done.stderr


def test_a_table_and_json_lines_are_gone_on_with_together(run: Run, pictures: Pictures, tmp_path: Path) -> None:
    pictures("a/12.png", "a/blank.png")
    (tmp_path / "a" / "bad.png").write_text("x")
    table, lines = tmp_path / "out.csv", tmp_path / "out.jsonl"
    line = ("read", tmp_path / "a", "--resume", "--format", "none", "--output", f"csv:{table}")
    assert run(*line).returncode == 1
    pictures("a/3.png")
    done = run(*line, "--output", f"jsonl:{lines}")
    assert "already there" not in done.stderr  # the new file has none
    done = run(*line, "--output", f"jsonl:{lines}")
    # of the table the last picture is read again, as rows of it might be missing
    assert "already there and not read again: 3 pictures" in done.stderr
    names = [Path(row["source"]).name for row in csv.DictReader(io.StringIO(table.read_text()))]
    assert sorted(names) == ["12.png", "12.png", "3.png", "bad.png", "blank.png"]
    names = [Path(json.loads(line)["source"]).name for line in lines.read_text().splitlines()]
    assert sorted(names) == ["12.png", "3.png", "bad.png", "blank.png"]


def write_bars(folder: Path, count: int) -> None:
    folder.mkdir(exist_ok=True)
    for number in range(count):
        cv2.imwrite(str(folder / f"{number}.png"), np.full((40, 40), 255, np.uint8))


def start(*arguments: str | Path) -> subprocess.Popen[str]:
    line = [sys.executable, "-m", "digitreader", "read", *map(str, arguments)]
    return subprocess.Popen(line, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def test_several_processes_tell_the_same_as_one(
    digitreader: Callable[..., object], paper_folder: Path, tmp_path: Path
) -> None:
    outputs = []
    for jobs in ("1", "2"):
        out = tmp_path / f"{jobs}.jsonl"
        annotated = tmp_path / f"annotated-{jobs}"
        more = ("--output", f"jsonl:{out}", "--annotate", annotated, "--expect", "digits=2..4")
        digitreader("read", paper_folder, "--jobs", jobs, "--format", "none", *more)
        records = [json.loads(line) for line in out.read_text().splitlines()]
        pictures = {path.name: path.read_bytes() for path in annotated.iterdir()}
        outputs.append(([{**record, "timing_ms": 0} for record in records], pictures))
    assert outputs[0] == outputs[1]
    assert [(Path(record["source"]).name, record["frame"]) for record in outputs[0][0][:4]] == [
        ("1.png", 0),
        ("2.tif", 0),
        ("2.tif", 1),
        ("3.png", 0),
    ]
    assert "error" in outputs[0][0][3]
    assert Path(outputs[0][0][4]["source"]).name == "4.avi"


@pytest.fixture
def paper_folder(tmp_path: Path) -> Path:
    """A picture, a TIFF with two pages, a damaged picture, and a video."""
    from digitreader.drawing import scene

    folder = tmp_path / "papers"
    folder.mkdir()
    one, two = (scene(text, size_wh=(320, 240), rng=np.random.default_rng(3)).image for text in ("27", "3805"))
    cv2.imwrite(str(folder / "1.png"), one)
    cv2.imwritemulti(str(folder / "2.tif"), [one, two])
    (folder / "3.png").write_bytes((folder / "1.png").read_bytes()[:99])
    writer = cv2.VideoWriter(str(folder / "4.avi"), cv2.VideoWriter.fourcc(*"MJPG"), 25.0, (320, 240))
    for _ in range(15):
        writer.write(two)
    writer.release()
    return folder


def test_ctrl_c_ends_all_processes_and_says_what_was_read(tmp_path: Path) -> None:
    write_bars(tmp_path / "a", 3000)
    process = start(tmp_path / "a", "--jobs", "2", "--format", "jsonl")
    assert process.stdout is not None
    process.stdout.readline()
    workers = children_of(process.pid)
    process.send_signal(signal.SIGINT)
    _, stderr = process.communicate()
    assert process.returncode == 130
    assert "digitreader: interrupted\n" in stderr
    assert " picture in " in stderr or " pictures in " in stderr
    assert len(workers) == 2
    assert not any(is_running(worker) for worker in workers)


def test_killed_at_any_moment_and_gone_on_with_every_picture_is_there_once(tmp_path: Path) -> None:
    write_bars(tmp_path / "a", 400)
    out = tmp_path / "out.jsonl"
    line = (tmp_path / "a", "--jobs", "2", "--resume", "--format", "none", "--output", f"jsonl:{out}")
    rng, killed = random.Random(1), 0
    for _ in range(3):
        process = start(*line)
        size = out.stat().st_size if out.exists() else 0
        while process.poll() is None and (not out.exists() or out.stat().st_size == size):
            time.sleep(0.01)
        time.sleep(rng.random() / 10)
        workers = children_of(process.pid)
        killed += process.poll() is None
        process.kill()
        process.communicate()
        while any(map(is_running, workers)):  # they end with it
            time.sleep(0.01)
    assert killed
    with out.open("a") as file:  # as a power cut may leave it
        file.write('{"source": "half a li')
    last = start(*line)
    last.communicate()
    assert last.returncode == 0
    names = [Path(json.loads(line)["source"]).name for line in out.read_text().splitlines()]
    assert sorted(names) == sorted(f"{number}.png" for number in range(400))


def children_of(pid: int) -> list[int]:
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            state = path.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(state[1]) == pid:
            found.append(int(path.parent.name))
    return found


def is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in {"Z", "X"}
    except OSError:
        return False


def test_a_worker_that_is_killed_costs_no_picture(tmp_path: Path) -> None:
    write_bars(tmp_path / "a", 300)
    process = start(tmp_path / "a", "--jobs", "2", "--format", "jsonl")
    assert process.stdout is not None
    first = process.stdout.readline()
    os.kill(children_of(process.pid)[0], signal.SIGKILL)
    assert process.stderr is not None
    with process:  # not `communicate`, which loses what `readline` has read ahead
        rest, stderr = process.stdout.read(), process.stderr.read()
    assert process.returncode == 0
    assert [Path(json.loads(line)["source"]).name for line in [first, *rest.splitlines()]] == [
        f"{number}.png" for number in range(300)
    ]
    assert "300 pictures in " in stderr
    assert "0 errors" in stderr
