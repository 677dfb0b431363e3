"""Kinds of handwriting: how large, with which pen, with which signs between."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import cv2
import numpy as np

from digitreader.drawing import (
    DIGIT_TEMPLATES,
    MARK_TEMPLATES,
    DemoSettings,
    DigitBox,
    Hand,
    Paper,
    Pen,
    Scene,
    Writing,
    scene,
    write_number,
)
from digitreader.drawing.hand import form_paths
from digitreader.drawing.pen import draw_ink
from digitreader.drawing.scene import draw_text
from digitreader.drawing.templates import Path, Way
from digitreader.drawing.writing import Tile, digit_paths, paste
from digitreader.measure.score.finding.compose import (
    MODEST,
    choose_pen,
    digits_text,
    empty_paper,
    page_of,
    paper_of,
    photographed,
    straight_hand,
    write_to_fit,
)
from digitreader.values import Box, Ink

Bgr = tuple[int, int, int]

LARGE_WH = (4000, 3000)
SMALL_WH = (320, 240)
PLAIN_WH = (640, 480)
TURNING = replace(
    MODEST, lines=(1, 3), digits=(5, 8), groups=0.0, pens=("felt", "gel", "marker", "blue"),
    papers=("white", "cream", "ruled"), digit_height=(0.12, 0.18),
)  # fmt: skip
CLEAR_ABOUT_UP = frozenset("347")
"""Digits that are none upside down; of 0, 1, 2, 5, 6, 8 and 9 alone nobody could tell which way is up."""
COLOURS: tuple[tuple[Bgr, Bgr], ...] = (
    ((245, 246, 245), (132, 172, 202)),
    ((246, 246, 246), (188, 170, 244)),
    ((70, 225, 248), (243, 244, 243)),
    ((60, 230, 150), (240, 242, 242)),
)
"""Ink and paper: white on kraft, white on pink, yellow on white, light green on white."""
FAR_APART = 55.0
"""Two colours of the same luma are this far apart in CIE Lab, or no person could read them."""


def red_felt(rng: np.random.Generator) -> Scene:
    """Twelve lines of eight digits in red felt pen on a picture of 12 megapixels."""
    pen, hand = replace(choose_pen(rng, "red"), width=0.1), straight_hand(rng)
    height_px = float(rng.uniform(110, 140))
    writings = [
        write_to_fit(digits_text(8, rng), rng, hand, pen=pen, height_px=height_px, most_wh=(3000, 400))
        for _ in range(12)
    ]
    image = empty_paper(str(rng.choice(("white", "cream"))), rng, size_wh=LARGE_WH)
    sheet = page_of(writings, rng, image=image, pen=pen, pitch_px=1.65 * height_px)
    return photographed(sheet, rng, size_wh=LARGE_WH, settings=replace(MODEST, blur_px=1.2))


def overlapping(rng: np.random.Generator) -> Scene:
    """Marker digits set so close, spacing -0.05, that most of them run into each other."""
    return _spaced(rng, spacing=-0.05)


def touching(rng: np.random.Generator) -> Scene:
    """Marker digits without a gap, spacing 0.0."""
    return _spaced(rng, spacing=0.0)


def _spaced(rng: np.random.Generator, *, spacing: float) -> Scene:
    settings = DemoSettings(spacing=spacing, pens=("marker",))
    return scene(draw_text(settings, rng), size_wh=PLAIN_WH, settings=settings, rng=rng)


def turned(rng: np.random.Generator) -> Scene:
    """A page turned by 90, 180 or 270 degrees; boxes are in the picture as given, the text is that of the page."""
    text = draw_text(TURNING, rng)
    while sum(character in CLEAR_ABOUT_UP for character in text) < 2:
        text = draw_text(TURNING, rng)
    upright = scene(text, size_wh=PLAIN_WH, settings=TURNING, rng=rng)
    return quarter_turned(upright, int(rng.integers(1, 4)))


def quarter_turned(shown: Scene, quarters: int) -> Scene:
    """Turn a picture and its boxes counterclockwise by this many quarters, 0 to 3."""
    boxes, width, height = shown.boxes, shown.image.shape[1], shown.image.shape[0]
    for _ in range(quarters):
        boxes = tuple(DigitBox(each.digit, _turned(each.box, width), each.line) for each in boxes)
        width, height = height, width
    return Scene(np.ascontiguousarray(np.rot90(shown.image, quarters)), boxes, shown.truth)


def _turned(box: Box, width: int) -> Box:
    """A box after a picture of this width was turned counterclockwise by a quarter."""
    return Box(box.y, width - box.x - box.width, box.height, box.width)


def small(rng: np.random.Generator, *, height_px: int) -> Scene:
    """Five rows of ten digits of this height in pixels, drawn with lines of about 1 px or a little more."""
    pen, hand = choose_pen(rng, "gel", "felt", "blue", "ballpoint"), straight_hand(rng)
    pen = replace(pen, width=max(pen.width, float(rng.uniform(1.0, 1.4)) / height_px))
    writings = [write_number(digits_text(10, rng), rng, hand, pen=pen, height_px=height_px) for _ in range(5)]
    image = empty_paper(str(rng.choice(("white", "cream"))), rng, size_wh=SMALL_WH, digit_px=height_px)
    sheet = page_of(writings, rng, image=image, pen=pen, pitch_px=2.0 * height_px)
    settings = replace(MODEST, sheet_fill=(1.0, 1.0), tilt_deg=0.8, perspective_deg=0.0, blur_px=0.35, noise=2.0)
    return photographed(sheet, rng, size_wh=SMALL_WH, settings=settings)


def coloured(rng: np.random.Generator) -> Scene:
    """Two lines of five digits in coloured ink on coloured paper, half of them of exactly the same luma."""
    ink_bgr, paper_bgr = COLOURS[int(rng.integers(len(COLOURS)))] if rng.random() < 0.5 else equal_luma_pair(rng)
    pen: Pen = replace(choose_pen(rng, "felt", "marker"), colour_bgr=ink_bgr, strength=0.95)
    hand, height_px = straight_hand(rng), float(rng.uniform(60, 90))
    writings = [
        write_to_fit(digits_text(5, rng), rng, hand, pen=pen, height_px=height_px, most_wh=(520, 200)) for _ in range(2)
    ]
    image = paper_of(Paper("coloured", paper_bgr), rng, size_wh=PLAIN_WH)
    return photographed(page_of(writings, rng, image=image, pen=pen, pitch_px=1.9 * height_px), rng, size_wh=PLAIN_WH)


def equal_luma_pair(rng: np.random.Generator) -> tuple[Bgr, Bgr]:
    """Two colours that look alike in gray (luma within 2 of 255) and clearly different to people."""
    while True:
        hsv = np.stack([rng.uniform(0, 180, 2), rng.uniform(110, 255, 2), rng.uniform(120, 255, 2)], axis=1)
        pair = cv2.cvtColor(hsv[None].astype(np.uint8), cv2.COLOR_HSV2BGR)
        luma = cv2.cvtColor(pair, cv2.COLOR_BGR2GRAY)[0].astype(np.float64)
        scaled = np.round(pair[0] * (luma.min() / luma)[:, None]).astype(np.uint8)
        lab = cv2.cvtColor(scaled[None].astype(np.float32) / np.float32(255), cv2.COLOR_BGR2Lab)[0]
        if luma.min() > 70 and float(np.linalg.norm(lab[0] - lab[1])) > FAR_APART:
            ink, paper = scaled.tolist()
            return tuple(ink), tuple(paper)


Inked = tuple[Ink, tuple[float, float]]
"""Ink, and the place (x, y) in pixels of its upper left corner, as `draw_ink` gives them."""

PRESSED_PX = 90
CHUNK = 7
"""Points of a path that are drawn with one pressure."""
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
    hook, bar = DIGIT_TEMPLATES[4][0].strokes
    short = tuple((0.62 * x, y) for x, y in hook)
    shift = max(x for x, _ in short) + gap - min(x for x, _ in bar)
    return Way("lifted", (short, tuple((x + shift, y) for x, y in bar)))


def _lifted_five(gap: float) -> Way:
    """A 5 of two strokes whose bar begins this far, in digit heights, to the right of its body."""
    body, bar = DIGIT_TEMPLATES[5][0].strokes
    return Way("lifted", (body, tuple((x + gap, y - 0.03) for x, y in bar)))


SIZE_WH = (640, 480)
LINES = 3
ROOM_WH = (540, 130)
LETTERS = tuple(sorted(character for character in MARK_TEMPLATES if character.isalpha() and character != "x"))
SLASHED = ("dd/dd", "d/dd", "d/d", "dd/dd/dddd", "dddd/dd", "d/d d/d", "d d/d")
SIGNED = (
    "(dd)", "dd:dd", "dd.dd", "d,dd", "d-d)+d", "dd-dd", "d+d=d", "dxd=dd", "dd%", "(d+d)xd", "dd.dd.dddd", "d,ddd",
    "-dd", "d-d", "(d-d)+d", "ddd,dd", "dd:dd:dd", "(d)", "dd=d+d", "ddd-ddd", "d.d", "dd x d", "d - d",
)  # fmt: skip
WORDED = ("l dd l d", "lll dd", "dd ll", "ldd", "ddl", "lll ddd lll", "l-ddd", "dd lll d", "ll dd ll d", "lllll d")
PLAIN = ("dd", "ddd", "d", "dddd", "ddddd", "dd dd", "d d", "ddd ddd")
ONE_SHARE, SEVEN_SHARE = 0.15, 0.05
"""How many more digits are a 1 or a 7 than by chance; in lines of 1s, as the second of each pair there."""
ONES, SEVENS = 0.7, 0.15
STEEPEST = 0.6
"""The furthest that a hand of sloping 1s leans to the right, in digit heights."""


def slashes(rng: np.random.Generator) -> Scene:
    """Three lines of dates and fractions with slashes between the digits."""
    return _lines(SLASHED, rng)


def signs(rng: np.random.Generator) -> Scene:
    """Three lines of sums, times, prices and the like: brackets, operators, dots, commas, colons, percent signs."""
    return _lines(SIGNED, rng)


def words_and_digits(rng: np.random.Generator) -> Scene:
    """Three lines of digits with letters and short words before, between and behind them."""
    return _lines(WORDED, rng)


def ones(rng: np.random.Generator) -> Scene:
    """Three lines of digits alone, mostly 1s, in upright and in sloping hands."""
    return _lines(PLAIN, rng, one=ONES, seven=SEVENS, slant=float(rng.uniform(-0.15, STEEPEST)))


def _lines(
    patterns: Sequence[str],
    rng: np.random.Generator,
    *,
    one: float = ONE_SHARE,
    seven: float = SEVEN_SHARE,
    slant: float | None = None,
) -> Scene:
    pen, hand = choose_pen(rng, "felt", "gel", "blue", "ballpoint", "marker"), straight_hand(rng)
    hand = hand if slant is None else replace(hand, slant=slant)
    height_px = float(rng.uniform(28, 72))
    texts = [text_of(str(rng.choice(patterns)), rng, one, seven) for _ in range(LINES)]
    writings = [write_to_fit(text, rng, hand, pen=pen, height_px=height_px, most_wh=ROOM_WH) for text in texts]
    image = empty_paper(str(rng.choice(("white", "cream", "gray"))), rng, size_wh=SIZE_WH, digit_px=height_px)
    pitch_px = height_px * float(rng.uniform(1.8, 2.2))
    return photographed(page_of(writings, rng, image=image, pen=pen, pitch_px=pitch_px), rng, size_wh=SIZE_WH)


def text_of(pattern: str, rng: np.random.Generator, one: float, seven: float) -> str:
    """A pattern with a digit for each d, and a letter for each l."""
    return "".join(_character(place, rng, one, seven) for place in pattern)


def _character(place: str, rng: np.random.Generator, one: float, seven: float) -> str:
    if place == "l":
        return str(rng.choice(LETTERS))
    if place != "d":
        return place
    chance = rng.random()
    return "1" if chance < one else "7" if chance < one + seven else str(rng.integers(0, 10))
