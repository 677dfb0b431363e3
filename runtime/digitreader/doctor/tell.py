"""Tells what the doctor found, to a person or as JSON."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Sequence

from digitreader import __version__
from digitreader.doctor.facts import Facts
from digitreader.doctor.finding import Finding, worst

MARKS = {"ok": "ok  ", "warn": "WARN", "fail": "FAIL", "skip": "-   "}
VERDICTS = {
    "ok": "nothing is wrong",
    "warn": "it reads, and what is marked WARN would make it read better",
    "fail": "what is marked FAIL keeps it from reading",
}


def tell(findings: Sequence[Finding]) -> str:
    """A line for each finding, what to do below it, and the verdict."""
    lines = []
    for finding in findings:
        lines.append(f"{MARKS[finding.state]}  {finding.name}: {finding.said}")
        if finding.advice:
            lines.append(f"      -> {finding.advice}")
    return "\n".join([*lines, VERDICTS[worst(tuple(findings))]])


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
