"""The name that this software is installed under, and how to add an extra to the copy that runs."""

from __future__ import annotations

DISTRIBUTION = "digitreader-edge"
"""The import and the command are `digitreader`. On the package index that name belongs to other software."""


def install_extra(extra: str) -> str:
    """The command that adds an extra. It installs from the place of this copy, never from a package index.

    Args:
        extra: the name of the extra, such as ``mqtt``.
    """
    place = _installed_from()
    if place:
        return f'pip install "{place}[{extra}]"'
    return f'pip install ".[{extra}]" in a folder with the source code of digitreader'


def _installed_from() -> str:
    """The folder or wheel that the installer recorded (PEP 610); empty if it recorded none, or an address."""
    import json
    from importlib import metadata  # takes as long as a tenth of a start
    from urllib.parse import unquote, urlsplit

    try:
        noted = json.loads(metadata.distribution(DISTRIBUTION).read_text("direct_url.json") or "{}")
        parts = urlsplit(noted.get("url", ""))
    except (metadata.PackageNotFoundError, ValueError, AttributeError, OSError):
        return ""
    return unquote(parts.path) if parts.scheme == "file" else ""
