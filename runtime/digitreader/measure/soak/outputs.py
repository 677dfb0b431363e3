"""Opens every output of a long run, with a witness that records what each should have."""

from __future__ import annotations

import csv
import json
import shutil
import tempfile
import time
import zlib
from collections.abc import Iterator, Sequence, Sized
from contextlib import contextmanager
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from pathlib import Path

from digitreader.measure.soak.disk import FullDisk
from digitreader.measure.soak.faults import Fault
from digitreader.measure.soak.servers import Hook, Server, ServerFault, broker_or_none, event_summary
from digitreader.measure.soak.silences import Silences
from digitreader.output.event import BACK, FAULT, GONE, NUMBER
from digitreader.output.full_disk import FaultTolerantSink
from digitreader.output.kinds import RunFacts
from digitreader.output.opening import open_places
from digitreader.output.settings import BrokerSettings, OutputSettings, Place
from digitreader.output.sink import Sink
from digitreader.values import Frame, Page

NAME = "bench"
WEBHOOK, MQTT = "webhook", "mqtt"
DISK_FULL = "disk full"
SCRIPT = 'ulimit -S -f $(ulimit -H -f); cat >> "$0"'
"""What the command does: the event on its stdin goes to the end of a file, also while this process's disk is full."""
ARRIVING_S = 60.0
"""A listener may try to come back to its broker only every half minute."""


@dataclass(slots=True)
class Tally:
    """Counts texts and adds up their checksums, so that an hour of events needs no memory."""

    count: int = 0
    sum: int = 0

    def add(self, text: str) -> None:
        """Take one more in."""
        self.count += 1
        self.sum = zlib.crc32(text.encode(), self.sum)

    def differences(self, got: Tally) -> tuple[int, int]:
        """How many are missing, and how many are too many or others."""
        more = got.count - self.count
        return max(0, -more), max(0, more) or int(got.sum != self.sum and not more)


@dataclass(slots=True)
class Witness(Sink):
    """Keeps everything that is sent to the outputs.

    Attributes:
        disk: while it is full, frames and rows are lost; events wait.
        silences: is told what outputs are given.
        events: as `event_summary`; `frames` are those of JSON Lines, `rows` those of CSV.
        lost_frames: that could not be written; `lost_tables` is how many of them have a digit.
    """

    disk: FullDisk
    silences: Silences
    lost_frames: int = 0
    lost_tables: int = 0
    events: list[str] = field(default_factory=list)
    frames: Tally = field(default_factory=Tally)
    rows: Tally = field(default_factory=Tally)

    def frame(self, page: Page, frame: Frame) -> None:  # noqa: ARG002
        """A line, and a row for each digit."""
        if self.disk.full:
            self.silences.noticeable()
            self.lost_frames += 1
            self.lost_tables += any(line.readings for line in page.lines)
            return
        self.frames.add(f"{page.frame} {page.text}")
        for line_index, line in enumerate(page.lines):
            for position, reading in enumerate(line.readings):
                self.rows.add(f"{page.frame} {line_index} {position} {reading.text}")

    def change(self, page: Page, frame: Frame) -> None:  # noqa: ARG002
        """A number."""
        self._tell(NUMBER, page.text)

    def gone(self, page: Page, frame: Frame) -> None:  # noqa: ARG002
        """It left."""
        self._tell(GONE, page.text)

    def fault(self, source: str, message: str) -> None:  # noqa: ARG002
        """Record it."""
        self._tell(FAULT, message)

    def back(self, source: str, message: str) -> None:  # noqa: ARG002
        """Record it."""
        self._tell(BACK, message)

    def _tell(self, kind: str, text: str) -> None:
        self.silences.noticeable()
        self.events.append(f"{len(self.events) + 1} {kind} {text}")

    @property
    def numbers(self) -> list[str]:
        """The events that a command is run for."""
        return [event for event in self.events if event.split(" ")[1] == NUMBER]


