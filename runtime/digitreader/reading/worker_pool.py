"""Picture files read by several processes at once, and given in the order in which they were named."""

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
"""Files that a worker is given in advance, so that it need not wait for the next one."""
AHEAD = 16
"""Files for each worker that may be read ahead of their turn, while an earlier file takes long."""
PAGES_AHEAD, IMAGES_AHEAD = 64, 2
"""Pages of a file that are kept ahead of its turn; its worker holds the others back."""
DYING_S = 2.0
"""Seconds that a process may take to end after its socket was closed."""
ATTEMPTS = 2
"""Workers that try a file in turn if one of them ends: the system may have ended the first because of another
program."""


@dataclass(eq=False)
class _File:
    """A file that is being read.

    Attributes:
        outcomes: what waits for its turn.
        received: how many outcomes came from the worker that reads it now.
        taken: how many of the file came in all, so that a second attempt does not give them again.
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

    def tell(self, file: _File) -> None:
        """Have it read one more."""
        self.files.append(file)
        with suppress(OSError):  # it has just died, which shows when it is listened to
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

    Use it in a `with` block, at whose end they are killed. They are in sessions of their own, so that Ctrl-C comes to
    this process alone, and on Linux they end with it however it ends.

    Args:
        settings: how pictures are read.
        jobs: how many processes.
        command: starts one; the number of its end of the socket is added to it.
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
            specs: their names; only so many are taken from it as are read now or soon.
            here: tells which sources are not files; for them it gives `Signal.STREAM`, and the caller reads them.

        Returns:
            Each name with each page that was read or error, in the order of the names, and `Signal.END` behind its
            last one.

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
        """Take names in until enough are under way; False if none is left."""
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
                    worker.tell(self._waiting.popleft())

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
        """Wait until a worker sends something, and take in what all have sent."""
        listened_to = {worker.connection: worker for worker in self._workers if self._may_send(worker)}
        for connection in wait(list(listened_to)):
            worker = listened_to[connection]  # type: ignore[index] # `wait` says less of what it gives than it was given
            try:
                outcome: Outcome = worker.connection.recv()
            except (EOFError, OSError, pickle.UnpicklingError):
                self._bury(worker)
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

    def _bury(self, worker: _Worker) -> None:
        """A worker has died: what it was reading is tried once more or given up, and the rest goes to others."""
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
