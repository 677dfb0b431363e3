"""A finding: what one check says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

State = Literal["ok", "warn", "fail", "skip"]


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found.

    Attributes:
        name: of what was looked at.
        state: fail where reading cannot work, warn where it will suffer, skip where there was nothing to look at.
        said: what is so, in one sentence.
        advice: what to do about it, in one sentence; empty where nothing is wrong.
    """

    name: str
    state: State
    said: str
    advice: str = ""


def worst(findings: tuple[Finding, ...]) -> State:
    """The verdict over all."""
    states = {finding.state for finding in findings}
    order: tuple[State, ...] = ("fail", "warn")
    return next((state for state in order if state in states), "ok")
