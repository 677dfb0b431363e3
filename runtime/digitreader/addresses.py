"""Addresses as they may be shown: the host that a person must know, without what lets others in."""

from __future__ import annotations

import re
from dataclasses import dataclass

HIDDEN = "***"

NAMES_OF_SECRETS = r"[\w.-]*(?:pass|pwd|token|secret|key|auth|signature|credential)[\w.-]*"
"""How options, and parameters of addresses, are called whose values are secrets."""

_PARAMETER = re.compile(rf"(\b{NAMES_OF_SECRETS}=)[^/?&;#\s]+", re.IGNORECASE)
_TAIL = re.compile(r"[/?#]")
_PORT = re.compile(r"(?:[^:]*|\[.*\])(?::\d*)?")


@dataclass(frozen=True, slots=True)
class Address:
    """The parts of an address that cannot always be understood: what a person typed is shown even where it is none.

    Attributes:
        scheme: up to the slashes, with them.
        login: user and password, with the @; empty where there are none.
        host: with its port.
        tail: the path and all that follows.
    """

    scheme: str
    login: str
    host: str
    tail: str

    @property
    def without_login(self) -> str:
        """The address as a name: no user, no password, and stars for the secrets that its parameters name."""
        return f"{self.scheme}{self.host}{self._bare_tail()}"

    @property
    def starred(self) -> str:
        """The address with stars for its secrets; a user without a password is none."""
        login = f"{HIDDEN}@" if ":" in self.login else self.login
        return f"{self.scheme}{login}{self.host}{self._bare_tail()}"

    @property
    def host_alone(self) -> str:
        """The address with stars for all but scheme and host: of a webhook, each part may be the secret."""
        login = f"{HIDDEN}@" if self.login else ""
        tail = self.tail if self.tail in {"", "/"} else f"/{HIDDEN}"
        return f"{self.scheme}{login}{self.host}{tail}"

    def _bare_tail(self) -> str:
        return _PARAMETER.sub(rf"\g<1>{HIDDEN}", self.tail)


def parse_shown(text: str) -> Address | None:
    """Take apart what looks like an address; None where nothing does."""
    scheme, mark, rest = text.partition("://")
    if not mark:
        return None
    authority, tail = _cut(rest)
    login, at, host = authority.rpartition("@")
    if not at and "@" in tail and not _PORT.fullmatch(authority):
        # a password with a slash in it, which was to be written as %2F
        login, at, behind = rest.rpartition("@")
        host, tail = _cut(behind)
    return Address(scheme + mark, login + at, host, tail)


def _cut(rest: str) -> tuple[str, str]:
    found = _TAIL.search(rest)
    return (rest, "") if found is None else (rest[: found.start()], rest[found.start() :])
