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
"""Programs that ask the firmware answer at once or never."""


@dataclass(frozen=True, slots=True)
class ToolOutput:
    """The output of a program.

    Attributes:
        status: its exit status; None if there is no such program or it did not end.
    """

    status: int | None
    out: str = ""
    err: str = ""


RunTool = Callable[[Sequence[str]], ToolOutput]


def run_tool(command: Sequence[str], *, timeout_s: float | None = None) -> ToolOutput:
    """Run a program and wait for its end; after the time limit it is killed, with all programs that it started."""
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
        except subprocess.TimeoutExpired:  # its own message would be the whole command
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGKILL)
            return ToolOutput(None, err=f"gave no answer within {timeout_s:g} s")
    return ToolOutput(process.returncode, out, err)


def run_tool_briefly(command: Sequence[str]) -> ToolOutput:
    """Run a program that answers at once, with a short time limit."""
    return run_tool(command, timeout_s=SHORT_PATIENCE_S)
