"""What `digitreader read` refuses before it opens anything; its configuration is checked by the same."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from digitreader.commands.camera_arguments import camera_settings, check_settable
from digitreader.commands.expect_arguments import expected_rules
from digitreader.commands.output_arguments import host_name, output_settings
from digitreader.errors import UsageError
from digitreader.sources import expand, is_folder
from digitreader.sources.naming import at_home, printable

if TYPE_CHECKING:
    from digitreader.outputs.settings import OutputSettings, Place  # a photo is read without them


def named_sources(args: argparse.Namespace) -> list[str]:
    """What is to be read, as it was named."""
    return [at_home(spec) for spec in (*args.sources, *args.source)]


def watched_folder(sources: list[str]) -> Path:
    """The folder that ``--watch`` means.

    Raises:
        UsageError: what is named is not one folder that exists.
    """
    if len(sources) != 1 or not is_folder(sources[0]):
        given = ", ".join(map(printable, sources)) or "nothing"
        raise UsageError(f"--watch needs one folder that exists as SOURCE, not {given}")
    return Path(sources[0])


def check_told(args: argparse.Namespace) -> OutputSettings | None:
    """Refuse what read would refuse; nothing is opened or made, and no camera, program or broker need be there.

    Returns:
        What is asked for beside what is printed.

    Raises:
        UsageError: rules, sources, settings or outputs that cannot be meant, or a password that cannot be read.
        ModelFormatError: there is no such model.
        OutputError: a file would be read and written to, or trusted certificates cannot be read.
    """
    from digitreader.model.load import locate_model

    expected_rules(args)
    sources = named_sources(args)
    if args.watch:
        watched_folder(sources)
    camera = camera_settings(args)
    if camera is not None and not args.watch:
        for part in [part for spec in sources for part in expand(spec)]:
            check_settable(part, camera)
    locate_model(args.model)
    settings = output_settings(args)
    if settings is not None:
        from digitreader.outputs.clashes import check_files, check_twice

        for place in settings.places:
            _check_place(place, args)
        check_twice(settings.places)
        check_files(settings.places, sources)
    return settings


def _check_place(place: Place, args: argparse.Namespace) -> None:
    """Refuse an address or a command line that is none; files are checked by what opens them."""
    if place.kind == "mqtt":
        from digitreader.outputs.mqtt.address import parse_address
        from digitreader.outputs.mqtt.topics import Topics

        Topics(parse_address(place.where).prefix, args.name or host_name())
    elif place.kind == "webhook":
        from digitreader.outputs.webhook import Webhook

        Webhook(place.where, timeout_s=args.timeout, ca_file=args.ca_file)
    elif place.kind == "run":
        from digitreader.outputs.command import split_command

        split_command(place.where)
