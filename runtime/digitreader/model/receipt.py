"""The parity receipt: every link of the chain from a picture to a model's numbers, proven on this device or not."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from digitreader.device import Device, this_device
from digitreader.engines import EngineName
from digitreader.errors import DigitReaderError
from digitreader.model.checks import CHECKS, Inspection, Unproven
from digitreader.model.sealed import FINDER_CARD, format_of

Check = Callable[[Any], str | Unproven]

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
    inspection, checks = _inspection(path, engine)
    links: list[Link] = []
    for name, check in checks.items():
        failed = any(link.state == "fail" for link in links)
        links.append(Link(name, "not tried", "") if failed else _try(name, check, inspection))
    ran = getattr(inspection, "engine", None)
    return Receipt(path, ran.name if ran else "", this_device(), tuple(links))


def _inspection(path: Path, engine: EngineName) -> tuple[Any, Mapping[str, Check]]:
    """What inspects a model of this card, and its checks."""
    try:
        card = path.with_suffix(".json").read_bytes()
    except OSError:
        card = b""  # the first check says what is the matter
    if format_of(card) == FINDER_CARD:
        from digitreader.model.finder_checks import FINDER_CHECKS, FinderInspection

        return FinderInspection(path, engine), FINDER_CHECKS
    return Inspection(path, engine), CHECKS


def _try(name: str, check: Check, inspection: Any) -> Link:
    try:
        outcome = check(inspection)
    except DigitReaderError as error:
        return Link(name, "fail", str(error))
    return Link(name, "not tried", outcome.reason) if isinstance(outcome, Unproven) else Link(name, "pass", outcome)
