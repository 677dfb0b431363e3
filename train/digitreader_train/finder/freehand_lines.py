"""Lines that a pen draws through a page: circles, underlines, frames, strokes from edge to edge."""

from __future__ import annotations

import numpy as np

from digitreader_train.finder.layout import Layout
from digitreader_train.finder.page import Page
from digitreader_train.finder.polyline import Points
from digitreader_train.finder.rules import draw_line

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
