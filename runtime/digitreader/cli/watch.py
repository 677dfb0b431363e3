"""`digitreader watch`: the numbers of many readers at one broker, live."""

from __future__ import annotations

import argparse
import json
from contextlib import closing

from digitreader.cli.output_arguments import add_broker_arguments, broker_settings
from digitreader.host.messages import print_info

DESCRIPTION = """\
Show what all readers of a fleet read, as it happens: each was started with --output BROKER and has a --name of its own.

BROKER is mqtt://[USER@]HOST[:PORT][/PREFIX], or mqtts:// with TLS. First comes what every reader shows now. While the
broker is away it is tried again each second, for ever. What readers tell meanwhile they keep until it is back, and it
comes then; only of a reader that finds the broker back sooner than this command does, something may be missed.
"""

EXAMPLES = """\
examples:
  digitreader watch mqtt://broker.local
  digitreader watch mqtts://me@broker.local --password-file ~/.mqtt-password --format jsonl | ./program

exit status: 130 for Ctrl-C, 2 for a wrong command line.
"""


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the command's arguments."""
    parser = subparsers.add_parser(
        "watch",
        help="show the numbers of many readers at one broker",
        description=DESCRIPTION,
        epilog=EXAMPLES,
    )
    parser.add_argument("broker", metavar="BROKER", help="the broker's address; see above")
    parser.add_argument("--format", choices=("text", "jsonl"), default="text", help="how to print it (default: text)")
    add_broker_arguments(parser.add_argument_group("how to come in"))
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print what comes, until it is interrupted.

    Raises:
        UsageError: the address is none.
        MissingExtraError: paho-mqtt is not installed.
        OutputError: the file of trusted certificates cannot be read.
    """
    import secrets
    from queue import SimpleQueue

    from digitreader.output.mqtt.connection import SOONEST_S, BrokerConnection
    from digitreader.output.mqtt.fleet import Fleet, line_of
    from digitreader.output.mqtt.topics import parse_address

    address = parse_address(args.broker)
    fleet = Fleet(address.prefix)
    heard: SimpleQueue[tuple[str, bytes, bool]] = SimpleQueue()
    link = BrokerConnection(
        address,
        broker_settings(args),
        latest_s=SOONEST_S,
        client_id=f"digitreader-watch-{secrets.token_hex(4)}",
        on_connect=lambda: link.subscribe(fleet.topics),
        on_message=lambda topic, payload, retained: heard.put((topic, payload, retained)),
    )
    with closing(link):
        link.start()
        try:
            while True:
                topic, payload, retained = heard.get()
                for record in fleet.hear(topic, payload, retained=retained):
                    print(json.dumps(record) if args.format == "jsonl" else line_of(record), flush=True)
        finally:
            if fleet.misfits:
                print_info(f"{sum(fleet.misfits.values())} messages were left out that no reader sends")
