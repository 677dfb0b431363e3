"""Gathers what is known of the board: its name, heat, power and disk."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from digitreader.doctor.asking import Ask, ask_shortly
from digitreader.doctor.facts import BoardFacts
from digitreader.talk import one_line

BOARD = Path("/proc/device-tree/model")
VCGENCMD = "vcgencmd"
THERMAL = Path("/sys/class/thermal/thermal_zone0/temp")


def gather_board(folder: Path) -> BoardFacts:
    """Look at the board, and at the disk of a folder."""
    throttled, refused = throttled_word(ask_shortly) if shutil.which(VCGENCMD) else (None, "")
    usage = shutil.disk_usage(folder)
    heat_c = temperature_c(_read(THERMAL))
    return BoardFacts(
        name=_read(BOARD).strip("\0\n "),
        temperature_c=firmware_temperature_c(ask_shortly) if heat_c is None and shutil.which(VCGENCMD) else heat_c,
        throttled=throttled,
        refused=refused,
        disk=str(folder),
        free_bytes=usage.free,
        total_bytes=usage.total,
    )


def temperature_c(told: str) -> float | None:
    """The kernel's thousandths of a degree in degrees Celsius; None where it tells none."""
    return int(told) / 1000 if re.fullmatch(r"-?\d+\s*", told) else None


def firmware_temperature_c(asking: Ask) -> float | None:
    """What ``vcgencmd measure_temp`` tells in degrees Celsius; None where it tells nothing."""
    told = re.search(r"temp=(-?\d+(?:\.\d+)?)", asking((VCGENCMD, "measure_temp")).out)
    return float(told[1]) if told else None


def throttled_word(asking: Ask) -> tuple[int | None, str]:
    """The word of ``vcgencmd get_throttled``; None and its last words where it gives none, as without the right."""
    answer = asking((VCGENCMD, "get_throttled"))
    told = re.search(r"throttled=0x([0-9a-fA-F]+)", answer.out)
    if told:
        return int(told[1], 16), ""
    lines = [line.strip() for line in (answer.err or answer.out).splitlines() if line.strip()]
    return None, one_line(lines[-1]) if lines else f"it ended with {answer.status} and said nothing"


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
