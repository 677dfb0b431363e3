"""Which values may be secrets, and how they are shown without being told."""

from __future__ import annotations

import re
from collections.abc import Mapping

from digitreader.addresses import HIDDEN, NAMES_OF_SECRETS, parse_shown

_WORDS = frozenset({"password", "passwd", "passphrase", "secret", "token"})
_ONLY_WHERE = frozenset({"file", "env", "environment", "variable"})
_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://[^\s\"']+")
_IN_COMMAND = re.compile(
    rf"(?P<option>(?<!\S)(?:-+{NAMES_OF_SECRETS}\s+(?!-)|-*{NAMES_OF_SECRETS}=))\S+|(?P<login>(?<!\S)-u\s*)\S+:\S+"
    r"|(?P<header>\bauthorization:\s*(?:bearer|basic|token)?\s*)[^\s\"']+",
    re.IGNORECASE,
)


def secret_keys(table: Mapping[str, object]) -> list[str]:
    """The keys whose values may hold a secret, in their order."""
    return [key for key, value in table.items() if hidden(key, value) != value]


def hidden(key: str, value: object) -> object:
    """A value as it may be shown: what may be a secret in it, or all of it where its key says that it is one, is stars.

    What names a file or a variable of the environment that holds the secret is none.
    """
    if isinstance(value, list):
        return [hidden(key, each) for each in value]
    if not isinstance(value, str) or not value:
        return value
    if _is_named_secret(key):
        return HIDDEN
    is_command = value.startswith("run:")
    to_send_to = key == "output" and (is_command or value.startswith(("http:", "https:")))
    shown = _ADDRESS.sub(lambda match: _shown(match[0], host_alone=to_send_to), value)
    return _IN_COMMAND.sub(_keep_the_name, shown) if is_command else shown


def _shown(text: str, *, host_alone: bool) -> str:
    address = parse_shown(text)
    if address is None:
        return text
    return address.host_alone if host_alone else address.starred


def _keep_the_name(match: re.Match[str]) -> str:
    return next(name for name in match.groups() if name is not None) + HIDDEN


def _is_named_secret(key: str) -> bool:
    words = key.split("-")
    return bool(_WORDS & set(words)) and words[-1] not in _ONLY_WHERE
