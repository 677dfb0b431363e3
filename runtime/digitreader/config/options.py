"""From the keys of a configuration file to the options of the command line, by asking the parser which there are."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from digitreader.errors import ConfigError

NOT_IN_FILES = frozenset({"help", "version", "config", "no_config"})

Options = Mapping[str, argparse.Action]
"""The parser's options by the key that each has in a file."""


def options_of(actions: Sequence[argparse.Action]) -> Options:
    """Give each option its key: its long name without dashes, and for sources the plain word."""
    pairs = [(key, action) for action in actions if action.dest not in NOT_IN_FILES for key in keys_of(action)]
    return dict(pairs)


def keys_of(action: argparse.Action) -> list[str]:
    """The keys that mean an option, the first of them the usual one; the ``--no-`` of a switch is no key."""
    if not action.option_strings:
        return [action.dest]
    names = [name.removeprefix("--") for name in action.option_strings if name.startswith("--")]
    return [name for name in names if name.removeprefix("no-") not in names or not name.startswith("no-")]


def words_of(table: Mapping[str, object], options: Options) -> list[str]:
    """Write a file's table as the words of a command line, so that the parser itself checks them.

    Raises:
        ConfigError: a key that there is not, or a value that no command line can say.
    """
    unknown = [key for key in table if key not in options]
    if unknown:
        raise ConfigError(_unknown(unknown[0], options))
    named = [key for key in table if options[key].option_strings]
    words = [word for key in named for word in _words(key, table[key], options[key])]
    # behind two dashes nothing is taken for an option, or for one more value of the option before
    nameless = [word for key in table if key not in named for word in _words(key, table[key], options[key])]
    return [*words, "--", *nameless] if nameless else words


def _unknown(key: str, options: Options) -> str:
    from difflib import get_close_matches

    nearest = get_close_matches(key, list(options), n=1, cutoff=0.0)[0]
    return f"unknown key {key!r}; the nearest is {nearest!r}, and digitreader config --help tells them all"


def _words(key: str, value: object, action: argparse.Action) -> Iterator[str]:
    option = f"--{key}"
    if action.nargs == 0:
        yield from _switch(key, value, action)
    elif not action.option_strings:
        yield from (_text(key, each, number=True) for each in _listed(value))
    elif _takes_several(action):
        yield from (option, *(_text(key, each, number=True) for each in _listed(value)))
    elif isinstance(value, list) and not _repeatable(action):
        raise ConfigError(f"{key}: is a list of {len(value)}; give one value, without brackets")
    else:
        yield from (f"{option}={_text(key, each, number=not _is_text(action))}" for each in _listed(value))


def _switch(key: str, value: object, action: argparse.Action) -> Iterator[str]:
    if isinstance(action, argparse._CountAction):  # noqa: SLF001 # argparse has no public name for it
        if not isinstance(value, int) or isinstance(value, bool):
            raise ConfigError(f"{key}: {_shown(value)}; give a whole number, without quotes")
        yield from [f"--{key}"] * value
    elif not isinstance(value, bool):
        raise ConfigError(f"{key}: {_shown(value)}; give true or false, without quotes")
    elif value:
        yield f"--{key}"
    elif f"--no-{key}" in action.option_strings:
        yield f"--no-{key}"


def _text(key: str, value: object, *, number: bool) -> str:
    if isinstance(value, str):
        if "\0" in value:
            raise ConfigError(f"{key}: holds a zero byte, which no option can; leave it out")
        return os.path.expanduser(value)  # noqa: PTH111 # a path's own would take the slashes out of URLs
    if isinstance(value, int | float) and not isinstance(value, bool) and number:
        return str(value)
    need = "a number or text in quotes" if number else "text in quotes"
    raise ConfigError(f"{key}: {_shown(value)}; give {need}")


def _shown(value: object) -> str:
    kinds = {bool: "is true or false", dict: "is a table", list: "is a list", str: "is text"}
    kind = next((told for kind, told in kinds.items() if isinstance(value, kind)), None)
    return kind or f"is {value}"


def _listed(value: object) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _is_text(action: argparse.Action) -> bool:
    return action.type is None or (isinstance(action.type, type) and issubclass(action.type, str | os.PathLike))


def _takes_several(action: argparse.Action) -> bool:
    return action.nargs in {"*", "+"} or (isinstance(action.nargs, int) and action.nargs > 1)


def _repeatable(action: argparse.Action) -> bool:
    return isinstance(action, argparse._AppendAction)  # noqa: SLF001 # argparse has no public name for it
