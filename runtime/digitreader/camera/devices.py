"""Lists the cameras that Linux knows: which of the many /dev/video nodes are cameras, and their names."""

from __future__ import annotations

import os
import re
import struct
from dataclasses import dataclass
from pathlib import Path

DEVICES = Path("/dev")
BY_ID = DEVICES / "v4l" / "by-id"

# <linux/videodev2.h>: VIDIOC_QUERYCAP and the struct v4l2_capability that it fills
QUERYCAP = 0x80685600
CAPABILITY = struct.Struct("=16s32s32sIII12x")
VIDEO_CAPTURE = 0x00000001 | 0x00001000
MEMORY_TO_MEMORY = 0x00008000 | 0x00004000
HAS_DEVICE_CAPS = 0x80000000

CSI_DRIVERS = frozenset({"unicam", "rp1-cfe"})
"""Drivers of a Pi's camera connector: they give raw sensor data, which only libcamera (Picamera2) can develop."""


@dataclass(frozen=True, slots=True)
class VideoNode:
    """A /dev/video node.

    Attributes:
        driver: the kernel module's name.
        title: the camera's own name.
        captures: it gives frames (and is not a codec, metadata or output node).
    """

    path: Path
    driver: str
    title: str
    captures: bool

    @property
    def is_csi(self) -> bool:
        """True for a Pi's own camera connector."""
        return self.driver in CSI_DRIVERS


def list_cameras(folder: Path = DEVICES) -> list[VideoNode]:
    """List the nodes that give frames OpenCV can use, by their number."""
    numbered = sorted((int(match[1]), path) for path in folder.glob("video*") if (match := _NODE.match(path.name)))
    devices = [query_device(path) for _, path in numbered]
    return [device for device in devices if device is not None and device.captures and not device.is_csi]


def stable_name(node: Path, links: Path = BY_ID) -> Path:
    """The link that stays the same when the camera is plugged in again and gets another number; else its node."""
    try:
        return next((link for link in sorted(links.iterdir()) if link.resolve() == node.resolve()), node)
    except OSError:  # there are no links with the names of cameras
        return node


def query_device(path: Path) -> VideoNode | None:
    """Ask the kernel about a node; None if it is not a video device, or may not be opened."""
    try:
        return parse_capability(path, _ask(path))
    except OSError:
        return None


def parse_capability(path: Path, answer: bytes) -> VideoNode:
    """Parse the answer to VIDIOC_QUERYCAP.

    Args:
        path: the node that was asked.
        answer: 104 bytes, the struct v4l2_capability.
    """
    driver, title, _, _, all_caps, node_caps = CAPABILITY.unpack(answer)
    caps = node_caps if all_caps & HAS_DEVICE_CAPS else all_caps
    captures = bool(caps & VIDEO_CAPTURE) and not caps & MEMORY_TO_MEMORY
    return VideoNode(path, _text(driver), _text(title), captures)


def _ask(path: Path) -> bytes:
    import fcntl  # this module does not exist on systems without such nodes

    node = os.open(path, os.O_RDWR | os.O_NONBLOCK)
    try:
        answer = bytearray(CAPABILITY.size)
        fcntl.ioctl(node, QUERYCAP, answer)
        return bytes(answer)
    finally:
        os.close(node)


def _text(field: bytes) -> str:
    return field.split(b"\0")[0].decode("utf-8", "replace")


_NODE = re.compile(r"video([0-9]+)$")
