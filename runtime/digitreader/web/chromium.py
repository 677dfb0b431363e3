"""Controls Chromium without a screen through a pipe: it opens a page and runs JavaScript in it.

It speaks the DevTools protocol (https://chromedevtools.github.io/devtools-protocol/): JSON messages with a zero byte
after each, which needs no library. POSIX only, because the pipes must be file descriptors 3 and 4.
"""

from __future__ import annotations

import json
import os
import select
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from typing import Any, Self

from digitreader.errors import OutputError

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
ARGUMENTS = (
    "--headless=new",
    "--remote-debugging-pipe",
    "--no-first-run",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--window-size=1280,900",
)
PLACED = """\
import fcntl, os, sys
ends = [fcntl.fcntl(int(end), fcntl.F_DUPFD, 10) for end in sys.argv[1:3]]
for at, end in zip((3, 4), ends):
    os.dup2(end, at)
os.execv(sys.argv[3], sys.argv[3:])
"""
"""Gives the pipes their numbers and becomes the browser."""
ANSWER_S = 60.0


def chromium_path() -> str | None:
    """The path of Chromium; None if it is not installed or cannot be controlled here."""
    if os.name != "posix":
        return None
    return next((path for path in map(shutil.which, NAMES) if path is not None), None)


class Chromium:
    """One browser with one empty page, until it is closed; a context manager.

    Args:
        path: the path of the program.

    Raises:
        OutputError: it does not start or does not answer.
    """

    def __init__(self, path: str) -> None:
        self._profile = tempfile.TemporaryDirectory(prefix="digitreader-chromium-", ignore_cleanup_errors=True)
        self._count, self._buffer = 0, b""
        theirs_in, self._out = os.pipe()
        self._in, theirs_out = os.pipe()
        # as root, as in a container, it runs only without its sandbox; it opens no page but digitreader's
        alone = ["--no-sandbox"] if os.geteuid() == 0 else []
        command = [path, *ARGUMENTS, *alone, f"--user-data-dir={self._profile.name}", "about:blank"]
        self._process = subprocess.Popen(  # noqa: S603 # a path that `which` has found
            [sys.executable, "-c", PLACED, str(theirs_in), str(theirs_out), *command],
            pass_fds=(theirs_in, theirs_out),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        for end in (theirs_in, theirs_out):
            os.close(end)
        try:
            target = self._send("Target.createTarget", url="about:blank")["targetId"]
            self._session = self._send("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
            self._send("Page.enable")
        except BaseException:
            self.close()
            raise

    _session = ""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def open(self, link: str, before: str = "") -> None:
        """Go to a page.

        Args:
            link: the link to the page.
            before: JavaScript that runs before that of the page.
        """
        if before:
            self._send("Page.addScriptToEvaluateOnNewDocument", source=before)
        self._send("Page.navigate", url=link)

    def ask(self, expression: str) -> Any:
        """The value of a JavaScript expression in the page."""
        answer = self._send("Runtime.evaluate", expression=expression, returnByValue=True)
        return answer.get("result", {}).get("value")

    def close(self) -> None:
        """End the browser."""
        self._process.terminate()
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        for end in (self._in, self._out):
            with suppress(OSError):
                os.close(end)
        self._profile.cleanup()

    def _send(self, method: str, **given: object) -> dict[str, Any]:
        self._count += 1
        message: dict[str, Any] = {"id": self._count, "method": method, "params": given}
        if self._session:
            message["sessionId"] = self._session
        try:
            os.write(self._out, json.dumps(message).encode() + b"\0")
        except OSError as error:
            raise OutputError("Chromium has ended; start it once by hand to see why") from error
        deadline_s = time.monotonic() + ANSWER_S
        while True:
            answer = self._next(deadline_s)
            if answer.get("id") == self._count:
                if "error" in answer:
                    raise OutputError(f"Chromium refuses {method}: {answer['error'].get('message', '')}")
                return dict(answer.get("result", {}))

    def _next(self, deadline_s: float) -> dict[str, Any]:
        while b"\0" not in self._buffer:
            ready, _, _ = select.select([self._in], [], [], max(0.0, deadline_s - time.monotonic()))
            data = os.read(self._in, 1 << 16) if ready else b""
            if not data:
                raise OutputError("Chromium does not answer; start it once by hand to see why")
            self._buffer += data
        first, _, self._buffer = self._buffer.partition(b"\0")
        return dict(json.loads(first))
