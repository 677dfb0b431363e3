"""Tells what the doctor found, to a person or as JSON."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Sequence

from digitreader import __version__
from digitreader.setup.doctor.facts import Facts
from digitreader.setup.doctor.hardware_checks import Finding, worst

MARKS = {"ok": "ok  ", "warn": "WARN", "fail": "FAIL", "skip": "-   "}
VERDICTS = {
    "ok": "nothing is wrong",
    "warn": "it reads, and what is marked WARN would make it read better",
    "fail": "what is marked FAIL keeps it from reading",
}
NOTHING_READ = "no digit was found in the picture, and what is marked WARN says what to do about it"


def to_text(findings: Sequence[Finding]) -> str:
    """A line for each finding, what to do below it, and the verdict."""
    lines = []
    for finding in findings:
        lines.append(f"{MARKS[finding.state]}  {finding.name}: {finding.said}")
        if finding.advice:
            lines.append(f"      -> {finding.advice}")
    return "\n".join([*lines, verdict_on(findings)])


def verdict_on(findings: Sequence[Finding]) -> str:
    """One sentence over all; that it reads is said of no picture in which nothing was found."""
    state = worst(tuple(findings))
    is_empty = any(finding.name == "picture" and finding.state == "warn" for finding in findings)
    return NOTHING_READ if state == "warn" and is_empty else VERDICTS[state]


def to_json(facts: Facts, findings: Sequence[Finding]) -> str:
    """All that was found and all that it was found in, for who shall help."""
    return json.dumps(
        {
            "digitreader": __version__,
            "verdict": worst(tuple(findings)),
            "findings": [dataclasses.asdict(finding) for finding in findings],
            "facts": dataclasses.asdict(facts),
        }
    )
