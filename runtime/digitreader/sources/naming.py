"""How a source is called in outputs and errors."""

from __future__ import annotations

import os


def printable(name: str | os.PathLike[str]) -> str:
    """What the user named as text that is fit to be shown.

    Returns:
        The name with U+FFFD for bytes that are no UTF-8; of an address, without user and password, and with stars for
        the secrets that its parameters name.
    """
    text = os.fspath(name).encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    if "://" not in text:
        return text
    from digitreader.addresses import parse_shown

    address = parse_shown(text)
    return text if address is None else address.without_login


def at_home(name: str) -> str:
    """A name with the user's home for a leading ``~/``, which in a configuration file no shell has filled in."""
    return os.path.expanduser(name) if name.startswith("~/") else name  # noqa: PTH111 # a name is not always a path
