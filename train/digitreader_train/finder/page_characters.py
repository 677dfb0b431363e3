"""The characters of one page, all by its writer."""

from __future__ import annotations

import numpy as np

from digitreader.values import Ink
from digitreader_train.finder.chance import random_factor
from digitreader_train.finder.characters import Characters
from digitreader_train.finder.handwritten_marks import write_joined, write_slash_or_bracket
from digitreader_train.finder.handwritten_words import write_words
from digitreader_train.finder.ink import Character, bend_ink, change_pen, leave_gap, lengthen_end, resize_ink
from digitreader_train.finder.printed import print_outline_digit, print_sign, print_text
from digitreader_train.finder.strokes import StrokePaths, extent_of, ink_paths
from digitreader_train.finder.writer import FACES, Writer
from digitreader_train.practice.pens import trim
from digitreader_train.practice.typefaces import print_letters

REUSED_BELOW_PX, REUSED_AFTER, REUSED_SHARE = 26.0, 16, 0.8
"""To save time, once a page has so many digits, this share of those below this height repeat an earlier one."""
AGAIN, MORE_ONES = 0.1, 0.1
"""Shares of the digits that are the one before once more, and of those that are 1s on purpose: bars, to be told
from lines, and from each other where they stand close."""
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
        self._written: list[Character] = []

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

    def digit(self, height_px: float, rng: np.random.Generator) -> Character:
        """Draw one digit about `height_px` high."""
        can_repeat = height_px < REUSED_BELOW_PX and len(self._written) >= REUSED_AFTER
        if can_repeat and rng.random() < REUSED_SHARE:
            drawn = self._written[int(rng.integers(len(self._written)))]
            return Character(self._resize_digit(drawn.ink, height_px, rng), drawn.digit)
        drawn = self._new_digit(height_px, rng)
        self._written.append(drawn)
        return drawn

    def mark(self, height_px: float, rng: np.random.Generator) -> Character:
        """Draw one letter, sign or scribble among digits `height_px` high."""
        chance = rng.random()
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

    def _new_digit(self, height_px: float, rng: np.random.Generator) -> Character:
        digit, ink = self._digit_ink(height_px, rng)
        ink = bend_ink(ink, self._writer, rng)
        if rng.random() < self._writer.long_stems:
            ink = lengthen_end(ink, rng)
        if rng.random() < self._writer.skips:
            ink = leave_gap(ink, rng)
        return Character(self._resize_digit(ink, height_px, rng), digit)

    def _digit_ink(self, height_px: float, rng: np.random.Generator) -> tuple[int, Ink]:
        """A digit from the writer's source, and its ink before it is bent and resized."""
        store, writer, digit = self._store, self._writer, self._choose_digit(rng)
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
        if self._written and chance < AGAIN:
            return self._written[-1].digit or 0
        return 1 if chance > 1 - MORE_ONES else int(rng.integers(10))

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
