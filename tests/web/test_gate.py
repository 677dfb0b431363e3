"""Whom the gate lets in."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from digitreader.errors import UsageError
from digitreader.web.address import (
    LOCAL_NAMES,
    WebAddress,
    allowed_names,
    host_name,
    is_allowed_host,
    link_to,
    parse_web_address,
)
from digitreader.web.gate import AccessRules, Gate, RateLimit, RequestOrigin, refusal_of

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

LOCAL = AccessRules(LOCAL_NAMES)
PAIRED = AccessRules(LOCAL_NAMES | {"pi.local"}, addresses=True, token="right")  # noqa: S106 # of the test alone
HOST, ORIGIN = "127.0.0.1:8080", "http://127.0.0.1:8080"


@pytest.mark.parametrize(
    ("asked", "rules", "status"),
    [
        (RequestOrigin("GET", "/", HOST), LOCAL, None),
        (RequestOrigin("GET", "/", "localhost:8080"), LOCAL, None),
        (RequestOrigin("GET", "/", "[::1]:8080"), LOCAL, None),
        (RequestOrigin("GET", "/", "evil.example"), LOCAL, 400),
        (RequestOrigin("GET", "/", "127.0.0.1.evil.example:8080"), LOCAL, 400),
        (RequestOrigin("GET", "/", "192.168.0.7:8080"), LOCAL, 400),
        (RequestOrigin("GET", "/", ""), LOCAL, 400),
        (RequestOrigin("GET", "/api/state", HOST, origin=ORIGIN), LOCAL, None),
        (RequestOrigin("GET", "/api/state", HOST, origin="http://evil.example"), LOCAL, 403),
        (RequestOrigin("GET", "/api/state", HOST, origin="null"), LOCAL, 403),
        (RequestOrigin("GET", "/api/state", HOST, origin="http://localhost:8080"), LOCAL, 403),
        (RequestOrigin("GET", "/api/state", HOST, origin="https://127.0.0.1:8080"), LOCAL, 403),
        (RequestOrigin("POST", "/api/controls", HOST, origin=ORIGIN), LOCAL, None),
        (RequestOrigin("POST", "/api/controls", HOST), LOCAL, 403),
        (RequestOrigin("DELETE", "/api/corrections/x", HOST), LOCAL, 403),
        (RequestOrigin("GET", "/stream.mjpg", HOST, fetch_site="cross-site", fetch_mode="no-cors"), LOCAL, 403),
        (RequestOrigin("GET", "/stream.mjpg", HOST, fetch_site="same-site", fetch_mode="no-cors"), LOCAL, 403),
        (RequestOrigin("GET", "/", HOST, fetch_site="cross-site", fetch_mode="navigate"), LOCAL, None),
        (RequestOrigin("GET", "/api/state", HOST, fetch_site="cross-site", fetch_mode="navigate"), LOCAL, 403),
        (RequestOrigin("GET", "/", "pi.local:8080", tokens=("right",)), PAIRED, None),
        (RequestOrigin("GET", "/", "192.168.0.7:8080", tokens=("right",)), PAIRED, None),
        (RequestOrigin("GET", "/", "rebound.example:8080", tokens=("right",)), PAIRED, 400),
        (RequestOrigin("GET", "/", "192.168.0.7:8080"), PAIRED, 401),
        (RequestOrigin("GET", "/", "192.168.0.7:8080", tokens=("wrong", "rightx")), PAIRED, 401),
        (RequestOrigin("GET", "/", "192.168.0.7:8080", tokens=("wr\u00f6ng",)), PAIRED, 401),
    ],
)
def test_who_is_let_in(asked: RequestOrigin, rules: AccessRules, status: int | None) -> None:
    refusal = refusal_of(asked, rules)
    assert (refusal.status if refusal else None) == status


def test_a_rate_lets_so_many_pass_at_once_and_then_no_more() -> None:
    rate = RateLimit(per_second=1e-6, at_once=3)
    assert [rate.take() for _ in range(5)] == [True, True, True, False, False]


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("8080", WebAddress("127.0.0.1", 8080)),
        ("0.0.0.0:80", WebAddress("0.0.0.0", 80)),  # noqa: S104 # it is parsed, not bound
        ("[::1]:8080", WebAddress("::1", 8080)),
        ("pi.local:0", WebAddress("pi.local", 0)),
    ],
)
def test_an_address_is_a_port_with_a_host_before_it(text: str, address: WebAddress) -> None:
    assert parse_web_address(text) == address


@pytest.mark.parametrize("text", ["", "host", "host:", "1:2:3", "65536", "-1", "8080x", "http://127.0.0.1:8080/"])
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="PORT"):
        parse_web_address(text)


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.8.8.8", "::1"])
def test_only_this_machine_reaches_loopback(host: str) -> None:
    assert WebAddress(host, 1).is_loopback
    assert allowed_names(WebAddress(host, 1)) == LOCAL_NAMES


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.0.7", "::", "pi.local"])  # noqa: S104 # it is not bound
def test_others_reach_any_other_address(host: str) -> None:
    assert not WebAddress(host, 1).is_loopback


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ("A.b:80", "a.b"),
        ("[::1]:80", "::1"),
        ("[::1]", "::1"),
        ("a:b", ""),
        ("[::1", ""),
        ("[::1]x", ""),
        ("a:1:2", ""),
    ],
)
def test_the_name_in_a_host_header(header: str, name: str) -> None:
    assert host_name(header) == name


def test_an_empty_host_is_nobodys() -> None:
    assert not is_allowed_host("", LOCAL_NAMES, addresses=True)


def test_the_link_has_the_token_and_brackets_round_ipv6() -> None:
    assert link_to(WebAddress("::1", 8080), token="t", secure=True) == "https://[::1]:8080/?token=t"  # noqa: S106


def test_a_websocket_is_neither_served_nor_answered() -> None:
    served: list[str] = []

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        served.append(scope["type"])

    async def nothing(*_: object) -> Any:
        served.append("answered")

    gate = Gate(serve, LOCAL, RateLimit(per_second=1, at_once=1), RateLimit(per_second=1, at_once=1))
    asyncio.run(gate({"type": "websocket"}, nothing, nothing))
    assert served == []
