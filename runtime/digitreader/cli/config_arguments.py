"""Takes options from the configuration file, if the command line does not set them."""

from __future__ import annotations

import argparse
import json
import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from digitreader.errors import ConfigError, UsageError
from digitreader.host.messages import print_info, print_warning
from digitreader.setup.config_file import TOO_LARGE, Table, find_config, hidden
from digitreader.setup.references import SecretNames, as_written, filled_in

if TYPE_CHECKING:
    from digitreader.cli.parser import Parser


class SourcesAction(argparse.Action):
    """Collects sources, with or without ``--source``."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,  # noqa: ARG002 # argparse's own
        namespace: argparse.Namespace,
        values: Any,
        option_string: str | None = None,  # noqa: ARG002 # as above
    ) -> None:
        """Add these sources to those before."""
        if values is self.default:  # no source is named without --source
            return
        before = getattr(namespace, self.dest, None) or []
        setattr(namespace, self.dest, [*before, *_listed(values)])


def add_source_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare ``SOURCE ...`` and ``--source``, which mean the same."""
    parser.add_argument(
        "sources", nargs="*", action=SourcesAction, default=[], metavar="SOURCE", help="what to read; see above"
    )
    parser.add_argument(
        "--source",
        action=SourcesAction,
        dest="sources",
        default=argparse.SUPPRESS,
        metavar="SOURCE",
        help="the same as SOURCE",
    )


NOT_IN_FILES = frozenset({"help", "version", "config", "no_config"})

Options = Mapping[str, argparse.Action]
"""The parser's options by the key that each has in a file."""


def options_of(actions: Sequence[argparse.Action]) -> Options:
    """The options by their keys: the long name without dashes, and ``sources``."""
    pairs = [(key, action) for action in actions if action.dest not in NOT_IN_FILES for key in keys_of(action)]
    return dict(pairs)


def keys_of(action: argparse.Action) -> list[str]:
    """The keys of an option, the usual one first; the ``--no-`` form of a switch is not a key."""
    if not action.option_strings:
        return [action.dest]
    names = [name.removeprefix("--") for name in action.option_strings if name.startswith("--")]
    return [name for name in names if name.removeprefix("no-") not in names or not name.startswith("no-")]


def words_of(table: Mapping[str, object], options: Options) -> list[str]:
    """Convert a file's table to the words of a command line, so that the parser checks them.

    Raises:
        ConfigError: a key does not exist, two keys mean the same, or a value is not possible on a command line.
    """
    unknown = [key for key in table if key not in options]
    if unknown:
        raise ConfigError(_unknown(unknown[0], options))
    if len(same := [key for key in table if isinstance(options[key], SourcesAction)]) > 1:
        raise ConfigError(f"{same[0]} and {same[1]}: mean the same; write all sources in one of them")
    named = [key for key in table if options[key].option_strings]
    words = [word for key in named for word in _words(key, table[key], options[key])]
    # after two dashes nothing counts as an option, or as one more value of the option before
    nameless = [word for key in table if key not in named for word in _words(key, table[key], options[key])]
    return [*words, "--", *nameless] if nameless else words


def _unknown(key: str, options: Options) -> str:
    from difflib import get_close_matches

    nearest = get_close_matches(key, list(options), n=1, cutoff=0.0)[0]
    return f"unknown key {key!r}; the nearest is {nearest!r}, and digitreader config --help lists them all"


def _words(key: str, value: object, action: argparse.Action) -> Iterator[str]:
    option = f"--{key}"
    if action.nargs == 0:
        yield from _switch(key, value, action)
    elif not action.option_strings:
        yield from (_text(key, each, number=True) for each in _listed(value))
    elif isinstance(action, SourcesAction):
        yield from (f"{option}={_text(key, each, number=True)}" for each in _listed(value))
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
    kind = next((text for kind, text in kinds.items() if isinstance(value, kind)), None)
    return kind or f"is {value}"


def _listed(value: object) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _is_text(action: argparse.Action) -> bool:
    return action.type is None or (isinstance(action.type, type) and issubclass(action.type, str | os.PathLike))


