"""The configuration file: finds it, reads it, and hides secrets in it."""

from __future__ import annotations

import re
import shlex
import stat
import tomllib
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from digitreader.errors import ConfigError
from digitreader.host.messages import HIDDEN, NAMES_OF_SECRETS, parse_shown
from digitreader.host.waiting import pipe_announced
from digitreader.setup.references import REFERENCE, without_references

FILE = Path("digitreader") / "config.toml"
SYSTEM = Path("/etc") / FILE


def places(environment: Mapping[str, str]) -> tuple[Path, ...]:
    """The files that are looked for if none is named: the user's own, then the machine's.

    A file in the current folder is never used: somebody else may have put it there, and it may run commands.
    """
    named, home = environment.get("XDG_CONFIG_HOME", ""), environment.get("HOME", "")
    if Path(named).is_absolute():
        return Path(named) / FILE, SYSTEM
    return (Path(home) / ".config" / FILE, SYSTEM) if home else (SYSTEM,)


def find_config(environment: Mapping[str, str]) -> Path | None:
    """The first of `places` that exists."""
    return next((path for path in places(environment) if path.is_file()), None)


COMMAND = "run:"
"""The beginning of an output that is a command."""

_WORDS = frozenset({"password", "passwd", "passphrase", "secret", "token"})
_ONLY_WHERE = frozenset({"file", "env", "environment", "variable"})
_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://[^\s\"']+")
_IN_COMMAND = re.compile(
    # --password x, --password=x, KEY=x, PW=x; -u user:x; sshpass -p x; Authorization: x, -H 'X-Api-Key: x'
    rf"(?<!\S)(?:-+{NAMES_OF_SECRETS}\s+(?!-)|-*{NAMES_OF_SECRETS}=|(?:\w+_)?pw=)\S"
    r"|(?<!\S)-u\s*\S+:\S|\bsshpass\s+-p\s*\S|\bauthorization:\s*\S"
    rf"|(?<!\S)(?:-H|--header)[\s=]*[\"']?{NAMES_OF_SECRETS}:\s*\S",
    re.IGNORECASE,
)


def secret_keys(table: Mapping[str, object]) -> list[str]:
    """The keys whose values may contain a secret, in their order; arguments of a command only if they look like one."""
    return [key for key, value in table.items() if any(_may_hold(key, each) for each in _listed(value))]


def hidden(key: str, value: object) -> object:
    """A value that is safe to show: stars replace possible secrets in it, or all of it if its key names a secret.

    Only the program of a command is shown. The name of a file or variable that contains a secret is not a secret, and
    a reference such as ${NAME} is not either.
    """
    if isinstance(value, list):
        return [hidden(key, each) for each in value]
    if not isinstance(value, str) or not value or REFERENCE.fullmatch(value):
        return value
    if _is_named_secret(key):
        return HIDDEN
    if value.startswith(COMMAND):
        return COMMAND + _program_alone(value.removeprefix(COMMAND))
    return _without_secrets(value, host_alone=key == "output" and value.startswith(("http:", "https:")))


def _may_hold(key: str, value: object) -> bool:
    if isinstance(value, str) and value.startswith(COMMAND):
        line = without_references(value.removeprefix(COMMAND))
        return _without_secrets(line, host_alone=True) != line or _IN_COMMAND.search(line) is not None
    return hidden(key, value) != value


def _listed(value: object) -> list[object]:
    return value if isinstance(value, list) else [value]


def _program_alone(line: str) -> str:
    words = line.split(maxsplit=1)
    with suppress(ValueError):  # a quote that is not closed
        words = shlex.split(line)
    if "=" not in line and len(without_references(line).split(maxsplit=1)) < 2:
        return line
    if len(words) < 2 and "=" not in line:
        return line
    # NAME=value before a program is meant for a shell, and the value may be a secret
    return HIDDEN if "=" in words[0] else f"{shlex.quote(words[0])} {HIDDEN}"


def _without_secrets(text: str, *, host_alone: bool) -> str:
    return _ADDRESS.sub(lambda match: _shown(match[0], host_alone=host_alone), text)


