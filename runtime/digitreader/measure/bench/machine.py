"""Describes the machine on which something was measured."""

from __future__ import annotations

import os
import platform
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from digitreader import __version__
from digitreader.model.receipt import MachineInfo, this_machine

PROCESSORS = Path("/proc/cpuinfo")


@dataclass(frozen=True, slots=True)
class MeasuredOn:
    """A machine at a moment.

    Attributes:
        machine: the board, its system and its libraries.
        processor: the name of the processor.
        cores: how many cores this process may use.
        load: how many processes wanted a core in the last minute, on average; None if that is not known.
        digitreader: the version of digitreader.
        date: the day, UTC.
    """

    machine: MachineInfo
    processor: str
    cores: int
    load: float | None
    digitreader: str
    date: str


def measured_on() -> MeasuredOn:
    """Describe this machine and its load."""
    return MeasuredOn(
        machine=this_machine(),
        processor=processor_name(PROCESSORS),
        cores=len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1,
        load=os.getloadavg()[0] if hasattr(os, "getloadavg") else None,
        digitreader=__version__,
        date=datetime.now(UTC).date().isoformat(),
    )


def processor_name(file: Path) -> str:
    """The processor's name in a file such as /proc/cpuinfo; its kind if it has no name."""
    try:
        lines = file.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        lines = []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return next(filter(None, names), "") or platform.processor() or platform.machine()


def describe_machine(seen: MeasuredOn) -> str:
    """The machine as lines."""
    machine = seen.machine
    load = "" if seen.load is None else f", load {seen.load:.1f} before"
    return "\n".join(
        [
            f"{seen.date}, {machine.board}, {seen.processor}, {seen.cores} cores{load}",
            (
                f"  {machine.system}; Python {machine.python}, digitreader {seen.digitreader}, NumPy {machine.numpy}, "
                f"OpenCV {machine.opencv}, LiteRT {machine.litert}"
            ),
        ]
    )
