"""The command `digitreader`: its subcommands, and how whatever goes wrong is said in one line."""

from __future__ import annotations

import argparse
import io
import os
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Any, NoReturn

from digitreader import __version__
from digitreader.errors import DigitReaderError, UsageError
from digitreader.talk import complain, say, terminal_columns

COMMANDS = (
    *("read", "explain", "train", "ablate", "export", "compare", "evaluate", "score", "verify", "models", "bench"),
    *("watch", "sheet", "config", "service", "doctor"),
)
"""Each is a module of `digitreader.commands` with ``add_parser``, in the order in which ``--help`` lists them."""

INTERRUPTED, CLOSED_PIPE = 130, 141
"""What a shell reports for a program that SIGINT or SIGPIPE ended."""

EXAMPLES = """\
examples:
  digitreader read photo.jpg            the digits of a picture, line by line
  digitreader read 0                    each number that is held under camera 0
  digitreader read demo                 the same from a built-in camera, without hardware
  digitreader COMMAND --help            what a command does, with examples
"""


class Help(argparse.RawDescriptionHelpFormatter):
    """Help as wide as the terminal."""

    def __init__(self, prog: str) -> None:
        # argparse makes one for each argument that is declared; its own would import shutil to ask for the width
        super().__init__(prog, width=terminal_columns() - 2)


class Parser(argparse.ArgumentParser):
    """An argument parser that says what is wrong in one line, like everything else here.

    Args:
        arrange: puts the words in the order in which they can be parsed; None leaves them.
        options: as argparse's own takes them, but the formatter.
    """

    _mixing = False

    def __init__(self, *, arrange: Callable[[list[str]], list[str]] | None = None, **options: Any) -> None:
        super().__init__(**options, formatter_class=Help)
        self._arrange = arrange

    def parse_known_args(  # type: ignore[override] # argparse's own has three overloads
        self, args: Sequence[str] | None = None, namespace: argparse.Namespace | None = None
    ) -> tuple[argparse.Namespace, list[str]]:
        """Parse as argparse does, but let a command's sources stand before and after its options."""
        words = list(sys.argv[1:] if args is None else args)
        for word in words[: words.index("--")] if "--" in words else words:
            # argparse before Python 3.13 would make an empty list of it
            if word.startswith("--") and word.endswith("=--"):
                self.error(f"argument {word[:-3]}: two dashes are no value; write ./-- for a file of that name")
        if self._arrange is not None:
            args = self._arrange(words)
        known, rest = super().parse_known_args(args, namespace)
        if not rest or self._mixing or self._subparsers is not None:
            return known, rest
        self._mixing = True  # what is called here calls this method
        try:
            return self.parse_known_intermixed_args(args, namespace)
        finally:
            self._mixing = False

    def _print_message(self, message: str, file: Any = None) -> None:
        # argparse's own keeps quiet about a closed pipe or a full disk, but only where the help is a long one
        if message and (out := file or sys.stderr) is not None:
            out.write(message)

    def actions(self) -> list[argparse.Action]:
        """The arguments that were declared, in their order."""
        return list(self._actions)

    def rivals(self, dest: str) -> list[str]:
        """The arguments that cannot be given together with one, by their names in the namespace."""
        exclusive = [group._group_actions for group in self._mutually_exclusive_groups]  # noqa: SLF001 # our own group's
        groups = [[each.dest for each in actions] for actions in exclusive]
        return [each for group in groups if dest in group for each in group if each != dest]

    def error(self, message: str) -> NoReturn:
        """Refuse the command line.

        Raises:
            UsageError: always.
        """
        raise UsageError(f"{message}; see {self.prog} --help")


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
        import_module(f"digitreader.commands.{name}").add_parser(subparsers)
    return parser


def read_parser() -> Parser:
    """The parser of `digitreader read` by itself, without the other commands."""
    from digitreader.commands.read import add_arguments

    parser = Parser(prog="digitreader read")
    add_arguments(parser)
    return parser


def _run(arguments: Sequence[str]) -> int:
    try:
        args = build_parser(arguments).parse_args(arguments)
    except SystemExit as stop:  # argparse has printed the help or the version
        return int(stop.code or 0)
    if "no_config" in args:
        from digitreader.commands.config_arguments import apply_config

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
        complain(str(error))
        return error.exit_status
    except KeyboardInterrupt:
        say("interrupted")
        return INTERRUPTED
    except BrokenPipeError:
        _flush_or_drop_stdout()
        return CLOSED_PIPE
    except OSError as error:
        _flush_or_drop_stdout()
        complain(f"{error.filename or 'output'}: {error.strerror or error}")
        return 1


def _flush_or_drop_stdout() -> None:
    # what cannot be written would make Python complain on its way out
    try:
        _flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
