"""Logs in to HTTP cameras, by Digest if they offer it, else by Basic."""

from __future__ import annotations

import hashlib
import re
import urllib.request
from collections.abc import Callable, Mapping
from email.message import Message
from http.client import HTTPMessage
from typing import IO, Any
from urllib.parse import unquote

CHALLENGE = "WWW-Authenticate"
HASHES: Mapping[str, Callable[[bytes], Any]] = {
    "MD5": hashlib.md5,
    "SHA": hashlib.sha1,
    "SHA-256": hashlib.sha256,
}
"""The hash functions of Digest (RFC 7616); the camera chooses one."""

_BASIC = re.compile(r"(?:^|,)\s*basic\b", re.IGNORECASE)


def login_handlers(url: str, user: str, password: str) -> list[urllib.request.BaseHandler]:
    """What urllib needs to log in.

    Args:
        url: the camera's address, without user and password.
        user: as written in an address, with ``%`` for special characters; so is the password.
        password: it is sent to this host only.
    """
    logins = urllib.request.HTTPPasswordMgrWithDefaultRealm()
    logins.add_password(None, url, unquote(user), unquote(password))
    return [_BasicLogin(logins), _DigestLogin(logins)]


def is_known_login(headers: Message) -> bool:
    """Whether a camera that asks for a login offers one of the kinds that are known here, or does not say the kind."""
    challenges = headers.get_all(CHALLENGE, [])
    return not challenges or any(_BASIC.search(each) or _is_known_digest(each) for each in challenges)


def _is_known_digest(challenge: str) -> bool:
    scheme, _, rest = challenge.partition(" ")
    if scheme.lower() != "digest":
        return False
    try:
        fields = urllib.request.parse_keqv_list(list(filter(None, urllib.request.parse_http_list(rest))))
    except (ValueError, IndexError):  # a field without = or without a value
        return False
    protection = fields.get("qop", "auth").split(",")
    return {"realm", "nonce"} <= set(fields) and fields.get("algorithm", "MD5") in HASHES and "auth" in protection


class _ClosesAnswer(urllib.request.BaseHandler):
    """Closes the answer that asks for a login: urllib would leave its connection open."""

    def http_error_401(
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: HTTPMessage
    ) -> Any:
        logged_in = True
        try:
            answer = super().http_error_401(req, fp, code, msg, headers)  # type: ignore[misc] # the next class has it
            logged_in = answer is not None
        finally:
            if logged_in:  # or refused: then the second answer tells why
                fp.close()
        return answer


class _BasicLogin(_ClosesAnswer, urllib.request.HTTPBasicAuthHandler):
    def http_error_auth_reqed(self, authreq: str, host: str, req: urllib.request.Request, headers: Message) -> Any:
        if any(map(_BASIC.search, headers.get_all(authreq, []))):
            return self.retry_http_basic_auth(host, req, "")  # the login is the same in every realm
        return None


class _DigestLogin(_ClosesAnswer, urllib.request.HTTPDigestAuthHandler):
    def http_error_auth_reqed(self, auth_header: str, host: str, req: urllib.request.Request, headers: Message) -> Any:
        known = next(filter(_is_known_digest, headers.get_all(auth_header, [])), None)
        if known is None:
            return None
        chosen = HTTPMessage()
        chosen[auth_header] = known
        return super().http_error_auth_reqed(auth_header, host, req, chosen)

    def get_algorithm_impls(self, algorithm: str) -> tuple[Callable[[str], str], Callable[[str, str], str]]:
        def digest(text: str) -> str:
            return str(HASHES[algorithm](text.encode()).hexdigest())

        return digest, lambda secret, text: digest(f"{secret}:{text}")
