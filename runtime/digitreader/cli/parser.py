"""The parser of every command line: help as wide as the terminal, and one line for what is wrong."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from typing import Any, NoReturn

from digitreader.errors import UsageError
from digitreader.host.messages import terminal_columns


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
