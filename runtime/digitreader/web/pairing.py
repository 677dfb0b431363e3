"""The pairing token of the page: a new one, or one that is kept over restarts."""

from __future__ import annotations

import os
import re
import secrets
import stat
from pathlib import Path

from digitreader.errors import OutputError
from digitreader.host.files import read_limited

_TOKEN = re.compile(r"[A-Za-z0-9_-]{16,128}")
MOST_BYTES = 1024
OTHERS = stat.S_IRWXG | stat.S_IRWXO


def new_token() -> str:
    """A token that nobody can guess, of 22 letters, digits, ``-`` and ``_``."""
    return secrets.token_urlsafe(16)


def kept_token(path: Path) -> str:
    """The token in a file; a new one is written into it if there is none.

    Args:
        path: the file. It is made so that only its owner can read it.

    Raises:
        OutputError: it cannot be read or written, others can read it, or it holds no token.
    """
    try:
        if not path.exists():
            return _written(path, new_token())
        mode = path.stat().st_mode
        token = read_limited(path, MOST_BYTES).decode("ascii", "replace").strip()
    except OSError as error:
        raise OutputError(
            f"{path}: the pairing token cannot be kept there ({error.strerror}); give --web-token-file a file in a "
            f"folder of your own"
        ) from error
    if mode & OTHERS:
        raise OutputError(f"{path}: others can read or change the pairing token; run: chmod 600 {path}")
    if not _TOKEN.fullmatch(token):
        raise OutputError(f"{path}: holds no pairing token; delete it, and a new token is made at the next start")
    return token


def _written(path: Path, token: str) -> str:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
        file.write(f"{token}\n")
    return token
