"""`digitreader watch`: shows the numbers of many readers at one broker, live."""

from __future__ import annotations

import argparse
import io
import json
import math
import shutil
import sys
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING

from digitreader.cli.output_arguments import add_broker_arguments, broker_settings
from digitreader.errors import UsageError
from digitreader.host.messages import print_error, print_info
from digitreader.host.process import Terminated, termination_raised

if TYPE_CHECKING:
    from digitreader.output.mqtt.connection import BrokerConnection
    from digitreader.output.mqtt.fleet import Fleet
    from digitreader.output.mqtt.fleet_table import FleetTable
    from digitreader.output.mqtt.topics import BrokerAddress

    Heard = SimpleQueue[tuple[str, bytes, bool]]

DESCRIPTION = """\
Show live what many readers read. Start each of them with --output BROKER and a different --name.

BROKER is mqtt://[USER@]HOST[:PORT][/PREFIX], or mqtts:// with TLS. On a terminal you see a table with a row for each
reader, those with a problem first:
  offline    it has ended, or the broker has lost it
  silent     it is connected, but has reported no frames for three times its usual interval
  fault      its camera is away, black or hangs
  doubtful   by the rules of --expect its number cannot follow the one before it
  fine       none of these
In a pipe or a file you get a line for each event, at first one for what every reader shows now. While the broker is
away, this command tries every second to connect again. Readers keep their events meanwhile and send them later. If a
reader connects again sooner than this command, events may be missed, unless --session makes the broker keep them.
"""

EXAMPLES = """\
examples:
  digitreader watch mqtt://broker.local
  digitreader watch mqtt://broker.local --only cellar
  digitreader watch mqtt://broker.local --once                the table as it is now; exit status 1 for trouble
  digitreader watch mqtt://broker.local --forget kitchen-2    a reader that was renamed or is gone for good
  digitreader watch mqtts://me@broker.local --password-file ~/.mqtt-password --format jsonl | ./program

exit status: 130 for Ctrl-C, 2 for a wrong command line; with --once 0, or 1 if a reader is not fine or there is none;
with --forget 1 if the broker has nothing of this reader.
"""

