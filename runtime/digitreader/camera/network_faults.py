"""The reasons why a network camera gives no pictures, each with advice."""

from __future__ import annotations

import http.client
import re
import socket
import ssl
import urllib.error
from collections.abc import Mapping
from urllib.parse import quote, unquote, urlsplit

from digitreader.camera.certificates import why_not_trusted
from digitreader.camera.http_login import is_known_login
from digitreader.camera.http_opener import redirect_target
from digitreader.host.messages import parse_shown

USUAL_PORTS = {"http": 80, "https": 443, "rtsp": 554, "rtsps": 322}
HOW_TO_LOG_IN = "write its user and password into the address: http://USER:PASSWORD@HOST"
MANUAL = "see the camera's manual for its stream's address"


def with_quoted_login(url: str) -> str:
    """Quote ``#``, ``@``, ``/``, ``?`` and ``%`` in the password of an address, so that every parser understands it.

    A percent sign with two hexadecimal digits is not changed: a literal ``%`` before such digits must be ``%25``.
    """
    shown = parse_shown(url)
    if shown is None or not shown.login:
        return url
    user, colon, password = shown.login.removesuffix("@").partition(":")
    login = quote(unquote(user), safe="") + (colon and ":" + quote(unquote(password), safe=""))
    return f"{shown.scheme}{login}@{shown.host}{shown.tail}"


def refusal(status: int, url: str) -> str:
    """The meaning of an HTTP or RTSP status of 400 to 599, with advice."""
    logged_in = bool(urlsplit(url).username)
    why, advice = REFUSALS.get((status, logged_in)) or REFUSALS.get((status, None)) or CANNOT
    return f"the camera {why} ({_named(status)}); {advice}"


def why_refused(error: urllib.error.HTTPError, url: str) -> str:
    """The meaning of an HTTP answer that is neither a video nor a picture, with advice.

    Args:
        error: as urllib raised it.
        url: the address that was asked.
    """
    if error.code < 400:
        return f"the camera {_why_not_followed(error)}"
    if error.code == 401 and not is_known_login(error.headers):
        return f"the camera asks for a login of an unknown kind ({_named(401)}); set it to Basic or Digest login"
    return refusal(error.code, url)


def _why_not_followed(error: urllib.error.HTTPError) -> str:
    asked = error.url or ""
    kind, said = urlsplit(redirect_target(asked, error.headers)).scheme, _named(error.code)
    if kind not in {"http", "https"}:
        return f"redirects to something that is no camera ({said}); {MANUAL}"
    if kind == "http" and asked.startswith("https:"):
        return (
            f"redirects to an address that is not encrypted ({said}); write that address yourself to read it all the "
            f"same"
        )
    return f"redirects in a circle ({said}); {MANUAL}"


def _named(status: int) -> str:
    return f"{status} {http.client.responses.get(status, '')}".strip()


REFUSALS: Mapping[tuple[int, bool | None], tuple[str, str]] = {
    (401, False): ("asks for a user and a password", HOW_TO_LOG_IN),
    (401, True): ("does not take this user and password", "check both, and whether the camera has locked this user"),
    (403, False): (
        "does not allow this without a user",
        f"{HOW_TO_LOG_IN}, and check in the camera's settings who may read it",
    ),
    (403, True): ("does not allow this to this user", "allow it in the camera's settings, or take another user"),
    (404, None): ("has no such page", MANUAL),
}
"""The meaning of an answer and advice, by its status and by whether the address has a user."""
CANNOT = ("cannot give its pictures now", "try again, or restart it")


def why_no_answer(error: Exception, url: str, *, patience_s: float) -> str:
    """The reason why a server has not answered, with advice.

    Args:
        error: as urllib raised it.
        url: the address that was asked.
        patience_s: the longest time for an answer.
    """
    reason = error.reason if isinstance(error, urllib.error.URLError) else error
    port = _port_of(url)
    told: Mapping[type[BaseException], str] = {
        ssl.SSLError: "",  # certificates.py explains it
        socket.gaierror: "no computer in the network has this name; check the name, or write the camera's IP address",
        ConnectionRefusedError: f"nothing listens on port {port} there; {MANUAL} and port",
        TimeoutError: (
            f"accepts the connection on port {port} and sends no whole answer within {patience_s:g} s; {MANUAL} and "
            f"port, or restart it"
            if reason is error  # otherwise there was no connection at all
            else f"does not answer within {patience_s:g} s; check its power, its cable and its address"
        ),
        ConnectionResetError: (
            f"ends the connection on port {port} without an answer; check the port, and https:// or http://"
        ),
        http.client.HTTPException: f"does not speak HTTP on port {port}; {MANUAL} and port, which may begin with rtsp://",
    }
    cause = reason if isinstance(reason, Exception) else error
    return next((text for kind, text in told.items() if isinstance(cause, kind)), "") or why_not_trusted(cause)


RTSP_ANSWER = re.compile(rb"RTSP/1\.[0-9] ([0-9]{3})")


def why_no_rtsp(url: str, *, patience_s: float) -> str:
    """Ask an RTSP camera why FFmpeg gets nothing from it.

    Args:
        url: an rtsp address, with the login as `with_quoted_login` writes it.
        patience_s: the longest time for its answer.

    Returns:
        The reason with advice; empty if it answers like a camera that gives pictures.
    """
    parts, port = urlsplit(url), _port_of(url)
    bare = parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()
    request = f"DESCRIBE {bare} RTSP/1.0\r\nCSeq: 1\r\nAccept: application/sdp\r\nUser-Agent: digitreader\r\n\r\n"
    try:
        link = socket.create_connection((parts.hostname or "", port), patience_s)
    except OSError as error:
        return why_no_answer(urllib.error.URLError(error), url, patience_s=patience_s)
    with link:
        try:
            link.sendall(request.encode("utf-8", "replace"))
            said = link.recv(4096)
        except OSError as error:
            return why_no_answer(error, url, patience_s=patience_s)
    if not said:
        return why_no_answer(ConnectionResetError(), url, patience_s=patience_s)
    found = RTSP_ANSWER.match(said)
    if found is None:
        return f"does not speak RTSP on port {port}; {MANUAL} and port"
    # without a login the camera refuses first, even if the login in the address is right
    return refusal(int(found[1]), url).replace("http://", "rtsp://") if int(found[1]) >= 400 else ""


def _port_of(url: str) -> int:
    parts = urlsplit(url)
    try:
        return parts.port or USUAL_PORTS.get(parts.scheme.lower(), 0)
    except ValueError:  # the port is not a number
        return 0
