"""The parity receipt: every link of the chain from ink to activations, proven on this device or not."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from digitreader.device import Device, this_device
from digitreader.engines import EngineName
from digitreader.errors import DigitReaderError
from digitreader.model.checks import CHECKS, Check, Inspection, Unproven

State = Literal["pass", "fail", "not tried"]


@dataclass(frozen=True, slots=True)
class Link:
    """One line of the receipt: which link was tried, what came of it, and why."""

    name: str
    state: State
    detail: str


@dataclass(frozen=True, slots=True)
class Receipt:
    """What `digitreader verify` prints.

    Attributes:
        model: the .tflite.
        engine: what ran it; empty where it came to no run.
        device: where.
        links: in the order of the chain.
    """

    model: Path
    engine: str
    device: Device
    links: tuple[Link, ...]

    @property
    def verified(self) -> bool:
        """Whether every link holds."""
        return all(link.state == "pass" for link in self.links)


def verify(path: Path, engine: EngineName = "auto") -> Receipt:
    """Try all links in their order; those behind the first that fails are not tried."""
    inspection = Inspection(path, engine)
    links: list[Link] = []
    for name, check in CHECKS.items():
        failed = any(link.state == "fail" for link in links)
        links.append(Link(name, "not tried", "") if failed else _try(name, check, inspection))
    ran = getattr(inspection, "engine", None)
    return Receipt(path, ran.name if ran else "", this_device(), tuple(links))


def _try(name: str, check: Check, inspection: Inspection) -> Link:
    try:
        outcome = check(inspection)
    except DigitReaderError as error:
        return Link(name, "fail", str(error))
    return Link(name, "not tried", outcome.reason) if isinstance(outcome, Unproven) else Link(name, "pass", outcome)
