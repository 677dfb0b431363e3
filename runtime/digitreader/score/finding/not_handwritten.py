"""Kinds with digits that are not handwritten: print, seven-segment displays, counter wheels.

All are drawn with typefaces and makes that nothing was trained with.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Protocol

import numpy as np

from digitreader.demo import Scene
from digitreader.drawing import (
    PrintPlan,
    Typeface,
    displays,
    draw_display,
    draw_print,
    draw_wheels,
    find_typefaces,
    held_back,
)

Folders = tuple[Path, ...]
PRINT_PX, SMALL_PX = (20.0, 120.0), (12.0, 20.0)
DISPLAY_PX, WHEEL_PX = (20.0, 160.0), (16.0, 90.0)
"""The least and the most height of a digit, in pixels of a picture of 640 x 480."""


class DrawWithFonts(Protocol):
    """Draws one picture with the system's typefaces and those of more folders."""

    def __call__(self, rng: np.random.Generator, *, fonts: Folders = ()) -> Scene:
        """Draw it."""
        ...


@cache
def unseen_typefaces(fonts: Folders) -> tuple[Typeface, ...]:
    """The typefaces kept back for the test: OpenCV's own, the system's, and those of more folders.

    Args:
        fonts: the folders.
    """
    found = find_typefaces(fonts, system=True)
    return (*held_back(found), *displays(found))


def printed(rng: np.random.Generator, *, fonts: Folders = ()) -> Scene:
    """A printed page with some words and signs among its digits."""
    return _page(rng, PrintPlan(PRINT_PX, words=0.2), fonts)


def printed_small(rng: np.random.Generator, *, fonts: Folders = ()) -> Scene:
    """The same in small print."""
    return _page(rng, PrintPlan(SMALL_PX, words=0.2), fonts)


def printed_bold(rng: np.random.Generator, *, fonts: Folders = ()) -> Scene:
    """The same in bold typefaces."""
    return _page(rng, PrintPlan(PRINT_PX, words=0.2, bold=True), fonts)


def seven_segment(rng: np.random.Generator, *, fonts: Folders = ()) -> Scene:
    """A seven-segment display."""
    return draw_display(rng, held_back=True, height_px=DISPLAY_PX, typefaces=unseen_typefaces(fonts))


def wheels(rng: np.random.Generator, *, fonts: Folders = ()) -> Scene:
    """Counter wheels; what is read of a wheel between two digits counts as invented."""
    faces = held_back(unseen_typefaces(fonts))
    return draw_wheels(rng, faces, held_back=True, height_px=WHEEL_PX, serial=bool(rng.random() < 0.2))


def _page(rng: np.random.Generator, plan: PrintPlan, fonts: Folders) -> Scene:
    return draw_print(rng, held_back(unseen_typefaces(fonts)), plan=plan)


DRAW_BY_KIND: Mapping[str, DrawWithFonts] = {
    "print": printed,
    "print-small": printed_small,
    "print-bold": printed_bold,
    "seven-segment": seven_segment,
    "wheels": wheels,
}
