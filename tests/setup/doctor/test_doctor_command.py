"""`digitreader doctor`: what it prints, for people and as JSON."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest

from digitreader.cli.main import main
from digitreader.setup.doctor.hardware_checks import Finding
from digitreader.setup.doctor.report import to_text


def test_advice_stands_below_what_is_wrong_and_the_verdict_at_the_end() -> None:
    told = to_text([Finding("disk", "ok", "much is free"), Finding("light", "warn", "it is dark", "bring a lamp")])
    assert told.splitlines() == [
        "ok    disk: much is free",
        "WARN  light: it is dark",
        "      -> bring a lamp",
        "what is marked WARN would make it read better",
    ]


def test_the_verdict_shows_what_was_read_to_be_compared_and_never_says_that_it_reads() -> None:
    told = to_text([Finding("reading", "ok", "12 / 345")], read="12\n345")
    assert told.endswith("nothing is wrong; it read 12 / 345: compare that with what is written")
    warned = to_text([Finding("light", "warn", "it is dark")], read="12")
    assert warned.endswith("would make it read better; it read 12: compare that with what is written")
    assert to_text([Finding("reading", "warn", "no digit")], read="").endswith("says what to do about it")


def test_only_a_terminal_gets_colours() -> None:
    findings = [Finding("disk", "ok", "much is free")]
    assert "\x1b" not in to_text(findings)
    assert "\x1b[32mok  \x1b[0m  disk" in to_text(findings, coloured=True)


def test_a_named_picture_is_shown_as_it_was_read_and_no_camera_is_looked_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("digitreader.setup.doctor.gather_hardware.gather_cameras", None)  # it may not be called
    paper = np.full((240, 640, 3), 235, np.uint8)
    cv2.putText(paper, "31745", (60, 170), cv2.FONT_HERSHEY_SIMPLEX, 5, (20, 20, 20), 10)
    cv2.imwrite(str(tmp_path / "a.png"), paper)
    assert main(["doctor", str(tmp_path / "a.png"), "--to", str(tmp_path / "seen.jpg")]) == 0
    told = capsys.readouterr().out
    assert "camera" not in told.replace("cameras and videos", "")
    assert f"{tmp_path / 'seen.jpg'} shows where" in told
    assert told.endswith("it read 31745: compare that with what is written\n")
    seen = cv2.imread(str(tmp_path / "seen.jpg"))
    assert seen is not None
    assert seen.shape[1] == 640


def test_a_marked_picture_in_a_folder_that_is_not_there_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["doctor", "demo", "--to", str(tmp_path / "none" / "seen.jpg")]) == 1
    assert "name a file in a folder that exists" in capsys.readouterr().err


def test_json_holds_findings_and_facts(capsys: pytest.CaptureFixture[str]) -> None:
    status = main(["doctor", "demo", "--json"])
    told = json.loads(capsys.readouterr().out)
    assert status == int(told["verdict"] == "fail")
    names = {finding["name"]: finding["state"] for finding in told["findings"]}
    assert (names["model"], names["focus"], names["NumPy"]) == ("ok", "ok", "ok")
    assert told["facts"]["picture"]["look"]["digits"] >= 3
    assert set(told["findings"][0]) == {"name", "state", "said", "advice"}


def test_a_damaged_model_is_a_failure(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "bad.tflite").write_bytes(b"nothing")
    assert main(["doctor", "--no-picture", "--model", str(tmp_path / "bad.tflite")]) == 1
    assert f"FAIL  model: {tmp_path / 'bad.tflite'}" in capsys.readouterr().out


def test_a_source_that_is_not_there_is_a_finding_and_no_end(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor", "missing.jpg"]) == 1
    told = capsys.readouterr()
    assert "FAIL  picture: missing.jpg" in told.out
    assert told.err == ""


def test_it_works_where_numpy_does_not_load(tmp_path: Path) -> None:
    (tmp_path / "numpy.py").write_text("raise ImportError('libopenblas.so.0: cannot open')", encoding="utf-8")
    code = f"import sys; sys.path.insert(0, {str(tmp_path)!r}); from digitreader.cli.main import main; sys.exit(main())"
    environment = {"PYTHONPATH": ":".join([str(tmp_path), *filter(None, sys.path)])}
    command = [sys.executable, "-c", code, "doctor", "demo"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (1, "")
    assert "FAIL  NumPy: does not load: ImportError: libopenblas.so.0: cannot open" in done.stdout


def test_it_is_not_said_to_read_where_nothing_was_found() -> None:
    told = to_text([Finding("picture", "warn", "0 possible digits", "hold a sheet under the camera")])
    assert "it reads" not in told
    assert told.endswith("no digit was read in the picture, and what is marked WARN says what to do about it")
