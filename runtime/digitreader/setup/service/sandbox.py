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
    """Where a service's own folder may be; a user's was below ~/.config before systemd 254."""
    home = Path.home()
    return [home / ".local/state" / name, home / ".config" / name] if user else [Path("/var/lib") / name]


def check_writable_places(config: Path, told: argparse.Namespace, folders: Sequence[Path]) -> None:
    """Refuse options that would fail only after systemd starts the service.

    Args:
        config: the configuration.
        told: read's arguments from it.
        folders: those that the service may write to.

    Raises:
        ServiceError: something lies out of its reach.
    """
    annotated = [] if told.annotate is None else [Place("pictures", str(told.annotate))]
    kept = [] if told.history is None else [Place("pictures", str(told.history))]
    places = [*map(parse_place, told.output), *annotated, *kept]
    if any(kind_of(place).needs_desktop for place in places):
        raise ServiceError(f"{config}: window: a service has no desktop to show it on; name a file, as video:clip.avi")
    if (place := unwritable(places, folders)) is not None:
        folder = place.where if kind_of(place).is_folder else str(Path(place.where).parent)
        raise _unwritable_error(config, f"{place.kind}:{place.where}", folder)
    if told.web is not None and unwritable([Place("pictures", str(told.corrections))], folders) is not None:
        raise _unwritable_error(config, f"corrections:{told.corrections}", str(told.corrections))
    model = None if told.model in shipped_models() else Path(told.model)
    files = [told.password_file, told.ca_file, told.ca, told.web_certificate, told.web_key, model]
    if name := relative_paths_in(told.sources, places, files):
        raise ServiceError(f"{config}: {name}: a service starts in a folder of its own; write {Path(name).resolve()}")


def _unwritable_error(config: Path, place: str, folder: str) -> ServiceError:
    return ServiceError(
        f"{config}: {place}: a service may write only to its own folder; name the file without a folder, or give "
        f"--writable {folder}"
    )


def unwritable(places: Iterable[Place], folders: Sequence[Path]) -> Place | None:
    """The first place that a service could not write to.

    Args:
        places: where readings go; what is not absolute lies in the service's own folder.
        folders: those that it may write to beside its own.
    """
    for place in places:
        path = Path(place.where)
        within = any(map(path.is_relative_to, (*folders, *OPEN_TO_ALL)))
        if kind_of(place).is_written and path.is_absolute() and not within:
            return place
    return None


def relative_paths_in(sources: Iterable[str], places: Iterable[Place], files: Iterable[Path | None]) -> str:
    """The first file or program that is found from the folder where one stands, which for a service is its own; or "".

    Args:
        sources: what is read.
        places: where readings go.
        files: what else is read, such as certificates and a model.
    """
    pictures = [source for source in sources if not is_camera(source) and source not in {DEMO, STDIN}]
    programs = [split_command(place.where)[0] for place in places if kind_of(place).is_command]
    named = [*pictures, *(name for name in programs if "/" in name), *(str(file) for file in files if file)]
    return next((name for name in named if not Path(name).is_absolute() and Path(name).exists()), "")


SERVICE_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
"""Where systemd looks for programs; a person's own PATH may have more."""


def check_start(told: argparse.Namespace, settings: OutputSettings | None) -> None:
    """Refuse what read would refuse when it starts.

    Args:
        told: read's arguments.
        settings: its outputs, checked before.

    Raises:
        ServiceError: a program is not found.
        ModelFormatError: a check refuses the model.
        MissingExtraError: what runs the model, or what speaks to brokers, is not installed.
        OutputError: the file of trusted certificates cannot be read.
    """
    if settings is not None:
        check_programs(settings.places)
        for place in settings.places:
            if place.kind == "mqtt":
                _check_broker(place, settings.broker)
    load_model(told.model, told.engine)


def check_programs(places: Iterable[Place]) -> None:
    """Refuse commands that a service would not find.

    Raises:
        ServiceError: a program that is not there, may not be run, or is named from the folder where one stands.
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
    # it is not started, so nothing is sent
    BrokerConnection(address, settings, client_id="digitreader", on_connect=lambda: None, on_message=lambda *_: None)
