"""The parser of all commands: its help is as wide as the terminal, and an error is one line."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterable, Sequence
from difflib import get_close_matches
from typing import Any, NoReturn

from digitreader import __version__
from digitreader.cli.help_text import wrap_help
from digitreader.errors import UsageError
from digitreader.host.messages import terminal_columns

LEAST_COLUMNS, MOST_COLUMNS = 40, 120
"""The limits of the help's width: shorter or longer lines are hard to read."""


LEAST_LIKENESS = 0.65
"""A name is suggested if it is this similar to the typed one: one wrong letter or two swapped letters."""


class Help(argparse.RawDescriptionHelpFormatter):
    """Help as wide as the terminal."""

    def __init__(self, prog: str) -> None:
        # argparse makes one for each declared argument; its own class would import shutil to find the width
        super().__init__(prog, width=max(LEAST_COLUMNS, min(terminal_columns(), MOST_COLUMNS)) - 2)

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        return "\n".join(f"{indent}{line}".rstrip() for line in wrap_help(text, width).splitlines())


class Parser(argparse.ArgumentParser):
    """An argument parser that reports an error on one line, as digitreader does everywhere.

    Args:
        arrange: puts the words into an order that can be parsed; None leaves the order as it is.
        options: the options of `argparse.ArgumentParser`, except the formatter.
    """

    _mixing = False
    parts: argparse._SubParsersAction[Parser] | None = None

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
                self.error(f"argument {word[:-3]}: two dashes are not a value; write ./-- for a file of that name")
        if self._arrange is not None:
            args = self._arrange(words)
        known, rest = super().parse_known_args(args, namespace)
        if not rest or self._mixing or self._subparsers is not None:
            return known, rest
        self._mixing = True  # the method below calls this one again
        try:
            known, rest = self.parse_known_intermixed_args(args, namespace)
        finally:
            self._mixing = False
        if rest:  # refused here, since the parser of the main command would name the wrong help
            self._refuse(rest)
        return known, rest

    def parse_args(  # type: ignore[override] # argparse's own has two overloads
        self, args: Sequence[str] | None = None, namespace: argparse.Namespace | None = None
    ) -> argparse.Namespace:
        """Parse as argparse does; unknown arguments are refused, with a suggestion."""
        known, rest = self.parse_known_args(args, namespace)
        if rest:
            self._refuse(rest)
        return known

    def add_subparsers(self, **options: Any) -> Any:
        """Add subcommands, as argparse does."""
        self.parts = super().add_subparsers(**options)
        return self.parts

    def with_parts(self) -> Iterable[Parser]:
        """This parser, and those of the commands below it."""
        yield self
        for part in {} if self.parts is None else self.parts.choices.values():
            yield from part.with_parts()

    def _print_message(self, message: str, file: Any = None) -> None:
        # argparse's method ignores a closed pipe or a full disk, but only for a long help
        if message and (out := file or sys.stderr) is not None:
            out.write(message)

    def actions(self) -> list[argparse.Action]:
        """The arguments that were declared, in their order."""
        return list(self._actions)

    def grouped(self) -> list[tuple[str, str, list[argparse.Action]]]:
        """The arguments by the groups of the help, with each group's title and description."""
        groups = self._action_groups
        return [(str(each.title), each.description or "", list(each._group_actions)) for each in groups]  # noqa: SLF001 # our own

    def described(self, action: argparse.Action) -> tuple[str, str]:
        """How an argument is written, and its text in the help."""
        formatter = self._get_formatter()
        said = formatter._expand_help(action) if action.help else ""  # noqa: SLF001 # argparse has no public name for it
        return formatter._format_action_invocation(action), said  # noqa: SLF001 # as above

    def rivals(self, dest: str) -> list[str]:
        """The arguments that exclude this one, by their names in the namespace."""
        exclusive = [group._group_actions for group in self._mutually_exclusive_groups]  # noqa: SLF001 # our own group's
        groups = [[each.dest for each in actions] for actions in exclusive]
        return [each for group in groups if dest in group for each in group if each != dest]

    def _refuse(self, words: Sequence[str]) -> NoReturn:
        option = next((word for word in words if word.startswith("-") and word != "-"), None)
        if option is None:
            self.error(f"{' '.join(words)}: is one argument too many")
        name = option.partition("=")[0]
        self.error(f"{name}: this option does not exist{did_you_mean(name, self._option_string_actions)}")

    def _check_value(self, action: argparse.Action, value: Any) -> None:
        if action.choices is None or value in action.choices:
            return
        choices = [str(choice) for choice in action.choices]
        if isinstance(action, argparse._SubParsersAction):  # noqa: SLF001 # argparse has no public name for it
            what = str(action.metavar).lower()
            self.error(f"{value}: there is no such {what}{did_you_mean(str(value), choices)}")
        said = f"{str(value)!r} is not a choice; there are {', '.join(choices)}{did_you_mean(str(value), choices)}"
        raise argparse.ArgumentError(action, said)

    def error(self, message: str) -> NoReturn:
        """Refuse the command line.

        Raises:
            UsageError: always.
        """
        raise UsageError(f"{message}{'' if message.endswith('?') else ';'} see {self.prog} --help")


def did_you_mean(given: str, known: Iterable[str]) -> str:
    """A suggestion as the end of a sentence; empty if no name is similar."""
    names = {name.lstrip("-"): name for name in known}
    near = get_close_matches(given.lstrip("-"), list(names), n=1, cutoff=LEAST_LIKENESS)
    return f"; did you mean {names[near[0]]}?" if near else ""


def add_message_arguments(parser: argparse.ArgumentParser, *, default: object = False) -> None:
    """Declare the options of every command: ``-V``, ``-v`` and ``-q``.

    Args:
        parser: the parser of a command.
        default: the default of the switches; `argparse.SUPPRESS` keeps the value from the main parser.
    """
    group = parser.add_argument_group("messages on stderr")
    group.add_argument(
        "-v",
        "--verbose",
        action="store_true",
        default=default,
        help="print more: each single case, and the cause of an error",
    )
    group.add_argument("-q", "--quiet", action="store_true", default=default, help="print only warnings and errors")
    group.add_argument(
        "-V", "--version", action="version", version=f"digitreader {__version__}", help="print the version and exit"
    )
