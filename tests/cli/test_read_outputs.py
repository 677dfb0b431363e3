"""`digitreader read` with several outputs at once, and places that fail, hang or never end."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest

Run = Callable[..., CompletedProcess[str]]
Clip = Callable[..., Path]
Pictures = Callable[..., list[Path]]

SHOWN = (("12", 20), ("", 15), ("345", 20), ("", 15))


def script(folder: Path, code: str, name: str = "told.sh") -> Path:
    path = folder / name
    path.write_text(f"#!/bin/sh\n{code}\n")
    path.chmod(0o755)
    return path


def told(path: Path) -> list[tuple[str, str]]:
    return [(record["event"], record["text"]) for record in map(json.loads, path.read_text().splitlines())]


def test_all_outputs_are_told_the_same_numbers(run: Run, clip: Clip, tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    places = [f"events:{out}/events", f"csv:{out}/csv", f"text:{out}/text", f"pictures:{out}/pictures"]
    places += [f"video:{out}/clip.avi", f"run:{script(tmp_path, f'echo $1 >>{out}/run')}"]
    done = run("read", clip(*SHOWN), "--name", "desk", *[word for place in places for word in ("--output", place)])
    assert (done.returncode, done.stdout) == (0, "12\n345\n")
    assert told(out / "events") == [("number", "12"), ("gone", "12"), ("number", "345"), ("gone", "345")]
    assert (out / "text").read_text() == (out / "run").read_text() == "12\n345\n"
    assert (out / "csv").read_text().count("\n") > 40
    assert len(list((out / "pictures").iterdir())) == 2
    assert (out / "clip.avi").stat().st_size > 1000
    assert {json.loads(line)["reader"] for line in (out / "events").read_text().splitlines()} == {"desk"}


def test_events_may_be_what_stdout_gets(run: Run, clip: Clip) -> None:
    done = run("read", clip(*SHOWN), "--format", "events")
    records = [json.loads(line) for line in done.stdout.splitlines()]
    assert [record["event"] for record in records] == ["number", "gone", "number", "gone"]
    assert len({record["id"] for record in records}) == 4
    assert records[0]["lines"][0]["digits"][1]["digit"] == 2


def test_stdout_may_get_nothing(run: Run, clip: Clip, tmp_path: Path) -> None:
    done = run("read", clip(*SHOWN), "--format", "none", "--output", f"text:{tmp_path / 'out'}")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert (tmp_path / "out").read_text() == "12\n345\n"


def test_nothing_at_all_is_refused(run: Run, clip: Clip) -> None:
    done = run("read", clip(*SHOWN), "--format", "none")
    assert done.returncode == 2
    assert "add an --output" in done.stderr


def test_a_configuration_may_name_files_below_the_users_home(
    run: Run, pictures: Pictures, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    pictures("12.png")[0].rename(tmp_path / "12.png")
    (tmp_path / "cam.toml").write_text("sources = ['~/12.png']\noutput = ['text:~/out']", encoding="utf-8")
    assert run("read", "--config", tmp_path / "cam.toml").stdout == "12\n"
    assert (tmp_path / "out").read_text() == "12\n"


def test_what_an_output_has_missed_is_status_1(run: Run, pictures: Pictures, tmp_path: Path) -> None:
    places = ("run:false", "events:/dev/full", f"events:{tmp_path}/out")
    statuses = [run("read", *pictures("12.png"), "--output", place).returncode for place in places]
    assert statuses == [1, 1, 0]


def test_pictures_are_numbers_too(run: Run, pictures: Pictures, tmp_path: Path) -> None:
    line = ("--output", f"run:{script(tmp_path, f'echo $1 >>{tmp_path}/out')}")
    done = run("read", *pictures("12.png", "blank.png", "3.png"), *line)
    assert done.returncode == 0
    assert (tmp_path / "out").read_text() == "12\n3\n"


def test_a_source_that_fails_is_an_event(run: Run, tmp_path: Path) -> None:
    done = run("read", tmp_path / "missing.jpg", "--output", f"events:{tmp_path / 'out'}")
    assert done.returncode == 1
    record = json.loads((tmp_path / "out").read_text())
    assert record["event"] == "error"
    assert "missing.jpg" in record["message"]


def test_a_command_that_fails_is_said_once_and_stops_nothing(run: Run, clip: Clip, tmp_path: Path) -> None:
    done = run("read", clip(*SHOWN), "--output", f"run:{script(tmp_path, 'exit 3')}")
    assert (done.returncode, done.stdout) == (1, "12\n345\n")
    assert done.stderr.count("fails with exit status 3") == 1


def test_a_command_that_never_ends_stops_nothing(run: Run, clip: Clip, tmp_path: Path) -> None:
    line = ("--output", f"run:{script(tmp_path, 'sleep 1000')}", "--timeout", "0.2")
    done = run("read", clip(*SHOWN), *line)
    assert (done.returncode, done.stdout) == (1, "12\n345\n")
    assert "run:" in done.stderr


def test_a_webhook_that_hangs_stops_nothing_and_what_was_left_is_said(run: Run, clip: Clip) -> None:
    with socket.create_server(("127.0.0.1", 0)) as hanging:
        url = f"http://127.0.0.1:{hanging.getsockname()[1]}/secret"
        done = run("read", clip(*SHOWN), "--output", url, "--timeout", "0.5")
    assert (done.returncode, done.stdout) == (1, "12\n345\n")
    assert "4 events were not delivered" in done.stderr
    assert "secret" not in done.stderr


def test_a_full_disk_stops_nothing(run: Run, clip: Clip) -> None:
    done = run("read", clip(*SHOWN), "--output", "jsonl:/dev/full", "--output", "events:/dev/full")
    assert (done.returncode, done.stdout) == (1, "12\n345\n")
    assert done.stderr.count("No space left") == 2


@pytest.mark.parametrize("place", ["nonsense", "csv:", "run:no-such-program-here", "video:a.gif", "http://", "mqtt://"])
def test_an_output_that_cannot_be_meant_is_one_line_and_nothing_is_read(place: str, run: Run, clip: Clip) -> None:
    done = run("read", clip(*SHOWN), "--output", place)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.count("\n") == 1


def test_a_window_without_a_desktop_is_one_line(run: Run, clip: Clip, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    done = run("read", clip(*SHOWN), "--output", "window")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.count("\n") == 1


def test_ctrl_c_ends_a_run_whose_command_and_webhook_hang_and_kills_the_command(tmp_path: Path) -> None:
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    # the child of the program holds the fifo for as long as anything of it lives
    hang = script(tmp_path, f"exec >'{fifo}'\necho up\nsleep 1000")
    with socket.create_server(("127.0.0.1", 0)) as hanging:
        url = f"http://127.0.0.1:{hanging.getsockname()[1]}/"
        command = [sys.executable, "-m", "digitreader", "read", "demo", "--no-config"]
        command += ["--output", f"run:{hang}", "--output", url, "--timeout", "1000"]
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as process:
            with fifo.open() as running:
                assert running.readline() == "up\n"
                process.send_signal(signal.SIGINT)
                assert running.read() == ""
            _, said = process.communicate()
    assert process.returncode == 130
    assert said.count("not delivered") == 2
