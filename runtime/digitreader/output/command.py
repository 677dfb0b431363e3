"""Runs a command for every number: the number is its last argument, the event is JSON on its stdin."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import signal
import subprocess
import sys
from contextlib import suppress

from digitreader.errors import UsageError
from digitreader.output.delivery_queue import RejectedError
from digitreader.output.event import NUMBER, Event
from digitreader.output.sink import BETWEEN_LINES


class Command:
    """Runs a program for every number, one after another, never two at once.

    No shell sees what was read. What the program prints goes to stderr, since stdout is for the reader's own data.

    Args:
        line: the program and its arguments, quoted as in a shell.
        timeout_s: a program that runs longer is killed, with all programs that it started.

    Raises:
        UsageError: there is no such program, or a quote is not closed.
    """

    def __init__(self, line: str, *, timeout_s: float) -> None:
        self._arguments = _arguments(line)
        self._timeout_s = timeout_s
        self._running: subprocess.Popen[bytes] | None = None
        self._abandoned = False

    @property
    def where(self) -> str:
        """The program; its arguments may be secrets."""
        return f"run:{self._arguments[0]}"

    def wants(self, event: Event) -> bool:
        """Only numbers."""
        return event.kind == NUMBER

    def deliver(self, event: Event) -> None:
        """Run it for a number.

        Raises:
            RejectedError: it cannot be started, fails or does not end. It may have done its work, so it is not run
                again.
        """
        if self._abandoned:
            return
        arguments = [*self._arguments, event.text.replace("\n", BETWEEN_LINES)]
        try:
            # a new process group: all of it can be killed, and Ctrl-C does not reach it
            process = subprocess.Popen(  # noqa: S603 # the user's own command line
                arguments, stdin=subprocess.PIPE, stdout=_stderr(), stderr=_stderr(), start_new_session=True
            )
        except OSError as error:
            raise RejectedError(f"{self.where}: cannot be started ({error.strerror})") from error
        self._running = process
        try:
            with process:
                self._wait_for(process, json.dumps(event.as_json()).encode() + b"\n")
        finally:
            self._running = None

    def abandon(self) -> None:
        """Kill the program that runs."""
        self._abandoned = True
        if self._running is not None:
            _kill(self._running)

    def _wait_for(self, process: subprocess.Popen[bytes], stdin: bytes) -> None:
        try:
            process.communicate(stdin, timeout=self._timeout_s)
        except subprocess.TimeoutExpired as error:
            _kill(process)
            raise RejectedError(
                f"{self.where}: has not ended after {self._timeout_s:g} s and is killed; "
                "start long work in the background, or give --timeout SECONDS"
            ) from error
        if process.returncode:
            raise RejectedError(f"{self.where}: {_ending(process.returncode)}; it runs again for the next number")


def split_command(line: str) -> list[str]:
    """The program and its arguments.

    Raises:
        UsageError: there is no program, or a quote is not closed.
    """
    try:
        arguments = shlex.split(line)
    except ValueError as error:
        program = line.split(maxsplit=1)[0]  # without its arguments, which may be secrets
        raise UsageError(f"run:{program}: a quote is not closed; write it as in a shell") from error
    if not arguments:
        raise UsageError("run: needs a program, such as run:./gate.sh")
    return arguments


def _arguments(line: str) -> list[str]:
    arguments = split_command(line)
    if shutil.which(arguments[0]) is None:
        raise UsageError(
            f"run:{arguments[0]}: this program does not exist or is not executable; give its path, or chmod +x it"
        )
    return arguments


def _ending(returncode: int) -> str:
    if returncode > 0:
        return f"fails with exit status {returncode}"
    with suppress(ValueError):  # real-time signals have no names
        return f"is ended by {signal.Signals(-returncode).name}"
    return f"is ended by signal {-returncode}"


def _kill(process: subprocess.Popen[bytes]) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)


def _stderr() -> int:
    if sys.stderr is None:
        return subprocess.DEVNULL
    with suppress(OSError):  # while a camera is read, it is not file descriptor 2
        return sys.stderr.fileno()
    return 2
