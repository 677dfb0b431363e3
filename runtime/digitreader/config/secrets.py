"""Which values may be secrets, and how they are shown without being told."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping
from contextlib import suppress

from digitreader.addresses import HIDDEN, NAMES_OF_SECRETS, parse_shown

COMMAND = "run:"
"""What a command begins with."""

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
    """The keys whose values may hold a secret, in their order; a command's arguments only where they look like one."""
    return [key for key, value in table.items() if any(_may_hold(key, each) for each in _listed(value))]


def hidden(key: str, value: object) -> object:
    """A value as it may be shown: what may be a secret in it, or all of it where its key says that it is one, is stars.

    Of a command only the program is shown. What names a file or a variable of the environment that holds the secret is
    none.
    """
    if isinstance(value, list):
        return [hidden(key, each) for each in value]
    if not isinstance(value, str) or not value:
        return value
    if _is_named_secret(key):
        return HIDDEN
    if value.startswith(COMMAND):
        return COMMAND + _program_alone(value.removeprefix(COMMAND))
    return _without_secrets(value, host_alone=key == "output" and value.startswith(("http:", "https:")))


def _may_hold(key: str, value: object) -> bool:
    if isinstance(value, str) and value.startswith(COMMAND):
        line = value.removeprefix(COMMAND)
        return _without_secrets(line, host_alone=True) != line or _IN_COMMAND.search(line) is not None
    return hidden(key, value) != value


def _listed(value: object) -> list[object]:
    return value if isinstance(value, list) else [value]


def _program_alone(line: str) -> str:
    words = line.split(maxsplit=1)
    with suppress(ValueError):  # a quote that is not closed
        words = shlex.split(line)
    if len(words) < 2 and "=" not in line:
        return line
    # NAME=value in front of a program is for a shell, and may be the secret
    return HIDDEN if "=" in words[0] else f"{shlex.quote(words[0])} {HIDDEN}"


def _without_secrets(text: str, *, host_alone: bool) -> str:
    return _ADDRESS.sub(lambda match: _shown(match[0], host_alone=host_alone), text)


def _shown(text: str, *, host_alone: bool) -> str:
    address = parse_shown(text)
    if address is None:
        return text
    return address.host_alone if host_alone else address.starred


def _is_named_secret(key: str) -> bool:
    words = key.split("-")
    return bool(_WORDS & set(words)) and words[-1] not in _ONLY_WHERE
