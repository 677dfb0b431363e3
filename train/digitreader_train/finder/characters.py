"""Everything that can stand on a page, and what one writer puts on one page of it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from digitreader.drawing import FREE_MARKS, MARK_TEMPLATES, Typeface
from digitreader.drawing.writing import mark_paths
from digitreader.values import Ink
from digitreader_train.finder.chance import random_factor
from digitreader_train.finder.handwriting import (
    StrokePaths,
    extent_of,
    ink_paths,
    write_digit_paths,
    write_joined,
    write_slash_or_bracket,
    write_words,
)
from digitreader_train.finder.ink import Character, bend_ink, change_pen, draw_blot, leave_gap, lengthen_end, resize_ink
from digitreader_train.finder.printed import (
    print_outline_digit,
    print_outline_words,
    print_sign,
    print_text,
    print_words,
)
from digitreader_train.finder.writer import FACES, SKIPS, Writer
from digitreader_train.practice.hands import loose_hand
from digitreader_train.practice.pens import trim
from digitreader_train.practice.typefaces import print_letters

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


REUSED_BELOW_PX, REUSED_AFTER, REUSED_SHARE = 26.0, 16, 0.8
"""To save time, once a page has so many digits, this share of those below this height repeat an earlier one."""
AGAIN = 0.1
"""Share of the digits that are the one before once more."""
SEVERAL_STROKES, MORE_OPEN = (4, 5), 0.4
"""Digits of several strokes, and the share of a skipping pen's digits that are one of these on purpose: strokes that do
not meet are still one digit."""
BLOTS = 0.06
"""This share of the signs among digits is blots of ink."""
HANGING_SHARE = 0.6
"""This share of the long ends reaches beyond the line, above or below; with the others the digit is as high as any."""
HEIGHT_SPREAD = 0.07
"""Spread of the digits' heights, times the writer's irregularity."""
PRINTERS_WORDS = {"print": 0.7, "other": 0.15, "outline": 0.07, "joined": 0.08}
WRITERS_WORDS = {"letters": 0.4, "joined": 0.25, "print": 0.15, "outline": 0.2}
"""What words on a printed page are, and on one that is written by hand: printed in the page's typeface, in any other,
in OpenCV's, joined handwriting, or letters side by side; and their shares."""
FOREIGN_WORDS = 0.4
"""This share of the words that are written letter by letter has letters of any alphabet."""
STRIP_HEIGHT, JOINED_HEIGHT, STRIP_RISE = 1.3, 1.35, -0.25
"""Heights of strips of words in heights of their capitals, and how far their feet stand above the line."""


