"""Checks the address of a network camera before anybody is asked."""

from __future__ import annotations

from urllib.parse import urlsplit

from digitreader.camera.source import printable
from digitreader.errors import SourceError

HOST_NEEDED = frozenset({"http", "https", "rtsp", "rtsps", "rtmp", "rtmps"})
"""The other kinds of address can also name a port of this machine, at which somebody else's video comes in."""


def check_address(url: str) -> None:
    """Refuse an address with which no camera can be asked.

    Args:
        url: the address, with the login as `with_quoted_login` writes it.

    Raises:
        SourceError: it has a control character, a host that no computer can have, or a port that does not exist.
    """
    name, kind = printable(url), url.partition("://")[0].lower()
    if any(character < " " or character == "\x7f" for character in url):
        raise SourceError(f"{name}: has a control character in it, such as a tab; write the address without it")
    if not _is_host(url, needed=kind in HOST_NEEDED):
        raise SourceError(f"{name}: is not an address; write it as {kind}://HOST/PATH")
    if not _is_port(url):
        raise SourceError(f"{name}: has a port that does not exist; a port is a number from 1 to 65535")


def _is_host(url: str, *, needed: bool) -> bool:
    try:
        host = urlsplit(url).hostname or ""
        host.encode("idna")  # which refuses what no resolver is given
    except ValueError:
        return False
    return bool(host) or not needed


def _is_port(url: str) -> bool:
    try:
        return urlsplit(url).port != 0
    except ValueError:
        return False
