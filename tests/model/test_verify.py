from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

Run = Callable[..., Any]

CHECKS = ["card", "file", "normalisation", "form", "golden"]


def test_a_sound_model_passes_every_check(digitreader: Run, model_path: Path) -> None:
    ran = digitreader("verify", model_path)
    assert ran.status == 0
    lines = ran.out.splitlines()
    assert [line.split()[:2] for line in lines[1:-1]] == [["pass", check] for check in CHECKS]
    assert lines[-1] == "verified"


def test_a_damaged_model_fails_with_the_reason_and_status_1(digitreader: Run, model_path: Path) -> None:
    content = bytearray(model_path.read_bytes())
    content[5_000] ^= 0x40
    model_path.write_bytes(content)
    ran = digitreader("verify", model_path)
    assert ran.status == 1
    assert "FAIL       file           " in ran.out
    assert "not tried  golden" in ran.out
    assert ran.out.splitlines()[-1].startswith("NOT verified")


def test_json_tells_the_same(digitreader: Run, model_path: Path) -> None:
    sound = json.loads(digitreader("verify", model_path, "--format", "json").out)
    assert sound["verified"] is True
    assert list(sound["checks"]) == CHECKS
    model_path.with_suffix(".json").unlink()
    ran = digitreader("verify", model_path, "--format", "json")
    assert ran.status == 1
    cardless = json.loads(ran.out)
    assert cardless["verified"] is False
    assert cardless["checks"]["card"]["state"] == "fail"
    assert "has no card" not in ran.err


def test_a_model_that_is_not_there_is_one_clear_line(digitreader: Run, tmp_path: Path) -> None:
    ran = digitreader("verify", tmp_path / "none.tflite")
    assert (ran.status, ran.out) == (1, "")
    assert ran.err.count("\n") == 1
    assert "no such model" in ran.err
