"""How a source is called in outputs and errors."""

from __future__ import annotations

import os


def printable(name: str | os.PathLike[str]) -> str:
    """What the user named as text that is fit to be shown.

    Returns:
        The name with U+FFFD for bytes that are no UTF-8, and without the user and password that a URL may carry.
    """
    text = os.fspath(name).encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    if "://" not in text:
        return text
    from urllib.parse import urlsplit

    parts = urlsplit(text)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()
