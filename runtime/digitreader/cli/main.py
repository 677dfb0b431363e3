"""The command `digitreader`: runs a subcommand, and prints an error on one line."""

from __future__ import annotations

import argparse
import errno
import io
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from importlib import import_module

from digitreader import __version__
from digitreader.cli.parser import Parser, add_message_arguments
from digitreader.errors import DigitReaderError
from digitreader.host.messages import is_verbose, print_detail, print_error, print_info, set_level

COMMANDS = (
    *("read", "snapshot", "explain", "data", "train", "report", "ablate", "export", "card", "compare", "evaluate"),
    *("score", "verify", "models", "bench", "serve", "watch", "sheet", "config", "config init", "service", "doctor"),
    *("completion", "man"),
)
"""Each is a module of `digitreader.cli` with ``add_parser``; the order is that of ``--help``."""

OF_A_DISK = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO})
"""Error numbers of a file system that cannot write."""

INTERRUPTED, CLOSED_PIPE = 130, 141
"""The exit statuses that a shell reports for a program that SIGINT or SIGPIPE ended."""

EXAMPLES = """\
examples:
  digitreader read photo.jpg            the digits of a picture, line by line
  digitreader read 0                    each number that is held under camera 0
  digitreader read demo                 the same from a built-in camera, without hardware
  digitreader doctor                    check this machine, its camera and its picture
  digitreader COMMAND --help            what a command does, with examples
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command.

    Args:
        argv: the arguments without the program's name; those of the process if none are given.

    Returns:
        The exit status: 0, 1 if something failed, 2 for a wrong command line, 130 for Ctrl-C, 141 for a closed pipe.
    """
    arguments = _with_words_joined(sys.argv[1:] if argv is None else list(argv))
    if isinstance(sys.stdout, io.TextIOWrapper):
        # a file name that the terminal's encoding cannot express must not end the run
        sys.stdout.reconfigure(errors="backslashreplace")
    return _guarded(lambda: _run(arguments)) or _guarded(_flush)


def build_parser(arguments: Sequence[str], commands: Sequence[str] = COMMANDS) -> Parser:
    """Build the command line's parser; if a command is named, only that command's module is imported."""
    parser = Parser(
        prog="digitreader",
        description="Finds the handwritten digits in pictures and camera frames and reads them on the device.",
        epilog=EXAMPLES,
    )
    subparsers = parser.add_subparsers(title="commands", metavar="COMMAND")
    first = next((word for word in arguments if not word.startswith("-")), "")
    for name in (first,) if first in commands else commands:
        import_module(f"digitreader.cli.{name.replace(' ', '_')}").add_parser(subparsers)
    for each in parser.with_parts():
        add_message_arguments(each, default=argparse.SUPPRESS)
    return parser


def _with_words_joined(arguments: list[str]) -> list[str]:
    """The arguments, with a command of two words joined to one."""
    at = next((at for at, word in enumerate(arguments) if not word.startswith("-")), 0)
    name = " ".join(arguments[at : at + 2])
    return [*arguments[:at], name, *arguments[at + 2 :]] if " " in name and name in COMMANDS else arguments


def _run(arguments: Sequence[str]) -> int:
    parser = build_parser(arguments)
    try:
        args = parser.parse_args(arguments)
    except SystemExit as stop:  # argparse has printed the help or the version
        return int(stop.code or 0)
    if "run" not in args:
        parser.print_help()
        return 0
    _set_level(args)
    if "no_config" in args:
        from digitreader.cli.config_arguments import apply_config
        from digitreader.cli.read import read_parser

        # "digitreader -v read" is "digitreader read -v"
        place = next(at for at, word in enumerate(arguments) if not word.startswith("-"))
        apply_config(args, [*arguments[:place], *arguments[place + 1 :]], read_parser)
        _set_level(args)
    print_detail(f"digitreader {__version__}, Python {sys.version.split()[0]} at {sys.executable}")
    return int(args.run(args))


def _set_level(args: argparse.Namespace) -> None:
    set_level(verbose=getattr(args, "verbose", False), quiet=getattr(args, "quiet", False))


def _flush() -> int:
    if sys.stdout is not None:
        sys.stdout.flush()
    return 0


def _guarded(step: Callable[[], int]) -> int:
    try:
        return step()
    except DigitReaderError as error:
        print_error(str(error))
        if is_verbose():
            for cause in _causes_of(error):
                print_detail(f"caused by {type(cause).__name__}: {cause}")
        return error.exit_status
    except KeyboardInterrupt:
        print_info("interrupted")
        return INTERRUPTED
    except BrokenPipeError:
        _flush_or_drop_stdout()
        return CLOSED_PIPE
    except OSError as error:
        _flush_or_drop_stdout()
        print_error(_said_by_system(error))
        return 1


def _causes_of(error: BaseException) -> Iterator[BaseException]:
    while (cause := error.__cause__) is not None:
        yield cause
        error = cause


def _said_by_system(error: OSError) -> str:
    """The message for an error of the system; a disk error without a file name comes from stdout."""
    why = error.strerror or str(error)
    if error.filename:
        return f"{error.filename}: {why}"
    if error.errno in OF_A_DISK:
        return f"standard output cannot be written to ({why}); make room there, or send it elsewhere: > FILE"
    return f"the system refused an operation ({why}); -v prints more"


def _flush_or_drop_stdout() -> None:
    # otherwise Python would print an error at its end about text that cannot be written
    try:
        _flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
