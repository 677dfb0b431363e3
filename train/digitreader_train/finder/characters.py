"""Characters to put on a page: digits by hand and in print, letters, signs, words and scribbles, each as ink."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import cv2
import matplotlib as mpl
import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont

from digitreader.demo import DIGIT_WAYS, FREE_MARKS, MARK_WAYS, Hand
from digitreader.demo.glyphs import mark_paths
from digitreader.demo.hand import form_paths
from digitreader.demo.strokes import Path as PenPath
from digitreader.demo.strokes import Way
from digitreader.values import Ink
from digitreader_train.practice.hands import MORE_WAYS, loose_hand
from digitreader_train.practice.pens import trim
from digitreader_train.practice.typefaces import print_letters

TILE_PX = 96
"""The height in which print is drawn before it is brought to its size."""
FINER, LEAST_TILE_PX = 2.0, 40
"""Handwriting is drawn so much higher than it will be, and at least so many pixels high."""
SHIFT = 4
FACES = (
    "DejaVuSans", "DejaVuSans-Bold", "DejaVuSans-Oblique", "DejaVuSansMono", "DejaVuSansMono-Bold", "DejaVuSerif",
    "DejaVuSerif-Bold", "DejaVuSerif-Italic", "STIXGeneral", "STIXGeneralBol", "STIXGeneralItalic", "cmr10", "cmss10",
    "cmtt10", "cmb10",
)  # fmt: skip
OUTLINE_FACES = (cv2.FONT_HERSHEY_SIMPLEX, cv2.FONT_HERSHEY_DUPLEX, cv2.FONT_HERSHEY_COMPLEX, cv2.FONT_HERSHEY_TRIPLEX)
SIGNS = "/()-.,:=+x%*#!?&;<>"
FREQUENT_LETTERS = "etaoinsrhldcumfpgwybvkETAOINSRHLDCUMFPGW"
PATHS = 1500
"""So many digits and half as many marks are written once, and bent and inked anew wherever they are taken."""
WORDS = 20
"""Strips of words that are printed in each typeface."""
SMALL_PX, AGAIN, ENOUGH = 26.0, 0.8, 16
"""Of digits less high than `SMALL_PX`, once `ENOUGH` were drawn for a page, this share are seen on it again."""

MarkPaths = list[PenPath]
Images = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True, eq=False)
class Character:
    """Ink on its way to a page.

    Attributes:
        ink: (h, w) uint8, trimmed.
        digit: 0 to 9; None for what is none.
        rise: how much of a digit's height its foot stands above the line.
    """

    ink: Ink
    digit: int | None
    rise: float = 0.0


@dataclass(frozen=True, slots=True)
class Writer:
    """Who writes a page.

    Attributes:
        source: ``mnist``, ``paths``, ``print`` or ``outline``.
        pen: stroke width in digit heights.
        slant: in pixels a pixel.
        stretch: how wide the digits are.
        face: which typeface, where it is print.
        unrest: how much one digit differs from the next.
        lifts: the share of digits in which the pen left a gap.
    """

    source: str
    pen: float
    slant: float
    stretch: float
    face: int
    unrest: float
    lifts: float


def choose_writer(rng: np.random.Generator, *, printed: float = 0.18) -> Writer:
    """Draw who writes a page.

    Args:
        printed: the share of pages in print.
    """
    chance = rng.random()
    source = "print" if chance < printed else ("mnist", "paths")[int(rng.random() < 0.5)]
    if source == "print" and rng.random() < 0.2:
        source = "outline"
    return Writer(
        source=source,
        pen=float(np.exp(rng.uniform(np.log(0.012), np.log(0.22)))) if rng.random() < 0.5 else float(rng.uniform(0.05, 0.15)),
        slant=float(rng.normal(0.05, 0.12)) if source != "print" else 0.0,
        stretch=float(np.exp(rng.normal(0, 0.2))),
        face=int(rng.integers(len(FACES))),
        unrest=float(rng.uniform(0.3, 1.0)),
        lifts=0.5 if rng.random() < 0.12 else 0.02,
    )


class Characters:
    """Everything that can stand on a page.

    Args:
        images: (N, 28, 28) uint8, handwritten digits, white on black.
        labels: (N,) uint8.
        letters: (M, H, W) uint8, handwritten letters; may be empty.
        seed: of the paths and words that are drawn once.
    """

    def __init__(self, images: Images, labels: npt.NDArray[np.uint8], letters: Images, seed: int) -> None:
        rng = np.random.default_rng(seed)
        self._images, self._labels, self._letters = images, labels, letters
        self._digits = [_digit_paths(at % 10, rng) for at in range(PATHS)]
        kinds = (*MARK_WAYS, *FREE_MARKS)
        self._marks = [mark_paths(kinds[at % len(kinds)], loose_hand(rng), rng) for at in range(PATHS // 2)]
        self._words = [[_print_words(face, rng) for _ in range(WORDS)] for face in FACES]
        self._drawn: list[Character] = []
        self._drawn_by: Writer | None = None

    def digit(self, writer: Writer, height_px: float, rng: np.random.Generator) -> Character:
        """One digit about `height_px` high."""
        if writer is not self._drawn_by:
            self._drawn, self._drawn_by = [], writer
        if height_px < SMALL_PX and len(self._drawn) >= ENOUGH and rng.random() < AGAIN:
            again = self._drawn[int(rng.integers(len(self._drawn)))]
            return Character(_sized(again.ink, height_px * float(np.exp(rng.normal(0, 0.07 * writer.unrest)))), again.digit)
        drawn = self._draw_digit(writer, height_px, rng)
        self._drawn.append(drawn)
        return drawn

    def _draw_digit(self, writer: Writer, height_px: float, rng: np.random.Generator) -> Character:
        label = int(rng.integers(10))
        if writer.source == "mnist":
            at = int(rng.integers(len(self._images)))
            label, ink = int(self._labels[at]), _by_pen(self._images[at], writer, height_px, rng)
        elif writer.source == "paths":
            at = int(rng.integers(PATHS // 10)) * 10 + label
            ink = _stroke(self._digits[at], writer, height_px, rng)
        elif writer.source == "outline":
            ink = _outline_digit(label, writer, height_px)
        else:
            ink = _printed(FACES[writer.face], str(label))
        ink = _bend(ink, writer, rng)
        if rng.random() < writer.lifts:
            ink = _lift(ink, rng)
        return Character(_sized(ink, height_px * float(np.exp(rng.normal(0, 0.07 * writer.unrest)))), label)

    def mark(self, writer: Writer, height_px: float, rng: np.random.Generator) -> Character:
        """One letter, sign or scribble among digits of `height_px`."""
        chance = rng.random()
        if writer.source in ("print", "outline"):
            return _printed_sign(writer, height_px, rng)
        if chance < 0.2:
            return _slash_or_bracket(writer, height_px, rng)
        if chance < 0.65:
            paths = self._marks[int(rng.integers(len(self._marks)))]
            ink = _stroke(paths, writer, height_px, rng)
            top, foot = _extent(paths)
            return Character(_sized(_bend(ink, writer, rng), max(2.0, (foot - top) * height_px)), None, 1.0 - foot)
        letters = self._letters if len(self._letters) and chance < 0.85 else print_letters()
        ink = trim(_by_pen(letters[int(rng.integers(len(letters)))], writer, height_px, rng))
        return Character(_sized(_bend(ink, writer, rng), height_px * float(rng.uniform(0.6, 1.15))), None)

    def words(self, writer: Writer, height_px: float, rng: np.random.Generator) -> Character:
        """A strip of printed or handwritten words without digits, capitals `height_px` high."""
        is_print = writer.source in ("print", "outline")
        if rng.random() < (0.1 if is_print else 0.5):
            return Character(_sized(_running_hand(rng), height_px * 1.35), None, -0.25)
        face = writer.face if rng.random() < 0.8 else int(rng.integers(len(FACES)))
        strip = self._words[face][int(rng.integers(WORDS))]
        return Character(_sized(strip, height_px * 1.3), None, -0.25)


def tile_height(height_px: float) -> int:
    """How high handwriting is drawn that will be so many pixels high."""
    return max(LEAST_TILE_PX, min(TILE_PX, round(FINER * height_px)), round(height_px))


def _digit_paths(digit: int, rng: np.random.Generator) -> MarkPaths:
    ways: Sequence[Way] = (*DIGIT_WAYS[digit], *MORE_WAYS.get(digit, ()))
    shares = np.array([way.share for way in ways])
    way = ways[int(rng.choice(len(ways), p=shares / shares.sum()))]
    hand: Hand = loose_hand(rng)
    return form_paths(way, hand, rng)


def _extent(paths: MarkPaths) -> tuple[float, float]:
    heights = np.concatenate(paths)[:, 1]
    return float(heights.min()), float(heights.max())


def _stroke(paths: MarkPaths, writer: Writer, height_px: float, rng: np.random.Generator) -> Ink:
    """Ink the paths with a line as wide as the writer's, now and then with the strokes a little apart."""
    tile_px = tile_height(height_px)
    width = max(1, round(writer.pen * tile_px))
    apart = rng.random() < 0.5 * writer.lifts
    moved = [path + (rng.normal(0, 0.07, 2) if apart and at else 0.0) for at, path in enumerate(paths)]
    points = np.concatenate(moved)
    low, high = points.min(axis=0) * tile_px - width - 2, points.max(axis=0) * tile_px + width + 2
    canvas = np.zeros((round(high[1] - low[1]) + 1, round(high[0] - low[0]) + 1), np.uint8)
    for path in moved:
        places = np.round((path[::3] * tile_px - low) * (1 << SHIFT)).astype(np.int32)
        ends = np.round((path[-1:] * tile_px - low) * (1 << SHIFT)).astype(np.int32)
        cv2.polylines(canvas, [np.concatenate([places, ends])], False, 255, width, cv2.LINE_AA, SHIFT)
    return trim(canvas)


