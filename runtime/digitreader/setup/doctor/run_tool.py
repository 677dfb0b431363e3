"""Runs a program of the system; its failure is a result, not an error."""

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
class ToolOutput:
    """What a program said.

    Attributes:
        status: with which it ended; None if there is no such program, or where it did not end.
    """

    status: int | None
    out: str = ""
    err: str = ""


RunTool = Callable[[Sequence[str]], ToolOutput]


def run_tool(command: Sequence[str], *, timeout_s: float | None = None) -> ToolOutput:
    """Run a program and wait for its end, but not for ever: then it is killed with all that it started."""
    timeout_s = PATIENCE_S if timeout_s is None else timeout_s
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
        return ToolOutput(None, err=str(error))
    with process:
        try:
            out, err = process.communicate(timeout=timeout_s)
        except subprocess.TimeoutExpired:  # whose own words are the whole command
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGKILL)
            return ToolOutput(None, err=f"gave no answer within {timeout_s:g} s")
    return ToolOutput(process.returncode, out, err)


def run_tool_briefly(command: Sequence[str]) -> ToolOutput:
    """The same of a program that answers at once."""
    return run_tool(command, timeout_s=SHORT_PATIENCE_S)
