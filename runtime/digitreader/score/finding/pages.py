"""Kinds of written pages: red felt pen on many pixels, touching neighbours, turned, small, and coloured writing."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np

from digitreader.demo import DemoSettings, DigitBox, Paper, Pen, Scene, scene, write_number
from digitreader.demo.shots import draw_text
from digitreader.score.finding.compose import (
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
from digitreader.values import Box

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
    """Turn a picture and its boxes counterclockwise by so many quarters, 0 to 3."""
    boxes, width, height = shown.boxes, shown.image.shape[1], shown.image.shape[0]
    for _ in range(quarters):
        boxes = tuple(DigitBox(each.digit, _turned(each.box, width), each.line) for each in boxes)
        width, height = height, width
    return Scene(np.ascontiguousarray(np.rot90(shown.image, quarters)), boxes, shown.truth)


def _turned(box: Box, width: int) -> Box:
    """A box after a picture of this width was turned counterclockwise by a quarter."""
    return Box(box.y, width - box.x - box.width, box.height, box.width)


def small(rng: np.random.Generator, *, height_px: int) -> Scene:
    """Five lines of ten digits, so many pixels high, in lines about 1 px wide or a little more."""
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
