"""Reads the configuration file as TOML, and says in one line why it cannot."""

from __future__ import annotations

import stat
import tomllib
from pathlib import Path

from digitreader.addresses import HIDDEN
from digitreader.config.secrets import secret_keys
from digitreader.errors import ConfigError

Table = dict[str, object]
"""What stands in a configuration file: a value for each key, as TOML has it."""

TOO_LARGE = 1 << 63
"""From here on a whole number needs more bits than TOML gives it."""


def read_config(path: Path) -> Table:
    """Read a configuration file.

    Raises:
        ConfigError: it is not there, may not be read, is no TOML, holds a number that is too large, or lacks a secret
            that was hidden in it.
    """
    table = _parse(path)
    for key, value in table.items():
        for each in value if isinstance(value, list) else [value]:
            _check(path, key, each)
    return table


def _check(path: Path, key: str, value: object) -> None:
    if isinstance(value, str) and HIDDEN in value:
        raise ConfigError(
            f"{path}: {key}: {HIDDEN} stands where digitreader config has hidden what may be a secret; "
            "write the secret itself there"
        )
    if isinstance(value, int) and abs(value) >= TOO_LARGE:
        raise ConfigError(f"{path}: {key}: the number has more than 64 bits; give a smaller one")


def _parse(path: Path) -> Table:
    try:
        return tomllib.loads(path.read_bytes().decode("utf-8-sig"))  # editors of Windows begin a file with a mark
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read ({error.strerror}); name a file that can: --config FILE") from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path}: is no UTF-8 text (byte {error.start}); save it as UTF-8") from error
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f'{path}: is no TOML: {error}; a line is: key = "text", number, true or a [list]') from error
    except ValueError as error:  # which tomllib lets through from int() alone
        raise ConfigError(f"{path}: holds a number with too many digits; give a smaller one") from error
    except RecursionError as error:
        raise ConfigError(f"{path}: holds brackets in brackets without end; a list is: key = [1, 2]") from error


def exposed_secrets(path: Path, table: Table) -> list[str]:
    """The keys of a file that may hold a secret while everybody on this machine may read the file."""
    return secret_keys(table) if path.stat().st_mode & stat.S_IROTH else []
