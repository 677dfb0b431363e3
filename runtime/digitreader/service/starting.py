"""Starting: what `digitreader read` needs of this machine when it starts, so that a service does not fail for ever."""

from __future__ import annotations

import argparse
import shutil
from collections.abc import Iterable

from digitreader.errors import ServiceError
from digitreader.model.load import load_model
from digitreader.outputs.command import split_command
from digitreader.outputs.settings import BrokerSettings, OutputSettings, Place

SERVICE_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
"""Where systemd looks for programs; a person's own PATH may have more."""


def check_start(told: argparse.Namespace, settings: OutputSettings | None) -> None:
    """Refuse what read would refuse when it starts.

    Args:
        told: what read is told.
        settings: the outputs that it is told of, checked before.

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
    for program in [split_command(place.where)[0] for place in places if place.kind == "run"]:
        if "/" in program and not program.startswith("/"):
            raise ServiceError(f"run:{program}: a service starts in a folder of its own; write its whole path")
        if shutil.which(program, path=SERVICE_PATH) is None:
            raise ServiceError(
                f"run:{program}: a service finds no such program, or may not run it; write its whole path, chmod +x"
            )


def _check_broker(place: Place, settings: BrokerSettings) -> None:
    from digitreader.outputs.mqtt.address import parse_address
    from digitreader.outputs.mqtt.link import Link

    address = parse_address(place.where)
    # it is not started, so nothing is sent
    Link(address, settings, client_id="digitreader", on_up=lambda: None, on_message=lambda *_: None)