@dataclass(frozen=True, slots=True)
class Places:
    """The outputs of one run.

    Attributes:
        sinks: to be told and closed, the witness among them.
        missing: outputs that cannot be tried here, and why.
        servers: those that can fail, by the name of the output.
        disk: that the files lie on.
    """

    sinks: list[Sink]
    missing: tuple[str, ...]
    servers: dict[str, Server]
    disk: FullDisk
    _folder: Path
    _witness: Witness

    @property
    def faults(self) -> dict[str, Fault]:
        """Every way in which a server or the disk can fail, by its name."""
        faults: dict[str, Fault] = {
            server_fault(name, way): ServerFault(server, way)
            for name, server in self.servers.items()
            for way in server.ways
        }
        return {**faults, DISK_FULL: self.disk}

    def check(self) -> dict[str, tuple[int, int, int]]:
        """Compare each output with what it should have: lost, doubled and wrong entries."""
        witness = self._witness
        told = {"events": (witness.events, events_in(self._folder / "events.jsonl"))}
        if (self._folder / "run.jsonl").exists():
            told["command"] = witness.numbers, events_in(self._folder / "run.jsonl")
        for name, server in self.servers.items():
            arrive(server.taken, len(witness.events))
            told[name] = witness.events, server.taken
        found = {name: (len(had), *differences(had, got)) for name, (had, got) in told.items()}
        lines, rows = frames_in(self._folder / "frames.jsonl"), rows_in(self._folder / "digits.csv")
        lost_lines, lost_tables = (sink.missed for sink in self.sinks if isinstance(sink, FaultTolerantSink))
        found["jsonl"] = _file_differences(witness.frames, lines, unreported=witness.lost_frames - lost_lines)
        found["csv"] = _file_differences(witness.rows, rows, unreported=witness.lost_tables - lost_tables)
        return found


def server_fault(output: str, way: str) -> str:
    """The name of the fault that an output's server fails in this way."""
    return f"{output} {way}"


def _file_differences(expected: Tally, got: Tally, *, unreported: int) -> tuple[int, int, int]:
    lost, extra = expected.differences(got)
    return expected.count, lost + abs(unreported), extra


@contextmanager
def watched_places(silences: Silences) -> Iterator[Places]:
    """Open every output that this computer can try, all in a folder that is gone afterwards and on loopback."""
    with tempfile.TemporaryDirectory() as name, Hook() as hook, broker_or_none(Path(name), NAME) as (broker, why):
        folder, missing = Path(name), [f"mqtt: {why}"] if why else []
        wanted = [("events", "events.jsonl"), ("jsonl", "frames.jsonl"), ("csv", "digits.csv")]
        places = [Place(kind, str(folder / file)) for kind, file in wanted] + [Place(WEBHOOK, hook.url)]
        if shutil.which("sh"):
            places.append(Place("run", f"sh -c '{SCRIPT}' '{folder / 'run.jsonl'}'"))
        else:
            missing.append("command: there is no sh")
        servers: dict[str, Server] = {WEBHOOK: hook}
        if broker is not None:
            places.append(Place(MQTT, broker.url))
            servers[MQTT] = broker
        settings = OutputSettings(tuple(places), name=NAME, broker=BrokerSettings(discovery=""))
        witness = Witness(disk := FullDisk(str(folder)), silences)
        sinks = [witness, *open_places(settings, RunFacts((), named=False, expecting=False))]
        yield Places(sinks, tuple(missing), servers, disk, folder, witness)


def events_in(file: Path) -> list[str]:
    """The gist of each event in a file of JSON Lines."""
    with file.open() as lines:
        return [event_summary(json.loads(line)) for line in lines]


def frames_in(file: Path) -> Tally:
    """The frames in a file of JSON Lines."""
    tally = Tally()
    with file.open() as lines:
        for line in lines:
            record = json.loads(line)
            tally.add(f"{record['frame']} {record['text']}")
    return tally


def rows_in(file: Path) -> Tally:
    """The digits in a file of CSV."""
    tally = Tally()
    with file.open(newline="") as lines:
        for row in csv.DictReader(lines):
            tally.add(f"{row['frame']} {row['line']} {row['position']} {row['digit']}")
    return tally


def arrive(taken: Sized, count: int) -> None:
    """Wait for what is still under way, not for ever."""
    deadline_s = time.monotonic() + ARRIVING_S
    while len(taken) < count and time.monotonic() < deadline_s:
        time.sleep(0.02)


def differences(expected: Sequence[str], got: Sequence[str]) -> tuple[int, int]:
    """Count what is missing and what is too much in a sequence, its order kept."""
    if list(expected) == list(got):
        return 0, 0
    blocks = SequenceMatcher(None, expected, got, autojunk=False).get_matching_blocks()
    same = sum(block.size for block in blocks)
    return len(expected) - same, len(got) - same
