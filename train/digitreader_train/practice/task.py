"""One portion of practice: what it is made from, and the labelled glyphs that come out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from digitreader.drawing import Typeface
from digitreader.model.glyph.normalise import normalise_glyphs
from digitreader.values import Glyphs, Ink

NO_DIGIT = 10
"""The label of a glyph that is no digit."""


@dataclass(frozen=True, slots=True, eq=False)
class Task:
    """What one process is given.

    Attributes:
        images: (N, H, W) uint8, white on black, each with some ink.
        labels: (N,) uint8, 0 to 9.
        seed: decides everything that is left to chance.
        typefaces: for what is printed.
    """

    images: npt.NDArray[np.uint8]
    labels: npt.NDArray[np.uint8]
    seed: tuple[int, ...]
    typefaces: tuple[Typeface, ...] = ()

    @property
    def rng(self) -> np.random.Generator:
        """A generator that begins at the seed."""
        return np.random.default_rng(self.seed)


Beliefs = npt.NDArray[np.float16]
"""(N, 11) float16 probabilities: of each digit, and of no digit."""


@dataclass(frozen=True, slots=True, eq=False)
class Practice:
    """Glyphs to learn from.

    Attributes:
        glyphs: (N, 28, 28) uint8.
        labels: (N,) uint8, 0 to 9, or `NO_DIGIT`.
        beliefs: what a teacher believes of each, where there is one.
    """

    glyphs: Glyphs
    labels: npt.NDArray[np.uint8]
    beliefs: Beliefs | None = None

    def __len__(self) -> int:
        return len(self.labels)

    @classmethod
    def of(cls, inks: Sequence[Ink], labels: npt.NDArray[np.uint8] | Sequence[int]) -> Practice:
        """Normalise inks."""
        return cls(normalise_glyphs(inks), np.asarray(labels, np.uint8))

    def with_first(self, count: int, *, times: int) -> Practice:
        """The first `count` glyphs come `times` times, with what a teacher believes of them."""
        places = np.concatenate([np.tile(np.arange(count), times - 1), np.arange(len(self))])
        beliefs = None if self.beliefs is None else self.beliefs[places]
        return Practice(self.glyphs[places], self.labels[places], beliefs) if times > 1 else self

    @classmethod
    def joined(cls, parts: Sequence[Practice]) -> Practice:
        """All parts, one after another."""
        return cls(np.concatenate([part.glyphs for part in parts]), np.concatenate([part.labels for part in parts]))


Draw = Callable[[Task], Practice]
"""Makes practice from digits; a function of a module, so that other processes can call it."""
