"""The receipt of `digitreader verify`: proof that a model gives the same numbers on this machine."""

from __future__ import annotations

import platform
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any, Literal

import numpy as np

from digitreader.errors import DigitReaderError
from digitreader.host.files import MOST_TEXT_BYTES, read_limited
from digitreader.model.checks import CHECKS, Inspection, NotChecked
from digitreader.model.engine import EngineName
from digitreader.model.sealed_json import FINDER_CARD, OWN_CARD, format_of

BOARD_FILES = (Path("/proc/device-tree/model"), Path("/sys/devices/virtual/dmi/id/product_name"))
"""Where Linux names the board: on ARM boards such as the Raspberry Pi, and on PCs."""


@dataclass(frozen=True, slots=True)
class MachineInfo:
    """The machine on which a model was proven.

    Attributes:
        board: such as ``Raspberry Pi 5 Model B Rev 1.0``; the processor's kind if the system does not name the board.
        system: the operating system with its version, and the processor's architecture.
        python: the version of Python.
        numpy: the version of NumPy.
        opencv: the version of OpenCV.
        litert: the version of LiteRT, or ``not installed``.
    """

    board: str
    system: str
    python: str
    numpy: str
    opencv: str
    litert: str


def this_machine() -> MachineInfo:
    """Describe this machine."""
    import cv2

    return MachineInfo(
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


Check = Callable[[Any], str | NotChecked]

State = Literal["pass", "fail", "not tried"]


@dataclass(frozen=True, slots=True)
class Link:
    """One line of the receipt: a check, its result, and the reason."""

    name: str
    state: State
    detail: str


@dataclass(frozen=True, slots=True)
class Receipt:
    """The results of `digitreader verify`.

    Attributes:
        model: the .tflite.
        engine: the engine that ran it; empty if it was not run.
        device: the machine.
        links: the checks in their order.
    """

    model: Path
    engine: str
    device: MachineInfo
    links: tuple[Link, ...]

    @property
    def verified(self) -> bool:
        """Whether every check passed."""
        return all(link.state == "pass" for link in self.links)


def verify(path: Path, engine: EngineName = "auto") -> Receipt:
    """Make all checks in their order; after the first failure the others are skipped."""
    inspection, checks = _inspection(path, engine)
    links: list[Link] = []
    for name, check in checks.items():
        failed = any(link.state == "fail" for link in links)
        links.append(Link(name, "not tried", "") if failed else _try(name, check, inspection))
    ran = getattr(inspection, "engine", None)
    return Receipt(path, ran.name if ran else "", this_machine(), tuple(links))


def _inspection(path: Path, engine: EngineName) -> tuple[Any, Mapping[str, Check]]:
    """The inspection for this kind of model, and its checks."""
    try:
        card = read_limited(path.with_suffix(".json"), MOST_TEXT_BYTES)
    except OSError:
        card = b""  # the first check reports the error
    if format_of(card) == FINDER_CARD:
        from digitreader.model.checks import FINDER_CHECKS, FinderInspection

        return FinderInspection(path, engine), FINDER_CHECKS
    if format_of(card) == OWN_CARD:
        from digitreader.model.own.checks import OWN_CHECKS, OwnInspection

        return OwnInspection(path, engine), OWN_CHECKS
    return Inspection(path, engine), CHECKS


def _try(name: str, check: Check, inspection: Any) -> Link:
    try:
        outcome = check(inspection)
    except DigitReaderError as error:
        return Link(name, "fail", str(error))
    return Link(name, "not tried", outcome.reason) if isinstance(outcome, NotChecked) else Link(name, "pass", outcome)
