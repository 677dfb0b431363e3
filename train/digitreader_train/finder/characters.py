"""Everything that can stand on a page: digits, letters, signs, words and scribbles, in many hands and typefaces."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from digitreader.drawing import FREE_MARKS, MARK_TEMPLATES, Typeface
from digitreader.drawing.writing import mark_paths
from digitreader_train.finder.printed_words import print_outline_words, print_words
from digitreader_train.finder.strokes import write_digit_paths
from digitreader_train.finder.writer import FACES
from digitreader_train.practice.hands import loose_hand

DIGIT_PATHS = 1500
"""So many digits are written once; each is bent and inked anew wherever it is used."""
MARK_PATHS = DIGIT_PATHS // 2
"""So many letters and signs likewise."""
SMALL_MARKS, SMALL_PATHS = ".,:-=+", 300
"""What stands in numbers and is smaller than a digit, and so many of them."""
STRIPS, OUTLINE_STRIPS = 40, 300
"""So many strips of words are printed in each typeface, and in OpenCV's together."""

Images = npt.NDArray[np.uint8]
"""(N, H, W) uint8, one character an image, white on black."""


class Characters:
    """The store that pages take their characters from; it does not change once it is made.

    Args:
        images: (N, 28, 28) uint8, handwritten digits, white on black.
        labels: (N,) uint8.
        letters: (M, H, W) uint8, handwritten letters; may be empty.
        typefaces: for what nobody wrote; may be empty.
        seed: of the paths and the words that are drawn once.

    Attributes:
        images: as given.
        labels: as given.
        letters: as given.
        typefaces: as given.
        digit_paths: the strokes of `DIGIT_PATHS` digits; number N shows the digit N % 10.
        mark_paths: the strokes of letters, signs and scribbles.
        letter_paths: those of letters alone.
        small_paths: those of `SMALL_MARKS`.
        strips: for each typeface of `FACES`, strips of words: (h, w) uint8.
        outline_strips: the same in OpenCV's typefaces.
    """

    def __init__(
        self,
        images: Images,
        labels: npt.NDArray[np.uint8],
        letters: Images,
        *,
        seed: int,
        typefaces: Sequence[Typeface] = (),
    ) -> None:
        rng = np.random.default_rng(seed)
        kinds = (*MARK_TEMPLATES, *FREE_MARKS)
        self.images, self.labels, self.letters, self.typefaces = images, labels, letters, tuple(typefaces)
        self.digit_paths = [write_digit_paths(at % 10, rng) for at in range(DIGIT_PATHS)]
        self.mark_paths = [mark_paths(kinds[at % len(kinds)], loose_hand(rng), rng) for at in range(MARK_PATHS)]
        is_letter = [kinds[at % len(kinds)].isalpha() and len(kinds[at % len(kinds)]) == 1 for at in range(MARK_PATHS)]
        self.letter_paths = [paths for paths, wanted in zip(self.mark_paths, is_letter, strict=True) if wanted]
        small = [SMALL_MARKS[at % len(SMALL_MARKS)] for at in range(SMALL_PATHS)]
        self.small_paths = [mark_paths(kind, loose_hand(rng), rng) for kind in small]
        self.strips = [[print_words(face, rng) for _ in range(STRIPS)] for face in FACES]
        self.outline_strips = [print_outline_words(rng) for _ in range(OUTLINE_STRIPS)]
