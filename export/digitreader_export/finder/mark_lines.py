"""Lines of digits with marks among them to fit the marks' weights to: digits of MNIST, marks by the demo's hand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import cv2
import numpy as np

from digitreader.drawing import PENS, Hand, Pen, Scene, Writing
from digitreader.drawing.pen import draw_ink, vary_pen
from digitreader.drawing.writing import WORD_GAP, Tile, digits_alone, mark_paths, paste
from digitreader.measure.data.idx import LabelledImages
from digitreader.measure.score.finding.compose import empty_paper, page_of, photographed, straight_hand
from digitreader.measure.score.finding.handwriting import LINES, PLAIN, SIGNED, SLASHED, WORDED, text_of
from digitreader.values import Ink
from digitreader_train.practice.pens import Variety, trim, vary

SIZE_WH = (640, 480)
PATTERNS, SHARES = (SLASHED, SIGNED, WORDED, PLAIN), (0.3, 0.25, 0.15, 0.3)
SLOPES = 0.15, 0.2
"""How far hands lean to the right, and how much they differ, in digit heights."""
LOOKED_AT = 30
"""Of so many images of a digit the one is taken whose slope fits the hand best."""
SEVEN_SHARE = 0.05
ONE_SHARES = (0.15, 0.15, 0.6)
"""So many of the digits of a picture are 1s besides those by chance."""
MARK_PEN = replace(PENS["felt"], width=0.105)
"""A mark is drawn about as wide as MNIST's strokes."""
WIDEST_PX = 540

Forms = tuple[Ink, ...]
"""One person's ten digits."""


def mnist_lines(digits: LabelledImages, count: int, *, seed: int) -> Iterator[Scene]:
    """Draw pictures of three lines, each in one of MNIST's hands; it depends on the seed and its own number alone."""
    for number in range(count):
        rng = np.random.default_rng((seed, number))
        chosen = PATTERNS[int(rng.choice(len(PATTERNS), p=SHARES))]
        one, slope = float(rng.choice(ONE_SHARES)), float(np.clip(rng.normal(*SLOPES), -0.4, 0.8))
        forms, pen, height_px = forms_of(digits, slope, rng), vary_pen(MARK_PEN, rng), float(rng.uniform(28, 64))
        hand = replace(straight_hand(rng), slant=slope)
        texts = [text_of(str(rng.choice(chosen)), rng, one, SEVEN_SHARE) for _ in range(LINES)]
        writings = [_fitting(text, forms, hand, pen, rng, height_px=height_px) for text in texts]
        image = empty_paper(str(rng.choice(("white", "cream", "gray"))), rng, size_wh=SIZE_WH, digit_px=height_px)
        pitch_px = height_px * float(rng.uniform(1.8, 2.3))
        yield photographed(page_of(writings, rng, image=image, pen=pen, pitch_px=pitch_px), rng, size_wh=SIZE_WH)


def forms_of(digits: LabelledImages, slope: float, rng: np.random.Generator) -> Forms:
    """One form for each digit, (28, 28) uint8, of those that lean about as one person's would."""
    return tuple(_form_of(digits, digit, slope, rng) for digit in range(10))


def _form_of(digits: LabelledImages, digit: int, slope: float, rng: np.random.Generator) -> Ink:
    images = digits.images[rng.choice(np.flatnonzero(digits.labels == digit), LOOKED_AT)]
    slopes = [-moments["mu11"] / max(moments["mu02"], 1.0) for moments in map(cv2.moments, images)]
    return np.asarray(images[int(np.abs(np.subtract(slopes, slope)).argmin())], np.uint8)


def _fitting(text: str, forms: Forms, hand: Hand, pen: Pen, rng: np.random.Generator, *, height_px: float) -> Writing:
    """Write a line, smaller where it would not fit."""
    seed = int(rng.integers(2**63))
    writing = _write(text, forms, hand, pen, np.random.default_rng(seed), height_px=height_px)
    if writing.ink.shape[1] <= WIDEST_PX:
        return writing
    height_px *= 0.95 * WIDEST_PX / writing.ink.shape[1]
    return _write(text, forms, hand, pen, np.random.default_rng(seed), height_px=height_px)


def _write(text: str, forms: Forms, hand: Hand, pen: Pen, rng: np.random.Generator, *, height_px: float) -> Writing:
    tiles, x = list[Tile](), 0.0
    for character in text:
        if character == " ":
            x += WORD_GAP * height_px
            continue
        if character.isdigit():
            tiles.append(_digit(int(character), forms, rng, x=x, height_px=height_px))
        else:
            tiles.append(_mark(character, hand, pen, rng, x=x, height_px=height_px))
        x = tiles[-1].x + tiles[-1].ink.shape[1] + height_px * (hand.spacing - 0.05) * float(np.exp(rng.normal(0, 0.3)))
    return paste(tiles, digits_alone(text), height_px=height_px)


def _digit(digit: int, forms: Forms, rng: np.random.Generator, *, x: float, height_px: float) -> Tile:
    ink = trim(vary(forms[digit], rng, Variety(slant=0.05)))
    scale = height_px * float(np.exp(rng.normal(0.0, 0.07))) / ink.shape[0]
    size_wh = max(1, round(ink.shape[1] * scale)), max(1, round(ink.shape[0] * scale))
    ink = np.asarray(cv2.resize(ink, size_wh, interpolation=cv2.INTER_AREA), np.uint8)
    foot = height_px * (1 + float(rng.normal(0.0, 0.03)))
    return Tile(digit, 0, ink, round(x), round(foot - ink.shape[0]))


def _mark(sign: str, hand: Hand, pen: Pen, rng: np.random.Generator, *, x: float, height_px: float) -> Tile:
    paths = mark_paths(sign, hand, rng)
    shift = x / height_px - min(float(path[:, 0].min()) for path in paths)
    moved = [np.add(path, (shift, 0.0)) for path in paths]
    ink, (left, top) = draw_ink(moved, pen, rng, height_px=height_px, pressure=hand.pressure)
    return Tile(None, 0, ink, int(left), int(top), sign)