def _by_pen(image: Ink, writer: Writer, height_px: float, rng: np.random.Generator) -> Ink:
    """A small image enlarged, with an outline cut anew for a finer or bolder pen."""
    side = round(min(tile_height(height_px), TILE_PX) * 1.35)
    large = cv2.resize(image, (side, side), interpolation=cv2.INTER_CUBIC)
    soft = cv2.GaussianBlur(large, (0, 0), float(rng.uniform(0.009, 0.027)) * side).astype(np.float32)
    level = float(np.interp(writer.pen, (0.02, 0.06, 0.12, 0.2), (0.72, 0.58, 0.4, 0.2))) * float(soft.max())
    cut = np.clip((soft - level) * (255 / max(8.0, float(soft.max()) * 0.25)) + 128, 0, 255).astype(np.uint8)
    cut[soft < 0.08 * soft.max()] = 0
    return trim(cut) if cut.max() > 128 else trim(np.asarray(large, np.uint8))


@cache
def _font(face: str, size_px: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(Path(mpl.get_data_path()) / "fonts" / "ttf" / f"{face}.ttf"), size_px)


@cache
def _printed(face: str, text: str) -> Ink:
    """Text in a typeface, its capitals about `TILE_PX` high, trimmed; not to be written to."""
    font = _font(face, round(TILE_PX * 1.37))
    left, top, right, bottom = font.getbbox(text)
    image = Image.new("L", (max(1, int(right - left) + 2), max(1, int(bottom - top) + 2)))
    ImageDraw.Draw(image).text((1 - left, 1 - top), text, fill=255, font=font)
    return trim(np.asarray(image, np.uint8))


