"""Secrets by reference: ${NAME} in a configuration file stands for a variable of the environment."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote

from digitreader.errors import ConfigError
from digitreader.host.messages import HIDDEN

REFERENCE = re.compile(r"(?<!\$)\$\{([A-Za-z_][A-Za-z0-9_]*)\}")
_LITERAL = re.compile(r"\$\$\{")
_LOGIN = re.compile(r"(?<=://)[^/?#\s]*(?=@)")
"""User and password of an address; a reference has no slash."""
MOST_CHARACTERS = 1_000_000
VARIABLE = "DIGITREADER_SECRET"


def names_in(value: object) -> list[str]:
    """The variables that a value in a file refers to, also within lists."""
    if isinstance(value, list):
        return [name for each in value for name in names_in(each)]
    return REFERENCE.findall(value) if isinstance(value, str) else []


def without_references(text: str) -> str:
    """The text without its references, and without the colon before a password, so that only literal secrets remain."""
    return REFERENCE.sub("", re.sub(rf":{REFERENCE.pattern}(?=@)", "", text))


def filled_in(table: Mapping[str, object], environment: Mapping[str, str], path: Path) -> dict[str, object]:
    """A file's table with the environment's values for its references; $${NAME} stands for the text ${NAME}.

    In the login of an address (scheme://USER:PASSWORD@host) a value is percent-encoded, so it may have any character.

    Raises:
        ConfigError: a variable is not set. The message does not repeat the values of others.
    """
    for key, value in table.items():
        for name in names_in(value):
            if name not in environment:
                raise ConfigError(
                    f"{path}: {key}: ${{{name}}} is not set in the environment; set it before, as in "
                    f"export {name}=..., or write $${{{name}}} if no variable is meant"
                )
    return {key: _filled(value, environment) for key, value in table.items()}


def _filled(value: object, environment: Mapping[str, str]) -> object:
    if isinstance(value, list):
        return [_filled(each, environment) for each in value]
    if not isinstance(value, str) or "${" not in value:
        return value

    def in_login(login: re.Match[str]) -> str:
        return REFERENCE.sub(lambda match: quote(environment[match[1]], safe=":"), login[0])

    encoded = _LOGIN.sub(in_login, value)
    return _LITERAL.sub("${", REFERENCE.sub(lambda match: environment[match[1]], encoded))


def as_written(value: object) -> object:
    """A value with ${ escaped, so that it is not a reference in a file."""
    if isinstance(value, list):
        return [as_written(each) for each in value]
    return re.sub(r"\$+\{", lambda match: f"${match[0]}", value) if isinstance(value, str) else value


def read_environment(path: Path) -> dict[str, str]:
    """Read a file with lines NAME=VALUE, like systemd's EnvironmentFile=; quotes around a value are removed.

    Raises:
        ConfigError: it cannot be read.
    """
    try:
        with path.open(encoding="utf-8") as file:
            lines = file.read(MOST_CHARACTERS).splitlines()
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or "it is not text"
        raise ConfigError(f"{path}: cannot be read ({why}); name a file of lines NAME=VALUE") from error
    pairs = (line.strip().partition("=") for line in lines if "=" in line and line.strip()[0] not in "#;")
    return {name.strip(): _unquoted(value.strip()) for name, _, value in pairs}


def _unquoted(value: str) -> str:
    is_quoted = len(value) > 1 and value[0] == value[-1] and value[0] in "\"'"
    return value[1:-1] if is_quoted else value


class SecretNames:
    """Gives each hidden secret of a configuration the name of another variable.

    Attributes:
        given: the names so far.
    """

    def __init__(self) -> None:
        self.given: list[str] = []

    def refer(self, value: object) -> object:
        """A value with references instead of stars; every other ${ is escaped, so that it stays as it is."""
        if isinstance(value, list):
            return [self.refer(each) for each in value]
        if not isinstance(value, str):
            return value
        return re.sub(re.escape(HIDDEN), self._next, value)

    def _next(self, _: re.Match[str]) -> str:
        number = len(self.given) + 1
        self.given.append(VARIABLE if number == 1 else f"{VARIABLE}_{number}")
        return f"${{{self.given[-1]}}}"
