"""A flat page: characters laid out in lines, tables, forms or anywhere, and the lines that are printed or drawn on it."""

from __future__ import annotations

from dataclasses import dataclass, field

import cv2
import numpy as np
import numpy.typing as npt

from digitreader.values import Ink
from digitreader_train.finder.characters import Character, Characters, Writer, choose_writer

SHIFT = 4
INKED = 100
"""Ink darker than this belongs to a character."""
LINE_PITCH = (1.02, 3.2)
"""From line to line, in digit heights."""
STANDING = 0.5
"""So many ruled pages are written on the rules, the others anywhere."""
RULED_TABLES = 0.3
"""So many tables and forms stand on ruled or squared paper."""

Ids = npt.NDArray[np.int16]


@dataclass(slots=True, eq=False)
class Page:
    """What is drawn on a square page, plane by plane.

    Attributes:
        writing: (S, S) uint8, how much ink covers the page, whatever wrote it.
        digit_ink: (S, S) uint8, the same of digits alone, whatever their strength.
        any_ink: (S, S) uint8, the same of all writing.
        rules: (S, S) uint8, of printed and drawn lines.
        panels: (S, S) uint8, 255 where the ground and the ink have other colours, as in a meter's window.
        owners: (S, S) int16, the number of the digit that a pixel belongs to, from 1; 0 for none.
        heights: of each digit from number 1, in pixels of the page.
    """

    writing: Ink
    digit_ink: Ink
    any_ink: Ink
    rules: Ink
    panels: Ink
    owners: Ids
    heights: list[float] = field(default_factory=list)

    @classmethod
    def empty(cls, side_px: int) -> Page:
        """A page on which nothing stands."""
        plane = np.zeros((side_px, side_px), np.uint8)
        return cls(*(plane.copy() for _ in range(5)), np.zeros((side_px, side_px), np.int16))

    @property
    def side_px(self) -> int:
        """Width and height."""
        return int(self.writing.shape[0])

    def put(self, character: Character, x: float, foot: float, strength: float) -> None:
        """Lay a character with its left edge at x and its foot at `foot`; what lies outside is cut off."""
        height, width = character.ink.shape
        left, top = round(x), round(foot) - height
        x0, y0, x1, y1 = max(0, left), max(0, top), min(self.side_px, left + width), min(self.side_px, top + height)
        if x0 >= x1 or y0 >= y1:
            return
        ink, place = character.ink[y0 - top : y1 - top, x0 - left : x1 - left], np.s_[y0:y1, x0:x1]
        np.maximum(self.any_ink[place], ink, out=self.any_ink[place])
        faded = ink if strength >= 1 else (ink * np.float32(strength)).astype(np.uint8)
        np.maximum(self.writing[place], faded, out=self.writing[place])
        if character.digit is not None:
            np.maximum(self.digit_ink[place], ink, out=self.digit_ink[place])
            self.heights.append(float(height))
            self.owners[place][ink > INKED] = len(self.heights)


@dataclass(frozen=True, slots=True)
class Layout:
    """How a page is filled.

    Attributes:
        kind: ``lines``, ``single``, ``table``, ``form``, ``scatter``, ``words``, ``rows`` or ``empty``.
        digit_px: the height of digits.
        gap: between neighbours in digit heights; below 0 they overlap.
        marks: the share of letters and signs among digits.
        fading: how much weaker some digits are than others, 0 to 1.
        first_px: where the first line stands.
        pitch_px: from line to line.
    """

    kind: str
    digit_px: float
    gap: float
    marks: float
    fading: float
    first_px: float
    pitch_px: float


def choose_layout(rng: np.random.Generator, side_px: int) -> Layout:
    """Draw how a page is filled.

    Args:
        side_px: of what will be seen of it.
    """
    kinds = ("lines", "single", "table", "form", "scatter", "words", "rows", "empty")
    kind = str(rng.choice(kinds, p=(0.28, 0.09, 0.11, 0.10, 0.07, 0.22, 0.05, 0.08)))
    chance = rng.random()
    if kind == "single":
        digit_px = float(np.exp(rng.uniform(np.log(12), np.log(1.02 * side_px))))
    elif chance < 0.1:
        digit_px = float(rng.uniform(3.5, 9))
    elif chance < 0.16:
        digit_px = float(np.exp(rng.uniform(np.log(90), np.log(1.8 * side_px))))
    else:
        digit_px = float(np.exp(rng.uniform(np.log(8.5), np.log(90))))
    gap = float(rng.uniform(-0.16, 0.02)) if rng.random() < 0.2 else float(np.exp(rng.uniform(np.log(0.03), np.log(1.0))))
    marks = float(rng.choice((0.0, 0.06, 0.2, 0.5, 1.0), p=(0.47, 0.19, 0.18, 0.1, 0.06)))
    fading = float(rng.uniform(0, 0.6)) if rng.random() < 0.4 else 0.0
    first, pitch = digit_px * float(rng.uniform(-0.5, 1)), digit_px * float(rng.uniform(*LINE_PITCH))
    return Layout(kind, digit_px, gap, marks, fading, first, pitch)


