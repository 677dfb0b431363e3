"""Access control of the page: by host, origin and pairing token, with limits on what a client may send."""

from __future__ import annotations

import hmac
import time
from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie
from typing import NamedTuple
from urllib.parse import parse_qs

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from digitreader.web.address import is_allowed_host

COOKIE = "digitreader_pairing"
SAFE_METHODS = frozenset({"GET", "HEAD"})
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; connect-src 'self'; "
    "manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}
POSTS_A_SECOND, POSTS_AT_ONCE = 30.0, 60.0
WRONG_TOKENS_A_SECOND, WRONG_TOKENS_AT_ONCE = 0.5, 10.0
LASTING_S = 365 * 24 * 3600


class AccessRules(NamedTuple):
    """The rules of access.

    Attributes:
        names: the host names that a request may use.
        addresses: a request may use any IP address as well.
        token: the pairing token of a browser; empty if none is needed.
        secure: the server speaks TLS.
        lasting: the token is the same after a restart, so a browser keeps it when it is closed.
    """

    names: frozenset[str]
    addresses: bool = False
    token: str = ""
    secure: bool = False
    lasting: bool = False


class RequestOrigin(NamedTuple):
    """The host, origin and cookie of a request.

    Attributes:
        origin: the page that sends it; browsers always send this header with a change.
        fetch_site: the relation of that page to this one, from today's browsers: ``same-origin``, ``cross-site``.
        fetch_mode: ``navigate`` if somebody follows a link.
        tokens: the tokens in its cookie and, for the page itself, in the link.
    """

    method: str
    path: str
    host: str
    origin: str = ""
    fetch_site: str = ""
    fetch_mode: str = ""
    tokens: tuple[str, ...] = ()


class Refusal(NamedTuple):
    """Why a request is not answered."""

    status: int
    message: str


def refusal_of(asked: RequestOrigin, rules: AccessRules) -> Refusal | None:
    """Why a request is refused; None if it is allowed."""
    if not is_allowed_host(asked.host, rules.names, addresses=rules.addresses):
        return Refusal(400, "This page is not served under this name; open the link that digitreader has printed.")
    if asked.origin and asked.origin != f"{'https' if rules.secure else 'http'}://{asked.host}":
        return Refusal(403, "Only this page itself may ask for that.")
    if asked.method not in SAFE_METHODS and not asked.origin:
        return Refusal(403, "Only this page itself may change something; a program has to send its Origin.")
    if asked.fetch_site in {"cross-site", "same-site"} and not _follows_a_link(asked):
        return Refusal(403, "Only this page itself may ask for that.")
    if rules.token and not any(_is_equal(token, rules.token) for token in asked.tokens):
        return Refusal(
            401, "This browser is not paired; open the link, or scan the code, that digitreader has printed."
        )
    return None


def _follows_a_link(asked: RequestOrigin) -> bool:
    return asked.method == "GET" and asked.path == "/" and asked.fetch_mode == "navigate"


def _is_equal(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode(), other.encode())


class RateLimit:
    """Limits how often something may happen: on average in a second, and at once."""

    def __init__(self, per_second: float, at_once: float) -> None:
        self._per_second, self._at_once = per_second, at_once
        self._left, self._then_s = at_once, time.monotonic()

    def take(self) -> bool:
        """Take one; False if there is none left."""
        now_s = time.monotonic()
        self._left = min(self._at_once, self._left + (now_s - self._then_s) * self._per_second)
        self._then_s = now_s
        if self._left < 1:
            return False
        self._left -= 1
        return True


@dataclass(slots=True)
class Gate:
    """Wraps the application: refuses requests, and adds the same headers to every answer."""

    app: ASGIApp
    rules: AccessRules
    posts: RateLimit
    wrong_tokens: RateLimit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it."""
        if scope["type"] != "http":
            return  # nothing else is served
        asked = origin_of_request(scope)
        refusal = refusal_of(asked, self.rules) or self._too_many(asked)
        if refusal is not None:
            if refusal.status == 401 and asked.tokens and not self.wrong_tokens.take():
                refusal = Refusal(429, "Too many wrong pairing tokens; wait a minute.")
            answer = PlainTextResponse(refusal.message + "\n", refusal.status, headers={"Connection": "close"})
            await answer(scope, receive, with_headers(send, {}))
            return
        await self.app(scope, receive, with_headers(send, self._cookie(asked)))

    def _too_many(self, asked: RequestOrigin) -> Refusal | None:
        if asked.method in SAFE_METHODS or self.posts.take():
            return None
        return Refusal(429, "Too many requests; wait a second.")

    def _cookie(self, asked: RequestOrigin) -> dict[str, str]:
        """The cookie that keeps a browser paired, set when it opens the page."""
        if not self.rules.token or asked.path != "/":
            return {}
        secure = "; Secure" if self.rules.secure else ""
        lasting = f"; Max-Age={LASTING_S}" if self.rules.lasting else ""
        return {"Set-Cookie": f"{COOKIE}={self.rules.token}; Path=/; HttpOnly; SameSite=Strict{secure}{lasting}"}


def with_access_control(app: ASGIApp, rules: AccessRules) -> Gate:
    """Wrap an application in access control."""
    posts = RateLimit(POSTS_A_SECOND, POSTS_AT_ONCE)
    return Gate(app, rules, posts, RateLimit(WRONG_TOKENS_A_SECOND, WRONG_TOKENS_AT_ONCE))


def origin_of_request(scope: Scope) -> RequestOrigin:
    """The host, origin and cookie in an ASGI scope."""
    headers = Headers(scope=scope)
    tokens = [_cookie_of(headers.get("cookie", ""))]
    if scope["path"] == "/":
        tokens += parse_qs(scope["query_string"].decode("latin-1")).get("token", [])
    return RequestOrigin(
        method=scope["method"],
        path=scope["path"],
        host=headers.get("host", ""),
        origin=headers.get("origin", ""),
        fetch_site=headers.get("sec-fetch-site", ""),
        fetch_mode=headers.get("sec-fetch-mode", ""),
        tokens=tuple(filter(None, tokens)),
    )


def _cookie_of(header: str) -> str:
    try:
        morsel = SimpleCookie(header).get(COOKIE)
    except CookieError:
        return ""
    return "" if morsel is None else morsel.value


def with_headers(send: Send, more: dict[str, str]) -> Send:
    """Add the headers of `HEADERS`, and some more, to every answer."""

    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in (HEADERS | more).items():
                headers[name] = value
            headers.setdefault("Cache-Control", "no-store")
        await send(message)

    return sending
