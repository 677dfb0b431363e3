"""Corrections: the digits that a person says are right, kept with their pictures in a plain folder, for training."""

from __future__ import annotations

import json
import re
import secrets
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from digitreader.errors import OutputError, UsageError
from digitreader.host.files import write_all_atomically, write_atomically
from digitreader.model.glyph.normalise import NORMALISATION, normalise_glyph
from digitreader.model.sealed_json import from_plain
from digitreader.web.board import SeenDigit
from digitreader.web.values import png_of

MANIFEST = "manifest.jsonl"
PICTURES = ("crop", "ink", "glyph")
MOST = 10_000
"""The most corrections in a folder."""
IDENTITY = re.compile(r"\d{8}-\d{6}-[0-9a-f]{8}")


@dataclass(frozen=True, slots=True)
class Correction:
    """One line of the manifest; its pictures are ``ID-crop.png``, ``ID-ink.png`` and ``ID-glyph.png``.

    Attributes:
        id: its name.
        truth: the digit that it is; None if it is not a digit.
        read: the digit that was read.
        confidence: 0..1, the confidence of that reading.
        model: the model that read it.
        normalisation: the function that made the glyph.
    """

    id: str
    truth: int | None
    read: int
    confidence: float
    model: str
    normalisation: str = NORMALISATION


class Corrections:
    """The folder of corrections; made when the first one is kept.

    Args:
        folder: the path of the folder.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def all(self) -> Sequence[Correction]:
        """All corrections, the oldest first; lines of the manifest that cannot be read are left out."""
        try:
            lines = (self.folder / MANIFEST).read_text(encoding="utf-8").splitlines()
        except (OSError, UnicodeDecodeError):
            return ()
        return tuple(each for each in map(_correction_of, lines) if each is not None)

    def keep(self, seen: SeenDigit, truth: int | None, *, model: str) -> Correction:
        """Keep a correction.

        Raises:
            UsageError: the truth is not a digit, or the ink is not known any more.
            OutputError: the folder cannot be written to, or is full.
        """
        if truth is not None and not (type(truth) is int and 0 <= truth <= 9):
            raise UsageError("the truth is a digit from 0 to 9, or none")
        if seen.ink is None:
            raise UsageError("the ink of this digit is not known any more; correct the next one")
        before = self.all()
        if len(before) >= MOST:
            raise OutputError(f"{self.folder}: holds {MOST} corrections already; train with them, and move them away")
        identity = f"{time.strftime('%Y%m%d-%H%M%S')}-{secrets.token_hex(4)}"
        reading = seen.reading
        kept = Correction(identity, truth, reading.digit, round(reading.confidence, 4), model)
        pictures = zip(PICTURES, (seen.crop, seen.ink, normalise_glyph(seen.ink)), strict=True)
        files = {self.folder / f"{identity}-{name}.png": png_of(picture) for name, picture in pictures}
        write_all_atomically({**files, self.folder / MANIFEST: _manifest((*before, kept))})
        return kept

    def remove(self, identity: str) -> bool:
        """Delete a correction with its pictures; False if there is none of this name.

        Raises:
            OutputError: the folder cannot be written to.
        """
        before = self.all()
        left = [each for each in before if each.id != identity]
        if len(left) == len(before):
            return False
        write_atomically(self.folder / MANIFEST, _manifest(left))
        for name in PICTURES:
            (self.folder / f"{identity}-{name}.png").unlink(missing_ok=True)
        return True

    def picture(self, identity: str, name: str) -> Path | None:
        """The file of one picture of a correction; None if there is none."""
        if name not in PICTURES or not IDENTITY.fullmatch(identity):
            return None
        path = self.folder / f"{identity}-{name}.png"
        return path if path.is_file() else None


def _manifest(corrections: Sequence[Correction]) -> bytes:
    return "".join(f"{json.dumps(asdict(each))}\n" for each in corrections).encode()


def _correction_of(line: str) -> Correction | None:
    try:
        kept = from_plain(Correction, json.loads(line))
    except (ValueError, RecursionError):
        return None
    is_digit = kept.truth is None or 0 <= kept.truth <= 9
    return kept if is_digit and IDENTITY.fullmatch(kept.id) else None
