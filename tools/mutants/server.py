"""Runs tests again and again, each time in a fresh copy of a process that has the large libraries loaded already.

One line of JSON comes in for each run, ``{"tests": [...], "limit_s": 60}``, and one word goes out, an `Outcome`.
"""

from __future__ import annotations

import json
import math
import os
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import Literal, Self, get_args

Outcome = Literal["survived", "killed", "timed out"]

MEMORY = 12 << 30
"""An error may ask for any amount of memory; this many bytes of addresses are enough for the tests."""
WAIT_S = 0.02
WAITING = 10
"""A busy machine may be so many times slower; a test that waits for ever takes longer."""


class Server:
    """The process that runs the tests. Use it in a `with` block.

    Args:
        python: an interpreter that has everything that the tests need.
        environment: of this process.
        folder: the checkout, where it runs.
        log: a file for what pytest prints in the last run.
    """

    def __init__(self, python: str, *, environment: dict[str, str], folder: Path, log: Path) -> None:
        self._process = subprocess.Popen(
            [python, "-m", "tools.mutants.server", str(log)],
            cwd=folder,
            env=environment | {"PYTHONDONTWRITEBYTECODE": "1"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._process.terminate()
        self._process.wait()

    def run(self, tests: list[str], *, limit_s: float) -> Outcome:
        """Run tests until one fails.

        Args:
            tests: their names, as pytest gives them.
            limit_s: they are stopped after so many seconds of the processor, or after ten times as many in all.
        """
        to, back = self._process.stdin, self._process.stdout
        if to is None or back is None:
            raise BrokenPipeError
        to.write(json.dumps({"tests": tests, "limit_s": limit_s}) + "\n")
        to.flush()
        told = back.readline().strip()
        return next(each for each in get_args(Outcome) if each == told)


def main() -> None:
    """Serve the process at the other end."""
    import ai_edge_litert.interpreter
    import cv2
    import hypothesis
    import jsonschema
    import PIL.Image
    import pytest

    loaded = (ai_edge_litert, cv2, hypothesis, jsonschema, PIL.Image, pytest)
    log = Path(sys.argv[1])
    for line in sys.stdin:
        asked = json.loads(line)
        child = os.fork()
        if not child:
            _run(asked["tests"], log, loaded[-1], cpu_s=asked["limit_s"])
        print(_outcome(child, asked["limit_s"]), flush=True)


def _run(tests: list[str], log: Path, pytest: object, *, cpu_s: float) -> None:
    """The tests, in the copy of the process; it ends with pytest's exit status."""
    os.setsid()
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (math.ceil(cpu_s), math.ceil(cpu_s)))
    with log.open("w") as written:
        for number in (1, 2):
            os.dup2(written.fileno(), number)
    # loaded already means that pytest cannot rewrite their asserts, and a warning would fail
    options = ["-x", "-q", "-p", "no:cacheprovider", "-W", "ignore::pytest.PytestAssertRewriteWarning"]
    status = pytest.main([*options, *tests])  # type: ignore[attr-defined]
    os._exit(int(status))


def _outcome(child: int, limit_s: float) -> Outcome:
    ends_s = time.monotonic() + limit_s * WAITING
    while time.monotonic() < ends_s:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            if os.WIFSIGNALED(status) and os.WTERMSIG(status) in {signal.SIGXCPU, signal.SIGKILL}:
                return "timed out"
            return "survived" if status == 0 else "killed"
        time.sleep(WAIT_S)
    os.killpg(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return "timed out"


if __name__ == "__main__":
    main()
