"""Opens the addresses of HTTP cameras: with a login, trusted certificates, few redirects and one time limit."""

from __future__ import annotations

import http.client
import io
import ssl
import string
import urllib.request
from email.message import Message
from typing import IO
from urllib.parse import quote, urljoin, urlsplit

from digitreader.camera.answer_deadline import Deadline, TimedHandler, TimedTlsHandler
from digitreader.camera.http_login import login_handlers
from digitreader.camera.source import TrustSettings
from digitreader.errors import SourceError
from digitreader.host.tls import tls_context

AGENT = "digitreader"


def camera_request(url: str) -> urllib.request.Request:
    """The request for this address, without the user and the password in it."""
    parts = urlsplit(url)
    bare = parts._replace(
        netloc=parts.netloc.rpartition("@")[2],
        path=quote(parts.path, safe=string.punctuation),
        query=quote(parts.query, safe=string.punctuation),
    )
    return urllib.request.Request(bare.geturl(), headers={"User-Agent": AGENT})  # noqa: S310 # http and https alone come here


def camera_opener(url: str, trust: TrustSettings, deadline: Deadline) -> urllib.request.OpenerDirector:
    """An opener for this camera.

    Args:
        url: its address, with the login as `with_quoted_login` writes it.
        trust: the trusted certificates.
        deadline: of each answer, redirects and login included.

    Raises:
        SourceError: the file of trusted certificates cannot be read.
    """
    parts = urlsplit(url)
    context = tls_context(trust.ca_file, error_kind=SourceError)
    if trust.insecure:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    handlers = [_CameraRedirects(), TimedHandler(deadline), TimedTlsHandler(deadline, context)]
    if parts.username is not None:
        handlers += login_handlers(camera_request(url).full_url, parts.username, parts.password or "")
    return urllib.request.build_opener(*handlers)


def redirect_target(url: str, headers: Message) -> str:
    """The address to which an answer redirects; empty if it has none, or one that no address can be."""
    try:
        target = urljoin(url, headers.get("Location", ""))
        return target if headers.get("Location") and urlsplit(target).hostname else ""
    except ValueError:
        return ""


class _CameraRedirects(urllib.request.HTTPRedirectHandler):
    """Follows redirects to http and https, but not from an encrypted address to one that is not encrypted."""

    def http_error_302(  # urllib's own
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: Message
    ) -> http.client.HTTPResponse | None:
        target = redirect_target(req.full_url, headers)
        if urlsplit(target).scheme not in ({"https"} if req.type == "https" else {"http", "https"}):
            return None
        fp.close()  # urllib would read its page to the end, which may never come
        return super().http_error_302(req, io.BytesIO(), code, msg, headers)  # type: ignore[arg-type]

    http_error_301 = http_error_303 = http_error_307 = http_error_308 = http_error_302
