"""What is wrong with the board: heat, power, disk."""

from __future__ import annotations

import re

from digitreader.doctor.facts import BoardFacts
from digitreader.doctor.finding import Finding

HOT_C = 75.0
"""A Pi slows itself down from 80 degrees on, and reads on."""
LEAST_FREE, LITTLE_FREE = 100 * 2**20, 2**30

# raspberrypi.com/documentation/computers/os.html, get_throttled; the same bits 16 higher: it has been so since the
# start
UNDER_VOLTAGE, CAPPED, THROTTLED, SOFT_LIMIT = 0x1, 0x2, 0x4, 0x8
SINCE_START = 16

FORBIDDEN = re.compile(r"VCHI|/dev/vc|permission", re.IGNORECASE)
"""What vcgencmd says to who may not ask it."""


def check_temperature(board: BoardFacts) -> Finding:
    """Whether the processor is too hot."""
    if board.temperature_c is None:
        return Finding("temperature", "skip", "nothing here tells it")
    said = f"the processor has {board.temperature_c:.0f} degrees Celsius"
    if board.temperature_c < HOT_C:
        return Finding("temperature", "ok", said)
    return Finding("temperature", "warn", said, "give it a heat sink, a fan or more air")


def check_power(board: BoardFacts) -> Finding:
    """Whether the supply is too weak, by the Pi's own word."""
    return _as_the_pi_says(
        board,
        "power",
        UNDER_VOLTAGE,
        now="the voltage is too low now",
        before="the voltage has been too low since the start",
        never="the voltage has always been high enough",
        advice="take the Pi's own power supply and a short, thick cable, and USB devices off it",
    )


def check_throttling(board: BoardFacts) -> Finding:
    """Whether the Pi slows itself down."""
    return _as_the_pi_says(
        board,
        "throttling",
        CAPPED | THROTTLED | SOFT_LIMIT,
        now="the processor slows itself down now",
        before="the processor has slowed itself down since the start",
        never="the processor has always run at full speed",
        advice="cool it and see to its power, as above; it reads on, but slower",
    )


def check_disk(board: BoardFacts) -> Finding:
    """Whether there is room for what is written."""
    said = f"{board.disk}: {board.free_bytes / 2**30:.1f} of {board.total_bytes / 2**30:.1f} GiB are free"
    advice = "make room: sudo apt clean; sudo journalctl --vacuum-size=100M"
    if board.free_bytes < LEAST_FREE:
        return Finding("disk", "fail", said, advice)
    return Finding("disk", "warn", said, advice) if board.free_bytes < LITTLE_FREE else Finding("disk", "ok", said)


def _as_the_pi_says(
    board: BoardFacts, name: str, bits: int, *, now: str, before: str, never: str, advice: str
) -> Finding:
    """What the Pi says of something by `bits`: it is so now, was so since the start, or neither."""
    if board.refused:
        may = "join the group that may ask it, and log in again: sudo usermod -aG video $USER"
        advice = may if FORBIDDEN.search(board.refused) else "see whether it works alone: vcgencmd get_throttled"
        return Finding(name, "warn", f"vcgencmd does not tell it: {board.refused}", advice)
    if board.throttled is None:
        return Finding(name, "skip", "vcgencmd tells nothing here; only a Raspberry Pi has it")
    if board.throttled & bits:
        return Finding(name, "warn", now, advice)
    if board.throttled & bits << SINCE_START:
        return Finding(name, "warn", before, advice)
    return Finding(name, "ok", never)
