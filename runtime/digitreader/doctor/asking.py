"""Asks a program of the system; what it does wrong is an answer too."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass

PATIENCE_S = 30
"""A Pi's card may need that long to load OpenCV for the first time."""
SHORT_PATIENCE_S = 5
"""What asks the firmware answers at once or never."""


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


def ask(command: Sequence[str], *, patience_s: float | None = None) -> Answer:
    """Run a program and wait for its end, but not for ever: then it is killed with all that it started."""
    patience_s = PATIENCE_S if patience_s is None else patience_s
    try:
        process = subprocess.Popen(  # noqa: S603 # the commands are our own
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
            start_new_session=True,
        )
    except OSError as error:
        return Answer(None, err=str(error))
    with process:
        try:
            out, err = process.communicate(timeout=patience_s)
        except subprocess.TimeoutExpired:  # whose own words are the whole command
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGKILL)
            return Answer(None, err=f"gave no answer within {patience_s:g} s")
    return Answer(process.returncode, out, err)


def ask_shortly(command: Sequence[str]) -> Answer:
    """The same of a program that answers at once."""
    return ask(command, patience_s=SHORT_PATIENCE_S)
