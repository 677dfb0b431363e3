"""Fetches a picture from a web address."""

from __future__ import annotations

import http.client
import re
import socket
import urllib.error
from http import HTTPStatus

from digitreader.camera.answer_deadline import Deadline
from digitreader.camera.http_opener import camera_opener, camera_request
from digitreader.camera.network_faults import with_quoted_login
from digitreader.camera.source import SYSTEM_TRUST, printable
from digitreader.errors import ImageError

WEB = re.compile(r"https?://", re.IGNORECASE)
ADDRESS = re.compile(r"[a-z][a-z0-9+.-]*://", re.IGNORECASE)
ADDRESS_IN_A_PATH = re.compile(r"[a-z][a-z0-9+.-]+:/[^/]", re.IGNORECASE)
"""An address after it was a `Path`, which replaces two slashes by one."""

TIMEOUT_S = 20.0
MOST_BYTES = 100_000_000
STREAM = "multipart/"


def fetch_picture(address: str) -> bytes:
    """Fetch the bytes of a picture.

    Redirects lead to http and https alone, and from an encrypted address only to an encrypted one; all of it takes at
    most `TIMEOUT_S`.

    Args:
        address: an http or https address; with a user and a password in it, it logs in by Basic or Digest.

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
        if error.code < HTTPStatus.BAD_REQUEST:
            why = f"redirects in a circle or to another kind of address (HTTP {error.code})"
            raise ImageError(f"{name}: {why}; give the picture's own address") from error
        raise ImageError(f"{name}: cannot be fetched (HTTP {error.code} {error.reason}); check the address") from error
    except (OSError, ValueError, http.client.HTTPException) as error:
        raise ImageError(f"{name}: cannot be fetched ({_reason(error)}); check the address and the network") from error
    if len(data) > MOST_BYTES:
        raise ImageError(f"{name}: is larger than {MOST_BYTES // 1_000_000} MB; make the picture smaller")
    return data


def _open(address: str) -> http.client.HTTPResponse:
    url = with_quoted_login(address)
    opener = camera_opener(url, SYSTEM_TRUST, Deadline(TIMEOUT_S))
    reply: http.client.HTTPResponse = opener.open(camera_request(url))
    return reply


def _reason(error: Exception) -> str:
    """The reason of a failure, without the address, which may contain a password."""
    if isinstance(error, urllib.error.URLError) and isinstance(error.reason, Exception):
        error = error.reason
    if isinstance(error, TimeoutError):
        return f"no whole answer within {TIMEOUT_S:g} s"
    if isinstance(error, socket.gaierror):
        return "there is no such host"
    return getattr(error, "strerror", None) or type(error).__name__
