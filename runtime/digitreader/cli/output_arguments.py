"""The arguments of `digitreader read` for more outputs."""

from __future__ import annotations

import argparse
import os
import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from digitreader.errors import UsageError
from digitreader.host.files import MOST_TEXT_BYTES, read_limited
from digitreader.host.messages import print_info
from digitreader.output.meter import MOST_PRECISION, NO_METER, STATE_CLASSES, MeterFacts, meter_facts

if TYPE_CHECKING:
    from digitreader.output.settings import BrokerSettings, OutputSettings

LEAST_BOUND = 2
"""One event is being delivered, and one more waits."""

UNITS = {"M": 20, "G": 30}
"""The power of two of each suffix, in bytes."""

USER_VARIABLE, PASSWORD_VARIABLE = "DIGITREADER_MQTT_USER", "DIGITREADER_MQTT_PASSWORD"

BEFORE = "Each --output is one more place for numbers; stdout still gets what --format says (none: nothing)."
BEHIND = """\
Commands, webhooks and brokers get events in the background. While one is away, up to --queue events wait for it and are
sent again until they are taken; beyond that the oldest are lost, with a message. A broker may get an event twice after
a lost connection. A command that fails is not run again.
"""
FORM_WIDTH = 24


def describe_places() -> str:
    """The text of ``--help`` about places: a line or two for each kind."""
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
    group.add_argument(
        "--name", metavar="NAME", help="the reader's name in events and topics (default: the computer's)"
    )
    group.add_argument(
        "--timeout",
        type=_seconds,
        default=10.0,
        metavar="SECONDS",
        help="limit for a command or a webhook (default: 10)",
    )
    group.add_argument(
        "--queue", type=_bound, default=1000, metavar="N", help="events that may wait for each place (default: 1000)"
    )
    group.add_argument(
        "--keep",
        type=_bytes,
        metavar="SIZE",
        help="largest size of each file, video and folder of pictures, such as 500M or 20G, or all; beyond it the "
        "oldest half, or the oldest pictures, are deleted (default: 2G each for a camera, text and events excepted; "
        "else everything is kept until the disk is nearly full)",
    )
    group.add_argument(
        "--discovery",
        default="homeassistant",
        metavar="PREFIX",
        help="Home Assistant's discovery prefix; '' for none (default: homeassistant)",
    )
    add_broker_arguments(group)
    group.add_argument("--make-folders", action="store_true", help="make the folders of outputs that are not there yet")
    add_meter_arguments(parser)


METER = """\
Home Assistant finds a reader by itself when it reports to a broker. With --meter its number can be used on the energy
page, and texts that are not numbers are left out; the other options set the details, in Home Assistant's own words.
"""


def add_meter_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments that describe the number to Home Assistant."""
    group = parser.add_argument_group("a meter in Home Assistant", METER)
    group.add_argument(
        "--meter", choices=("water", "gas", "power", "heat"), help="m³ of water or gas, kWh of the others"
    )
    group.add_argument("--unit", default="", metavar="UNIT", help="unit of the number, such as m³, L, kWh or GJ")
    group.add_argument(
        "--device-class",
        default="",
        metavar="NAME",
        help="quantity that is measured, such as water, energy or pressure",
    )
    group.add_argument(
        "--state-class",
        choices=STATE_CLASSES,
        metavar="NAME",
        help="total_increasing if it only counts up, total, or measurement if it goes up and down",
    )
    group.add_argument(
        "--precision", type=_precision, metavar="N", help="digits shown behind the point (default: point= of --expect)"
    )


def _precision(text: str) -> int:
    if not (text.isdecimal() and text.isascii() and int(text) <= MOST_PRECISION):
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of digits; give 0 to {MOST_PRECISION}")
    return int(text)


def add_broker_arguments(group: argparse._ArgumentGroup) -> None:
    """Declare the arguments for access to an MQTT broker."""
    group.add_argument("--user", metavar="NAME", help=f"user at the broker (default: ${USER_VARIABLE})")
    group.add_argument(
        "--password-file",
        type=Path,
        metavar="FILE",
        help=f"file whose first line is the password (default: ${PASSWORD_VARIABLE})",
    )
    group.add_argument(
        "--ca-file",
        type=Path,
        metavar="FILE",
        help="certificates to trust in place of the system's, for brokers and webhooks",
    )


def output_settings(args: argparse.Namespace, environment: Mapping[str, str] = os.environ) -> OutputSettings | None:
    """The settings of all outputs except the printed one; None if there are no others.

    Raises:
        UsageError: an output is not known, or a file cannot be read.
    """
    if _named_of_meter(args) and not any(place.startswith(("mqtt:", "mqtts:")) for place in args.output):
        raise UsageError(f"--{_named_of_meter(args)[0]}: is for a broker only; add --output mqtt://HOST")
    if not args.output and args.format != "events" and args.keep is None:
        return None
    from digitreader.output.kinds import parse_place
    from digitreader.output.settings import BrokerSettings, OutputSettings

    places = tuple(map(parse_place, args.output))
    broker, meter = BrokerSettings(), _meter(args)
    if any(place.kind == "mqtt" for place in places):
        broker = replace(broker_settings(args, environment, discovery=_discovery(args.discovery)), meter=meter)
    return OutputSettings(
        places=places,
        name=args.name or host_name(),
        timeout_s=args.timeout,
        bound=args.queue,
        has_display=bool(environment.get("DISPLAY") or environment.get("WAYLAND_DISPLAY")),
        broker=broker,
        keep_bytes=args.keep or None,  # 0 means all
        ca_file=args.ca_file,
        model=Path(getattr(args, "model", "")).stem,
        every_s=getattr(args, "every", None),
    )


def _named_of_meter(args: argparse.Namespace) -> list[str]:
    """The given options that describe the number."""
    named = ("meter", "unit", "device_class", "state_class", "precision")
    return [name.replace("_", "-") for name in named if getattr(args, name) not in {None, ""}]


def _meter(args: argparse.Namespace) -> MeterFacts:
    """The description of the number for Home Assistant; its precision also comes from the rule point=.

    Raises:
        UsageError: Home Assistant would refuse it.
    """
    if not _named_of_meter(args):
        return NO_METER
    precision = args.precision
    if precision is None:
        from digitreader.reading.number_rules import split_rules

        rules = [rule for argument in getattr(args, "expect", ()) for rule in split_rules(argument)]
        places = [rule.removeprefix("point=") for rule in rules if rule.startswith("point=")]
        precision = int(places[0]) if places and places[0].isdecimal() else None
    return meter_facts(args.meter or "", args.unit, args.device_class, args.state_class or "", precision)


RECORDING_BYTES = 2 << 30
"""The most bytes of a camera's recording, which has no end, if --keep is not given."""


