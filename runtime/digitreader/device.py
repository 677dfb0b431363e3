"""What this device is: the board, the system and the versions that a receipt names."""

from __future__ import annotations

import platform
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

import numpy as np

BOARD_FILES = (Path("/proc/device-tree/model"), Path("/sys/devices/virtual/dmi/id/product_name"))
"""Where Linux names the board: on ARM boards such as the Raspberry Pi, and on PCs."""


@dataclass(frozen=True, slots=True)
class Device:
    """What a model was proven on.

    Attributes:
        board: such as ``Raspberry Pi 5 Model B Rev 1.0``; the processor's kind where the system names no board.
        system: the operating system with its version, and the processor's architecture.
        python: its version.
        numpy: its version.
        opencv: its version.
        litert: its version, or ``not installed``.
    """

    board: str
    system: str
    python: str
    numpy: str
    opencv: str
    litert: str


def this_device() -> Device:
    """Look around."""
    import cv2

    return Device(
        board=_board(),
        system=f"{_system()}, {platform.machine()}",
        python=platform.python_version(),
        numpy=np.__version__,
        opencv=cv2.__version__,
        litert=_version("ai-edge-litert"),
    )


def _board() -> str:
    for file in BOARD_FILES:
        try:
            name = file.read_bytes().rstrip(b"\0\n ").decode("utf-8", "replace")
        except OSError:
            continue
        if name:
            return name
    return platform.processor() or platform.machine() or "unknown board"


def _system() -> str:
    try:
        return platform.freedesktop_os_release()["PRETTY_NAME"]
    except (OSError, KeyError):
        return f"{platform.system()} {platform.release()}"


def _version(distribution: str) -> str:
    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return "not installed"
