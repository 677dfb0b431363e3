"""Runs all checks of the doctor in their order, and writes the findings as text or JSON."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Sequence

from digitreader import __version__
from digitreader.setup.doctor.facts import CameraFacts, Facts, PythonFacts
from digitreader.setup.doctor.hardware_checks import (
    Finding,
    check_disk,
    check_holders,
    check_libcamera,
    check_power,
    check_rights,
    check_temperature,
    check_throttling,
    check_v4l2,
    worst,
)
from digitreader.setup.doctor.install_checks import (
    check_engine,
    check_model,
    check_numpy,
    check_opencv,
    check_picamera,
    needs_picamera,
)
from digitreader.setup.doctor.picture_checks import BETWEEN_LINES, NEWLINE, check_picture

MARKS = {"ok": "ok  ", "warn": "WARN", "fail": "FAIL", "skip": "-   "}
COLOURS = {"ok": "32", "warn": "33", "fail": "31", "skip": "2"}
"""The colours of the marks on a terminal: green, yellow, red and dim."""
VERDICTS = {
    "ok": "nothing is wrong",
    "warn": "what is marked WARN would make it read better",
    "fail": "what is marked FAIL keeps it from reading",
}
NOTHING_READ = "no digit was read in the picture, and what is marked WARN says what to do about it"
COMPARE = "compare that with what is written"


def examine(facts: Facts) -> tuple[Finding, ...]:
    """All findings about a machine; without cameras if the user named a picture."""
    cameras = facts.cameras
    unreached = cameras is not None and needs_picamera(cameras) and not facts.python.module("picamera2").works
    return (
        *(_check_cameras(cameras, facts.python, elsewhere=facts.picture.look is not None) if cameras else ()),
        check_numpy(facts.python),
        check_opencv(facts.python),
        check_engine(facts.python, facts.model),
        check_model(facts.model),
        check_temperature(facts.board),
        check_power(facts.board),
        check_throttling(facts.board),
        check_disk(facts.board),
        *check_picture(facts.picture, unreached=unreached),
    )


def _check_cameras(cameras: CameraFacts, python: PythonFacts, *, elsewhere: bool) -> tuple[Finding, ...]:
    return (
        check_v4l2(cameras, elsewhere=elsewhere),
        check_libcamera(cameras, elsewhere=elsewhere),
        check_holders(cameras),
        check_rights(cameras, elsewhere=elsewhere),
        check_picamera(python, cameras, elsewhere=elsewhere),
    )


def to_text(findings: Sequence[Finding], *, read: str | None = None, coloured: bool = False) -> str:
    """A line for each finding, the advice below it, and the verdict.

    Args:
        findings: the findings in their order.
        read: what was read in the picture; None if no picture was read.
        coloured: colour the marks for a terminal.
    """
    lines = []
    for finding in findings:
        mark = MARKS[finding.state]
        mark = f"\x1b[{COLOURS[finding.state]}m{mark}\x1b[0m" if coloured else mark
        lines.append(f"{mark}  {finding.name}: {finding.said}")
        if finding.advice:
            lines.append(f"      -> {finding.advice}")
    return "\n".join([*lines, verdict_on(findings, read)])


def verdict_on(findings: Sequence[Finding], read: str | None = None) -> str:
    """One sentence for all findings. It never says that reading works: only a person can compare what was read."""
    state = worst(tuple(findings))
    if state == "fail":
        return VERDICTS["fail"]
    if read:
        return f"{VERDICTS[state]}; it read {read.replace(NEWLINE, BETWEEN_LINES)}: {COMPARE}"
    is_empty = read == "" or any(finding.name == "picture" and finding.state == "warn" for finding in findings)
    return NOTHING_READ if is_empty else VERDICTS[state]


def to_json(facts: Facts, findings: Sequence[Finding]) -> str:
    """All findings and facts, for a person who helps from far away."""
    return json.dumps(
        {
            "digitreader": __version__,
            "verdict": worst(tuple(findings)),
            "findings": [dataclasses.asdict(finding) for finding in findings],
            "facts": dataclasses.asdict(facts),
        }
    )
