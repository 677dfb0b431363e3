"""Kinds that are hard for how their strokes are drawn: uneven pressure, hairlines, strokes that do not meet."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from digitreader.demo import DIGIT_WAYS, Hand, Pen, Scene, Writing
from digitreader.demo.glyphs import digit_paths
from digitreader.demo.hand import form_paths
from digitreader.demo.pen import draw_ink
from digitreader.demo.strokes import Path, Way
from digitreader.demo.writing import Tile, paste
from digitreader.score.finding.compose import choose_pen, digits_text, empty_paper, page_of, photographed, straight_hand
from digitreader.values import Ink

Inked = tuple[Ink, tuple[float, float]]
"""Ink, and the place (x, y) in pixels of its upper left corner, as `draw_ink` gives them."""

PRESSED_PX = 90
CHUNK = 7
"""So many points of a path are drawn with one pressure."""
LEAST_PRESSURE = 0.28
DENSE_PX = 0.25
"""The distance between the points of a hairline's path, in pixels."""
HAIRLINES_PX = 480
"""The digits of a line in hairlines are together about as high as this, so that they have room beside each other."""
OPEN_PX = 60


def pressure(rng: np.random.Generator) -> Scene:
    """Two lines of five digits of 90 px in a pencil or ball pen that presses here more and there less."""
    pen, hand = choose_pen(rng, "pencil", "ballpoint"), straight_hand(rng)

    def press(paths: list[Path]) -> Inked:
        return _pressed(paths, pen, rng, height_px=PRESSED_PX)

    writings = [_number(digits_text(5, rng), hand, rng, press, height_px=PRESSED_PX) for _ in range(2)]
    size_wh = (1280, 720)
    image = empty_paper(str(rng.choice(("white", "cream", "gray"))), rng, size_wh=size_wh)
    sheet = page_of(writings, rng, image=image, pen=pen, pitch_px=PRESSED_PX * rng.uniform(1.7, 2.4))
    return photographed(sheet, rng, size_wh=size_wh)