def draw_page(characters: Characters, rng: np.random.Generator, *, side_px: int, seen_px: int) -> tuple[Page, Layout]:
    """Draw a page.

    Args:
        characters: what can stand on it.
        rng: where every choice comes from.
        side_px: of the page.
        seen_px: of its middle, which will be seen.
    """
    layout, writer = choose_layout(rng, seen_px), choose_writer(rng)
    page = Page.empty(side_px)
    if layout.kind == "single":
        _single(page, layout, writer, characters, rng)
    elif layout.kind in ("table", "form"):
        _cells(page, layout, writer, characters, rng)
    elif layout.kind == "scatter":
        _scatter(page, layout, writer, characters, rng)
    elif layout.kind != "empty":
        _lines(page, layout, writer, characters, rng)
    if layout.kind not in ("table", "form") or rng.random() < RULED_TABLES:
        _rule(page, layout, rng)
    if rng.random() < 0.15:
        _draw_freely(page, layout, writer, rng)
    return page, layout


def _strength(layout: Layout, rng: np.random.Generator) -> float:
    return 1.0 - layout.fading * float(rng.random())


def _single(page: Page, layout: Layout, writer: Writer, characters: Characters, rng: np.random.Generator) -> None:
    digit = characters.digit(writer, layout.digit_px, rng)
    height, width = digit.ink.shape
    spread = 0.0 if layout.digit_px > 0.25 * page.side_px else 0.25
    x, y = page.side_px * (0.5 + rng.normal(0, 0.01 + spread / 2, 2).clip(-0.3, 0.3)) + (-width / 2, height / 2)
    page.put(digit, float(x), float(y), 1.0)


def _lines(page: Page, layout: Layout, writer: Writer, characters: Characters, rng: np.random.Generator) -> None:
    """Lines of digits, or of words; ``rows`` are ragged rows of a table without lines."""
    h = layout.digit_px
    jitter = 0.12 if layout.kind == "rows" else 0.04
    feet = np.arange(layout.first_px, page.side_px + h, layout.pitch_px)
    if rng.random() < 0.25:  # a single line in the middle
        feet = feet[np.abs(feet - page.side_px / 2 - h / 2).argmin(keepdims=True)]
    for foot in feet.tolist():
        x = float(rng.uniform(-1, 2)) * h if rng.random() < 0.7 else page.side_px * float(rng.uniform(0.1, 0.6))
        is_words = layout.kind == "words" and rng.random() < 0.9
        left = int(np.exp(rng.uniform(0, np.log(14)))) if rng.random() < 0.6 else 10**6
        while x < page.side_px and left > 0:
            x = _put_run(page, layout, writer, characters, rng, x=x, foot=foot, jitter=jitter, words=is_words)
            left -= 1


def _put_run(
    page: Page,
    layout: Layout,
    writer: Writer,
    characters: Characters,
    rng: np.random.Generator,
    *,
    x: float,
    foot: float,
    jitter: float,
    words: bool,
) -> float:
    """Put the next word, or a number, and give the place where the next begins."""
    h = layout.digit_px
    if words or (layout.marks and rng.random() < 0.3 * layout.marks):
        strip = characters.words(writer, h * float(rng.uniform(0.7, 1.1)), rng)
        page.put(strip, x, foot - strip.rise * h, 1.0)
        return x + strip.ink.shape[1] + h * float(rng.uniform(0.3, 1.2))
    for _ in range(int(rng.integers(1, 9))):
        is_mark = rng.random() < layout.marks
        character = characters.mark(writer, h, rng) if is_mark else characters.digit(writer, h, rng)
        page.put(character, x, foot - character.rise * h + float(rng.normal(0, jitter * h)), _strength(layout, rng))
        gap = layout.gap if layout.gap < 0 else layout.gap * float(np.exp(rng.normal(0, 0.35)))
        x += max(0.15 * h, character.ink.shape[1] + gap * h)
        if layout.kind == "rows":
            x += h * float(rng.uniform(2.0, 6.0))
    return x + (h * float(rng.uniform(0.3, 2.5)) if rng.random() < 0.6 else 0.0)


