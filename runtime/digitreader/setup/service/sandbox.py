"""Checks that a sandboxed service can reach everything that its options need."""

from __future__ import annotations

import argparse
import shutil
from collections.abc import Iterable, Sequence
from pathlib import Path

from digitreader.camera.opening import DEMO, STDIN, is_camera
from digitreader.errors import ServiceError
from digitreader.model.load import load_model
from digitreader.model.locate import shipped_models
from digitreader.output.command import split_command
from digitreader.output.kinds import kind_of, parse_place
from digitreader.output.settings import BrokerSettings, OutputSettings, Place

OPEN_TO_ALL = (Path("/dev"), Path("/tmp"), Path("/var/tmp"))  # noqa: S108 # the service has a /tmp of its own


def own_folders(name: str, user: bool) -> list[Path]:
    """The possible places of a service's own folder; a user's was below ~/.config before systemd 254."""
    home = Path.home()
    return [home / ".local/state" / name, home / ".config" / name] if user else [Path("/var/lib") / name]


def check_writable_places(config: Path, args: argparse.Namespace, folders: Sequence[Path]) -> None:
    """Refuse options that would fail only after systemd starts the service.

    Args:
        config: the configuration.
        args: read's arguments from it.
        folders: the folders that the service may write to.

    Raises:
        ServiceError: an option needs a file that the service cannot reach.
    """
    annotated = [] if args.annotate is None else [Place("pictures", str(args.annotate))]
    files_kept = [] if args.web is None else [args.web_token_file]
    kept = [Place("pictures", str(file)) for file in (args.history, *files_kept) if file is not None]
    places = [*map(parse_place, args.output), *annotated, *kept]
    if any(kind_of(place).needs_desktop for place in places):
        raise ServiceError(f"{config}: window: a service has no desktop to show it on; name a file, as video:clip.avi")
    if (place := unwritable(places, folders)) is not None:
        folder = place.where if kind_of(place).is_folder else str(Path(place.where).parent)
        raise _unwritable_error(config, f"{place.kind}:{place.where}", folder)
    if args.web is not None and unwritable([Place("pictures", str(args.corrections))], folders) is not None:
        raise _unwritable_error(config, f"corrections:{args.corrections}", str(args.corrections))
    model = None if args.model in shipped_models() else Path(args.model)
    files = [args.password_file, args.ca_file, args.ca, args.web_certificate, args.web_key, model]
    if name := relative_paths_in(args.sources, places, files):
        raise ServiceError(f"{config}: {name}: a service starts in a folder of its own; write {Path(name).resolve()}")


def _unwritable_error(config: Path, place: str, folder: str) -> ServiceError:
    return ServiceError(
        f"{config}: {place}: a service may write only to its own folder; name the file without a folder, or give "
        f"--writable {folder}"
    )


def unwritable(places: Iterable[Place], folders: Sequence[Path]) -> Place | None:
    """The first place that a service could not write to.

    Args:
        places: the outputs; relative paths lie in the service's own folder.
        folders: the other folders that it may write to.
    """
    for place in places:
        path = Path(place.where)
        within = any(map(path.is_relative_to, (*folders, *OPEN_TO_ALL)))
        if kind_of(place).is_written and path.is_absolute() and not within:
            return place
    return None


def relative_paths_in(sources: Iterable[str], places: Iterable[Place], files: Iterable[Path | None]) -> str:
    """The first relative path of a file or program; a service would look for it in its own folder. "" if there is none.

    Args:
        sources: the sources.
        places: the outputs.
        files: other files that are read, such as certificates and a model.
    """
    pictures = [source for source in sources if not is_camera(source) and source not in {DEMO, STDIN}]
    programs = [split_command(place.where)[0] for place in places if kind_of(place).is_command]
    named = [*pictures, *(name for name in programs if "/" in name), *(str(file) for file in files if file)]
    return next((name for name in named if not Path(name).is_absolute() and Path(name).exists()), "")


SERVICE_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
"""Where systemd looks for programs; a user's PATH may have more folders."""


def check_start(args: argparse.Namespace, settings: OutputSettings | None) -> None:
    """Refuse everything that `digitreader read` would refuse at its start.

    Args:
        args: read's arguments.
        settings: its outputs, which were checked before.

    Raises:
        ServiceError: a program is not found.
        ModelFormatError: a check refuses the model.
        MissingExtraError: the model's engine or paho-mqtt is not installed.
        OutputError: the file of trusted certificates cannot be read.
    """
    if settings is not None:
        check_programs(settings.places)
        for place in settings.places:
            if place.kind == "mqtt":
                _check_broker(place, settings.broker)
    load_model(args.model, args.engine)


def check_programs(places: Iterable[Place]) -> None:
    """Refuse commands that a service would not find.

    Raises:
        ServiceError: a program does not exist, may not be run, or has a relative path.
    """
    for program in [split_command(place.where)[0] for place in places if kind_of(place).is_command]:
        if "/" in program and not program.startswith("/"):
            raise ServiceError(f"run:{program}: a service starts in a folder of its own; write its whole path")
        if shutil.which(program, path=SERVICE_PATH) is None:
            raise ServiceError(
                f"run:{program}: a service does not find this program or may not run it; write its whole path, or "
                f"chmod +x it"
            )


def _check_broker(place: Place, settings: BrokerSettings) -> None:
    from digitreader.output.mqtt.connection import BrokerConnection
    from digitreader.output.mqtt.topics import parse_address

    address = parse_address(place.where)
    # the connection is never started, so nothing is sent
    BrokerConnection(address, settings, client_id="digitreader", on_connect=lambda: None, on_message=lambda *_: None)
