"""Practice: digits in bad pictures: grain, uneven ground, parts turned to negative, lines, blots, blur, outlines alone.

The published corruptions that `digitreader score corruptions` measures by are drawn by other recipes and not used here.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import cv2
import numpy as np
import numpy.typing as npt

from digitreader.errors import BlankGlyphError
from digitreader.model.glyph.normalise import normalise_glyph
from digitreader.model.own.centring import by_box
from digitreader.values import GLYPH_SIDE, GrayImage, Ink
from digitreader_train.practice.negatives import draw_negative
from digitreader_train.practice.pens import trim
from digitreader_train.practice.task import NO_DIGIT, Practice, Task

NO_DIGITS = 0.25
"""This share of the bad pictures shows no digit, so that nothing is told from the damage alone."""
MOVED, TWICE = 0.5, 0.15
"""Shares of them that are also turned, slanted and moved, and that have a second damage."""

Damage = Callable[[GrayImage, np.random.Generator], GrayImage]
"""Takes (28, 28) uint8, white ink on black, and gives a new one."""


def damage_digits(task: Task) -> Practice:
    """A bad picture of each of the task's digits, or of something that is not a digit."""
    rng, digits = task.rng, [trim(image) for image in task.images]
    glyphs, labels = [], []
    for image, label in zip(task.images, task.labels.tolist(), strict=True):
        is_digit = bool(rng.random() >= NO_DIGITS)
        whole = image if is_digit else draw_negative(rng, digits)
        if whole.shape != (GLYPH_SIDE, GLYPH_SIDE):
            whole = by_box(whole)
        glyphs.append(_normalised(damaged(whole, rng), whole))
        labels.append(label if is_digit else NO_DIGIT)
    return Practice(np.stack(glyphs), np.array(labels, np.uint8))


def _normalised(image: GrayImage, whole: GrayImage) -> Ink:
    """The glyph of an image; the glyph before the damage if nothing is left of it."""
    try:
        return normalise_glyph(image)
    except BlankGlyphError:
        return normalise_glyph(whole)


def damaged(image: GrayImage, rng: np.random.Generator) -> GrayImage:
    """The same picture with one damage, or two."""
    if rng.random() < MOVED:
        image = _moved(image, rng)
    for _ in range(2 if rng.random() < TWICE else 1):
        image = DAMAGES[int(rng.integers(len(DAMAGES)))](image, rng)
    return image


def _moved(image: GrayImage, rng: np.random.Generator) -> GrayImage:
    """Turned, slanted, smaller and somewhere else."""
    angle, slant, scale = float(rng.normal(0, 0.22)), float(rng.normal(0, 0.25)), float(rng.uniform(0.65, 1.05))
    turn = np.array([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]])
    linear = scale * turn @ np.array([[1.0, slant], [0.0, 1.0]])
    middle = np.full(2, (GLYPH_SIDE - 1) / 2)
    shift = middle - linear @ middle + rng.uniform(-2.5, 2.5, 2)
    return np.asarray(cv2.warpAffine(image, np.column_stack([linear, shift]), image.shape[::-1]), np.uint8)


def grain(image: GrayImage, rng: np.random.Generator) -> GrayImage:
    """Noise on everything, or pixels here and there that have any value."""
    if rng.random() < 0.5:
        noise = rng.normal(0, rng.uniform(8, 60), image.shape)
        return np.asarray(np.clip(image + noise, 0, 255), np.uint8)
    hit = rng.random(image.shape) < rng.uniform(0.02, 0.22)
    value = rng.integers(0, 256, image.shape) if rng.random() < 0.3 else 255 * rng.integers(0, 2, image.shape)
    return np.where(hit, value, image).astype(np.uint8)


def weak_ink(image: GrayImage, rng: np.random.Generator) -> GrayImage:
    """Ink that is strong in one pixel and weak in the next."""
    evenness = float(rng.uniform(0.8, 6))
    return np.asarray(np.clip(image * rng.gamma(evenness, 1 / evenness, image.shape), 0, 255), np.uint8)


def light_ground(image: GrayImage, rng: np.random.Generator) -> GrayImage:
    """A ground that is not black: of one tone, or lighter here than there; the ink keeps some contrast."""
    tone = _hills(rng) * float(rng.uniform(0.0, 0.6)) + float(rng.uniform(0.0, 0.55))
    contrast = float(rng.uniform(0.3, 1.0))
    return np.asarray(np.clip(255 * tone + contrast * image, 0, 255), np.uint8)


def _hills(rng: np.random.Generator) -> npt.NDArray[np.float64]:
    """(28, 28) float64 0..1, smooth."""
    knots = int(rng.integers(2, 9))
    hills = cv2.resize(rng.random((knots, knots)), (GLYPH_SIDE, GLYPH_SIDE), interpolation=cv2.INTER_CUBIC)
    return np.asarray(np.clip(hills, 0, 1), np.float64)