def _takes_several(action: argparse.Action) -> bool:
    return action.nargs in {"*", "+"} or (isinstance(action.nargs, int) and action.nargs > 1)


def _repeatable(action: argparse.Action) -> bool:
    return isinstance(action, argparse._AppendAction)  # noqa: SLF001 # argparse has no public name for it


Origin = Literal["command line", "file", "default"]


@dataclass(frozen=True, slots=True)
class OptionValue:
    """The value of one option.

    Attributes:
        key: its name in a file.
        value: a TOML value; None if it is not set.
        origin: where the value comes from.
    """

    key: str
    value: object
    origin: Origin


def merge_file_options(
    args: argparse.Namespace,
    words: Sequence[str],
    table: Table,
    *,
    make: Callable[[], Parser],
    path: Path,
    environment: Mapping[str, str] = os.environ,
) -> None:
    """Set the options in `args` that the file sets and the command line does not.

    Args:
        args: the parsed command line, defaults included.
        words: the words of the command line after the command.
        table: the file's content.
        make: makes the command's parser.
        path: the file, for messages.
        environment: the values for ${NAME} in the file.

    Raises:
        ConfigError: a key does not exist, or the option does not accept the value.
    """
    given = vars(_said(make(), words))
    beaten = _beaten_by(given, make())
    for dest, value in vars(_filed(make(), filled_in(table, environment, path), path)).items():
        if dest not in beaten:
            setattr(args, dest, value)


def settings_of(words: Sequence[str], table: Table, *, make: Callable[[], Parser]) -> list[OptionValue]:
    """The value of every option, in the order of the command's help.

    Args:
        words: the words of the command line after the command; they were parsed before.
        table: the file's content; it was checked before.
        make: makes the command's parser.
    """
    given, written = vars(_said(make(), words)), vars(_said(_as_written(make()), words))
    beaten = _beaten_by(given, make())
    settings: dict[str, OptionValue] = {}
    options = options_of(make().actions())
    for action in options.values():
        if action.dest in settings:  # --source is another name of sources
            continue
        keys = [key for key, each in options.items() if each.dest == action.dest]
        filed = [table[key] for key in reversed(keys) if key in table]
        if action.dest in given:
            value = _as_said(given[action.dest], written[action.dest])
            setting = OptionValue(keys[0], as_written(plain(value)), "command line")
        elif filed and action.dest not in beaten:
            # `source` and `sources` are both read
            both = [each for value in filed for each in _listed(value)]
            setting = OptionValue(keys[0], filed[0] if len(filed) == 1 else both, "file")
        else:
            setting = OptionValue(keys[0], plain(action.default), "default")
        settings[action.dest] = setting
    return list(settings.values())


def _beaten_by(given: Iterable[str], parser: Parser) -> set[str]:
    """Keys of the file that the command line overrides or excludes."""
    return {each for dest in given for each in (dest, *parser.rivals(dest))}


def _said(parser: Parser, words: Sequence[str]) -> argparse.Namespace:
    """The options that the words set, without defaults."""
    for action in parser.actions():
        action.default = argparse.SUPPRESS
    return parser.parse_args(words)


def _filed(parser: Parser, table: Table, path: Path) -> argparse.Namespace:
    try:
        return _said(parser, words_of(table, options_of(parser.actions())))
    except (ConfigError, UsageError) as error:
        reason = re.split(r";? see digitreader ", str(error))[0].removeprefix("argument ").removeprefix("--")
        raise ConfigError(f"{path}: {reason}") from error


def _as_written(parser: Parser) -> Parser:
    """A parser that keeps each value as it was typed; another parser has checked the values."""
    for action in parser.actions():
        action.type, action.choices = None, None
    return parser


def _as_said(parsed: object, written: object) -> object:
    """The number if the text is a number that TOML can express; else the text itself, such as 5M."""
    if isinstance(written, str) and isinstance(parsed, int | float) and abs(parsed) < TOO_LARGE:
        with suppress(ValueError):
            return parsed if float(written) == parsed else written
    return written


