"""Fetches a picture from a web address."""

from __future__ import annotations

import http.client
import re
import socket
import urllib.error
import urllib.request
from urllib.parse import unquote, urlsplit

from digitreader.camera.source import printable
from digitreader.errors import ImageError

WEB = re.compile(r"https?://", re.IGNORECASE)
ADDRESS = re.compile(r"[a-z][a-z0-9+.-]*://", re.IGNORECASE)
ADDRESS_IN_A_PATH = re.compile(r"[a-z][a-z0-9+.-]+:/[^/]", re.IGNORECASE)
"""An address after it was a `Path`, which replaces two slashes by one."""

TIMEOUT_S = 20.0
MOST_BYTES = 100_000_000
STREAM = "multipart/"
AGENT = "digitreader"


def fetch_picture(address: str) -> bytes:
    """Fetch the bytes of a picture.

    Args:
        address: an http or https address; a user and a password in it are sent as login.

    Raises:
        ImageError: it cannot be fetched, is a stream, or is too large.
    """
    name = printable(address)
    try:
        with _open(address) as reply:
            if reply.headers.get_content_type().startswith(STREAM):
                raise ImageError(f"{name}: is a stream, not a picture; read it with digitreader.read")
            data: bytes = reply.read(MOST_BYTES + 1)
    except urllib.error.HTTPError as error:
        error.close()  # the error keeps the connection open
        raise ImageError(f"{name}: cannot be fetched (HTTP {error.code} {error.reason}); check the address") from error
    except (OSError, ValueError, http.client.HTTPException) as error:
        raise ImageError(f"{name}: cannot be fetched ({_reason(error)}); check the address and the network") from error
    if len(data) > MOST_BYTES:
        raise ImageError(f"{name}: is larger than {MOST_BYTES // 1_000_000} MB; make the picture smaller")
    return data


def _open(address: str) -> http.client.HTTPResponse:
    parts = urlsplit(address)
    request = urllib.request.Request(address, headers={"User-Agent": AGENT})  # noqa: S310 # `WEB` says which protocols
    if parts.username is not None:
        import base64

        request.full_url = parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()
        login = f"{unquote(parts.username)}:{unquote(parts.password or '')}".encode()
        request.add_unredirected_header("Authorization", f"Basic {base64.b64encode(login).decode('ascii')}")
    reply: http.client.HTTPResponse = urllib.request.urlopen(request, timeout=TIMEOUT_S)  # noqa: S310 # as above
    return reply


def _reason(error: Exception) -> str:
    """The reason of a failure, without the address, which may contain a password."""
    if isinstance(error, urllib.error.URLError) and isinstance(error.reason, Exception):
        error = error.reason
    if isinstance(error, TimeoutError):
        return f"no answer within {TIMEOUT_S:g} s"
    if isinstance(error, socket.gaierror):
        return "there is no such host"
    return getattr(error, "strerror", None) or type(error).__name__