def hairlines(rng: np.random.Generator) -> Scene:
    """One to three digits, 120 to 300 px high, drawn 1 to 3 px wide, half of them in a hand with straight strokes."""
    height_px, hand = float(rng.uniform(120, 300)), straight_hand(rng)
    if rng.random() < 0.5:
        hand = replace(hand, tremor=0.0, warp=0.0, wobble=0.003, rounding=0.0)
    pen = replace(choose_pen(rng, "gel", "ballpoint", "blue"), width=float(rng.uniform(1, 3)) / height_px)

    def draw_fine(paths: list[Path]) -> Inked:
        return draw_ink([_dense(path, height_px) for path in paths], pen, rng, height_px=height_px, pressure=0.1)

    count = int(min(3, HAIRLINES_PX // height_px))
    writing = _number(digits_text(count, rng), hand, rng, draw_fine, height_px=height_px)
    image = empty_paper(str(rng.choice(("white", "cream"))), rng, size_wh=(640, 480))
    return photographed(page_of([writing], rng, image=image, pen=pen, pitch_px=height_px), rng, size_wh=(640, 480))


def open_strokes(rng: np.random.Generator) -> Scene:
    """Two lines of 4s and 5s of 60 px whose two strokes stand about 10 px apart."""
    pen, hand = choose_pen(rng, "felt", "gel", "blue", "marker"), straight_hand(rng)

    def draw(paths: list[Path]) -> Inked:
        return draw_ink(paths, pen, rng, height_px=OPEN_PX, pressure=hand.pressure)

    def lifted(digit: int) -> list[Path]:
        gap = pen.width + float(rng.uniform(6, 11)) / OPEN_PX
        return form_paths(_lifted_four(gap) if digit == 4 else _lifted_five(gap), hand, rng)

    lines = [[int(digit) for digit in rng.choice((4, 5), 5)] for _ in range(2)]
    writings = [
        set_line([(digit, lifted(digit)) for digit in line], draw, rng, gap=pen.width + 0.45, height_px=OPEN_PX)
        for line in lines
    ]
    image = empty_paper(str(rng.choice(("white", "cream"))), rng, size_wh=(640, 480))
    return photographed(page_of(writings, rng, image=image, pen=pen, pitch_px=2.0 * OPEN_PX), rng, size_wh=(640, 480))


def set_line(
    digits: Sequence[tuple[int, list[Path]]],
    draw: Callable[[list[Path]], Inked],
    rng: np.random.Generator,
    *,
    gap: float,
    height_px: float,
) -> Writing:
    """Set digits beside each other whose strokes are drawn in a way of their own.

    Args:
        digits: which each is, and its paths in digit heights with the baseline at y = 1.
        draw: makes ink of paths.
        rng: where the gaps' unevenness comes from.
        gap: the mean gap between the paths of two digits, in digit heights.
        height_px: how many pixels a digit height is.
    """
    tiles, x = [], 0.0
    for digit, paths in digits:
        across = np.concatenate(paths)[:, 0]
        ink, (left, top) = draw([np.add(path, (x - across.min(), 0.0)) for path in paths])
        tiles.append(Tile(digit, 0, ink, int(left), int(top)))
        x += float(np.ptp(across)) + gap * float(np.exp(rng.normal(0.0, 0.2)))
    return paste(tiles, "".join(str(digit) for digit, _ in digits), height_px=height_px)


def _number(
    text: str, hand: Hand, rng: np.random.Generator, draw: Callable[[list[Path]], Inked], *, height_px: float
) -> Writing:
    digits = [(int(character), digit_paths(int(character), hand, rng)) for character in text]
    return set_line(digits, draw, rng, gap=hand.spacing + 0.1, height_px=height_px)


def _pressed(paths: list[Path], pen: Pen, rng: np.random.Generator, *, height_px: float) -> Inked:
    """Draw paths in short pieces, each with the pressure of its place along the stroke."""
    even = replace(pen, taper=0.0)
    tiles = []
    for path in paths:
        starts = range(0, max(len(path) - 1, 1), CHUNK)
        knots = rng.uniform(LEAST_PRESSURE, 1.0, len(path) // 60 + 3)
        along = np.interp(np.linspace(0, len(knots) - 1, len(starts)), np.arange(len(knots)), knots)
        for start, strength in zip(starts, along.tolist(), strict=True):
            piece = path[start : start + CHUNK + 1]
            ink, (left, top) = draw_ink([piece], even, rng, height_px=height_px, pressure=0.0)
            tiles.append(Tile(None, 0, np.asarray(ink * strength, np.uint8), int(left), int(top)))
    corner = float(min(tile.x for tile in tiles)), float(min(tile.y for tile in tiles))
    return paste(tiles, "", height_px=height_px).ink, corner


def _dense(path: Path, height_px: float) -> Path:
    """The same path with points so close that a fine pen leaves a line and not dots."""
    steps = np.hypot(*np.diff(path, axis=0).T)
    along = np.concatenate([[0.0], np.cumsum(steps)])
    places = np.linspace(0.0, along[-1], max(2, round(along[-1] * height_px / DENSE_PX)))
    return np.stack([np.interp(places, along, path[:, axis]) for axis in (0, 1)], axis=1)


def _lifted_four(gap: float) -> Way:
    """An open 4 whose hook ends before its bar, with this gap in digit heights between the two strokes' middles."""
    hook, bar = DIGIT_WAYS[4][0].strokes
    short = tuple((0.62 * x, y) for x, y in hook)
    shift = max(x for x, _ in short) + gap - min(x for x, _ in bar)
    return Way("lifted", (short, tuple((x + shift, y) for x, y in bar)))


def _lifted_five(gap: float) -> Way:
    """A 5 of two strokes whose bar begins this far, in digit heights, to the right of its body."""
    body, bar = DIGIT_WAYS[5][0].strokes
    return Way("lifted", (body, tuple((x + gap, y - 0.03) for x, y in bar)))
