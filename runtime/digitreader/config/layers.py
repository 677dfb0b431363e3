"""Lays the command line over the file, and the file over the defaults."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from digitreader.config.file import TOO_LARGE, Table
from digitreader.config.options import keys_of, options_of, words_of
from digitreader.errors import ConfigError, UsageError

if TYPE_CHECKING:
    from digitreader.main import Parser

SAME = {"source": "sources", "sources": "source"}
"""What is named in two ways: whoever names a source means it instead of those of the file."""

Origin = Literal["command line", "file", "default"]


@dataclass(frozen=True, slots=True)
class Setting:
    """One option as it stands.

    Attributes:
        key: its name in a file.
        value: as TOML has it; None where it is not set.
        origin: who said so.
    """

    key: str
    value: object
    origin: Origin


def lay_over(
    args: argparse.Namespace, words: Sequence[str], table: Table, *, make: Callable[[], Parser], path: Path
) -> None:
    """Set in `args` what the file says and the command line does not.

    Args:
        args: what the command line was parsed to, defaults included.
        words: the command line, behind the command.
        table: the file's content.
        make: makes the command's parser.
        path: the file, for messages.

    Raises:
        ConfigError: a key that there is not, or a value that the option does not take.
    """
    given = vars(_said(make(), words))
    beaten = _beaten_by(given, make())
    for dest, value in vars(_filed(make(), table, path)).items():
        if dest not in beaten:
            setattr(args, dest, value)


def settings_of(words: Sequence[str], table: Table, *, make: Callable[[], Parser]) -> list[Setting]:
    """Every option as it stands, in the order of the command's help.

    Args:
        words: the command line, behind the command, that was parsed before.
        table: the file's content, checked before.
        make: makes the command's parser.
    """
    given, written = vars(_said(make(), words)), vars(_said(_as_written(make()), words))
    beaten = _beaten_by(given, make())
    settings: dict[str, Setting] = {}
    for action in options_of(make().actions()).values():
        keys = keys_of(action)
        filed = next((key for key in keys if key in table), None)
        if action.dest in given:
            value = _as_said(given[action.dest], written[action.dest])
            setting = Setting(keys[0], _plain(value), "command line")
        elif filed is not None and action.dest not in beaten:
            setting = Setting(keys[0], table[filed], "file")
        else:
            setting = Setting(keys[0], _plain(action.default), "default")
        settings[action.dest] = setting
    return list(settings.values())


def _beaten_by(given: Iterable[str], parser: Parser) -> set[str]:
    """What a file cannot say any more: what the command line says, and what cannot be said together with it."""
    return {each for dest in given for each in (dest, SAME.get(dest, dest), *parser.rivals(dest))}


def _said(parser: Parser, words: Sequence[str]) -> argparse.Namespace:
    """What the words themselves set, without any default."""
    for action in parser.actions():
        action.default = argparse.SUPPRESS
    return parser.parse_args(words)


def _filed(parser: Parser, table: Table, path: Path) -> argparse.Namespace:
    try:
        return _said(parser, words_of(table, options_of(parser.actions())))
    except (ConfigError, UsageError) as error:
        told = str(error).removeprefix("argument ").removeprefix("--").partition("; see ")[0]
        raise ConfigError(f"{path}: {told}") from error


def _as_written(parser: Parser) -> Parser:
    """A parser that keeps each value as it was typed; another has checked them."""
    for action in parser.actions():
        action.type, action.choices = None, None
    return parser


def _as_said(parsed: object, written: object) -> object:
    """A number where one was written that a file can hold; else, as for a size such as 5M, what was written."""
    if isinstance(written, str) and isinstance(parsed, int | float) and abs(parsed) < TOO_LARGE:
        with suppress(ValueError):
            return parsed if float(written) == parsed else written
    return written


def _plain(value: object) -> object:
    """A value as TOML can say it."""
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return str(value)
