"""Checks of the board and the cameras; each gives one sentence."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from digitreader.setup.doctor.facts import BoardFacts, CameraFacts, Node

State = Literal["ok", "warn", "fail", "skip"]


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found.

    Attributes:
        name: the name of the check.
        state: fail if reading cannot work, warn if it works less well, skip if there was nothing to check.
        said: the finding, in one sentence.
        advice: what to do about it, in one sentence; empty if nothing is wrong.
    """

    name: str
    state: State
    said: str
    advice: str = ""


def worst(findings: tuple[Finding, ...]) -> State:
    """The worst state of all findings."""
    states = {finding.state for finding in findings}
    order: tuple[State, ...] = ("fail", "warn")
    return next((state for state in order if state in states), "ok")


HOT_C = 75.0
"""In degrees Celsius. From 80 degrees on a Pi slows itself down; it still reads."""
LEAST_FREE, LITTLE_FREE = 100 * 2**20, 2**30

# raspberrypi.com/documentation/computers/os.html, get_throttled; the same bits 16 places higher mean: at some time
# since the start
UNDER_VOLTAGE, CAPPED, THROTTLED, SOFT_LIMIT = 0x1, 0x2, 0x4, 0x8
SINCE_START = 16

FORBIDDEN = re.compile(r"VCHI|/dev/vc|permission", re.IGNORECASE)
"""Messages of vcgencmd to a user who may not use it."""


def check_temperature(board: BoardFacts) -> Finding:
    """Whether the processor is too hot."""
    if board.temperature_c is None:
        return Finding("temperature", "skip", "this machine reports no temperature")
    said = f"the processor has {board.temperature_c:.0f} degrees Celsius"
    if board.temperature_c < HOT_C:
        return Finding("temperature", "ok", said)
    return Finding("temperature", "warn", said, "give it a heat sink, a fan or more air")


def check_power(board: BoardFacts) -> Finding:
    """Whether the Pi reports that its power supply is too weak."""
    return _as_the_pi_says(
        board,
        "power",
        UNDER_VOLTAGE,
        now="the voltage is too low now",
        before="the voltage has been too low since the start",
        never="the voltage has always been high enough",
        advice="use the Pi's own power supply and a short, thick cable, and unplug USB devices",
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
        advice="cool it and check its power, as above; it still reads, but more slowly",
    )


def check_disk(board: BoardFacts) -> Finding:
    """Whether there is room on the disk for outputs."""
    said = f"{board.disk}: {board.free_bytes / 2**30:.1f} of {board.total_bytes / 2**30:.1f} GiB are free"
    advice = "make room: sudo apt clean; sudo journalctl --vacuum-size=100M"
    if board.free_bytes < LEAST_FREE:
        return Finding("disk", "fail", said, advice)
    return Finding("disk", "warn", said, advice) if board.free_bytes < LITTLE_FREE else Finding("disk", "ok", said)


def _as_the_pi_says(
    board: BoardFacts, name: str, bits: int, *, now: str, before: str, never: str, advice: str
) -> Finding:
    """The finding for some bits of the Pi's number: true now, true at some time since the start, or never."""
    if board.refused:
        may = "join the group that may ask it, and log in again: sudo usermod -aG video $USER"
        advice = may if FORBIDDEN.search(board.refused) else "see whether it works alone: vcgencmd get_throttled"
        return Finding(name, "warn", f"vcgencmd does not report it: {board.refused}", advice)
    if board.throttled is None:
        return Finding(name, "skip", "vcgencmd is not here; only a Raspberry Pi has it")
    if board.throttled & bits:
        return Finding(name, "warn", now, advice)
    if board.throttled & bits << SINCE_START:
        return Finding(name, "warn", before, advice)
    return Finding(name, "ok", never)


CONNECT = "plug a USB camera in (a CSI camera's ribbon only with the power off), and run digitreader doctor again"


