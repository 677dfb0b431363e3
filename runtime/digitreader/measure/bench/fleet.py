"""Measures `digitreader watch` with many readers at one real broker: events received, processor and memory."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from multiprocessing import get_context
from pathlib import Path
from statistics import median
from typing import NamedTuple

from digitreader.errors import MissingExtraError
from digitreader.measure.bench.simulated_readers import run_readers
from digitreader.measure.soak.servers import BROKER_PATHS, LOOPBACK, await_port, configuration, free_port

QUEUED = "max_queued_messages 1000000\nmax_inflight_messages 200\nset_tcp_nodelay true\n"
"""Larger limits than in docs/fleet.md: nothing may be lost, however busy this machine is."""
GARBAGE = (b"", b"{", b"[1]", b'{"id": 3}', b"\xff\xfe", b"[" * 5000, b'{"id": "x", "confidence": 1e999}')
"""The payloads that a stranger sends in turn; `watch` must leave them out. An empty one is not even counted."""
ARRIVING_S = 60.0
"""Seconds after the last number until all must have arrived."""


@dataclass(frozen=True, slots=True)
class FleetBench:
    """What was measured.

    Attributes:
        readers: how many there were.
        events: how many numbers they had that the broker took.
        events_per_s: events a second, all readers together.
        lost: events that `watch` did not print; `doubled` are those that it printed twice.
        unacknowledged: messages that the broker has not taken at all.
        left_out: messages of a stranger that were left out.
        watch_cores: processor time of `watch` divided by the time of the run; `broker_cores` the same for the broker.
        latency_ms: time from a number to its line, for readers with right clocks: the median and the 99th percentile.
        memory_mb: the memory of `watch` at the end; `memory_grew_mb` its growth after the first third of the time.
    """

    readers: int
    events: int
    events_per_s: float
    lost: int
    doubled: int
    unacknowledged: int
    left_out: int
    watch_cores: float
    broker_cores: float
    latency_ms: tuple[float, float]
    memory_mb: float
    memory_grew_mb: float

    @property
    def survived(self) -> bool:
        """Whether nothing was lost or doubled."""
        return not (self.lost or self.doubled or self.unacknowledged)


class _Broker:
    """A Mosquitto that the bench starts."""

    def __init__(self, folder: Path) -> None:
        program = shutil.which("mosquitto") or shutil.which("mosquitto", path=BROKER_PATHS)
        if program is None:
            raise MissingExtraError("bench fleet needs a broker; apt install mosquitto")
        self.port, self.cpu_s = free_port(), 0.0
        config = folder / "mosquitto.conf"
        config.write_text(configuration(self.port, folder) + QUEUED)
        self._command = [program, "-c", str(config)]
        self.start()

    def start(self) -> None:
        self.process = subprocess.Popen(  # noqa: S603 # found by its name
            self._command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        await_port(self.port)

    def stop(self) -> None:
        self.cpu_s += _cpu_s(self.process.pid)
        self.process.terminate()
        self.process.wait()


class _Watch:
    """`digitreader watch` in another process, and its output."""

    def __init__(self, port: int) -> None:
        command = [sys.executable, "-m", "digitreader", "watch", f"mqtt://{LOOPBACK}:{port}"]
        self.process = subprocess.Popen(  # noqa: S603 # this program itself
            [*command, "--format", "jsonl", "--session", "bench"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.ids: Counter[str] = Counter()
        self.ready = threading.Event()
        self.late_ms: list[float] = []
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self) -> None:
        assert self.process.stdout is not None  # noqa: S101 # it is a pipe
        for line in self.process.stdout:
            self.ready.set()
            record = json.loads(line)
            if record["event"] == "number":
                self.ids[record["id"]] += 1
                self.late_ms.append(_age_ms(record["time"]))

    def end(self) -> str:
        """End it; returns its stderr. Not by SIGINT: it is ignored where a shell began the bench in the background."""
        self.process.terminate()
        self._thread.join()
        assert self.process.stderr is not None  # noqa: S101 # it is a pipe
        with self.process:  # closes its pipes at the end
            return self.process.stderr.read()


@contextmanager
def _stranger(port: int) -> Iterator[None]:
    """Publish payloads that no reader sends, ten times a second until the block ends, as a stranger that is online."""
    from digitreader.output.mqtt.connection import BrokerConnection
    from digitreader.output.mqtt.topics import ONLINE, Message, parse_address
    from digitreader.output.settings import BrokerSettings

    link = BrokerConnection(
        parse_address(f"mqtt://{LOOPBACK}:{port}"),
        BrokerSettings(),
        client_id="stranger",
        latest_s=1,
        on_connect=lambda: link.publish_once([Message("digitreader/stranger/status", ONLINE, retain=True)]),
        on_message=lambda *_: None,
    )
    over = threading.Event()

    def send() -> None:
        number = 0
        while not over.wait(0.1):
            number += 1
            payload = GARBAGE[number % len(GARBAGE)].decode("latin-1")
            link.publish_once([Message("digitreader/stranger/event", payload)])

    link.start()
    thread = threading.Thread(target=send)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
        link.close()


def bench_fleet(*, readers: int, per_s: float, seconds: float) -> FleetBench:
    """Run readers, a stranger and `digitreader watch` at a broker that is restarted half-way.

    One reader ends half-way and comes back under another name.

    Raises:
        MissingExtraError: Mosquitto or paho-mqtt is not installed.
    """
    with tempfile.TemporaryDirectory() as folder:
        broker = _Broker(Path(folder))
        watch = _Watch(broker.port)
        try:
            run = _run(broker, watch, readers=readers, per_s=per_s, seconds=seconds)
        finally:
            broker.stop()
            said = watch.end()
    late = sorted(each for each in watch.late_ms if abs(each) < 1_800_000) or [0.0]
    left_out = [line.split()[1] for line in said.splitlines() if "messages were left out" in line]
    return FleetBench(
        readers=readers,
        events=run.events,
        events_per_s=run.events / seconds,
        lost=run.events - len(watch.ids),
        doubled=sum(count - 1 for count in watch.ids.values()),
        unacknowledged=run.unacknowledged,
        left_out=int(left_out[0]) if left_out else 0,
        watch_cores=run.watch_cores,
        broker_cores=broker.cpu_s / run.lasted_s,
        latency_ms=(median(late), late[int(0.99 * (len(late) - 1))]),
        memory_mb=run.memory_mb,
        memory_grew_mb=run.memory_mb - run.memory_before_mb,
    )


class _Run(NamedTuple):
    """The results of a run; the names are those of `FleetBench`."""

    events: int
    unacknowledged: int
    lasted_s: float
    watch_cores: float
    memory_before_mb: float
    memory_mb: float


def _run(broker: _Broker, watch: _Watch, *, readers: int, per_s: float, seconds: float) -> _Run:
    """Let the readers publish their numbers, and restart the broker half-way."""
    names = [f"reader-{number}" for number in range(readers)]
    with _stranger(broker.port), ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        _await(watch.ready.is_set)
        began_s = time.monotonic()
        many = pool.submit(run_readers, broker.port, names[1:], per_s=per_s, seconds=seconds)
        renamed = [
            pool.submit(run_readers, broker.port, [name], per_s=per_s, seconds=seconds / 3)
            for name in (names[0], "renamed")
        ]
        time.sleep(seconds / 3)
        before_mb = _memory_mb(watch.process.pid)
        time.sleep(seconds / 6)
        broker.stop()
        broker.start()
        told = [each.result() for each in (many, *renamed)]
        lasted_s = time.monotonic() - began_s
        events = sum(made for made, _ in told)
        _await(lambda: len(watch.ids) >= events)
        cores = _cpu_s(watch.process.pid) / (time.monotonic() - began_s)
        memory_mb = _memory_mb(watch.process.pid)
    return _Run(events, sum(left for _, left in told), lasted_s, cores, before_mb, memory_mb)


def describe_fleet(measured: FleetBench) -> str:
    """The figures of `bench fleet` as lines."""
    middle_ms, slow_ms = measured.latency_ms
    return "\n".join(
        [
            f"{measured.readers} readers, {measured.events} events, {measured.events_per_s:.0f} a second",
            f"  events        {measured.lost} lost, {measured.doubled} doubled, {measured.unacknowledged} not taken",
            f"  broker        {measured.broker_cores:.2f} cores, restarted half-way",
            f"  left out      {measured.left_out} messages that no reader sends",
            f"  after         {middle_ms:.0f} ms (median), {slow_ms:.0f} ms (99 in 100), the restart included",
            f"  watch         {measured.watch_cores:.2f} cores, {measured.memory_mb:.0f} MB",
            f"  memory        {measured.memory_grew_mb:+.1f} MB since a third of the time",
            "survived" if measured.survived else "NOT SURVIVED",
        ]
    )


def _await(condition: Callable[[], bool]) -> None:
    deadline_s = time.monotonic() + ARRIVING_S
    while not condition() and time.monotonic() < deadline_s:
        time.sleep(0.05)


def _age_ms(told: str) -> float:
    return (datetime.now(UTC) - datetime.fromisoformat(told)).total_seconds() * 1000


def _cpu_s(pid: int) -> float:
    """The processor time of a process so far; 0 if the system does not say."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _memory_mb(pid: int) -> float:
    """The memory of a process; 0 if the system does not say."""
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="utf-8").split()[1])
    except OSError:
        return 0.0
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6