FORMATS = ("table", "log", "jsonl")
REDRAWN_S = 0.5
ANSWER_S = 10.0
"""Seconds to wait for the broker's answer, with --once and --forget."""
ONCE_S = 2.0
"""Seconds after connecting until all messages that the broker kept have arrived."""
KEPT_S = 5.0
"""Seconds after connecting until the states that the broker kept have surely arrived. Later ones only repeat events and
would be half of all messages: they are unsubscribed from."""
MOST_AT_ONCE = 10_000
"""The most messages that are handled before the table is drawn again."""
BEGIN, HOME, CLEAR_LINE, CLEAR_REST, END = "\x1b[?1049h\x1b[?25l", "\x1b[H", "\x1b[K", "\x1b[J", "\x1b[?25h\x1b[?1049l"
"""Terminal codes: second screen without a cursor, upper left corner, clear the rest of a line, of the screen, back."""


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the command's arguments."""
    parser = subparsers.add_parser(
        "watch",
        help="show the numbers of many readers at one broker",
        description=DESCRIPTION,
        epilog=EXAMPLES,
    )
    parser.add_argument("broker", metavar="BROKER", help="the broker's address; see above")
    parser.add_argument(
        "--format",
        choices=(*FORMATS, "text"),
        metavar="{table,log,jsonl}",
        help="how to show it (default: table on a terminal, else log); text is log",
    )
    parser.add_argument("--only", default="", metavar="TEXT", help="only readers whose names contain TEXT")
    parser.add_argument("--once", action="store_true", help="print the table as it is now, and end")
    parser.add_argument(
        "--forget",
        metavar="NAME",
        help="make the broker forget a reader, so that it is no longer shown, also not in Home Assistant; then end",
    )
    parser.add_argument(
        "--session",
        metavar="ID",
        help="a name under which the broker keeps events while this command is away; each watcher needs its own",
    )
    parser.add_argument(
        "--discovery", default="homeassistant", metavar="PREFIX", help="as in read; for --forget (default: %(default)s)"
    )
    add_broker_arguments(parser.add_argument_group("access to the broker"))
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Show the readers until the user stops the command.

    Raises:
        UsageError: the address is not valid, or options exclude each other.
        MissingExtraError: paho-mqtt is not installed.
        OutputError: the file of trusted certificates cannot be read.
        DeliveryError: the broker does not accept the deletion.
    """
    from digitreader.output.mqtt.fleet import Fleet
    from digitreader.output.mqtt.topics import parse_address

    on_terminal = sys.stdout is not None and sys.stdout.isatty()
    form = args.format or ("table" if on_terminal or args.once else "log")
    address = parse_address(args.broker)
    if args.once and form != "table":
        raise UsageError(f"--once prints the table as it is now; leave out --format {form}")
    if form == "table" and not on_terminal and not args.once:
        raise UsageError("--format table needs a terminal; add --once, or take --format log or jsonl")
    if args.forget is not None:
        return _forget(address, args)
    fleet = Fleet(address.prefix, infos=form == "table")
    heard: Heard = SimpleQueue()
    connection = _connection_to(address, args, fleet.topics, heard)
    try:
        with termination_raised(), closing(connection):
            connection.start()
            if form != "table":
                _print_records(fleet, heard, only=args.only.casefold(), as_json=form == "jsonl")
            return _print_once(connection, fleet, heard, args) if args.once else _show_table(fleet, heard, args)
    except Terminated as end:
        return end.exit_status
    finally:
        if fleet.misfits:
            print_info(_left_out_text(sum(fleet.misfits.values())))


def _left_out_text(count: int) -> str:
    if count == 1:
        return "1 message was left out, because it is not digitreader's"
    return f"{count} messages were left out, because they are not digitreader's"


def _connection_to(
    address: BrokerAddress, args: argparse.Namespace, topics: Sequence[str], heard: Heard
) -> BrokerConnection:
    import secrets

    from digitreader.output.mqtt.connection import SOONEST_S, BrokerConnection
    from digitreader.output.mqtt.fleet import STATE

    states_until_s = math.inf

    def subscribe() -> None:
        nonlocal states_until_s
        connection.subscribe(topics)
        states_until_s = time.monotonic() + KEPT_S

    def hear(topic: str, payload: bytes, retained: bool) -> None:
        nonlocal states_until_s
        is_news = retained or not topic.endswith(f"/{STATE}")
        if is_news:
            heard.put((topic, payload, retained))
        elif time.monotonic() > states_until_s:
            states_until_s = math.inf
            connection.unsubscribe([each for each in topics if each.endswith(f"/{STATE}")])

    connection = BrokerConnection(
        address,
        broker_settings(args),
        latest_s=SOONEST_S,
        client_id=f"digitreader-watch-{args.session or secrets.token_hex(4)}",
        persistent=args.session is not None,
        while_away="readers keep their events until it is back",
        on_connect=subscribe,
        on_message=hear,
    )
    return connection


def _print_records(fleet: Fleet, heard: Heard, *, only: str, as_json: bool) -> None:
    from digitreader.output.mqtt.fleet import line_of

    while True:
        topic, payload, retained = heard.get()
        for record in fleet.hear(topic, payload, retained=retained):
            if only in record["reader"].casefold():
                print(json.dumps(record) if as_json else line_of(record), flush=heard.empty())


def _take_in(table: FleetTable, fleet: Fleet, heard: Heard) -> None:
    """Put the waiting messages into the table."""
    for _ in range(MOST_AT_ONCE):
        try:
            topic, payload, retained = heard.get_nowait()
        except Empty:
            return
        for record in fleet.hear(topic, payload, retained=retained):
            table.hear(record, retained=retained)


def _print_once(connection: BrokerConnection, fleet: Fleet, heard: Heard, args: argparse.Namespace) -> int:
    from digitreader.output.mqtt.fleet_table import FINE, FleetTable

    table = FleetTable()
    connection.wait_for_beginning(ANSWER_S, subscribed=True)
    time.sleep(ONCE_S)
    _take_in(table, fleet, heard)
    columns = shutil.get_terminal_size((200, 0)).columns
    print("\n".join(table.lines(width=columns, only=args.only, title=args.only)))
    now, rows = time.monotonic(), table.rows(args.only)
    if not rows:
        print_error(_why_no_reader(table, args))
    return int(not rows or any(row.state(now) != FINE for row in rows))


def _why_no_reader(table: FleetTable, args: argparse.Namespace) -> str:
    from digitreader.output.mqtt.topics import parse_address

    address, others = parse_address(args.broker), len(table.rows())
    if not others:
        return f"{address}: has no readers; start one with digitreader read --output {address} --name NAME"
    return f"--only {args.only}: no reader at {address} has this in its name; leave out --only to see {others}"


def _show_table(fleet: Fleet, heard: Heard, args: argparse.Namespace) -> int:
    from digitreader.output.mqtt.fleet_table import FleetTable
    from digitreader.output.mqtt.topics import parse_address

    table, title = FleetTable(), f"{parse_address(args.broker)}{f' ({args.only})' if args.only else ''}"
    with _second_screen() as last_message:
        while True:
            _take_in(table, fleet, heard)
            size = shutil.get_terminal_size()
            said = last_message()
            lines = table.lines(
                width=size.columns, height=size.lines - 1 - bool(said), only=args.only, title=f"{title}  "
            )
            lines += [said[: size.columns]] if said else []
            sys.stdout.write(HOME + "".join(f"{line}{CLEAR_LINE}\n" for line in lines) + CLEAR_REST)
            sys.stdout.flush()
            time.sleep(REDRAWN_S)


@contextmanager
def _second_screen() -> Iterator[Callable[[], str]]:
    """Draw on the terminal's second screen; yields a function for the last message, which is shown below the table."""
    said = _Messages()
    before, sys.stderr = sys.stderr, said
    sys.stdout.write(BEGIN)
    try:
        yield lambda: said.last
    finally:
        sys.stderr = before
        sys.stdout.write(END)
        sys.stdout.flush()


