from __future__ import annotations

import json
import platform
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import pytest

from digitreader.model import receipt

Run = Callable[..., Any]

CHECKS = ["card", "file", "facts", "normalisation", "form", "integers", "activations"]


def test_a_sound_model_passes_every_check(digitreader: Run, model_path: Path) -> None:
    ran = digitreader("verify", model_path)
    assert ran.status == 0
    lines = ran.out.splitlines()
    assert [line.split()[:2] for line in lines if line.startswith("  pass ")] == [["pass", check] for check in CHECKS]
    assert lines[-1] == "verified"


def test_a_damaged_model_fails_with_the_reason_and_status_1(digitreader: Run, model_path: Path) -> None:
    content = bytearray(model_path.read_bytes())
    content[5_000] ^= 0x40
    model_path.write_bytes(content)
    ran = digitreader("verify", model_path)
    assert ran.status == 1
    assert "FAIL       file           " in ran.out
    assert "not tried  integers" in ran.out
    assert ran.out.splitlines()[-1].startswith("NOT verified")


def test_json_tells_the_same(digitreader: Run, model_path: Path) -> None:
    sound = json.loads(digitreader("verify", model_path, "--format", "json").out)
    assert sound["verified"] is True
    assert list(sound["checks"]) == CHECKS
    model_path.write_bytes(b"")
    ran = digitreader("verify", model_path, "--format", "json")
    assert ran.status == 1
    damaged = json.loads(ran.out)
    assert damaged["verified"] is False
    assert damaged["checks"]["file"]["state"] == "fail"
    assert "damaged" not in ran.err


def test_the_receipt_names_the_device_and_the_engine(digitreader: Run, model_path: Path) -> None:
    receipt = json.loads(digitreader("verify", model_path, "--format", "json").out)
    assert receipt["engine"] == "litert"
    assert receipt["device"]["python"] == platform.python_version()
    assert receipt["device"]["opencv"] == cv2.__version__
    assert receipt["device"]["board"]
    text = digitreader("verify", model_path).out
    assert f"Python {platform.python_version()}" in text
    assert receipt["device"]["board"] in text


def test_a_lone_file_is_proven_as_far_as_it_can_be(digitreader: Run, model_path: Path) -> None:
    model_path.with_suffix(".json").unlink()
    ran = digitreader("verify", model_path)
    assert ran.status == 1
    for link in ("file", "facts", "normalisation", "form"):
        assert f"  pass       {link} " in ran.out
    for link in ("card", "integers", "activations"):
        assert f"  not tried  {link} " in ran.out
    assert ran.out.splitlines()[-1] == "NOT completely verified: put the card beside the model"


def test_a_model_that_is_not_there_is_one_clear_line(digitreader: Run, tmp_path: Path) -> None:
    ran = digitreader("verify", tmp_path / "none.tflite")
    assert (ran.status, ran.out) == (1, "")
    assert ran.err.count("\n") == 1
    assert "no such model" in ran.err


def test_the_board_is_what_the_first_file_with_a_name_calls_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    files = tuple(tmp_path / name for name in ("absent", "blank", "model"))
    monkeypatch.setattr(receipt, "BOARD_FILES", files)
    files[1].write_bytes(b"\n\0")
    assert receipt.this_machine().board == (platform.processor() or platform.machine())
    files[2].write_bytes(b"Raspberry Pi 5 Model B Rev 1.0\0")
    assert receipt.this_machine().board == "Raspberry Pi 5 Model B Rev 1.0"
