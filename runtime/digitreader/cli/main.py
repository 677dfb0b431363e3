"""The command `digitreader`: its subcommands, and how whatever goes wrong is said in one line."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Callable, Sequence
from importlib import import_module

from digitreader import __version__
from digitreader.cli.parser import Parser
from digitreader.errors import DigitReaderError
from digitreader.host.messages import print_error, print_info

COMMANDS = (
    *(
        "read",
        "explain",
        "data",
        "train",
        "report",
        "ablate",
        "export",
        "card",
        "compare",
        "evaluate",
        "score",
        "verify",
    ),
    *("models", "bench", "serve", "watch", "sheet", "config", "service", "doctor"),
)
"""Each is a module of `digitreader.cli` with ``add_parser``, in the order in which ``--help`` lists them."""

INTERRUPTED, CLOSED_PIPE = 130, 141
"""What a shell reports for a program that SIGINT or SIGPIPE ended."""

EXAMPLES = """\
examples:
  digitreader read photo.jpg            the digits of a picture, line by line
  digitreader read 0                    each number that is held under camera 0
  digitreader read demo                 the same from a built-in camera, without hardware
  digitreader COMMAND --help            what a command does, with examples
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command.

    Args:
        argv: the arguments without the program's name; the process's own where none are given.

    Returns:
        The exit status: 0, 1 where something failed, 2 for a command line that cannot be meant, 130 for Ctrl-C, 141
        for a closed pipe.
    """
    arguments = sys.argv[1:] if argv is None else list(argv)
    if isinstance(sys.stdout, io.TextIOWrapper):
        # a file name that the terminal's encoding lacks must not end the run
        sys.stdout.reconfigure(errors="backslashreplace")
    return _guarded(lambda: _run(arguments)) or _guarded(_flush)


def build_parser(arguments: Sequence[str]) -> Parser:
    """Build the command line's parser; where a command is named, only that command's module is imported."""
    parser = Parser(
        prog="digitreader",
        description="Finds the handwritten digits in pictures and camera frames and reads them on the device.",
        epilog=EXAMPLES,
    )
    parser.add_argument("--version", action="version", version=f"%(prog)s {__version__}")
    subparsers = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    named = arguments[:1] if arguments and arguments[0] in COMMANDS else COMMANDS
    for name in named:
        import_module(f"digitreader.cli.{name}").add_parser(subparsers)
    return parser


def _run(arguments: Sequence[str]) -> int:
    try:
        args = build_parser(arguments).parse_args(arguments)
    except SystemExit as stop:  # argparse has printed the help or the version
        return int(stop.code or 0)
    if "no_config" in args:
        from digitreader.cli.config_arguments import apply_config
        from digitreader.cli.read import read_parser

        apply_config(args, arguments[1:], read_parser)
    return int(args.run(args))


def _flush() -> int:
    if sys.stdout is not None:
        sys.stdout.flush()
    return 0


def _guarded(step: Callable[[], int]) -> int:
    try:
        return step()
    except DigitReaderError as error:
        print_error(str(error))
        return error.exit_status
    except KeyboardInterrupt:
        print_info("interrupted")
        return INTERRUPTED
    except BrokenPipeError:
        _flush_or_drop_stdout()
        return CLOSED_PIPE
    except OSError as error:
        _flush_or_drop_stdout()
        print_error(f"{error.filename or 'output'}: {error.strerror or error}")
        return 1


def _flush_or_drop_stdout() -> None:
    # what cannot be written would make Python complain on its way out
    try:
        _flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
