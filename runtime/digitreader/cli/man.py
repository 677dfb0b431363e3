"""`digitreader man`: prints the manual page, made from the arguments of every command."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

from digitreader import __version__
from digitreader.cli.help_text import blocks_of

if TYPE_CHECKING:
    from digitreader.cli.parser import Parser

DESCRIPTION = """\
Print the manual page of all commands, for man to show. It is made from the same text as each command's --help.
"""

EXAMPLES = """\
examples:
  digitreader man | man -l -
  digitreader man > ~/.local/share/man/man1/digitreader.1    then: man digitreader
"""

FILES = """\
  ~/.config/digitreader/config.toml  options of `digitreader read`; $XDG_CONFIG_HOME names another folder than .config
  /etc/digitreader/config.toml       the same for everybody
  ~/.cache/digitreader               downloads and computed results; $XDG_CACHE_HOME names another folder than .cache
"""

ENVIRONMENT = """\
  COLUMNS                    the width of help texts
  NO_COLOR                   if it is set and not empty, nothing has colours
  DIGITREADER_DATA           the folder with MNIST
  DIGITREADER_MQTT_USER      the broker's user, if --user is not given
  DIGITREADER_MQTT_PASSWORD  the broker's password, if --password-file is not given
"""

EXIT_STATUS = """\
  0    success
  1    something failed; stderr says what
  2    the command line or the configuration is wrong
  130  Ctrl-C
  141  the pipe that it printed to was closed
"""


TITLES = {"positional arguments": "Arguments"}


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the command's arguments."""
    parser = subparsers.add_parser("man", help="print the manual page", description=DESCRIPTION, epilog=EXAMPLES)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:  # noqa: ARG001 # as every command's
    """Print the page."""
    from digitreader.cli.main import build_parser

    sys.stdout.write(manual_page(build_parser(())))
    return 0


def manual_page(parser: Parser) -> str:
    """The manual page of a parser and all its commands, in roff with the man macros.

    Args:
        parser: the parser of the whole command line.
    """
    lines = [
        f'.TH DIGITREADER 1 "" "digitreader {__version__}" "User Commands"',
        *(".SH NAME", rf"digitreader \- {_plain(_first_sentence(parser))}"),
        *(".SH SYNOPSIS", ".B digitreader", r"\fICOMMAND\fR [\fIoptions\fR]"),
        *(".SH DESCRIPTION", *_text(parser.description or "")),
        *_options(parser),
        *(".SH FILES", *_text(FILES), ".SH ENVIRONMENT", *_text(ENVIRONMENT), ".SH EXIT STATUS", *_text(EXIT_STATUS)),
    ]
    for each in list(parser.with_parts())[1:]:
        lines += [
            f'.SH "{_plain(each.prog)}"',
            *_text(each.description or ""),
            *_options(each),
            *_text(each.epilog or ""),
        ]
    return "\n".join(lines) + "\n"


def _first_sentence(parser: Parser) -> str:
    return (parser.description or "").strip().partition(".")[0]


def _options(parser: Parser) -> Iterator[str]:
    """The arguments, group by group. Those of every command are listed once, and commands by their names."""
    for title, description, actions in parser.grouped():
        shown = [each for each in actions if not (_is_everywhere(each) and " " in parser.prog)]
        if not shown:
            continue
        yield f'.SS "{_plain(TITLES.get(title, title.capitalize()))}"'
        yield from _text(description)
        for action in shown:
            if isinstance(action, argparse._SubParsersAction):  # noqa: SLF001 # argparse has no public name for it
                for part in action._choices_actions:  # noqa: SLF001 # as above
                    yield from _entry(part.dest, part.help or "")
            else:
                yield from _entry(*parser.described(action))


def _is_everywhere(action: argparse.Action) -> bool:
    return action.dest in {"help", "verbose", "quiet", "version"}


def _text(text: str) -> Iterator[str]:
    for block in blocks_of(text):
        if isinstance(block, list):
            for term, meaning, _ in block:
                yield from _entry(term.strip(), meaning)
        elif block:
            yield from (".PP", _plain(block))


def _entry(term: str, meaning: str) -> Iterator[str]:
    yield from (".TP", rf"\fB{_plain(term)}\fR", _plain(meaning) or r"\&")


def _plain(text: str) -> str:
    r"""Text escaped for roff: \ and - are kept, and no line begins with . or '."""
    escaped = text.replace("\\", r"\e").replace("-", r"\-")
    return rf"\&{escaped}" if escaped.startswith((".", "'")) else escaped