def half_negative(image: GrayImage, rng: np.random.Generator) -> GrayImage:
    """Black for white on one side of a straight edge, or on both sides of a band."""
    angle = float(rng.choice((0, 0.5, 1, 1.5)) * np.pi) if rng.random() < 0.6 else float(rng.uniform(0, 2 * np.pi))
    rows, columns = np.indices(image.shape) - (GLYPH_SIDE - 1) / 2
    along = columns * math.cos(angle) + rows * math.sin(angle)
    beyond = np.abs(along) if rng.random() < 0.6 else along
    return np.where(beyond > rng.uniform(3, 12), 255 - image, image).astype(np.uint8)


def outline(image: GrayImage, rng: np.random.Generator) -> GrayImage:
    """The edges of strokes alone, as of a drawing that was not filled."""
    large = cv2.GaussianBlur(cv2.resize(image, None, fx=3, fy=3, interpolation=cv2.INTER_CUBIC), (0, 0), 2)
    ink = np.asarray(large > rng.uniform(60, 150), np.uint8) * 255
    width = int(rng.integers(2, 5))
    pen = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (width, width))
    edges = cv2.morphologyEx(ink, cv2.MORPH_GRADIENT, pen)
    small = cv2.resize(edges, image.shape[::-1], interpolation=cv2.INTER_AREA)
    if rng.random() < 0.6:
        small = cv2.threshold(small, float(rng.uniform(50, 110)), 255, cv2.THRESH_BINARY)[1]
    return np.asarray(small if small.any() else image, np.uint8)


def lines(image: GrayImage, rng: np.random.Generator) -> GrayImage:
    """One or two lines across: straight, waved or with corners, whole or broken."""
    drawn = image.copy()
    for _ in range(1 if rng.random() < 0.7 else 2):
        line = np.zeros_like(image)
        path = np.round(16 * _path_across(rng)).astype(np.int32)
        tone, width_px = (int(rng.uniform(120, 256)),), int(rng.integers(1, 3))
        cv2.polylines(line, [path], False, tone, width_px, cv2.LINE_AA, 4)
        if rng.random() < 0.4:
            dash, gap = (int(each) for each in rng.integers(1, 4, 2))
            line[:, np.arange(GLYPH_SIDE) % (dash + gap) >= dash] = 0
        drawn = np.maximum(drawn, line)
    return drawn


def _path_across(rng: np.random.Generator) -> npt.NDArray[np.float64]:
    """(N, 2) corners of a line from side to side, or from top to bottom."""
    along = np.linspace(-1, GLYPH_SIDE, int(rng.integers(2, 13)))
    swing = float(rng.uniform(0.5, 4.0)) if rng.random() < 0.5 else 0.0
    across = rng.uniform(0, GLYPH_SIDE) + rng.normal(0, 0.3) * (along - GLYPH_SIDE / 2)
    across = across + np.where(np.arange(len(along)) % 2, swing, -swing)
    return np.stack([along, across] if rng.random() < 0.75 else [across, along], axis=1)


def blots(image: GrayImage, rng: np.random.Generator) -> GrayImage:
    """Drops of one tone that hide ink and ground alike."""
    hidden = _hills(rng) + 0.3 * rng.random(image.shape)
    where = cv2.GaussianBlur((hidden > np.quantile(hidden, rng.uniform(0.7, 0.95))).astype(np.float64), (0, 0), 0.8)
    return np.asarray(image * (1 - where) + where * float(rng.uniform(0, 200)), np.uint8)


def smear(image: GrayImage, rng: np.random.Generator) -> GrayImage:
    """The picture moved while it was taken, in one direction, to one side or to both."""
    reach, side = int(rng.integers(2, 11)), 23
    angle, kernel = float(rng.uniform(0, 2 * np.pi)), np.zeros((side, side), np.float32)
    for step in np.arange(-reach if rng.random() < 0.5 else 0, reach + 1):
        place = round(side // 2 + step * math.sin(angle)), round(side // 2 + step * math.cos(angle))
        kernel[place] += math.exp(-abs(step) / float(rng.uniform(1.5, 6)))
    return np.asarray(cv2.filter2D(image, -1, kernel / kernel.sum()), np.uint8)


def rough_glass(image: GrayImage, rng: np.random.Generator) -> GrayImage:
    """Every pixel comes from somewhere near, and all is blurred."""
    rows, columns = np.indices(image.shape).astype(np.float32)
    away = rng.normal(0, rng.uniform(0.3, 1.3), (2, *image.shape)).astype(np.float32)
    mixed = cv2.remap(image, columns + away[0], rows + away[1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT)
    return np.asarray(cv2.GaussianBlur(mixed, (0, 0), float(rng.uniform(0.3, 1.2))), np.uint8)


DAMAGES: tuple[Damage, ...] = (
    grain, weak_ink, light_ground, half_negative, outline, lines, blots, smear, rough_glass,
)  # fmt: skip
