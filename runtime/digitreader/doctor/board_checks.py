"""What is wrong with the board: heat, power, disk."""

from __future__ import annotations

from digitreader.doctor.facts import BoardFacts
from digitreader.doctor.finding import Finding

HOT_C, TOO_HOT_C = 75.0, 80.0
"""A Pi slows itself down from 80 degrees on."""
LEAST_FREE, LITTLE_FREE = 100 * 2**20, 2**30

# raspberrypi.com/documentation/computers/os.html, get_throttled; the same bits 16 higher: it has been so since the
# start
UNDER_VOLTAGE, CAPPED, THROTTLED, SOFT_LIMIT = 0x1, 0x2, 0x4, 0x8
SINCE_START = 16


def check_temperature(board: BoardFacts) -> Finding:
    """Whether the processor is too hot."""
    if board.temperature_c is None:
        return Finding("temperature", "skip", "nothing here tells it")
    said = f"the processor has {board.temperature_c:.0f} degrees Celsius"
    if board.temperature_c < HOT_C:
        return Finding("temperature", "ok", said)
    state = "fail" if board.temperature_c >= TOO_HOT_C else "warn"
    return Finding("temperature", "fail" if state == "fail" else "warn", said, "give it a heat sink, a fan or more air")


def check_power(board: BoardFacts) -> Finding:
    """Whether the supply is too weak, by the Pi's own word."""
    if board.throttled is None:
        return Finding("power", "skip", "vcgencmd tells nothing here; only a Raspberry Pi has it")
    supply = "take the Pi's own power supply and a short, thick cable, and USB devices off it"
    if board.throttled & UNDER_VOLTAGE:
        return Finding("power", "fail", "the voltage is too low now", supply)
    if board.throttled & UNDER_VOLTAGE << SINCE_START:
        return Finding("power", "warn", "the voltage has been too low since the start", supply)
    return Finding("power", "ok", "the voltage has always been high enough")


def check_throttling(board: BoardFacts) -> Finding:
    """Whether the Pi slows itself down."""
    if board.throttled is None:
        return Finding("throttling", "skip", "vcgencmd tells nothing here; only a Raspberry Pi has it")
    slowed = CAPPED | THROTTLED | SOFT_LIMIT
    advice = "cool it and see to its power, as above; it reads on, but slower"
    if board.throttled & slowed:
        return Finding("throttling", "warn", "the processor slows itself down now", advice)
    if board.throttled & slowed << SINCE_START:
        return Finding("throttling", "warn", "the processor has slowed itself down since the start", advice)
    return Finding("throttling", "ok", "the processor has always run at full speed")


def check_disk(board: BoardFacts) -> Finding:
    """Whether there is room for what is written."""
    said = f"{board.disk}: {board.free_bytes / 2**30:.1f} of {board.total_bytes / 2**30:.1f} GiB are free"
    advice = "make room: sudo apt clean; sudo journalctl --vacuum-size=100M"
    if board.free_bytes < LEAST_FREE:
        return Finding("disk", "fail", said, advice)
    return Finding("disk", "warn", said, advice) if board.free_bytes < LITTLE_FREE else Finding("disk", "ok", said)