class PageCharacters:
    """Draws the characters of one page and remembers its digits, so that small ones can be repeated.

    Args:
        characters: the store.
        writer: who writes the page.
    """

    def __init__(self, characters: Characters, writer: Writer) -> None:
        self._store, self._writer = characters, writer
        self._written: list[tuple[Character, float]] = []  # and how many digit heights each is high

    @property
    def pen(self) -> float:
        """Width of the writer's strokes in digit heights."""
        return self._writer.pen

    def digit_or_mark(self, height_px: float, rng: np.random.Generator, *, marks: float) -> Character:
        """Draw a digit, or a mark.

        Args:
            height_px: of digits, about.
            rng: where every choice comes from.
            marks: the share of marks, 0..1.
        """
        return self.mark(height_px, rng) if rng.random() < marks else self.digit(height_px, rng)

    def digit(self, height_px: float, rng: np.random.Generator, *, wanted: int | None = None) -> Character:
        """Draw one digit about `height_px` high.

        Args:
            height_px: of a usual digit.
            rng: where every choice comes from.
            wanted: 0 to 9; None for any.
        """
        alike = self._written if wanted is None else [each for each in self._written if each[0].digit == wanted]
        can_repeat = height_px < REUSED_BELOW_PX and len(alike) >= (
            REUSED_AFTER if wanted is None else REUSED_AFTER // 4
        )
        if can_repeat and rng.random() < REUSED_SHARE:
            drawn, tall = alike[int(rng.integers(len(alike)))]
            return Character(self._resize_digit(drawn.ink, tall * height_px, rng), drawn.digit, drawn.rise)
        drawn, tall = self._new_digit(height_px, rng, wanted)
        self._written.append((drawn, tall))
        return drawn

    def mark(self, height_px: float, rng: np.random.Generator) -> Character:
        """Draw one letter, sign or scribble among digits `height_px` high."""
        chance = rng.random()
        if rng.random() < BLOTS:
            return draw_blot(height_px, rng)
        if self._writer.is_print:
            return print_sign(self._writer, height_px, rng)
        if chance < 0.15:
            return write_slash_or_bracket(self._writer, height_px, rng)
        if chance < 0.45:
            return self._drawn(self._store.small_paths, height_px, rng)
        if chance < 0.75:
            return self._drawn(self._store.mark_paths, height_px, rng)
        return self._letter(height_px, rng, foreign=chance >= 0.9)

    def words(self, height_px: float, rng: np.random.Generator) -> Character:
        """Draw a strip of printed or handwritten words without digits, with capitals `height_px` high."""
        kinds = PRINTERS_WORDS if self._writer.is_print else WRITERS_WORDS
        kind = str(rng.choice(tuple(kinds), p=tuple(kinds.values())))
        if kind == "joined":
            return Character(resize_ink(write_joined(rng), height_px * JOINED_HEIGHT), None, STRIP_RISE)
        if kind == "letters":
            foreign = rng.random() < FOREIGN_WORDS
            return write_words(lambda: self._letter_of_word(height_px, rng, foreign=foreign), height_px, rng)
        return self._strip(kind, height_px, rng)

    def _strip(self, kind: str, height_px: float, rng: np.random.Generator) -> Character:
        """Printed words, in the writer's typeface, in any, or in one of OpenCV's."""
        strips = self._store.outline_strips
        if kind != "outline" and self._writer.source != "outline":
            strips = self._store.strips[self._writer.face if kind == "print" else int(rng.integers(len(FACES)))]
        ink = bend_ink(strips[int(rng.integers(len(strips)))], self._writer, rng)
        return Character(resize_ink(ink, height_px * STRIP_HEIGHT), None, STRIP_RISE)

    def _letter_of_word(self, height_px: float, rng: np.random.Generator, *, foreign: bool) -> Character:
        if foreign:
            return self._letter(height_px, rng, foreign=False)
        return self._drawn(self._store.letter_paths, height_px, rng)

    def _new_digit(self, height_px: float, rng: np.random.Generator, wanted: int | None) -> tuple[Character, float]:
        """A digit, and how many digit heights it is high: more than 1 where a long end reaches beyond the line."""
        digit, ink = self._digit_ink(height_px, rng, self._choose_digit(rng) if wanted is None else wanted)
        ink = bend_ink(ink, self._writer, rng)
        tall, rise = 1.0, 0.0
        if rng.random() < self._writer.long_stems:
            usual_px = ink.shape[0]
            ink, downwards = lengthen_end(ink, rng)
            if rng.random() < HANGING_SHARE:
                tall = ink.shape[0] / usual_px
                rise = 1.0 - tall if downwards else 0.0
        if rng.random() < self._writer.skips:
            ink = leave_gap(ink, rng)
        return Character(self._resize_digit(ink, tall * height_px, rng), digit, rise), tall

    def _digit_ink(self, height_px: float, rng: np.random.Generator, digit: int) -> tuple[int, Ink]:
        """A digit from the writer's source, and its ink before it is bent and resized."""
        store, writer = self._store, self._writer
        if writer.source == "mnist":
            same = np.flatnonzero(store.labels == digit)
            image = store.images[same[int(rng.integers(len(same)))]]
            return digit, change_pen(image, writer, height_px, rng)
        if writer.source == "paths":
            at = int(rng.integers(len(store.digit_paths) // 10)) * 10 + digit
            return digit, ink_paths(store.digit_paths[at], writer, height_px, rng)
        if writer.source == "outline":
            return digit, print_outline_digit(digit, writer, height_px)
        return digit, print_text(FACES[writer.face], str(digit))

    def _choose_digit(self, rng: np.random.Generator) -> int:
        """Any digit, a 1 more often than the others, and now and then the one that was written before."""
        chance = rng.random()
        if self._writer.skips == SKIPS and rng.random() < MORE_OPEN:
            return int(rng.choice(SEVERAL_STROKES))
        if self._written and chance < AGAIN:
            return self._written[-1][0].digit or 0
        return 1 if chance > 1 - self._writer.ones else int(rng.integers(10))

    def _resize_digit(self, ink: Ink, height_px: float, rng: np.random.Generator) -> Ink:
        return resize_ink(ink, height_px * random_factor(rng, HEIGHT_SPREAD * self._writer.irregularity))

    def _drawn(self, store: list[StrokePaths], height_px: float, rng: np.random.Generator) -> Character:
        """One of the characters of which the store has the strokes."""
        paths = store[int(rng.integers(len(store)))]
        ink = bend_ink(ink_paths(paths, self._writer, height_px, rng), self._writer, rng)
        (top, foot), pen = extent_of(paths), self._writer.pen
        return Character(resize_ink(ink, max(2.0, (foot - top + pen) * height_px)), None, 1.0 - foot - pen / 2)

    def _letter(self, height_px: float, rng: np.random.Generator, *, foreign: bool) -> Character:
        """A handwritten letter; a printed one of a foreign script where asked for, or where the store has no others."""
        letters = print_letters() if foreign or not len(self._store.letters) else self._store.letters
        letter = letters[int(rng.integers(len(letters)))]
        ink = bend_ink(trim(change_pen(letter, self._writer, height_px, rng)), self._writer, rng)
        return Character(resize_ink(ink, height_px * float(rng.uniform(0.6, 1.15))), None)
