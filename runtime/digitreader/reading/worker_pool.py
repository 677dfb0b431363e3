"""Reads picture files with several processes at once, and gives the results in the order of the names."""

from __future__ import annotations

import os
import pickle
import signal
import socket
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from types import TracebackType
from typing import Self

from digitreader.camera.source import printable
from digitreader.errors import DigitReaderError, SourceError
from digitreader.reading.picture_worker import Outcome, Signal, WorkerSettings

COMMAND = (sys.executable, "-P", "-c", "from digitreader.reading.picture_worker import main; main()")
AT_HAND = 2
"""Files that a worker gets in advance, so that it never waits for the next one."""
AHEAD = 16
"""Files for each worker that may be read before their turn, while an earlier file takes long."""
PAGES_AHEAD, IMAGES_AHEAD = 64, 2
"""Pages of a file that are kept before its turn; its worker waits with the others."""
DYING_S = 2.0
"""Seconds that a process may take to end after its socket was closed."""
ATTEMPTS = 2
"""How many workers try a file if workers die on it: the system may have ended the first because of another program."""


@dataclass(eq=False)
class _File:
    """A file that is being read.

    Attributes:
        outcomes: results that wait for their turn.
        received: how many results came from the worker that reads it now.
        taken: how many results of the file came in all, so that a second attempt does not give them again.
    """

    spec: str
    outcomes: deque[Outcome] = field(default_factory=deque)
    received: int = 0
    taken: int = 0
    attempts: int = 0
    done: bool = False

    def take(self, outcome: Outcome) -> None:
        """Keep what a worker sent."""
        self.done = outcome is Signal.END
        self.received += 1
        if self.received > self.taken:
            self.taken = self.received
            self.outcomes.append(outcome)


@dataclass(eq=False)
class _Worker:
    """A process, the end of the socket to it, and the files that it was given."""

    process: subprocess.Popen[bytes]
    connection: Connection
    files: deque[_File] = field(default_factory=deque)
    ready: bool = False

    def send(self, file: _File) -> None:
        """Send it one more file to read."""
        self.files.append(file)
        with suppress(OSError):  # it has just died, which is noticed when its results are received
            self.connection.send(file.spec)

    def end(self, *, wait_s: float = 0.0) -> int:
        """Kill it if it has not ended by itself after this many seconds.

        Returns:
            Its exit status, or less than 0 for the signal that ended it.
        """
        self.connection.close()
        with suppress(subprocess.TimeoutExpired):
            return self.process.wait(wait_s)
        self.process.kill()
        return self.process.wait()


class WorkerPool:
    """Processes that read picture files side by side.

    Use it in a `with` block; at its end they are killed. Each is in another session, so that Ctrl-C only reaches this
    process. On Linux they end with this process, however it ends.

    Args:
        settings: how pictures are read.
        jobs: how many processes.
        command: starts a process; the number of its end of the socket is appended.
    """

    def __init__(self, settings: WorkerSettings, jobs: int, *, command: Sequence[str] = COMMAND) -> None:
        self._settings, self._jobs, self._command = settings, jobs, command
        self._workers: list[_Worker] = []
        self._waiting: deque[_File] = deque()
        self._due: deque[_File] = deque()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        for worker in self._workers:
            worker.process.kill()
        while self._workers:
            self._workers.pop().end()

    def read(
        self, specs: Iterable[str], here: Callable[[str], bool] = lambda _: False
    ) -> Iterator[tuple[str, Outcome]]:
        """Read files.

        Args:
            specs: their names; only a few are taken in advance.
            here: whether a source is not a file; then the result is `Signal.STREAM`, and the caller reads it.

        Returns:
            Each name with each of its pages or errors, in the order of the names, and `Signal.END` behind the last.

        Raises:
            DigitReaderError: no process can be started.
        """
        coming = iter(specs)
        while self._take_in(coming, here):
            self._hand_out()
            file = self._due[0]
            while not file.outcomes:
                self._listen()
                self._hand_out()
            while file.outcomes:
                yield file.spec, file.outcomes.popleft()
            if file.done:
                self._due.popleft()

    def _take_in(self, coming: Iterator[str], here: Callable[[str], bool]) -> bool:
        """Take names until enough files are being read; False if none is left."""
        while len(self._due) < AHEAD * self._jobs and (spec := next(coming, None)) is not None:
            file = _File(spec)
            self._due.append(file)
            if here(spec):
                file.take(Signal.STREAM)
                file.take(Signal.END)
            else:
                self._waiting.append(file)
        return bool(self._due)

    def _hand_out(self) -> None:
        while self._waiting and len(self._workers) < self._jobs:
            self._workers.append(self._start())
            if len(self._workers) * AT_HAND > len(self._waiting):
                break
        for _ in range(AT_HAND):
            for worker in self._workers:
                if self._waiting and len(worker.files) < AT_HAND:
                    worker.send(self._waiting.popleft())

    def _start(self) -> _Worker:
        ours, theirs = socket.socketpair()
        with theirs:
            process = subprocess.Popen(  # noqa: S603 # our own Python
                [*self._command, str(theirs.fileno())],
                pass_fds=(theirs.fileno(),),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                start_new_session=True,
                env=os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
            )
        worker = _Worker(process, Connection(ours.detach()))
        with suppress(OSError):
            worker.connection.send(self._settings)
        return worker

    def _listen(self) -> None:
        """Wait until a worker sends something, and take everything that was sent."""
        listened_to = {worker.connection: worker for worker in self._workers if self._may_send(worker)}
        for connection in wait(list(listened_to)):
            worker = listened_to[connection]  # type: ignore[index] # `wait` says less of what it gives than it was given
            try:
                outcome: Outcome = worker.connection.recv()
            except (EOFError, OSError, pickle.UnpicklingError):
                self._replace(worker)
                continue
            if outcome is Signal.READY:
                worker.ready = True
                continue
            worker.files[0].take(outcome)
            if outcome is Signal.END:
                worker.files.popleft()

    def _may_send(self, worker: _Worker) -> bool:
        ahead = IMAGES_AHEAD if self._settings.images else PAGES_AHEAD
        return not worker.files or worker.files[0] is self._due[0] or len(worker.files[0].outcomes) < ahead

    def _replace(self, worker: _Worker) -> None:
        """After the death of a worker: its file is tried once more or given up, and its other files go to others."""
        self._workers.remove(worker)
        status = worker.end(wait_s=DYING_S)
        if not worker.ready:
            self._jobs -= 1
            if not self._jobs:
                said = f"the processes that read pictures end right after their start ({_ending(status)}); try --jobs 1"
                raise DigitReaderError(said)
        elif worker.files:
            worker.files[0].attempts += 1
            if worker.files[0].attempts == ATTEMPTS:
                _give_up(worker.files.popleft(), status)
        for file in reversed(worker.files):
            file.received = 0
            self._waiting.appendleft(file)


def _give_up(file: _File, status: int) -> None:
    said = (
        f"{printable(file.spec)}: ended the process that read it, {ATTEMPTS} times ({_ending(status)}): it needs more "
        "memory than there is, or its decoder fails; save it smaller or in another format"
    )
    for outcome in (SourceError(said), Signal.END):
        file.received = file.taken
        file.take(outcome)


def _ending(status: int) -> str:
    if status >= 0:
        return f"exit status {status}"
    with suppress(ValueError):
        return signal.Signals(-status).name
    return f"signal {-status}"