def _shown(text: str, *, host_alone: bool) -> str:
    address = parse_shown(text)
    if address is None:
        return text
    bare = without_references(text)
    referring = None if bare == text else parse_shown(bare)
    # a reference to the environment is not a secret in the file
    if referring is not None and (referring.host_alone if host_alone else referring.starred) == bare:
        return text
    return address.host_alone if host_alone else address.starred


def _is_named_secret(key: str) -> bool:
    words = key.split("-")
    return bool(_WORDS & set(words)) and words[-1] not in _ONLY_WHERE


Table = dict[str, object]
"""The content of a configuration file: a TOML value for each key."""

MOST_BYTES = 1_000_000
TOO_LARGE = 1 << 63
"""From here on an integer has more than TOML's 64 bits."""


def read_config(path: Path) -> Table:
    """Read a configuration file.

    Raises:
        ConfigError: it does not exist, may not be read, is not TOML, has a number that is too large, or has stars in
            place of a secret.
    """
    table = _flattened(path, _parse(path))
    for key, value in table.items():
        for each in value if isinstance(value, list) else [value]:
            _check(path, key, each)
    return table


BROKER_KEYS = frozenset(
    {
        *("address", "user", "password-file", "ca-file", "discovery"),
        *("meter", "unit", "device-class", "state-class", "precision"),
    }
)
"""The keys that the table ``[output.mqtt]`` may have beside ``address``."""


def _flattened(path: Path, table: Table) -> Table:
    """The table with the keys of ``[output.mqtt]`` as options; ``places`` beside it are the other outputs."""
    output = table.get("output")
    if not isinstance(output, dict):
        return table
    broker, places = output.get("mqtt", {}), output.get("places", [])
    if not isinstance(broker, dict) or set(output) - {"mqtt", "places"}:
        raise ConfigError(
            f"{path}: output: the only table below it is [output.mqtt]; write other outputs as places = "
            '["csv:log.csv"] below [output], or all of them as output = ["mqtt://broker", "csv:log.csv"]'
        )
    options = {key.replace("_", "-"): value for key, value in broker.items()}
    if wrong := sorted(set(options) - BROKER_KEYS):
        raise ConfigError(f"{path}: output.mqtt: unknown key {wrong[0]!r}; there are {', '.join(sorted(BROKER_KEYS))}")
    if twice := sorted(set(options) & set(table)):
        raise ConfigError(f"{path}: {twice[0]}: is in [output.mqtt] and above it; write it once")
    address = [options.pop("address")] if "address" in options else []
    listed = places if isinstance(places, list) else [places]
    return {**table, **options, "output": [*address, *listed]}


def _check(path: Path, key: str, value: object) -> None:
    if isinstance(value, str) and HIDDEN in value:
        raise ConfigError(
            f"{path}: {key}: {HIDDEN} stands for a secret that was not shown; write the secret itself there, or "
            "${NAME} for a variable of the environment"
        )
    if isinstance(value, int) and abs(value) >= TOO_LARGE:
        raise ConfigError(f"{path}: {key}: the number has more than 64 bits; give a smaller one")


def _parse(path: Path) -> Table:
    try:
        with pipe_announced(path), path.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
        if len(content) > MOST_BYTES:
            raise ConfigError(
                f"{path}: has more than {MOST_BYTES:,} bytes, too many for a configuration; name another file"
            )
        return tomllib.loads(content.decode("utf-8-sig"))  # editors of Windows begin a file with a mark
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read ({error.strerror}); name a readable file: --config FILE") from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path}: is not UTF-8 text (byte {error.start}); save it as UTF-8") from error
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f'{path}: is not TOML: {error}; a line is: key = "text", number, true or a [list]') from error
    except ValueError as error:  # tomllib only lets errors of int() through
        raise ConfigError(f"{path}: holds a number with too many digits; give a smaller one") from error
    except RecursionError as error:
        raise ConfigError(f"{path}: has too many brackets inside brackets; a list is: key = [1, 2]") from error


def exposed_secrets(path: Path, table: Table) -> list[str]:
    """The keys that may contain a secret, if everybody on this machine may read the file; otherwise none."""
    return secret_keys(table) if path.stat().st_mode & stat.S_IROTH else []
