"""The page's address: `[HOST:]PORT`, the host names that requests may use, and the link that is printed."""

from __future__ import annotations

import ipaddress
import socket
from contextlib import suppress
from dataclasses import dataclass

from digitreader.errors import UsageError

LOOPBACK = "127.0.0.1"
LOCAL_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})
NOWHERE = ("192.0.2.1", 9)
"""An address that nobody has. A datagram socket that connects to it sends nothing, but learns its own address."""


@dataclass(frozen=True, slots=True)
class WebAddress:
    """Where a server listens.

    Attributes:
        host: a name or an IP address, without brackets.
        port: 0 means any free one.
    """

    host: str
    port: int

    @property
    def is_loopback(self) -> bool:
        """Whether only this machine can reach it."""
        return self.host == "localhost" or _is_loopback(self.host)

    @property
    def is_ipv6(self) -> bool:
        """Whether the host is an IPv6 address."""
        return ":" in self.host


def parse_web_address(text: str) -> WebAddress:
    """Parse ``[HOST:]PORT``; without a host only this machine can reach the page.

    Raises:
        UsageError: the text has another form.
    """
    host, _, port = text.rpartition(":")
    host = host.removeprefix("[").removesuffix("]")
    if not (port.isdecimal() and int(port) < 1 << 16) or (":" in host and not _is_address(host)):
        raise UsageError(
            f"--web {text}: is not a [HOST:]PORT; give a port, as in 8080, or 0.0.0.0:8080 for the network"
        )
    return WebAddress(host or LOOPBACK, int(port))


def allowed_names(address: WebAddress) -> frozenset[str]:
    """The names, in lower case, by which a browser may ask for the page, beside IP addresses.

    This stops DNS rebinding: a foreign page whose name now leads to this machine still asks by its own name.
    """
    if address.is_loopback:
        return LOCAL_NAMES
    own = socket.gethostname().lower()
    return LOCAL_NAMES | {address.host.lower(), own, f"{own.partition('.')[0]}.local"}


def is_allowed_host(host: str, names: frozenset[str], *, addresses: bool) -> bool:
    """Whether a request's ``Host`` is allowed.

    Args:
        host: the header, with or without a port.
        names: as `allowed_names` gives them.
        addresses: any IP address is allowed too; a foreign page cannot have one as its name.
    """
    name = host_name(host)
    return name in names or (addresses and _is_address(name))


def host_name(host: str) -> str:
    """The name in a ``Host`` header, in lower case, without port and brackets; empty if it is malformed."""
    if host.startswith("["):
        name, bracket, rest = host[1:].partition("]")
        return name.lower() if bracket and (not rest or _is_port(rest)) else ""
    name, colon, port = host.partition(":")
    return name.lower() if not colon or port.isdecimal() else ""


def link_to(address: WebAddress, *, token: str = "", secure: bool = False) -> str:
    """The link to the page; a server that listens on all addresses gets this machine's address in its network.

    Args:
        address: where the server listens.
        token: the pairing token, which gives access to everybody who has the link.
        secure: the server speaks TLS.
    """
    host = address.host
    if host in {"0.0.0.0", "::", ""}:  # noqa: S104 # it is compared, not bound
        host = own_address()
    shown = f"[{host}]" if ":" in host else host
    query = f"?token={token}" if token else ""
    return f"{'https' if secure else 'http'}://{shown}:{address.port}/{query}"


def own_address() -> str:
    """The address that this machine has in its network; its name if it has none."""
    with suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect(NOWHERE)
        return str(probe.getsockname()[0])
    return socket.gethostname()


def _is_port(text: str) -> bool:
    return text.startswith(":") and text[1:].isdecimal()


def _is_address(text: str) -> bool:
    with suppress(ValueError):
        ipaddress.ip_address(text)
        return True
    return False


def _is_loopback(text: str) -> bool:
    return _is_address(text) and ipaddress.ip_address(text).is_loopback
