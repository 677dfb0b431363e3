"""Prints messages on the terminal, and removes secrets from addresses that are shown there."""

from __future__ import annotations

import contextlib
import functools
import os
import re
import sys
from dataclasses import dataclass
from typing import TextIO

HIDDEN = "***"

NAMES_OF_SECRETS = r"[\w.-]*(?:pass|pwd|token|secret|key|auth|signature|credential)[\w.-]*"
"""The names of options, and of parameters in addresses, whose values are secrets."""

_PARAMETER = re.compile(rf"(\b{NAMES_OF_SECRETS}=)[^/?&;#\s]+", re.IGNORECASE)
_TAIL = re.compile(r"[/?#]")
_PORT = re.compile(r"(?:[^:]*|\[.*\])(?::\d*)?")


@dataclass(frozen=True, slots=True)
class DisplayedAddress:
    """The parts of an address. It may be incomplete or wrong: a person typed it, and it is shown in any case.

    Attributes:
        scheme: everything up to the slashes, with them.
        login: user and password, with the @; empty if there are none.
        host: the host with its port.
        tail: the path and everything behind it.
    """

    scheme: str
    login: str
    host: str
    tail: str

    @property
    def without_login(self) -> str:
        """The address as a name: without user and password, and with stars for secrets in its parameters."""
        return f"{self.scheme}{self.host}{self._bare_tail()}"

    @property
    def starred(self) -> str:
        """The address with stars for its secrets; a user without a password is not a secret."""
        login = f"{HIDDEN}@" if ":" in self.login else self.login
        return f"{self.scheme}{login}{self.host}{self._bare_tail()}"

    @property
    def host_alone(self) -> str:
        """The address with stars for all but scheme and host: in a webhook's address any part may be the secret."""
        login = f"{HIDDEN}@" if self.login else ""
        tail = self.tail if self.tail in {"", "/"} else f"/{HIDDEN}"
        return f"{self.scheme}{login}{self.host}{tail}"

    def _bare_tail(self) -> str:
        return _PARAMETER.sub(rf"\g<1>{HIDDEN}", self.tail)


def parse_shown(text: str) -> DisplayedAddress | None:
    """Split a text that looks like an address; None if it does not."""
    scheme, mark, rest = text.partition("://")
    if not mark:
        return None
    authority, tail = _cut(rest)
    login, at, host = authority.rpartition("@")
    if "@" in tail and not _PORT.fullmatch(host):
        # a password that contains /, ? or #, although these should be written as %2F, %3F or %23
        login, at, behind = rest.rpartition("@")
        host, tail = _cut(behind)
    return DisplayedAddress(scheme + mark, login + at, host, tail)


def _cut(rest: str) -> tuple[str, str]:
    found = _TAIL.search(rest)
    return (rest, "") if found is None else (rest[: found.start()], rest[found.start() :])


def one_line(text: str) -> str:
    """Text that is safe on one line of a terminal or a table: U+FFFD replaces characters that could be commands."""
    return "".join(character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in text)


QUIET, NORMAL, VERBOSE = range(3)
_level = NORMAL


def set_level(*, verbose: bool, quiet: bool) -> None:
    """Set how much this process prints on stderr; `quiet` (stronger than `verbose`) leaves only warnings and errors."""
    global _level  # noqa: PLW0603 # one process has one stderr
    _level = QUIET if quiet else VERBOSE if verbose else NORMAL


def is_verbose() -> bool:
    """Whether details are wanted."""
    return _level == VERBOSE


def print_info(line: str) -> None:
    """Print one line on stderr, unless only warnings and errors are wanted."""
    if _level >= NORMAL:
        _print(line)


def print_detail(line: str) -> None:
    """Print a detail on stderr if --verbose is set."""
    if _level >= VERBOSE:
        _print(line)


def print_warning(line: str) -> None:
    """Print a warning on stderr, also with --quiet."""
    _print(line)


def _print(line: str) -> None:
    """Write the text as one line; nothing happens if stderr is closed."""
    if sys.stderr is None:
        return
    over_a_progress_bar = "\r\x1b[K" if sys.stderr.isatty() else ""
    with contextlib.suppress(OSError):
        # text and newline in one piece, so that no other thread's message comes in between
        sys.stderr.write(f"{over_a_progress_bar}digitreader: {one_line(' '.join(line.splitlines()))}\n")
        sys.stderr.flush()


def is_coloured(stream: TextIO | None) -> bool:
    """Whether colours may be written to a stream: it is a terminal with colours, and $NO_COLOR is not set."""
    if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return False
    return stream is not None and stream.isatty()


# called for each argument that a command declares
@functools.cache
def terminal_columns() -> int:
    """The characters on a line of the terminal: $COLUMNS, the terminal's answer, or 80."""
    named = os.environ.get("COLUMNS", "")
    if named.isdecimal() and int(named):
        return int(named)
    with contextlib.suppress(AttributeError, ValueError, OSError):  # stdout is closed, or is not a terminal
        return os.get_terminal_size(sys.__stdout__.fileno()).columns or 80  # type: ignore[union-attr] # as above
    return 80


def print_error(message: str) -> None:
    """Print an error on stderr."""
    _print(f"error: {message}")
