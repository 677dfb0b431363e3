"""`digitreader completion`: prints a script that makes a shell complete commands, options and their values."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from digitreader.errors import MissingExtraError

if TYPE_CHECKING:
    from digitreader.cli.parser import Parser

SHELLS = ("bash", "zsh", "fish")

DESCRIPTION = """\
Print a script that makes a shell complete the commands of digitreader, their options and values with the Tab key. To
print it, shtab is needed: pip install shtab
"""

EXAMPLES = """\
examples:
  digitreader completion bash > ~/.local/share/bash-completion/completions/digitreader
  digitreader completion zsh > ~/.zfunc/_digitreader        with fpath+=~/.zfunc before compinit in ~/.zshrc
  digitreader completion fish > ~/.config/fish/completions/digitreader.fish
Then open a new terminal.
"""

FOLDERS, FILES = frozenset({"DIR", "FOLDER", "RUN"}), frozenset({"SOURCE", "NAME|PATH", "PICTURE"})
"""The names in the help of arguments that take a folder (first), or a file or something else (second)."""


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the command's arguments."""
    parser = subparsers.add_parser(
        "completion",
        help="print a script for Tab completion in your shell",
        description=DESCRIPTION,
        epilog=EXAMPLES,
    )
    parser.add_argument("shell", choices=SHELLS, help="the shell that you use: echo $SHELL")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print the script.

    Raises:
        MissingExtraError: shtab is not installed.
    """
    from digitreader.cli.main import COMMANDS, build_parser

    try:
        import shtab
    except ImportError as error:
        raise MissingExtraError(
            "digitreader completion needs shtab, which is not installed; pip install shtab"
        ) from error
    parser = build_parser((), [name for name in COMMANDS if " " not in name])  # shells complete single words
    sys.stdout.write(shtab.complete(completed(parser), args.shell) + "\n")
    return 0


def completed(parser: Parser) -> Parser:
    """Mark the arguments that name files and folders, so that shtab completes them."""
    import shtab

    for each in parser.with_parts():
        for action in each.actions():
            metavar = str(action.metavar)
            if metavar in FOLDERS:
                action.complete = shtab.DIRECTORY  # type: ignore[attr-defined] # which is where shtab looks
            elif action.type is Path or metavar in FILES or metavar.startswith("FILE"):
                action.complete = shtab.FILE  # type: ignore[attr-defined] # as above
    return parser
