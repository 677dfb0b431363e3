"""The list of parts of an installation (SBOM) in CycloneDX's JSON, from the lock, the same each time."""

from __future__ import annotations

import hashlib
import json
import re
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from digitreader.host.distribution import DISTRIBUTION

DIRECT = ("numpy", "opencv-python-headless", "ai-edge-litert")
"""What the product itself asks for; the lock's other packages are asked for by LiteRT."""
NEEDED_BY = "ai-edge-litert"


@dataclass(frozen=True, slots=True)
class Locked:
    """A package of a lock.

    Attributes:
        marker: on which machines it is installed, as PEP 508 says it; "" for all.
        hashes: SHA-256 of each of its files, hexadecimal.
    """

    name: str
    version: str
    marker: str
    hashes: tuple[str, ...]

    @property
    def address(self) -> str:
        """Its package URL, by which databases of vulnerabilities know it."""
        return f"pkg:pypi/{self.name}@{self.version}"


def read_lock(text: str) -> list[Locked]:
    """The packages of a lock as uv writes it."""
    joined = text.replace("\\\n", " ")
    lines = [line for line in joined.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    return [_locked(line) for line in lines]


def _locked(line: str) -> Locked:
    told, *hashes = re.split(r"\s+--hash=sha256:", line.strip())
    requirement, _, marker = told.partition(";")
    name, _, version = requirement.strip().partition("==")
    return Locked(name.strip().lower(), version.strip(), marker.strip(), tuple(hashes))


def sbom_of(wheel: str, content: bytes, lock: str, *, made_at: int) -> bytes:
    """The SBOM of a wheel with the locked runtime.

    Args:
        wheel: its file name.
        content: its bytes; they also give the list its serial number.
        lock: of the runtime, as uv writes it.
        made_at: seconds since 1970, of the commit.
    """
    version = wheel.split("-")[1]
    own = f"pkg:pypi/{DISTRIBUTION}@{version}"
    digest, parts = hashlib.sha256(content).hexdigest(), read_lock(lock)
    product = _component(DISTRIBUTION, version, own, [digest]) | {
        "type": "application",
        "licenses": [{"license": {"id": "MIT"}}],
    }
    told = {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid.UUID(digest[:32])}",
        "version": 1,
        "metadata": {
            "timestamp": datetime.fromtimestamp(made_at, UTC).isoformat().replace("+00:00", "Z"),
            "component": product,
        },
        "components": [_of(part) for part in parts],
        "dependencies": _dependencies(own, parts),
    }
    return (json.dumps(told, indent=2) + "\n").encode()


def _of(part: Locked) -> dict[str, Any]:
    component = _component(part.name, part.version, part.address, [])
    files = [{"name": "digitreader:file-sha256", "value": each} for each in part.hashes]
    where = [{"name": "digitreader:marker", "value": part.marker}] if part.marker else []
    return component | {"scope": "required", "properties": [*where, *files]}


def _component(name: str, version: str, address: str, digests: Sequence[str]) -> dict[str, Any]:
    told: dict[str, Any] = {"type": "library", "bom-ref": address, "name": name, "version": version, "purl": address}
    return told | ({"hashes": [{"alg": "SHA-256", "content": each} for each in digests]} if digests else {})


def _dependencies(own: str, parts: Sequence[Locked]) -> list[dict[str, Any]]:
    direct = [part.address for part in parts if part.name in DIRECT]
    others = [part.address for part in parts if part.name not in DIRECT]
    rows: list[dict[str, Any]] = [{"ref": own, "dependsOn": direct}]
    rows += [{"ref": part.address, "dependsOn": others if part.name == NEEDED_BY else []} for part in parts]
    return rows
