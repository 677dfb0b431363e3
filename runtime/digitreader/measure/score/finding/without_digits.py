"""Kinds without any digit: words by hand and in print, textures, empty forms and ruled sheets, scribbles."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np

from digitreader.drawing import FREE_MARKS, MARK_TEMPLATES, PENS, DemoSettings, Scene, Writing, scene, write_mark
from digitreader.drawing.paper import draw_desk, ink_over
from digitreader.drawing.sheet import Sheet
from digitreader.measure.score.finding.compose import MODEST, Placed, choose_pen, empty_paper, photographed, sheet_of
from digitreader.measure.score.finding.forms_and_tables import form_sheet, ruled, sudoku_sheet
from digitreader.values import ColourImage, Ink

SIZE_WH = (640, 480)
LETTERS = tuple(mark for mark in MARK_TEMPLATES if mark.isalpha())
WORDS = (
    "Handwriting", "Sample", "Please", "write", "clearly", "between", "the", "lines", "Signature", "Street", "Monday",
    "summer", "window", "bridge", "yellow", "garden", "letter", "kitchen", "always", "never", "Paris", "London",
    "quick", "brown", "jumps", "over", "lazy", "good", "morning", "school", "paper", "machine", "reading", "Berlin",
    "music", "winter", "ABCDEFGHIJKLM", "NOPQRSTUVWXYZ", "abcdefghijklm", "nopqrstuvwxyz", "WARNING", "OPEN",
    "CLOSED", "EXIT",
)  # fmt: skip
FONTS = (
    cv2.FONT_HERSHEY_SIMPLEX, cv2.FONT_HERSHEY_DUPLEX, cv2.FONT_HERSHEY_COMPLEX, cv2.FONT_HERSHEY_TRIPLEX,
    cv2.FONT_HERSHEY_SCRIPT_SIMPLEX, cv2.FONT_HERSHEY_SCRIPT_COMPLEX,
    cv2.FONT_HERSHEY_COMPLEX | cv2.FONT_ITALIC,
)  # fmt: skip


def words(rng: np.random.Generator) -> Scene:
    """Words: of the demo's letters by hand, or in print upright or slanted on white or ruled paper."""
    return _handwritten_words(rng) if rng.random() < 0.4 else _printed_words(rng)


def _handwritten_words(rng: np.random.Generator) -> Scene:
    lines = int(rng.integers(1, 4))
    text = "\n".join(" ".join(_letters(rng) for _ in range(int(rng.integers(1, 3)))) for _ in range(lines))
    settings = DemoSettings(papers=("white", "cream", "ruled", "squared"), digit_height=(0.1, 0.2))
    return scene(text, size_wh=SIZE_WH, settings=settings, rng=rng)


def _letters(rng: np.random.Generator) -> str:
    return "".join(rng.choice(LETTERS, int(rng.integers(3, 7))).tolist())


def _printed_words(rng: np.random.Generator) -> Scene:
    font, scale = FONTS[int(rng.integers(len(FONTS)))], float(rng.uniform(0.7, 1.9))
    thick = int(rng.integers(1, 4))
    pitch_px = round(scale * rng.uniform(34, 50))
    mask = np.zeros((SIZE_WH[1], SIZE_WH[0]), np.uint8)
    for y in range(40 + pitch_px, SIZE_WH[1] - 50, pitch_px):
        line = _line_of_words(rng, font, scale, thick, most_px=SIZE_WH[0] - 90)
        cv2.putText(mask, line, (45, y), font, scale, 255, thick, cv2.LINE_AA)
    pen = choose_pen(rng, "gel", "blue", "pencil", "felt")
    image = ink_over(empty_paper(str(rng.choice(("white", "ruled", "cream"))), rng, size_wh=SIZE_WH), mask,
                     pen.colour_bgr, pen.strength)  # fmt: skip
    return _photographed_empty(image, rng)


def _line_of_words(rng: np.random.Generator, font: int, scale: float, thick: int, *, most_px: int) -> str:
    """As many words as fit; one at least, if it fits, or else nothing."""
    line = ""
    while True:
        longer = f"{line} {rng.choice(WORDS)}".strip()
        if cv2.getTextSize(longer, font, scale, thick)[0][0] > most_px:
            return line
        line = longer


def _photographed_empty(image: ColourImage, rng: np.random.Generator) -> Scene:
    return photographed(Sheet(image, (), ""), rng, size_wh=SIZE_WH)


def textures(rng: np.random.Generator) -> Scene:
    """A desk, noise, a gradient, stripes or shapes with straight edges."""
    draw = (_desk, _noise, _gradient, _stripes, _shapes)[int(rng.integers(5))]
    settings = replace(MODEST, sheet_fill=(1.2, 1.3), tilt_deg=25.0)
    return photographed(Sheet(draw(rng), (), ""), rng, size_wh=SIZE_WH, settings=settings)


def _desk(rng: np.random.Generator) -> ColourImage:
    light = float(rng.uniform(1.0, 3.0))
    return np.asarray(np.clip(draw_desk(SIZE_WH, rng) * light, 0, 255), np.uint8)