def _outline_digit(label: int, writer: Writer, height_px: float) -> Ink:
    tile_px = tile_height(height_px)
    canvas = np.zeros((2 * tile_px, 2 * tile_px), np.uint8)
    face = OUTLINE_FACES[writer.face % len(OUTLINE_FACES)]
    width = max(1, round(min(writer.pen, 0.16) * tile_px))
    cv2.putText(canvas, str(label), (tile_px // 3, round(1.6 * tile_px)), face, tile_px / 21, 255, width, cv2.LINE_AA)
    return trim(canvas)


def _printed_sign(writer: Writer, height_px: float, rng: np.random.Generator) -> Character:
    signs = SIGNS if rng.random() < 0.5 else FREQUENT_LETTERS
    sign = signs[int(rng.integers(len(signs)))]
    ink = _printed(FACES[writer.face], sign)
    foot = {"-": 0.35, "=": 0.25, "+": 0.1, "*": 0.5, "x": 0.0, ",": -0.15, ";": -0.15, "/": -0.1, "(": -0.2, ")": -0.2}
    return Character(_sized(ink, max(1.0, ink.shape[0] / TILE_PX * height_px)), None, foot.get(sign, 0.0))


def _slash_or_bracket(writer: Writer, height_px: float, rng: np.random.Generator) -> Character:
    """A slash, a bracket, a comma or a bar of any slope, as a hand draws it."""
    tall, lean = float(rng.uniform(1.0, 1.7)), float(rng.uniform(0.15, 0.8))
    bow = float(rng.normal(0, 0.04)) if rng.random() < 0.6 else float(rng.choice((-1, 1)) * rng.uniform(0.12, 0.3))
    along = np.linspace(0, 1, 12)
    if abs(bow) > 0.1:
        lean = float(rng.normal(0, 0.05))
    path = np.stack([lean * (1 - along) + 4 * bow * along * (1 - along), tall * along], axis=1)
    return Character(_sized(_stroke([path], writer, height_px, rng), tall * height_px), None, 0.5 - tall / 2)


def _running_hand(rng: np.random.Generator) -> Ink:
    """Joined handwriting that says nothing: loops, arches and humps in words."""
    pen, parts = max(2, round(float(rng.uniform(0.04, 0.14)) * 48)), []
    x = 0.0
    for _ in range(int(rng.integers(1, 5))):
        steps = int(rng.integers(6, 22))
        tall = np.where(rng.random(steps) < 0.25, rng.uniform(1.6, 2.1, steps), rng.uniform(0.7, 1.1, steps))
        deep = np.where(rng.random(steps) < 0.12, rng.uniform(0.5, 0.8, steps), 0.0)
        ups = np.stack([x + np.cumsum(rng.uniform(0.25, 0.6, steps)), -tall], axis=1)
        downs = np.stack([ups[:, 0] + rng.uniform(-0.15, 0.2, steps), deep], axis=1)
        loop = np.stack([ups[:, 0] + rng.uniform(0.0, 0.35, steps), -tall * 0.6], axis=1)
        keys = np.stack([ups, downs, loop], axis=1).reshape(-1, 2)
        fine = np.linspace(0, len(keys) - 1, 6 * len(keys))
        smooth = np.stack([np.interp(fine, np.arange(len(keys)), keys[:, axis]) for axis in (0, 1)], axis=1)
        window = np.hanning(9)[1:-1] / np.hanning(9)[1:-1].sum()
        parts.append(np.stack([np.convolve(smooth[:, axis], window, "valid") for axis in (0, 1)], axis=1) * 24)
        x = float(ups[-1, 0]) + float(rng.uniform(0.7, 1.4))
    low = np.concatenate(parts).min(axis=0) - pen - 1
    size = np.concatenate(parts).max(axis=0) - low + pen + 1
    canvas = np.zeros((int(size[1]) + 1, int(size[0]) + 1), np.uint8)
    for part in parts:
        cv2.polylines(canvas, [np.round((part - low) * 16).astype(np.int32)], False, 255, pen, cv2.LINE_AA, SHIFT)
    return trim(canvas)


def _print_words(face: str, rng: np.random.Generator) -> Ink:
    """A strip of printed words of letters alone."""
    words = ["".join(rng.choice(list(FREQUENT_LETTERS[:23]), int(rng.integers(1, 10)))) for _ in range(int(rng.integers(1, 5)))]
    text = " ".join(word.upper() if rng.random() < 0.15 else word.capitalize() if rng.random() < 0.3 else word for word in words)
    font = _font(face, 44)
    left, _, right, _ = font.getbbox(text)
    image = Image.new("L", (int(right - left) + 4, 58))
    ImageDraw.Draw(image).text((2 - left, 0), text, fill=255, font=font)
    return trim(np.asarray(image, np.uint8))


def _bend(ink: Ink, writer: Writer, rng: np.random.Generator) -> Ink:
    """Slant, stretch and turn a little."""
    height, width = ink.shape
    slant = writer.slant + float(rng.normal(0, 0.05 * writer.unrest))
    stretch = writer.stretch * float(np.exp(rng.normal(0, 0.08 * writer.unrest)))
    turn = 0.0 if writer.source in ("print", "outline") else float(rng.normal(0, 0.06 * writer.unrest))
    matrix = np.array([[stretch, -slant], [turn, 1.0]])
    corners = np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float64) @ matrix.T
    low, high = corners.min(axis=0), corners.max(axis=0)
    move = np.concatenate([matrix, (-low + 1)[:, None]], axis=1)
    size_wh = max(2, int(np.ceil(high[0] - low[0])) + 2), max(2, int(np.ceil(high[1] - low[1])) + 2)
    return trim(np.asarray(cv2.warpAffine(ink, move, size_wh, flags=cv2.INTER_LINEAR), np.uint8))


def _lift(ink: Ink, rng: np.random.Generator) -> Ink:
    """Take a strip of ink away, as where a pen skips."""
    height, width = ink.shape
    gapped = ink.copy()
    middle, angle = rng.uniform(0.2, 0.8, 2) * (width, height), float(rng.uniform(0, np.pi))
    reach = np.array([np.cos(angle), np.sin(angle)]) * 2 * (height + width)
    first, last = np.round(middle - reach).astype(int), np.round(middle + reach).astype(int)
    cv2.line(gapped, first.tolist(), last.tolist(), 0, max(1, round(height * float(rng.uniform(0.04, 0.14)))))
    return gapped if np.count_nonzero(gapped > 128) > 0.6 * np.count_nonzero(ink > 128) else ink


def _sized(ink: Ink, height_px: float) -> Ink:
    scale = height_px / ink.shape[0]
    size_wh = max(1, round(ink.shape[1] * scale)), max(1, round(ink.shape[0] * scale))
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(ink, size_wh, interpolation=how), np.uint8)


Place = Callable[[Character, float, float], None]
"""Puts a character with its left edge at x and its foot at y."""
