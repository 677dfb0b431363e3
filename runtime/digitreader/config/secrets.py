"""Which values are secrets, and how they are shown without being told."""

from __future__ import annotations

import re
from collections.abc import Mapping

HIDDEN = "***"

_WORDS = frozenset({"password", "passwd", "passphrase", "secret", "token"})
_ONLY_WHERE = frozenset({"file", "env", "environment", "variable"})
_IN_TEXT = re.compile(
    r"(?P<user>://[^/\s:@]*:)[^/\s]+(?=@)"
    r"|(?P<query>[?&](?:access_|auth_|api_?)?(?:token|key|password|secret)=)[^&\s#]+"
    r"|(?P<header>\bauthorization:\s*(?:bearer|basic|token)?\s*)\S.*",
    re.IGNORECASE,
)


def secret_keys(table: Mapping[str, object]) -> list[str]:
    """The keys whose values hold a secret, in their order."""
    return [key for key, value in table.items() if hidden(key, value) != value]


def hidden(key: str, value: object) -> object:
    """A value as it may be shown: passwords in it, or all of it where its key says that it is one, are stars.

    What names a file or a variable of the environment that holds the secret is none.
    """
    if isinstance(value, list):
        return [hidden(key, each) for each in value]
    if not isinstance(value, str) or not value:
        return value
    return HIDDEN if _is_named_secret(key) else _IN_TEXT.sub(_keep_the_name, value)


def _keep_the_name(match: re.Match[str]) -> str:
    return next(name for name in match.groups() if name is not None) + HIDDEN


def _is_named_secret(key: str) -> bool:
    words = key.split("-")
    return bool(_WORDS & set(words)) and words[-1] not in _ONLY_WHERE