def plain(value: object) -> object:
    """A value that TOML can express."""
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, list | tuple):
        return [plain(each) for each in value]
    return str(value)


NOT_SHOWN = "possible secrets are not shown"


def show(settings: Sequence[OptionValue], *, file: Path | None, looked_for: Sequence[Path]) -> str:
    """The configuration as a file, with the origin of each value behind its line.

    Args:
        settings: all options.
        file: the file that was read; None if there is none.
        looked_for: the files that were looked for.
    """
    places = ", ".join(str(place) for place in looked_for) or "nowhere"
    head = f"# file: {file}" if file else f"# file: none (looked for: {places})"
    secrets = SecretNames()
    lines = [_line(setting, secrets) for setting in settings]
    hint = f"# {NOT_SHOWN}: set {', '.join(secrets.given)} in the environment, or write it in here"
    return "\n".join([head, *([hint] if secrets.given else []), *lines])


def _line(setting: OptionValue, secrets: SecretNames) -> str:
    if setting.value is None or setting.value == []:
        return f"# {setting.key} is not set"
    shown = secrets.refer(hidden(setting.key, setting.value))
    if not _is_unicode(shown):
        return f"# {setting.key} is not UTF-8 text, so no file can hold it; give it on the command line"
    return f"{setting.key} = {toml_of(shown)}  # {setting.origin}"


def _is_unicode(value: object) -> bool:
    """Whether it can be written as UTF-8; file names with other bytes cannot."""
    if isinstance(value, list):
        return all(map(_is_unicode, value))
    return not any("\ud800" <= character <= "\udfff" for character in str(value))


def toml_of(value: object) -> str:
    """A value in the syntax of a configuration file."""
    if isinstance(value, list):
        return f"[{', '.join(toml_of(each) for each in value)}]"
    if isinstance(value, str):
        # JSON's escapes are valid in TOML; but TOML also requires an escape for DEL
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    return str(value).lower() if isinstance(value, bool) else str(value)


FILES = """\
A TOML file may set any of these options, named without their dashes; the command line comes first:
  sources = [0]
  format = "jsonl"
  expect = ["digits=5", "increasing"]
  password-file = "~/.mqtt-password"
"${NAME}" is filled in from the environment, so that the file needs no secret: "rtsp://eye:${CAMERA}@host/1".
`digitreader config init` writes a file that explains every key. Without --config read looks for
~/.config/digitreader/config.toml (or below $XDG_CONFIG_HOME), then for /etc/digitreader/config.toml. It uses the first
that exists, and a line on stderr says so.
"""


def add_config_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare ``--config`` and ``--no-config``."""
    group = parser.add_argument_group("the configuration file", FILES)
    which = group.add_mutually_exclusive_group()
    which.add_argument("--config", type=Path, metavar="FILE", help="read the options that are not given here from FILE")
    which.add_argument("--no-config", action="store_true", help="read no configuration file")


def apply_config(
    args: argparse.Namespace,
    words: Sequence[str],
    make: Callable[[], Parser],
    environment: Mapping[str, str] = os.environ,
) -> None:
    """Set the options that the configuration file sets and the command line does not; `args.config` is that file.

    Args:
        args: the parsed command line.
        words: the words of the command line after the command.
        make: makes the command's parser.
        environment: decides where the file is looked for, and has the values for ${NAME} in it.

    Raises:
        ConfigError: the file cannot be read, or has a key that is not an option.
    """
    args.words = words
    if args.no_config:
        return
    if args.config is None:
        args.config = find_config(environment)
        if args.config is None:
            return
        print_info(f"settings from {args.config}; --no-config leaves them out")
    from digitreader.setup.config_file import exposed_secrets, read_config

    table = read_config(args.config)
    merge_file_options(args, words, table, make=make, path=args.config, environment=environment)
    for key in exposed_secrets(args.config, table):
        print_warning(
            f"warning: {args.config}: {key} may contain a secret, and other users can read this file; chmod 600 "
            f"{args.config}"
        )