class _Messages(io.StringIO):
    """Keeps the last line that is written to it."""

    def __init__(self) -> None:
        super().__init__()
        self._lines: deque[str] = deque(maxlen=1)

    @property
    def last(self) -> str:
        """The last line; empty if there is none."""
        return self._lines[0] if self._lines else ""

    def write(self, text: str, /) -> int:
        """Keep the last line."""
        self._lines.extend(line for line in text.splitlines() if line.strip())
        return len(text)


def _forget(address: BrokerAddress, args: argparse.Namespace) -> int:
    """Delete a reader's retained messages at the broker; 1 if there are none."""
    from digitreader.output.mqtt.publisher import discovery_messages
    from digitreader.output.mqtt.topics import Message, Topics

    topics = Topics(address.prefix, args.forget)
    named = [each.topic for each in discovery_messages(args.discovery, topics)] if args.discovery else []
    empty = [Message(topic, "", retain=True) for topic in (topics.state, topics.info, *named, topics.status)]
    heard: Heard = SimpleQueue()
    connection = _connection_to(address, args, [message.topic for message in empty], heard)
    with closing(connection):
        connection.start()
        connection.wait_for_beginning(ANSWER_S)
        if not _is_anything_kept(heard):
            print_error(
                f"--forget {args.forget}: {address} has no reader of this name; see digitreader watch {address}"
            )
            return 1
        connection.publish(empty)
    print_info(f"{address}: {args.forget} is forgotten; if it still runs, it comes back with its next number")
    return 0


def _is_anything_kept(heard: Heard) -> bool:
    """Whether the broker sends a message within the time in which it sends all that it kept."""
    try:
        heard.get(timeout=ONCE_S)
    except Empty:
        return False
    return True
