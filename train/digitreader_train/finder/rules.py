"""Lines on a page: printed rules, squares and boxes, and those that a pen draws through it."""

from __future__ import annotations

import numpy as np

from digitreader.values import Ink
from digitreader_train.finder.chance import log_uniform
from digitreader_train.finder.page import Layout, Page
from digitreader_train.finder.shapes import Points, Rect, draw_polyline

PAPERS = {"none": 0.45, "ruled": 0.28, "squared": 0.22, "margin": 0.05}
"""Kinds of paper and their shares."""
ON_RULES = 0.5
"""This share of the ruled pages is written on the rules, the others anywhere."""
MARGINS = 0.3
"""This share of the ruled pages has a margin."""
LEAST_PITCH_PX = 5.0


def line_width(layout: Layout, rng: np.random.Generator) -> float:
    """Draw the width of a page's lines in pixels; fine beside small digits."""
    most = min(9.0, max(1.0, 0.2 * layout.digit_px))
    return log_uniform(rng, 0.6, most + 0.3)


def draw_line(plane: Ink, points: Points, width_px: float, *, closed: bool = False) -> None:
    """Draw a line on a plane; one thinner than a pixel is fainter instead."""
    tone = 255 if width_px >= 1 else round(255 * width_px)
    draw_polyline(plane, points, max(1, round(width_px)), tone=tone, closed=closed)


def draw_box(page: Page, box: Rect, width_px: float, rng: np.random.Generator) -> None:
    """Draw the outline of a box; now and then by a hand that shakes."""
    shake = float(rng.uniform(0, 0.02)) * box.height if rng.random() < 0.3 else 0.0
    corners = np.array([(box.x, box.y), (box.right, box.y), (box.right, box.bottom), (box.x, box.bottom)])
    draw_line(page.rules, corners + rng.normal(0, shake, (4, 2)), width_px, closed=True)


def rule_page(page: Page, layout: Layout, rng: np.random.Generator) -> None:
    """Rule or square some of the pages, and draw a margin on some."""
    paper = str(rng.choice(tuple(PAPERS), p=tuple(PAPERS.values())))
    width_px = line_width(layout, rng)
    if paper in ("ruled", "squared"):
        first, pitch = _choose_pitch(paper, layout, width_px, rng)
        places = np.arange(first, page.side_px, pitch).tolist()
        for x in places if paper == "squared" else ():
            _draw_down(page, x, width_px)
        for y in places:
            _draw_across(page, y, width_px)
    if paper == "margin" or (paper == "ruled" and rng.random() < MARGINS):
        _draw_down(page, float(rng.uniform(0, page.side_px)), width_px)


def _choose_pitch(paper: str, layout: Layout, width_px: float, rng: np.random.Generator) -> tuple[float, float]:
    """Where the first line is, and how far it is from line to line, in pixels."""
    height = min(max(layout.digit_px, 8.0), 100.0)
    least = max(LEAST_PITCH_PX, 3 * width_px)
    wanted = float(rng.uniform(1.0, 2.5)) if paper == "ruled" else float(np.exp(rng.uniform(-1.2, 0.8)))
    pitch = max(height * wanted, least)
    first = float(rng.uniform(0, pitch))
    if paper == "ruled" and rng.random() < ON_RULES:
        pitch = max(layout.pitch_px, least)
        first = (layout.first_px + float(rng.normal(0, 0.05)) * height) % pitch
    return first, pitch


def _draw_across(page: Page, y: float, width_px: float) -> None:
    draw_line(page.rules, np.array([(0.0, y), (page.side_px, y)]), width_px)


def _draw_down(page: Page, x: float, width_px: float) -> None:
    draw_line(page.rules, np.array([(x, 0.0), (x, page.side_px)]), width_px)


THICKEST = 0.12
"""In digit heights."""


def draw_freehand(page: Page, layout: Layout, pen: float, rng: np.random.Generator) -> None:
    """Draw one to three lines anywhere.

    Args:
        page: is drawn on.
        layout: gives the height of digits.
        pen: width of the writer's strokes in digit heights.
        rng: where every choice comes from.
    """
    height = min(max(layout.digit_px, 8.0), 100.0)
    for _ in range(int(rng.integers(1, 4))):
        points = _choose_line(page.side_px, height, rng)
        draw_line(page.rules, points, max(0.8, min(pen, THICKEST) * height))


def _choose_line(side_px: int, height: float, rng: np.random.Generator) -> Points:
    """The corners of a circle, an underline, a frame or a stroke through the page."""
    x, y = (float(place) for place in rng.uniform(0, side_px, 2))
    kind = int(rng.integers(4))
    angles = np.linspace(0, 2 * np.pi * float(rng.uniform(0.9, 1.1)), 40)
    if kind == 0:
        reach = height * rng.uniform(0.8, 3, 2)
        return np.stack([x + reach[0] * np.cos(angles), y + reach[1] * np.sin(angles)], axis=1)
    if kind == 1:
        end = (x + height * float(rng.uniform(2, 9)), y + height * float(rng.normal(0, 0.3)))
        return np.array([(x, y), end])
    if kind == 2:
        wide, high = height * rng.uniform(1.3, 7, 2)
        corners = np.array([(x, y), (x + wide, y), (x + wide, y + high), (x, y + high), (x, y)])
        return np.asarray(corners + rng.normal(0, 0.05 * height, corners.shape), np.float64)
    return np.array([(x, y), rng.uniform(0, side_px, 2)])