def _noise(rng: np.random.Generator) -> ColourImage:
    """Blotches of one size, from grains to clouds, in colour or gray."""
    noise = rng.standard_normal((SIZE_WH[1], SIZE_WH[0], 3 if rng.random() < 0.5 else 1))
    blotches = cv2.GaussianBlur(noise, (0, 0), float(np.exp(rng.uniform(np.log(0.6), np.log(25))))).reshape(noise.shape)
    spread = blotches / blotches.std() * float(rng.uniform(8, 45))
    return np.asarray(np.clip(rng.uniform(70, 190, 3) + spread, 0, 255), np.uint8)


def _gradient(rng: np.random.Generator) -> ColourImage:
    """From one colour to another at any angle."""
    return _between(rng, np.clip(_along(rng) + 0.5, 0, 1))


def _stripes(rng: np.random.Generator) -> ColourImage:
    """Stripes of any width, angle and softness."""
    waves = np.sin(_along(rng) * 2 * np.pi * float(np.exp(rng.uniform(np.log(3), np.log(60)))))
    return _between(rng, np.clip(0.5 + float(rng.uniform(0.5, 6)) * waves, 0, 1))


def _along(rng: np.random.Generator) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    """How far each pixel lies along a direction, about -0.5 to 0.5 of the picture's diagonal, (H, W)."""
    angle = rng.uniform(0, 2 * np.pi)
    y, x = np.mgrid[: SIZE_WH[1], : SIZE_WH[0]] - np.array((SIZE_WH[1], SIZE_WH[0])).reshape(2, 1, 1) / 2
    return np.asarray((x * np.cos(angle) + y * np.sin(angle)) / np.hypot(*SIZE_WH), np.float64)


def _between(rng: np.random.Generator, share: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> ColourImage:
    first, second = rng.uniform(20, 240, (2, 3))
    return np.asarray(first + (second - first) * share[:, :, None], np.uint8)


def _shapes(rng: np.random.Generator) -> ColourImage:
    """Filled triangles and quadrangles of many colours; no rings and no bars, which would be digits."""
    image = np.full((SIZE_WH[1], SIZE_WH[0], 3), rng.uniform(150, 240, 3), np.uint8)
    for _ in range(int(rng.integers(3, 12))):
        middle, radius = rng.uniform((40, 40), np.subtract(SIZE_WH, 40)), rng.uniform(25, 90)
        angles = np.sort(rng.uniform(0, 2 * np.pi) + np.linspace(0, 2 * np.pi, int(rng.integers(3, 5)), endpoint=False))
        corners = middle + radius * np.stack([np.cos(angles), np.sin(angles)], axis=1)
        cv2.fillPoly(image, [np.round(corners).astype(np.int32)], rng.uniform(0, 255, 3).tolist(), cv2.LINE_AA)
    return image


def empty_forms(rng: np.random.Generator) -> Scene:
    """Ruled or squared paper, a form with labels, or a table drawn by hand, on which nothing is written."""
    choice = int(rng.integers(4))
    if choice == 0:
        return photographed(form_sheet(rng, filled=(0, 0)), rng, size_wh=(1280, 720))
    if choice == 1:
        settings = replace(MODEST, sheet_fill=(0.4, 0.7), tilt_deg=10.0)
        return photographed(sudoku_sheet(rng, given=0), rng, size_wh=(960, 720), settings=settings)
    paper = str(rng.choice(("ruled", "squared", "white")))
    image = empty_paper(paper, rng, size_wh=SIZE_WH, digit_px=float(rng.uniform(25, 70)))
    if paper == "white":
        pen = choose_pen(rng, "gel", "blue", "pencil")
        thick_px, pitch_px = float(rng.uniform(1, 6)), float(rng.uniform(25, 110))
        image = ruled(image, pen, first=float(rng.uniform(10, 60)), pitch_px=pitch_px, thick_px=thick_px)
    return _photographed_empty(image, rng)


def scribbles(rng: np.random.Generator) -> Scene:
    """One to eight scribbles, dots, dashes, ticks and blots."""
    pen = choose_pen(rng, *(name for name in PENS if name != "chalk"))
    marks = [
        write_mark(str(rng.choice(FREE_MARKS)), rng, pen=pen, height_px=float(rng.uniform(30, 140)))
        for _ in range(int(rng.integers(1, 9)))
    ]
    image = empty_paper(str(rng.choice(("white", "cream", "ruled", "squared"))), rng, size_wh=SIZE_WH)
    return photographed(sheet_of(image, [[_somewhere(mark, rng)] for mark in marks], pen), rng, size_wh=SIZE_WH)


def _somewhere(mark: Ink, rng: np.random.Generator) -> Placed:
    x, y = rng.uniform((20, 20), np.maximum(np.subtract(SIZE_WH, mark.shape[::-1]) - 20, 21)).tolist()
    return Placed(Writing(mark, (), "", 0.0), round(x), round(y))
