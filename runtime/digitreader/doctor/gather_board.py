"""Gathers what is known of the board: its name, heat, power and disk."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from digitreader.doctor.asking import Ask, ask
from digitreader.doctor.facts import BoardFacts

BOARD = Path("/proc/device-tree/model")
THERMAL = Path("/sys/class/thermal/thermal_zone0/temp")


def gather_board(folder: Path) -> BoardFacts:
    """Look at the board, and at the disk of a folder."""
    asking = ask if shutil.which("vcgencmd") else None
    usage = shutil.disk_usage(folder)
    return BoardFacts(
        name=_read(BOARD).strip("\0\n "),
        temperature_c=temperature_c(_read(THERMAL)),
        throttled=throttled_word(asking) if asking else None,
        disk=str(folder),
        free_bytes=usage.free,
        total_bytes=usage.total,
    )


def temperature_c(told: str) -> float | None:
    """The kernel's thousandths of a degree in degrees Celsius; None where it tells none."""
    return int(told) / 1000 if re.fullmatch(r"-?\d+\s*", told) else None


def throttled_word(asking: Ask) -> int | None:
    """The word of ``vcgencmd get_throttled``; None where it gives none, as without the right to ask."""
    told = re.search(r"throttled=0x([0-9a-fA-F]+)", asking(("vcgencmd", "get_throttled")).out)
    return int(told[1], 16) if told else None


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
