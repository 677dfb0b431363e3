"""Reaching: what a configuration names that works on the command line and would not in a service, shut in as it is."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Sequence
from pathlib import Path

from digitreader.errors import ServiceError
from digitreader.model.shipped import shipped_models
from digitreader.outputs.command import split_command
from digitreader.outputs.settings import Place, parse_place
from digitreader.sources.opening import DEMO, STDIN, is_camera

WRITTEN = frozenset({"text", "jsonl", "csv", "events", "pictures", "video"})
OPEN_TO_ALL = (Path("/dev"), Path("/tmp"), Path("/var/tmp"))  # noqa: S108 # the service has a /tmp of its own


def own_folders(name: str, user: bool) -> list[Path]:
    """Where a service's own folder may be; a user's was below ~/.config before systemd 254."""
    home = Path.home()
    return [home / ".local/state" / name, home / ".config" / name] if user else [Path("/var/lib") / name]


def check_reach(config: Path, told: argparse.Namespace, folders: Sequence[Path]) -> None:
    """Refuse what would only fail once systemd starts it.

    Args:
        config: the configuration.
        told: what read is told by it.
        folders: those that the service may write to.

    Raises:
        ServiceError: something lies out of its reach.
    """
    annotated = [] if told.annotate is None else [Place("pictures", str(told.annotate))]
    places = [*map(parse_place, told.output), *annotated]
    if any(place.kind == "window" for place in places):
        raise ServiceError(f"{config}: window: a service has no desktop to show it on; name a file, as video:clip.avi")
    if (place := unwritable(places, folders)) is not None:
        folder = place.where if place.kind == "pictures" else str(Path(place.where).parent)
        raise ServiceError(
            f"{config}: {place.kind}:{place.where}: a service may write to its own folder alone; "
            f"name it without a folder, or give --writable {folder}"
        )
    model = None if told.model in shipped_models() else Path(told.model)
    if name := unfound([*told.sources, *told.source], places, [told.password_file, told.ca_file, model]):
        raise ServiceError(f"{config}: {name}: a service starts in a folder of its own; write {Path(name).resolve()}")


def unwritable(places: Iterable[Place], folders: Sequence[Path]) -> Place | None:
    """The first place that a service could not write to.

    Args:
        places: where readings go; what is not absolute lies in the service's own folder.
        folders: those that it may write to beside its own.
    """
    for place in places:
        path = Path(place.where)
        if place.kind in WRITTEN and path.is_absolute() and not any(map(path.is_relative_to, (*folders, *OPEN_TO_ALL))):
            return place
    return None


def unfound(sources: Iterable[str], places: Iterable[Place], files: Iterable[Path | None]) -> str:
    """The first file or program that is found from the folder where one stands, which for a service is its own; or "".

    Args:
        sources: what is read.
        places: where readings go.
        files: what else is read, such as certificates and a model.
    """
    pictures = [source for source in sources if not is_camera(source) and source not in {DEMO, STDIN}]
    programs = [split_command(place.where)[0] for place in places if place.kind == "run"]
    named = [*pictures, *(name for name in programs if "/" in name), *(str(file) for file in files if file)]
    return next((name for name in named if not Path(name).is_absolute() and Path(name).exists()), "")
