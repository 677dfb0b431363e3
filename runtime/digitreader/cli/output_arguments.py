"""The arguments with which `digitreader read` is told where else its numbers shall go."""

from __future__ import annotations

import argparse
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from digitreader.errors import UsageError
from digitreader.host.files import MOST_TEXT_BYTES, read_limited
from digitreader.host.messages import print_info

if TYPE_CHECKING:
    from digitreader.output.settings import BrokerSettings, OutputSettings

LEAST_BOUND = 2
"""One event is under way, and another waits."""

UNITS = {"M": 20, "G": 30}
"""Each is two to the power of so much, in bytes."""

USER_VARIABLE, PASSWORD_VARIABLE = "DIGITREADER_MQTT_USER", "DIGITREADER_MQTT_PASSWORD"

BEFORE = "Each --output is one more place; stdout still has what --format says (none: nothing)."
BEHIND = """\
Commands, webhooks and brokers are served in the background. While one is away its events wait, --queue of them at most
(then the oldest are lost, and it is said), and are tried until they are taken. A broker may get an event twice when it
breaks off. A command that fails is not run again.
"""
FORM_WIDTH = 24


def describe_places() -> str:
    """What ``--help`` says of the places: a line or two for each kind."""
    from digitreader.output.kinds import KINDS

    lines = [BEFORE]
    for kind in KINDS.values():
        first, *more = kind.help.split("\n")
        long = len(kind.form) > FORM_WIDTH - 4
        lines += (
            [f"  {kind.form}", f"{'':{FORM_WIDTH}}{first}"] if long else [f"  {kind.form}".ljust(FORM_WIDTH) + first]
        )
        lines += [f"{'':{FORM_WIDTH}}{line}" for line in more]
    return "\n".join([*lines, BEHIND])


def add_output_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare ``--output`` and what belongs to it."""
    group = parser.add_argument_group("more outputs", describe_places())
    group.add_argument(
        "--output", action="append", default=[], metavar="PLACE", help="one more place for numbers; may be repeated"
    )
    group.add_argument("--name", metavar="NAME", help="the reader's, in events and topics (default: the computer's)")
    group.add_argument(
        "--timeout", type=_seconds, default=10.0, metavar="SECONDS", help="for a command or a webhook (default: 10)"
    )
    group.add_argument(
        "--queue", type=_bound, default=1000, metavar="N", help="events that may wait for each place (default: 1000)"
    )
    group.add_argument(
        "--keep",
        type=_bytes,
        metavar="SIZE",
        help="the most that each file, video and folder of pictures may take, as 500M or 20G; the oldest half, or the "
        "oldest pictures, go (default: all is kept until the disk is nearly full)",
    )
    group.add_argument(
        "--discovery",
        default="homeassistant",
        metavar="PREFIX",
        help="Home Assistant's discovery prefix; '' for none (default: homeassistant)",
    )
    add_broker_arguments(group)


def add_broker_arguments(group: argparse._ArgumentGroup) -> None:
    """Declare how to come into an MQTT broker."""
    group.add_argument("--user", metavar="NAME", help=f"of the broker; else it is in ${USER_VARIABLE}")
    group.add_argument(
        "--password-file", type=Path, metavar="FILE", help=f"its first line; else it is in ${PASSWORD_VARIABLE}"
    )
    group.add_argument(
        "--ca-file",
        type=Path,
        metavar="FILE",
        help="certificates to trust in place of the system's, for brokers and webhooks",
    )


def output_settings(args: argparse.Namespace, environment: Mapping[str, str] = os.environ) -> OutputSettings | None:
    """What the arguments ask for beside what is printed; None where that is nothing.

    Raises:
        UsageError: an output that is not known, or a file that cannot be read.
    """
    if not args.output and args.format != "events" and args.keep is None:
        return None
    from digitreader.output.kinds import parse_place
    from digitreader.output.settings import BrokerSettings, OutputSettings

    places = tuple(map(parse_place, args.output))
    broker = BrokerSettings()
    if any(place.kind == "mqtt" for place in places):
        broker = broker_settings(args, environment, discovery=_discovery(args.discovery))
    return OutputSettings(
        places=places,
        name=args.name or host_name(),
        timeout_s=args.timeout,
        bound=args.queue,
        has_display=bool(environment.get("DISPLAY") or environment.get("WAYLAND_DISPLAY")),
        broker=broker,
        keep_bytes=args.keep,
        ca_file=args.ca_file,
    )


def broker_settings(
    args: argparse.Namespace, environment: Mapping[str, str] = os.environ, *, discovery: str = ""
) -> BrokerSettings:
    """How to come into the broker; a password that others may read is warned of.

    Raises:
        UsageError: the file with the password cannot be read.
    """
    from digitreader.output.settings import BrokerSettings

    file: Path | None = args.password_file
    password = environment.get(PASSWORD_VARIABLE, "") if file is None else _first_line(file)
    return BrokerSettings(args.user or environment.get(USER_VARIABLE, ""), password, args.ca_file, discovery)


def host_name() -> str:
    """The computer's name as a reader's: fit for topics."""
    import socket

    return re.sub(r"[^\w.-]+", "-", socket.gethostname().partition(".")[0]).strip("-.") or "digitreader"


def _discovery(prefix: str) -> str:
    from digitreader.output.mqtt.topics import is_topic_level

    levels = prefix.strip("/")
    if levels and not all(map(is_topic_level, levels.split("/"))):
        raise UsageError(
            f"--discovery {prefix!r}: a prefix has no +, # or $ and no empty part; most have homeassistant"
        )
    return levels


def _first_line(file: Path) -> str:
    try:
        at = file.expanduser()  # in a configuration file no shell has done it
        lines = read_limited(at, MOST_TEXT_BYTES).decode("utf-8").splitlines()
        mode = at.stat().st_mode
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or "is no text"
        raise UsageError(f"--password-file {file}: cannot be read ({why}); its first line is the password") from error
    if mode & 0o077:
        print_info(f"{file}: others on this computer may read this password; chmod 600 {file}")
    return lines[0] if lines else ""


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds <= 86_400:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of seconds; give more than 0 and at most a day")
    return seconds


def _bytes(text: str) -> int:
    number, unit = text[:-1], text[-1:].upper()
    if not (number.isdecimal() and int(number) and unit in UNITS):
        raise argparse.ArgumentTypeError(f"{text!r} is no size; give a whole number with M or G behind it, as in 500M")
    return int(number) << UNITS[unit]


def _bound(text: str) -> int:
    if not text.isdecimal() or not LEAST_BOUND <= int(text) <= 1_000_000:
        raise argparse.ArgumentTypeError(f"{text!r} is no length of a queue; give {LEAST_BOUND} to 1000000")
    return int(text)
