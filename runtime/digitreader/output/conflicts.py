"""Refuses outputs that would overwrite each other, a source, or files of an earlier run."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from digitreader.errors import OutputError, UsageError
from digitreader.output.kinds import kind_of
from digitreader.output.settings import Place


def check_twice(places: Sequence[Place]) -> None:
    """Refuse outputs that are named twice.

    Raises:
        UsageError: an address, a folder, a video or the window is named twice. The message repeats no secret.
    """
    named: set[tuple[str, str]] = set()
    for place in places:
        kind = kind_of(place)
        if not kind.once:
            continue
        where = _broker_and_prefix(place.where) if place.kind == "mqtt" else place.where
        if (place.kind, where) in named:
            raise UsageError(f"--output: the same {kind.once} is named twice; name each once")
        named.add((place.kind, where))


def check_files(places: Sequence[Place], inputs: Sequence[str]) -> None:
    """Refuse files that would overwrite each other or a source; devices and pipes may be named several times.

    Raises:
        UsageError: a file is named twice.
        OutputError: a file is being read.
    """
    from digitreader.output.annotate import identity_of

    read = {identity_of(Path(name)) for name in inputs} - {None}
    named: set[Path] = set()
    for place in places:
        path = Path(place.where)
        kind = kind_of(place)
        if not kind.is_written or kind.is_folder or (path.exists() and not path.is_file()):
            continue
        if path.resolve() in named:
            raise UsageError(f"--output {place.kind}: {path} is named twice; give each output another file")
        if identity_of(path) in read:
            raise OutputError(f"{path}: this run reads the file, so it cannot write to it; choose another name")
        named.add(path.resolve())


def check_folders(places: Sequence[Place], *, make: bool = False) -> None:
    """Refuse files and folders whose parent folder does not exist.

    Args:
        places: the outputs.
        make: make the parent folders instead.

    Raises:
        OutputError: there is no such folder, or it cannot be made.
    """
    from digitreader.host.files import check_parent_folder
    from digitreader.output.annotate import writable_folder

    for path in (Path(place.where) for place in places if kind_of(place).is_written):
        if make:
            writable_folder(path.parent)
        else:
            check_parent_folder(path, hint="or add --make-folders")


def _broker_and_prefix(where: str) -> str:
    from digitreader.output.mqtt.topics import parse_address

    address = parse_address(where)
    return f"{address}/{address.prefix}"
