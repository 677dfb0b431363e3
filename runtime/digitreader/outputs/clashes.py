"""Places that would spoil one another, what is being read, or what an earlier run has left."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from digitreader.errors import OutputError, UsageError
from digitreader.outputs.keeping import free_name
from digitreader.outputs.recording import first_line
from digitreader.outputs.settings import Place
from digitreader.talk import say

ONCE = {"mqtt": "broker", "webhook": "webhook", "pictures": "folder", "video": "video", "window": "window"}
"""What is named once at the most, and how messages call it."""

RECORDS = frozenset({"text", "jsonl", "csv", "events"})


def check_twice(places: Sequence[Place]) -> None:
    """Refuse what would be told everything twice, or write over itself.

    Raises:
        UsageError: an address, a folder, a video or the window is named twice. What may be a secret is not repeated.
    """
    named: set[tuple[str, str]] = set()
    for place in places:
        if place.kind not in ONCE:
            continue
        where = _broker_and_prefix(place.where) if place.kind == "mqtt" else place.where
        if (place.kind, where) in named:
            raise UsageError(f"--output: the same {ONCE[place.kind]} is named twice; name each once")
        named.add((place.kind, where))


def check_files(places: Sequence[Place], inputs: Sequence[str]) -> None:
    """Refuse files that would spoil one another, or what is read; devices and pipes may be named as often as one likes.

    Raises:
        UsageError: a file is named twice.
        OutputError: a file is being read.
    """
    from digitreader.outputs.annotate import identity_of

    read = {identity_of(Path(name)) for name in inputs} - {None}
    named: set[Path] = set()
    for place in places:
        path = Path(place.where)
        if place.kind not in RECORDS or (path.exists() and not path.is_file()):
            continue
        if path.resolve() in named:
            raise UsageError(f"--output {place.kind}: {path} is named twice; give each output a file of its own")
        if identity_of(path) in read:
            raise OutputError(f"{path}: is being read, and would be written to; choose another name")
        named.add(path.resolve())


def keep_other_tables(path: Path, *, expecting: bool) -> None:
    """Put a table with other columns aside, as another run leaves it that expected something of numbers or did not."""
    from digitreader.outputs.table import columns_of

    head = ",".join(columns_of(expecting=expecting)).encode()
    if path.is_file() and (first := first_line(path)) and first.rstrip(b"\r\n") != head:
        kept = free_name(path)
        try:
            path.rename(kept)
        except OSError as error:
            raise OutputError(f"{path}: has other columns, and cannot be renamed; choose another file") from error
        say(f"{path}: the table there has other columns; it is kept as {kept.name}, and a new one is begun")


def _broker_and_prefix(where: str) -> str:
    from digitreader.outputs.mqtt.address import parse_address

    address = parse_address(where)
    return f"{address}/{address.prefix}"
