"""Collections of what is not a digit: an archive, and marks that the demo's hands draw."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from digitreader.demo import FREE_MARKS, MARK_WAYS, PENS, Hand, write_mark
from digitreader.score.archive import classes_in, images_in, read_archive
from digitreader.values import Ink

MARK_HEIGHT_PX = 64


@dataclass(frozen=True, slots=True, eq=False)
class Negatives:
    """Ink that is no digit.

    Attributes:
        inks: (h, w) uint8 each, white on black.
        classes: what each one is.
        name: what to call them in a sentence.
    """

    inks: Sequence[Ink]
    classes: Sequence[str]
    name: str


def read_negatives(path: Path) -> Negatives:
    """Read an .npz archive: ``x`` (N, H, W) uint8, white ink (255) on black; ``alphabet`` (N,), if it has classes.

    Raises:
        DataError: the archive is missing or of another form.
    """
    arrays = read_archive(path)
    images = images_in(arrays, path)
    return Negatives(list(images), classes_in(arrays, len(images), path), path.name)


def draw_negatives(count: int, *, seed: int) -> Negatives:
    """Draw letters, operators, scribbles and blots, each kind as often as another, in many hands and with many pens."""
    kinds, pens = [*MARK_WAYS, *FREE_MARKS], list(PENS.values())
    inks, classes = [], []
    for number in range(count):
        rng = np.random.default_rng((seed, number))
        kind, pen = kinds[number % len(kinds)], pens[int(rng.integers(len(pens)))]
        inks.append(write_mark(kind, rng, Hand.random(rng), pen=pen, height_px=MARK_HEIGHT_PX))
        classes.append(kind)
    return Negatives(inks, classes, "drawn marks")
