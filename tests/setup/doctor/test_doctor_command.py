"""`digitreader doctor`: what it prints, for people and as JSON."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

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
        "it reads, and what is marked WARN would make it read better",
    ]


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
    told = to_text([Finding("picture", "warn", "0 things that may be digits", "hold a sheet under the camera")])
    assert "it reads" not in told
    assert told.endswith("no digit was found in the picture, and what is marked WARN says what to do about it")