def bounded(
    settings: OutputSettings | None, args: argparse.Namespace, *, endless: bool
) -> tuple[OutputSettings | None, str]:
    """The settings with a limit for recordings of cameras, and the message about it; empty if there is no recording.

    Args:
        settings: the outputs beside the printed one.
        args: the arguments of the command line.
        endless: a source has no end.
    """
    from dataclasses import replace

    from digitreader.output.kinds import kind_of
    from digitreader.output.settings import OutputSettings

    if args.keep is not None or not endless:
        return settings, ""
    places = settings.places if settings else ()
    recorded = [f"{place.kind}:{place.where}" for place in places if kind_of(place).is_recording]
    recorded += [] if args.annotate is None else [f"--annotate {args.annotate}"]
    if not recorded:
        return settings, ""
    said = (
        f"a camera has no end: the newest {RECORDING_BYTES >> 30} GB of {', '.join(recorded)} are kept, older ones "
        f"are deleted; --keep SIZE sets another limit, --keep all none"
    )
    return replace(settings or OutputSettings(), recording_bytes=RECORDING_BYTES), said


def broker_settings(
    args: argparse.Namespace, environment: Mapping[str, str] = os.environ, *, discovery: str = ""
) -> BrokerSettings:
    """Access to the broker; a warning if other users can read the password.

    Raises:
        UsageError: the file with the password cannot be read.
    """
    from digitreader.output.settings import BrokerSettings

    file: Path | None = args.password_file
    password = environment.get(PASSWORD_VARIABLE, "") if file is None else _first_line(file)
    return BrokerSettings(args.user or environment.get(USER_VARIABLE, ""), password, args.ca_file, discovery)


def host_name() -> str:
    """The computer's name in a form that is allowed in topics, as the reader's name."""
    import socket

    return re.sub(r"[^\w.-]+", "-", socket.gethostname().partition(".")[0]).strip("-.") or "digitreader"


def _discovery(prefix: str) -> str:
    from digitreader.output.mqtt.topics import is_topic_level

    levels = prefix.strip("/")
    if levels and not all(map(is_topic_level, levels.split("/"))):
        raise UsageError(
            f"--discovery {prefix!r}: a prefix has no +, # or $ and no empty part; the usual one is homeassistant"
        )
    return levels


def _first_line(file: Path) -> str:
    try:
        at = file.expanduser()  # in a configuration file no shell replaces ~
        lines = read_limited(at, MOST_TEXT_BYTES).decode("utf-8").splitlines()
        mode = at.stat().st_mode
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or "it is not text"
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
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of seconds; give more than 0 and at most a day")
    return seconds


def _bytes(text: str) -> int:
    if text == "all":
        return 0
    number, unit = text[:-1], text[-1:].upper()
    if not (number.isdecimal() and int(number) and unit in UNITS):
        raise argparse.ArgumentTypeError(
            f"{text!r} is not a size; give a whole number with M or G behind it, as in 500M, or all"
        )
    return int(number) << UNITS[unit]


def _bound(text: str) -> int:
    if not text.isdecimal() or not LEAST_BOUND <= int(text) <= 1_000_000:
        raise argparse.ArgumentTypeError(f"{text!r} is not the length of a queue; give {LEAST_BOUND} to 1000000")
    return int(text)
