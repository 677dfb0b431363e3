"""Asks a program of the system; what it does wrong is an answer too."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass

PATIENCE_S = 60


@dataclass(frozen=True, slots=True)
class Answer:
    """What a program said.

    Attributes:
        status: with which it ended; None where there is no such program, or where it did not end.
    """

    status: int | None
    out: str = ""
    err: str = ""


Ask = Callable[[Sequence[str]], Answer]


def ask(command: Sequence[str]) -> Answer:
    """Run a program and wait for its end, but not for ever."""
    try:
        done = subprocess.run(  # noqa: S603 # the commands are our own
            command, capture_output=True, text=True, errors="replace", check=False, timeout=PATIENCE_S
        )
    except OSError as error:
        return Answer(None, err=str(error))
    except subprocess.TimeoutExpired:  # whose own words are the whole command
        return Answer(None, err=f"gave no answer within {PATIENCE_S} s")
    return Answer(done.returncode, done.stdout, done.stderr)