def _scatter(page: Page, layout: Layout, writer: Writer, characters: Characters, rng: np.random.Generator) -> None:
    """Characters of several sizes anywhere, none on another."""
    taken = np.zeros((page.side_px, page.side_px), bool)
    for _ in range(int(rng.integers(2, 30))):
        height = layout.digit_px * float(np.exp(rng.normal(0, 0.3)))
        is_mark = rng.random() < layout.marks
        character = characters.mark(writer, height, rng) if is_mark else characters.digit(writer, height, rng)
        rows, columns = character.ink.shape
        x, y = (int(place) for place in rng.uniform(-0.3 * height, page.side_px - 0.5 * height, 2))
        place = np.s_[max(0, y - 2) : max(0, y + rows + 2), max(0, x - 2) : max(0, x + columns + 2)]
        if not taken[place].any():
            taken[place] = True
            page.put(character, x, y + rows, _strength(layout, rng))


def _cells(page: Page, layout: Layout, writer: Writer, characters: Characters, rng: np.random.Generator) -> None:
    """A table or a form's row of cells, each with a digit, several, a word, or nothing."""
    h = min(layout.digit_px, 0.7 * page.side_px)
    high = h * float(rng.uniform(1.1, 2.4))
    wide = high * float(rng.uniform(0.75, 1.15)) if rng.random() < 0.7 else high * float(rng.uniform(1.2, 4))
    first_x, first_y = (float(place) for place in rng.uniform(-1, 1, 2) * (wide, high))
    rows = int(page.side_px / high) + 2 if layout.kind == "table" else int(rng.integers(1, 3))
    columns = int(page.side_px / wide) + 2
    if layout.kind == "form":
        columns = int(rng.integers(2, columns + 1))
        first_x, first_y = max(first_x, -0.5 * wide), float(rng.uniform(0.1, 0.7)) * page.side_px
    apart = float(rng.choice((0.0, 0.0, 0.15, 0.5))) * h if layout.kind == "form" else 0.0
    empty = float(rng.choice((0.05, 0.3, 0.7)))
    pen = _line_px(layout, rng)
    row_gap = apart if rng.random() < 0.5 else 0.0
    has_panels = rng.random() < 0.22
    for row in range(rows):
        for column in range(columns):
            x, y = first_x + column * (wide + apart), first_y + row * (high + row_gap)
            if has_panels:
                _draw_panel(page, x, y, wide, high, apart)
            _draw_box(page, x, y, wide, high, pen, rng)
            if rng.random() >= empty:
                _fill_cell(page, layout, writer, characters, rng, cell=(x, y, wide, high), digit_px=h)


def _fill_cell(
    page: Page,
    layout: Layout,
    writer: Writer,
    characters: Characters,
    rng: np.random.Generator,
    *,
    cell: tuple[float, float, float, float],
    digit_px: float,
) -> None:
    x, y, wide, high = cell
    if rng.random() < 0.12 * (1 + layout.marks):
        strip = characters.words(writer, 0.6 * digit_px, rng)
        page.put(strip, x + 0.1 * digit_px, y + 0.5 * (high + strip.ink.shape[0]), 1.0)
        return
    place = x + float(rng.uniform(0.02, 0.25)) * min(wide, high)
    for _ in range(max(1, int(wide / digit_px * float(rng.uniform(0.5, 1.2))))):
        is_mark = rng.random() < 0.5 * layout.marks
        character = (characters.mark if is_mark else characters.digit)(writer, digit_px, rng)
        if place + character.ink.shape[1] > x + 1.08 * wide:
            break
        if wide < 1.6 * digit_px:
            place = x + 0.5 * (wide - character.ink.shape[1]) + float(rng.normal(0, 0.08)) * wide
        foot = y + 0.5 * (high + digit_px) + float(rng.normal(0, 0.08)) * high
        page.put(character, place, foot, _strength(layout, rng))
        place += character.ink.shape[1] + max(layout.gap, 0.05) * digit_px