def check_v4l2(cameras: CameraFacts, *, elsewhere: bool = False) -> Finding:
    """The cameras that V4L2 sees and OpenCV can read.

    Args:
        cameras: the facts about cameras.
        elsewhere: a picture came from another source, such as a network camera.
    """
    usable = usable_nodes(cameras)
    allowed = [node for node in usable if node.allowed]
    named = ", ".join(f"{node.path} ({node.title})" for node in allowed or usable)
    if allowed:
        return Finding("V4L2 cameras", "ok", named)
    if usable:
        return Finding("V4L2 cameras", "warn", f"{named}: none may be opened", "see camera rights below")
    if cameras.libcamera:
        return Finding("V4L2 cameras", "ok", "none, but libcamera sees one, which digitreader read picamera reads")
    if any(node.csi for node in cameras.nodes):
        advice = "read it with: digitreader read picamera"
        return Finding("V4L2 cameras", "warn", "only a CSI camera, which OpenCV cannot read", advice)
    if elsewhere:
        return Finding("V4L2 cameras", "skip", "no camera is connected, but the picture came from elsewhere")
    return Finding("V4L2 cameras", "fail", "no camera is connected", CONNECT)


def check_libcamera(cameras: CameraFacts, *, elsewhere: bool = False) -> Finding:
    """The cameras that libcamera sees; if it sees none and there is no other source, that is a failure."""
    name = "libcamera"
    alone = any(node.csi for node in cameras.nodes) and not usable_nodes(cameras)
    state: State = "fail" if alone and not elsewhere else "warn"
    if cameras.libcamera is None:
        if any(node.csi for node in cameras.nodes):
            advice = "install it: sudo apt install rpicam-apps python3-picamera2"
            return Finding(name, "warn", "there is a CSI connector, but nothing that can read it", advice)
        return Finding(name, "skip", "is not installed; only CSI cameras need it")
    if cameras.libcamera:
        return Finding(name, "ok", ", ".join(cameras.libcamera))
    if cameras.libcamera_said:
        advice = "see whether it works alone: rpicam-hello --list-cameras"
        return Finding(name, state, f"failed: {cameras.libcamera_said}", advice)
    if alone:
        advice = (
            "switch the Pi off, take the ribbon cable out and put it in again at both ends, contacts facing contacts"
        )
        return Finding(name, state, "sees no camera", advice)
    return Finding(name, "ok", "sees no CSI camera")


def check_holders(cameras: CameraFacts) -> Finding:
    """Whether another program has a camera open: only one program can read a camera at a time."""
    held = [(node, holder) for node in cameras.nodes if node.captures for holder in node.holders]
    if not held:
        return Finding("camera in use", "ok", "no other program uses a camera, as far as this user may see")
    said = ", ".join(f"{node.path} is held by {holder}" for node, holder in held)
    return Finding("camera in use", "warn", said, "end that program, as only one can read a camera at a time")


def check_rights(cameras: CameraFacts, *, elsewhere: bool = False) -> Finding:
    """Whether the cameras may be opened; a failure if there is no other source."""
    closed = [node for node in cameras.nodes if node.captures and not node.allowed]
    if not closed:
        said = f"{cameras.user} may open every camera" if cameras.nodes else "there is no camera to open"
        return Finding("camera rights", "ok", said)
    node = closed[0]
    is_alone = not elsewhere and not any(other.allowed for other in usable_nodes(cameras))
    state: State = "fail" if is_alone else "warn"
    said = f"{cameras.user} may not open {node.path}, which belongs to the group {node.group}"
    if node.group in cameras.listed_groups and node.group not in cameras.groups:
        return Finding("camera rights", state, said, "log out and in again, as you joined it since, or reboot")
    if node.group in cameras.groups:
        return Finding("camera rights", state, said, f"let the group in: sudo chmod g+rw {node.path}")
    advice = f"join the group and log in again: sudo usermod -aG {node.group} {cameras.user}"
    return Finding("camera rights", state, said, advice)


def usable_nodes(cameras: CameraFacts) -> list[Node]:
    """The cameras that OpenCV can read."""
    return [node for node in cameras.nodes if node.captures and not node.csi]
