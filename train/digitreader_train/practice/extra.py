"""Digits that people have corrected on the live page: practised too, many times each, for they are few."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from digitreader.errors import BlankGlyphError, DataError
from digitreader.model.glyph.normalise import normalise_glyph
from digitreader.web.corrections import MANIFEST, Corrections
from digitreader_train.practice.task import NO_DIGIT, Practice

TIMES = 20
"""Each correction comes so many times."""


@dataclass(frozen=True, slots=True, eq=False)
class Extra:
    """Corrections to learn from.

    Attributes:
        practice: the corrections, each once.
        sha256: of all of it.
    """

    practice: Practice
    sha256: str

    def repeated(self) -> Practice:
        """Each correction `TIMES` times."""
        return self.practice.with_first(len(self.practice), times=TIMES)


def read_extra(folder: Path) -> Extra:
    """Read a folder of corrections; their ink is normalised anew, whatever had normalised it when it was corrected.

    Raises:
        DataError: it is no such folder, or a picture of it is missing or damaged.
    """
    corrections = Corrections(folder)
    kept = corrections.all()
    if not kept:
        raise DataError(f"{folder}: has no {MANIFEST} with corrections; correct digits on the live page first")
    glyphs, digest = [], hashlib.sha256()
    for each in kept:
        path = corrections.picture(each.id, "ink")
        ink = None if path is None else cv2.imdecode(np.fromfile(path, np.uint8), cv2.IMREAD_GRAYSCALE)
        if ink is None:
            raise DataError(f"{folder}: the ink of correction {each.id} is missing or damaged; delete it on the page")
        try:
            glyphs.append(normalise_glyph(np.asarray(ink, np.uint8)))
        except BlankGlyphError as error:
            raise DataError(f"{folder}: correction {each.id} has no ink; delete it on the page") from error
        digest.update(glyphs[-1].tobytes() + repr(each.truth).encode())
    labels = np.array([NO_DIGIT if each.truth is None else each.truth for each in kept], np.uint8)
    return Extra(Practice(np.stack(glyphs), labels), digest.hexdigest())
