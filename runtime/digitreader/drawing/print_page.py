"""Pages of printed digits, with words and signs among them where asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from digitreader.drawing.lettering import SetSign, TextStyle, ink_signs, set_line, signs_on
from digitreader.drawing.paper import PAPERS, draw_paper
from digitreader.drawing.scene import Scene
from digitreader.drawing.surface import (
    Colour,
    Degradation,
    Sign,
    Surface,
    lerp,
    picture_of,
    reading_text,
    screenshot_of,
)
from digitreader.drawing.typefaces import Typeface
from digitreader.values import ColourImage

WORDS = (
    "the", "and", "page", "volt", "water", "gas", "number", "date", "total", "sum", "meter", "price", "room", "km",
    "kWh", "EUR", "tax", "cash", "part", "year", "day", "type", "made", "hour", "min", "max", "rev", "ref", "kg", "mm",
    "Amt", "Datum", "Stand", "Raum", "Wert", "Summe", "compte", "cuenta", "fecha", "RPM", "VAT", "USB", "MAC", "Art",
    "Nr", "No", "Tel", "Fax", "from", "next", "paper", "camera", "they", "what", "quarter", "exam", "Park", "Week",
)  # fmt: skip
LEAST_CONTRAST = 80
"""Between ink and paper, in grey levels."""
SCREENSHOTS = 0.25
"""This share is no photograph."""


@dataclass(frozen=True, slots=True)
class PrintPlan:
    """What is to stand on a page.

    Attributes:
        height_px: the least and the most height of a digit in the picture.
        words: the chance that a group is a word or has signs instead of only digits.
        digits: False leaves only words and signs.
        most_lines: not more lines than this.
        bold: only typefaces whose names say so, where there are any.
    """

    height_px: tuple[float, float] = (12.0, 120.0)
    words: float = 0.25
    digits: bool = True
    most_lines: int = 5
    bold: bool = False


def draw_print(
    rng: np.random.Generator,
    typefaces: Sequence[Typeface],
    *,
    size_wh: tuple[int, int] = (640, 480),
    plan: PrintPlan | None = None,
    degradation: Degradation | None = None,
) -> Scene:
    """Draw one picture of a printed page.

    Args:
        rng: where every choice comes from.
        typefaces: at least one; one or two of them are taken.
        size_wh: of the picture, in pixels.
        plan: what is to stand on it.
        degradation: the most that may be wrong with the picture.
    """
    plan = plan or PrintPlan()
    surface = print_surface(rng, typefaces, size_wh=size_wh, plan=plan)
    if rng.random() < SCREENSHOTS:
        return screenshot_of(surface, rng, degradation=degradation)
    return picture_of(surface, rng, size_wh=size_wh, degradation=degradation)


def choose_typefaces(rng: np.random.Generator, typefaces: Sequence[Typeface], *, bold: bool = False) -> list[Typeface]:
    """Two typefaces; each family is as likely as another, however many files it has."""
    wanted = [face for face in typefaces if face.bold or not bold] or list(typefaces)
    families = sorted({face.family for face in wanted})
    chosen = [families[int(index)] for index in rng.integers(0, len(families), 2)]
    inside = [[face for face in wanted if face.family == family] for family in chosen]
    return [faces[int(rng.integers(len(faces)))] for faces in inside]


def choose_setting(rng: np.random.Generator, typeface: Typeface, digit_px: float) -> TextStyle:
    """Spacing, zeros and weight by chance; small print keeps the weight that it has."""
    heavier = 0
    if digit_px >= 24 and rng.random() < 0.3:
        heavier = round(float(rng.uniform(-0.025, 0.04)) * digit_px)
    zero = str(rng.choice(("plain", "slashed", "dotted"), p=(0.76, 0.14, 0.1)))
    wide = rng.random() < 0.25
    spacing = float(rng.uniform(0.1, 0.45)) if wide else float(rng.uniform(0.0, 0.05))
    return TextStyle(typeface, digit_px, spacing + max(0.0, 2 * heavier / digit_px), zero, heavier)


def print_surface(
    rng: np.random.Generator, typefaces: Sequence[Typeface], *, size_wh: tuple[int, int], plan: PrintPlan
) -> Surface:
    """A printed page.

    Args:
        rng: where every choice comes from.
        typefaces: at least one; one or two of them are taken.
        size_wh: in pixels.
        plan: what is to stand on it.
    """
    (width, height), typefaces = size_wh, choose_typefaces(rng, typefaces, bold=plan.bold)
    low, high = plan.height_px
    digit_px = float(np.exp(rng.uniform(np.log(low), np.log(max(low, min(high, 0.6 * height))))))
    pitch = digit_px * float(rng.uniform(1.6, 2.6))
    room = max(1, int((0.9 * height - digit_px) / pitch) + 1)
    lines = min(room, int(rng.integers(1, plan.most_lines + 1)))
    top = digit_px + 0.05 * height + max(0.0, 0.9 * height - digit_px - pitch * (lines - 1)) * rng.uniform(0.1, 0.8)
    setting = choose_setting(rng, typefaces[0], digit_px)
    placed: list[list[SetSign]] = []
    texts: list[str] = []
    for line in range(lines):
        now = setting if rng.random() < 0.8 else choose_setting(rng, typefaces[1], digit_px)
        left = 0.06 * width + 0.3 * width * rng.random() ** 2
        signs, text = _line(rng, now, plan, left=left, right=0.94 * width, baseline=top + line * pitch)
        if signs:
            placed.append(signs)
            texts.append(text)
    paper, ink = _colours(rng, size_wh, digit_px)
    layer = ink_signs([sign for signs in placed for sign in signs], size_wh)
    image = lerp(paper, ink, layer.astype(np.float32) / 255 * np.float32(rng.uniform(0.8, 1.0)))
    return Surface(image, layer, _numbered(placed, texts), reading_text(texts))


def _numbered(placed: Sequence[Sequence[SetSign]], texts: Sequence[str]) -> tuple[Sign, ...]:
    """Lines are counted by those that have digits."""
    signs: list[Sign] = []
    line = 0
    for each, text in zip(placed, texts, strict=True):
        signs += signs_on(each, line)
        line += any(sign.isdigit() for sign in text)
    return tuple(signs)


def _line(
    rng: np.random.Generator, setting: TextStyle, plan: PrintPlan, *, left: float, right: float, baseline: float
) -> tuple[list[SetSign], str]:
    """Groups from left to right until the line is full or has had enough."""
    signs: list[SetSign] = []
    text, x = "", left
    for _ in range(int(rng.integers(1, 7))):
        group = choose_group(rng, words=plan.words, digits=plan.digits)
        while group:
            more, after = set_line(group, setting, left=x, baseline=baseline)
            if after <= right:
                break
            group = group[:-1] if group.isdigit() else ""
        if not group:
            break
        signs, text = signs + more, f"{text} {group}"
        x = after + setting.digit_px * float(rng.uniform(0.5, 1.5))
    return signs, text.strip()


def choose_group(rng: np.random.Generator, *, words: float, digits: bool) -> str:
    """Digits, or with a chance a word, or digits with signs between."""
    if digits and rng.random() >= words:
        return _digits(rng, int(rng.integers(1, 7)))
    if not digits or rng.random() < 0.5:
        word = str(rng.choice(WORDS))
        return str(rng.choice((word, word.upper(), word.capitalize()))) + str(
            rng.choice(("", "", "", ":", ",", ".", "-"))
        )
    pieces = [_digits(rng, int(rng.integers(1, 4))) for _ in range(int(rng.integers(2, 4)))]
    sign = str(rng.choice(tuple("/-.,:=+x")))
    return str(rng.choice((sign.join(pieces), f"({pieces[0]})", f"{pieces[0]}%", f"-{pieces[0]}", f"{pieces[0]}.")))


def _digits(rng: np.random.Generator, count: int) -> str:
    return "".join(str(digit) for digit in rng.integers(0, 10, count))


def _colours(rng: np.random.Generator, size_wh: tuple[int, int], digit_px: float) -> tuple[ColourImage, Colour]:
    """Paper and ink: mostly dark on light, some light on dark, some coloured."""
    kind = str(rng.choice(("paper", "dark", "coloured"), p=(0.7, 0.13, 0.17)))
    if kind == "paper":
        paper = draw_paper(
            PAPERS[str(rng.choice(("white", "white", "cream")))], rng, size_wh=size_wh, digit_px=digit_px, baseline_px=0
        )
        shade = float(rng.uniform(5, 85))
        return paper, (shade + float(rng.uniform(-5, 25)), shade, shade)
    while True:
        ground, ink = rng.uniform(0, 255, 3), rng.uniform(0, 255, 3)
        if kind == "dark":
            ground, ink = np.full(3, rng.uniform(5, 80)) + rng.uniform(-8, 8, 3), 255 - rng.uniform(0, 70, 3)
        if abs(_grey(ground) - _grey(ink)) >= LEAST_CONTRAST:
            break
    texture = rng.normal(0, rng.uniform(0, 3), (size_wh[1], size_wh[0], 1))
    image = np.asarray(np.clip(ground + texture, 0, 255), np.uint8)
    return image, (float(ink[0]), float(ink[1]), float(ink[2]))


def _grey(colour: np.ndarray) -> float:
    return float(colour @ np.array((0.114, 0.587, 0.299)))
