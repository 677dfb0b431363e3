"""A broker's address: ``mqtt://[user@]host[:port][/prefix]``, or ``mqtts://`` where it is encrypted."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from digitreader.errors import UsageError

PORTS = {"mqtt": 1883, "mqtts": 8883}
PREFIX = "digitreader"
FORM = "a broker's address is mqtt://[USER@]HOST[:PORT][/PREFIX], mqtts:// with TLS"


@dataclass(frozen=True, slots=True)
class Address:
    """Where a broker is.

    Attributes:
        tls: the connection is encrypted, and the broker's certificate is checked.
        user: empty where the address has none.
        prefix: what all topics begin with.
    """

    host: str
    port: int
    tls: bool
    user: str
    prefix: str

    def __str__(self) -> str:
        """The address without the user."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"mqtt{'s' if self.tls else ''}://{host}:{self.port}"


def parse_address(text: str) -> Address:
    """Understand an address; nothing of it is repeated in errors, since it may hold a password.

    Raises:
        UsageError: it is none, or holds a password.
    """
    try:
        parts = urlsplit(text)
        port = PORTS.get(parts.scheme, 0) if parts.port is None else parts.port
        (parts.hostname or "").encode("idna")  # which refuses what no resolver is given
    except ValueError as error:
        raise UsageError(f"{FORM}; check it, the port is a number up to 65535") from error
    if parts.password is not None:
        raise UsageError(
            "a password in an address is seen by everyone who lists this computer's processes; "
            "put it into a file that only you may read, and give --password-file FILE"
        )
    prefix = unquote(parts.path).strip("/") or PREFIX
    if parts.scheme not in PORTS or not parts.hostname or port == 0 or parts.query or parts.fragment:
        raise UsageError(f"{FORM}; check it")
    if not all(map(is_topic_level, prefix.split("/"))):
        raise UsageError(f"{FORM}; a prefix has no +, # or $ and no empty part")
    return Address(parts.hostname, port, parts.scheme == "mqtts", unquote(parts.username or ""), prefix)


def is_topic_level(name: str) -> bool:
    """Whether a name may be one level of a topic."""
    return bool(name) and name.isprintable() and not name.startswith("$") and not set(name) & set("+#/")
