"""Facts about the board and its cameras."""

from __future__ import annotations

import grp
import os
import pwd
import re
import shutil
from pathlib import Path

from digitreader.camera.devices import DEVICES, query_device
from digitreader.host.messages import one_line
from digitreader.setup.doctor.facts import BoardFacts, CameraFacts, Node
from digitreader.setup.doctor.run_tool import RunTool, run_tool, run_tool_briefly

BOARD = Path("/proc/device-tree/model")
VCGENCMD = "vcgencmd"
THERMAL = Path("/sys/class/thermal/thermal_zone0/temp")


def gather_board(folder: Path) -> BoardFacts:
    """Gather the facts about the board, and about the disk of a folder."""
    throttled, refused = throttled_word(run_tool_briefly) if shutil.which(VCGENCMD) else (None, "")
    usage = shutil.disk_usage(folder)
    heat_c = temperature_c(_read_board_file(THERMAL))
    return BoardFacts(
        name=_read_board_file(BOARD).strip("\0\n "),
        temperature_c=firmware_temperature_c(run_tool_briefly) if heat_c is None and shutil.which(VCGENCMD) else heat_c,
        throttled=throttled,
        refused=refused,
        disk=str(folder),
        free_bytes=usage.free,
        total_bytes=usage.total,
    )


def temperature_c(thousandths: str) -> float | None:
    """The kernel's thousandths of a degree in degrees Celsius; None if the text is not a number."""
    return int(thousandths) / 1000 if re.fullmatch(r"-?\d+\s*", thousandths) else None


def firmware_temperature_c(runner: RunTool) -> float | None:
    """The temperature from ``vcgencmd measure_temp`` in degrees Celsius; None if it gives none."""
    found = re.search(r"temp=(-?\d+(?:\.\d+)?)", runner((VCGENCMD, "measure_temp")).out)
    return float(found[1]) if found else None


def throttled_word(runner: RunTool) -> tuple[int | None, str]:
    """The number from ``vcgencmd get_throttled``; None and the last line of its messages if it gives none."""
    answer = runner((VCGENCMD, "get_throttled"))
    found = re.search(r"throttled=0x([0-9a-fA-F]+)", answer.out)
    if found:
        return int(found[1], 16), ""
    lines = [line.strip() for line in (answer.err or answer.out).splitlines() if line.strip()]
    return None, one_line(lines[-1]) if lines else f"it ended with {answer.status} and printed nothing"


def _read_board_file(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


NAMES = Path("/sys/class/video4linux")
PROCESSES = Path("/proc")
LISTERS = ("rpicam-hello", "libcamera-hello")
_CODEC = re.compile(r"codec|(?<![a-z])p?isp(?:_?be)?(?![a-z])|hevc|image_fx", re.IGNORECASE)
"""Names of a Pi's nodes that convert pictures and are not cameras. Names with display or crisp do not match."""
_LISTED = re.compile(r"^\s*\d+ : (.+)$", re.MULTILINE)


def gather_cameras() -> CameraFacts:
    """Gather the facts about the nodes, libcamera's list and this user."""
    nodes = tuple(node_facts(path) for path in video_nodes(DEVICES))
    lister = next((name for name in LISTERS if shutil.which(name)), None)
    listed, said = (None, "") if lister is None else libcamera_cameras(lister)
    return CameraFacts(nodes, listed, said, *_groups())


def video_nodes(folder: Path) -> list[Path]:
    """The /dev/video nodes by their number."""
    return sorted(folder.glob("video[0-9]*"), key=lambda path: int(re.sub(r"\D", "", path.name) or 0))


def node_facts(path: Path, *, names: Path = NAMES, processes: Path = PROCESSES) -> Node:
    """The facts about one node; if it may not be opened, only its name is known."""
    device = query_device(path)
    allowed = os.access(path, os.R_OK | os.W_OK)
    title = device.title if device else _read_camera_file(names / path.name / "name")
    return Node(
        path=str(path),
        title=title,
        # a node that may not be opened may be a camera; one that may, and is not a video device, is not a camera
        captures=device.captures if device else not allowed and not _CODEC.search(title),
        csi=device.is_csi if device else False,
        group=_group_of(path),
        allowed=allowed,
        holders=holders_of(path, processes),
    )


def holders_of(path: Path, processes: Path = PROCESSES) -> tuple[str, ...]:
    """The programs that have a node open; those of other users are found only by root."""
    holders = []
    for process in sorted(processes.glob("[0-9]*")):
        try:
            held = any(link.readlink() == path for link in (process / "fd").iterdir())
        except OSError:  # it ended meanwhile, or belongs to another user
            continue
        if held:
            holders.append(f"{_read_camera_file(process / 'comm') or 'a program'} ({process.name})")
    return tuple(holders)


def libcamera_cameras(lister: str, runner: RunTool = run_tool) -> tuple[tuple[str, ...], str]:
    """The cameras that libcamera lists, and the last line of its messages if it failed."""
    answer = runner((lister, "--list-cameras"))
    if answer.status == 0:
        return tuple(_LISTED.findall(answer.out)), ""
    said = answer.err.strip().splitlines() or [f"{lister} ended with {answer.status}"]
    return (), said[-1]


def _groups() -> tuple[str, tuple[str, ...], tuple[str, ...]]:
    number = os.geteuid()
    try:
        user = pwd.getpwuid(number).pw_name
    except KeyError:  # a container may run under a user number without a name
        user = str(number)
    now = tuple(_name(group) for group in sorted({os.getegid(), *os.getgroups()}))
    return user, now, tuple(group.gr_name for group in grp.getgrall() if user in group.gr_mem)


def _group_of(path: Path) -> str:
    try:
        return _name(path.stat().st_gid)
    except OSError:
        return "video"


def _name(group: int) -> str:
    try:
        return grp.getgrgid(group).gr_name
    except KeyError:
        return str(group)


def _read_camera_file(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return ""
