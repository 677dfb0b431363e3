"""Runs tests again and again, each time in a copy of one process that has loaded them all.

One line of JSON comes in for each run, and one word goes out, an `Outcome`.
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
from typing import Any, Literal, Self, get_args

from tools.mutants.in_memory import put_in

Outcome = Literal["survived", "killed", "timed out"]

MEMORY = 12 << 30
"""An error may ask for any amount of memory; this many bytes of addresses are enough for the tests."""
WAIT_S = 0.02
WAITING = 4
"""A busy machine may be so many times slower; a test that waits for ever takes longer."""
OPTIONS = ("-x", "-q", "-s", "-p", "no:cacheprovider")


class Server:
    """The process that runs the tests. Use it in a `with` block.

    Args:
        python: an interpreter that has everything that the tests need.
        files: of the tests.
        environment: of this process.
        folder: the checkout, where it runs.
        log: a file for what pytest prints in the last run.
    """

    def __init__(self, python: str, files: list[str], *, environment: dict[str, str], folder: Path, log: Path) -> None:
        self._process = subprocess.Popen(
            [python, "-m", "tools.mutants.server", str(log), *files],
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

    def run(self, tests: list[str], *, limit_s: float, module: str = "", code: str = "") -> Outcome:
        """Run tests until one fails.

        Args:
            tests: their names, as pytest gives them.
            limit_s: they are stopped after so many seconds of the processor, or after four times as many in all.
            module: the one with an error.
            code: of this module, which is in its file, too.
        """
        to, back = self._process.stdin, self._process.stdout
        if to is None or back is None:
            raise BrokenPipeError
        to.write(json.dumps({"tests": tests, "limit_s": limit_s, "module": module, "code": code}) + "\n")
        to.flush()
        told = back.readline().strip()
        return next(each for each in get_args(Outcome) if each == told)


class Loop:
    """A pytest plugin: in place of all tests once, it runs those that are asked for, each time in a new process.

    Args:
        log: a file for what is printed in the last run.
        back: takes the outcomes.
    """

    def __init__(self, log: Path, back: int) -> None:
        self._log, self._back = log, back

    def pytest_runtestloop(self, session: Any) -> bool:
        """Serve the process at the other end."""
        items = {item.nodeid: item for item in session.items}
        for line in sys.stdin:
            asked = json.loads(line)
            child = os.fork()
            if not child:
                self._become_a_run(asked["limit_s"])
                os._exit(_failed(session, items, asked))
            os.write(self._back, (_outcome(child, asked["limit_s"]) + "\n").encode())
        return True

    def _become_a_run(self, limit_s: float) -> None:
        os.setsid()
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_CPU, (math.ceil(limit_s), math.ceil(limit_s)))
        with self._log.open("w") as written:
            for number in (1, 2):
                os.dup2(written.fileno(), number)


def _failed(session: Any, items: dict[str, Any], asked: dict[str, Any]) -> int:
    """Run tests with the error in memory, or else with a new Python, which finds it in its file; 0 if all pass."""
    tests = asked["tests"]
    try:
        loaded = not asked["module"] or put_in(asked["module"], asked["code"])
    except SyntaxError:
        return 1
    if not loaded:
        os.execv(sys.executable, [sys.executable, "-m", "pytest", *OPTIONS, *tests])  # noqa: S606 # our own Python
    for test, following in zip(tests, [*tests[1:], None], strict=True):
        item = items[test]
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=items.get(following))
        if session.testsfailed:
            return 1
    return 0


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


def main() -> None:
    """Load all tests, and serve."""
    import pytest

    log, *files = sys.argv[1:]
    back = os.dup(1)
    os.dup2(2, 1)
    sys.exit(pytest.main([*OPTIONS, *files], plugins=[Loop(Path(log), back)]))


if __name__ == "__main__":
    main()
