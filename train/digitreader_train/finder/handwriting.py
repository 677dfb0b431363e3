"""What a hand writes: digits stroke by stroke; slashes, brackets and joined writing; words letter by letter."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import cv2
import numpy as np

from digitreader.drawing import DIGIT_TEMPLATES
from digitreader.drawing.hand import form_paths
from digitreader.drawing.templates import Path as PenPath
from digitreader.drawing.templates import Way
from digitreader.values import Ink
from digitreader_train.finder.chance import random_factor
from digitreader_train.finder.ink import Character, resize_ink, tile_height
from digitreader_train.finder.shapes import Points, draw_polyline
from digitreader_train.finder.writer import Writer
from digitreader_train.practice.hands import MORE_WAYS, loose_hand
from digitreader_train.practice.pens import trim

StrokePaths = list[PenPath]
"""One path a stroke, in digit heights; the baseline is at y = 1."""

EVERY = 3
"""Only every third point of a path is used; the paths are finer than pixels."""
APART = 0.09
"""Standard deviation, in digit heights, by which strokes are moved that do not meet."""
ENDED_EARLY, BETWEEN, LEAST_PART = 0.5, (0.03, 0.22), 0.12
"""This share of such digits keeps its strokes where they are: the earlier ones end so many heights before the last one.
What is left of them beyond it is kept where it is at least so much of the digit."""


def write_digit_paths(digit: int, rng: np.random.Generator) -> StrokePaths:
    """Write a digit in one of the ways in which people write it, by another person each time."""
    ways: Sequence[Way] = (*DIGIT_TEMPLATES[digit], *MORE_WAYS.get(digit, ()))
    shares = np.array([way.share for way in ways])
    way = ways[int(rng.choice(len(ways), p=shares / shares.sum()))]
    return form_paths(way, loose_hand(rng), rng)


def extent_of(paths: StrokePaths) -> tuple[float, float]:
    """The least and the greatest y of the paths, in digit heights."""
    heights = np.concatenate(paths)[:, 1]
    return float(heights.min()), float(heights.max())


def ink_paths(paths: StrokePaths, writer: Writer, height_px: float, rng: np.random.Generator) -> Ink:
    """Draw the paths with the writer's pen, fainter where it is finer than a pixel; one that skips leaves gaps.

    Args:
        paths: of one character.
        writer: whose pen it is.
        height_px: the height that a digit will have; the ink is drawn in `tile_height` of it.
        rng: decides which strokes are apart, and how far.

    Returns:
        (h, w) uint8, trimmed.
    """
    tile_px = tile_height(height_px)
    width_px, tone = max(1, round(writer.pen * tile_px)), round(255 * min(1.0, writer.pen * tile_px))
    apart = len(paths) > 1 and rng.random() < writer.skips
    early = apart and rng.random() < ENDED_EARLY
    moved = [path + (rng.normal(0, APART, 2) if apart and not early and at else 0.0) for at, path in enumerate(paths)]
    points = np.concatenate(moved)
    low, high = points.min(axis=0) * tile_px - width_px - 2, points.max(axis=0) * tile_px + width_px + 2
    size = round(high[1] - low[1]) + 1, round(high[0] - low[0]) + 1
    strokes = [np.concatenate([path[::EVERY], path[-1:]]) * tile_px - low for path in moved]
    canvas = np.zeros(size, np.uint8)
    for stroke in strokes[:-1] if early else strokes:
        draw_polyline(canvas, stroke, width_px, tone=tone)
    if early:
        last = np.zeros(size, np.uint8)
        draw_polyline(last, strokes[-1], width_px, tone=tone)
        canvas = _end_before(canvas, last, float(rng.uniform(*BETWEEN)) * tile_px)
    return trim(canvas)


def _end_before(earlier: Ink, last: Ink, gap_px: float) -> Ink:
    """Both inks, the earlier one only where it is farther than a gap from the other, without small rests beyond it."""
    away = cv2.distanceTransform(np.asarray(last == 0, np.uint8), cv2.DIST_L2, cv2.DIST_MASK_3)
    kept = np.where(away > gap_px, earlier, 0).astype(np.uint8)
    _, pieces, stats, _ = cv2.connectedComponentsWithStats(np.asarray(kept > 0, np.uint8), connectivity=8)
    is_rest = stats[:, cv2.CC_STAT_AREA] < LEAST_PART * (np.count_nonzero(earlier) + np.count_nonzero(last))
    return np.maximum(np.where(is_rest[pieces], 0, kept).astype(np.uint8), last)


LEAN = (0.4, 0.9)
"""How far a slash leans, in digit heights; one that leans less may be a 1."""
X_HEIGHT_PX = 24
"""Joined handwriting is drawn with lower-case letters about so high."""


def write_slash_or_bracket(writer: Writer, height_px: float, rng: np.random.Generator) -> Character:
    """Write a slash or a bracket among digits `height_px` high."""
    tall, lean = float(rng.uniform(1.0, 1.7)), float(rng.uniform(*LEAN))
    bow = float(rng.normal(0, 0.04)) if rng.random() < 0.6 else float(rng.choice((-1, 1)) * rng.uniform(0.12, 0.3))
    if abs(bow) > 0.1:  # a bracket stands upright
        lean = float(rng.normal(0, 0.05))
    along = np.linspace(0, 1, 12)
    path = np.stack([lean * (1 - along) + 4 * bow * along * (1 - along), tall * along], axis=1)
    return Character(resize_ink(ink_paths([path], writer, height_px, rng), tall * height_px), None, 0.5 - tall / 2)


def write_joined(rng: np.random.Generator) -> Ink:
    """Write one to four words of loops, arches and humps that are no letters.

    Returns:
        (h, w) uint8, trimmed.
    """
    pen_px = max(2, round(float(rng.uniform(0.04, 0.14)) * 2 * X_HEIGHT_PX))
    words, x = [], 0.0
    for _ in range(int(rng.integers(1, 5))):
        turns = _turns_of_word(x, rng)
        words.append(_smooth(turns) * X_HEIGHT_PX)
        x = float(turns[-3, 0]) + float(rng.uniform(0.7, 1.4))  # from the last upper turn on
    return _ink_words(words, pen_px)


def _turns_of_word(x: float, rng: np.random.Generator) -> Points:
    """Where the pen turns: (3 * N, 2), for each of N letters above, below and in the middle, in x-heights."""
    letters = int(rng.integers(6, 22))
    tall = np.where(rng.random(letters) < 0.25, rng.uniform(1.6, 2.1, letters), rng.uniform(0.7, 1.1, letters))
    deep = np.where(rng.random(letters) < 0.12, rng.uniform(0.5, 0.8, letters), 0.0)
    above = np.stack([x + np.cumsum(rng.uniform(0.25, 0.6, letters)), -tall], axis=1)
    below = np.stack([above[:, 0] + rng.uniform(-0.15, 0.2, letters), deep], axis=1)
    between = np.stack([above[:, 0] + rng.uniform(0.0, 0.35, letters), -tall * 0.6], axis=1)
    return np.stack([above, below, between], axis=1).reshape(-1, 2)


def _smooth(turns: Points) -> Points:
    """Round the corners of a path."""
    fine = np.linspace(0, len(turns) - 1, 6 * len(turns))
    lines = [np.interp(fine, np.arange(len(turns)), turns[:, axis]) for axis in (0, 1)]
    window = np.hanning(9)[1:-1] / np.hanning(9)[1:-1].sum()
    return np.stack([np.convolve(line, window, "valid") for line in lines], axis=1)


def _ink_words(words: list[Points], pen_px: int) -> Ink:
    low = np.concatenate(words).min(axis=0) - pen_px - 1
    size = np.concatenate(words).max(axis=0) - low + pen_px + 1
    canvas = np.zeros((int(size[1]) + 1, int(size[0]) + 1), np.uint8)
    for word in words:
        draw_polyline(canvas, word - low, pen_px)
    return trim(canvas)


WriteLetter = Callable[[], Character]

WORD_GAP = 0.45
"""Between words, in heights of capitals."""


def write_words(write_letter: WriteLetter, height_px: float, rng: np.random.Generator) -> Character:
    """Write one to three words, letter beside letter.

    Args:
        write_letter: writes one letter each time.
        height_px: of capitals.
        rng: decides how many letters there are and how close they stand.

    Returns:
        A strip; its foot stands on the line, but for letters that go below.
    """
    gap = float(rng.uniform(0.0, 0.2))
    placed, x = [], 0.0
    for _ in range(int(rng.integers(1, 4))):
        for _ in range(int(rng.integers(2, 9))):
            letter = write_letter()
            placed.append((letter, round(x)))
            x += letter.ink.shape[1] + gap * height_px * random_factor(rng, 0.4)
        x += WORD_GAP * height_px * random_factor(rng, 0.3)
    return _strip_of(placed, height_px)


def _strip_of(placed: list[tuple[Character, int]], height_px: float) -> Character:
    """Put letters side by side on one line."""
    lowest = min(letter.rise for letter, _ in placed)
    feet = [round((letter.rise - lowest) * height_px) for letter, _ in placed]
    height = max(letter.ink.shape[0] + foot for (letter, _), foot in zip(placed, feet, strict=True))
    width = max(letter.ink.shape[1] + x for letter, x in placed)
    strip: Ink = np.zeros((height, width), np.uint8)
    for (letter, x), foot in zip(placed, feet, strict=True):
        tall, wide = letter.ink.shape
        place = np.s_[height - foot - tall : height - foot, x : x + wide]
        np.maximum(strip[place], letter.ink, out=strip[place])
    return Character(trim(strip), None, lowest)