def _line_px(layout: Layout, rng: np.random.Generator) -> float:
    """How thick a line is, in pixels."""
    most = min(9.0, max(1.0, 0.2 * layout.digit_px))
    return float(np.exp(rng.uniform(np.log(0.6), np.log(most + 0.3))))


def _draw_box(page: Page, x: float, y: float, wide: float, high: float, pen: float, rng: np.random.Generator) -> None:
    shake = float(rng.uniform(0, 0.02)) * high if rng.random() < 0.3 else 0.0
    corners = np.array([(x, y), (x + wide, y), (x + wide, y + high), (x, y + high)]) + rng.normal(0, shake, (4, 2))
    _draw_line(page.rules, corners, pen, 255, closed=True)


def _draw_panel(page: Page, x: float, y: float, wide: float, high: float, apart: float) -> None:
    edge = 0.04 * high if apart == 0 else 0.0
    low, last = (round(x + edge), round(y + edge)), (round(x + wide - edge), round(y + high - edge))
    cv2.rectangle(page.panels, low, last, 255, cv2.FILLED)


def _draw_line(plane: Ink, points: npt.NDArray[np.float64], pen_px: float, tone: int, *, closed: bool = False) -> None:
    """Draw a line; one thinner than a pixel is fainter."""
    width = max(1, round(pen_px))
    seen = tone if pen_px >= 1 else round(tone * pen_px)
    places = [np.round(points * (1 << SHIFT)).astype(np.int32)]
    cv2.polylines(plane, places, closed, seen, width, cv2.LINE_AA, SHIFT)


def _rule(page: Page, layout: Layout, rng: np.random.Generator) -> None:
    """Ruled or squared paper, underlines, a margin, in some of the pages."""
    kind = str(rng.choice(("none", "ruled", "squared", "margin"), p=(0.45, 0.28, 0.22, 0.05)))
    h = min(max(layout.digit_px, 8.0), 100.0)
    pen = _line_px(layout, rng)
    size = page.side_px
    if kind in ("ruled", "squared"):
        pitch = h * float(rng.uniform(1.0, 2.5)) if kind == "ruled" else h * float(np.exp(rng.uniform(-1.2, 0.8)))
        pitch = max(pitch, 5.0, 3 * pen)
        first = float(rng.uniform(0, pitch))
        if kind == "ruled" and rng.random() < STANDING:
            pitch = max(layout.pitch_px, 5.0, 3 * pen)
            first = (layout.first_px + float(rng.normal(0, 0.05)) * h) % pitch
        axes = (1,) if kind == "ruled" else (0, 1)
        for axis in axes:
            for place in np.arange(first, size, pitch).tolist():
                ends = np.array([(0.0, place), (size, place)])
                _draw_line(page.rules, ends if axis else ends[:, ::-1], pen, 255)
    if kind == "margin" or (kind == "ruled" and rng.random() < 0.3):
        place = float(rng.uniform(0, size))
        _draw_line(page.rules, np.array([(place, 0.0), (place, size)]), pen, 255)


def _draw_freely(page: Page, layout: Layout, writer: Writer, rng: np.random.Generator) -> None:
    """Circles, underlines, frames and strokes through the page, by the writer's pen."""
    h = min(max(layout.digit_px, 8.0), 100.0)
    pen = max(0.8, min(writer.pen, 0.12) * h)
    for _ in range(int(rng.integers(1, 4))):
        x, y = (float(place) for place in rng.uniform(0, page.side_px, 2))
        kind = int(rng.integers(4))
        turn = np.linspace(0, 2 * np.pi * float(rng.uniform(0.9, 1.1)), 40)
        if kind == 0:
            reach = h * rng.uniform(0.8, 3, 2)
            points = np.stack([x + reach[0] * np.cos(turn), y + reach[1] * np.sin(turn)], axis=1)
        elif kind == 1:
            points = np.array([(x, y), (x + h * float(rng.uniform(2, 9)), y + h * float(rng.normal(0, 0.3)))])
        elif kind == 2:
            wide, high = h * rng.uniform(1.3, 7, 2)
            points = np.array([(x, y), (x + wide, y), (x + wide, y + high), (x, y + high), (x, y)])
            points += rng.normal(0, 0.05 * h, points.shape)
        else:
            points = np.array([(x, y), rng.uniform(0, page.side_px, 2)])
        _draw_line(page.rules, points, pen, 255)
