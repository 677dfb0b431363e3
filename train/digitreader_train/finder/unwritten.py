"""Scenes of digits that nobody wrote: print in many typefaces, seven-segment displays, the wheels of counters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from digitreader.drawing import (
    PrintPlan,
    Sign,
    Surface,
    Typeface,
    display_surface,
    draw_display_style,
    draw_display_text,
    draw_positions,
    draw_wheel_style,
    print_surface,
    wheels_surface,
)
from digitreader.drawing.surface import DIGITS
from digitreader.values import ColourImage
from digitreader_train.finder.chance import log_uniform
from digitreader_train.finder.page import INKED, Page
from digitreader_train.finder.viewpoint import choose_view, warp_page, warp_picture

DISPLAYS, WHEELS = 0.34, 0.36
"""Shares of the scenes; the others are printed pages."""
DISPLAY_PX, WHEEL_PX, PRINT_PX = (10.0, 125.0), (9.0, 110.0), (8.5, 110.0)
"""Heights of their digits."""
NO_DIGITS, BETWEEN = 0.15, 0.15
"""So often a place of a display shows something else, and a wheel stands between two digits."""
FRAME_LIKE_DIGITS, SERIALS, CURVED = 0.5, 0.5, 0.4
"""These shares of the counters have a frame as dark or light as their digits, whose corners are no ink, a serial number
printed below, whose digits are digits like any, and windows with a curved outline, so that no form of window is ink."""
POINTS = ".,:"
"""Signs so small that what is inked in their box is theirs, also where the box of a slanted digit reaches over it."""
TEXT_SHARE = 0.3
"""This share of the groups of digits on a printed page is words, or digits with signs between."""


def draw_unwritten(
    typefaces: Sequence[Typeface], rng: np.random.Generator, *, side_px: int
) -> tuple[Page, ColourImage]:
    """Draw the front of a display or of a counter, or a printed page, seen from anywhere.

    Args:
        typefaces: at least one.
        rng: where every choice comes from.
        side_px: width and height.

    Returns:
        Its planes, and what it looks like in even light: (S, S, 3) uint8 BGR.
    """
    chance = rng.random()
    if chance < DISPLAYS:
        surface = _draw_display(typefaces, rng, side_px)
    elif chance < DISPLAYS + WHEELS:
        surface = _draw_counter(typefaces, rng, side_px)
    else:
        plan = PrintPlan(PRINT_PX, words=TEXT_SHARE, most_lines=9)
        surface = print_surface(rng, typefaces, size_wh=(side_px, side_px), plan=plan)
    page, matrix = page_of(surface), choose_view(side_px, rng)
    return (page, surface.image) if matrix is None else (warp_page(page, matrix), warp_picture(surface.image, matrix))


def page_of(surface: Surface) -> Page:
    """The planes of a square surface; a pixel belongs to the digit in whose box it is inked, but no point's does."""
    page = Page.empty(surface.image.shape[0])
    page.writing = page.any_ink = surface.ink
    of_digits = surface.ink.copy()
    for sign in surface.signs:
        if sign.sign in POINTS:
            of_digits[_box_of(sign)] = 0
    for sign in surface.signs:
        if sign.sign not in DIGITS:
            continue
        place = _box_of(sign)
        ink = of_digits[place]
        page.labels.append(int(sign.sign))
        np.maximum(page.digit_ink[place], ink, out=page.digit_ink[place])
        page.owners[place][ink > INKED * ink.max(initial=1)] = len(page.labels)
    return page


def _box_of(sign: Sign) -> tuple[slice, slice]:
    low = np.maximum(np.floor(sign.hull.min(axis=0)).astype(int), 0)
    high = np.maximum(np.ceil(sign.hull.max(axis=0)).astype(int) + 1, 0)
    return np.s_[low[1] : high[1], low[0] : high[0]]


def _draw_display(typefaces: Sequence[Typeface], rng: np.random.Generator, side_px: int) -> Surface:
    style, digit_px = draw_display_style(rng, held_out=False), log_uniform(rng, *DISPLAY_PX)
    style = replace(style, points=False)  # a point that is not lit would teach that a dot is no writing
    text = draw_display_text(rng, NO_DIGITS)
    return display_surface(rng, text, style, size_wh=(side_px, side_px), digit_px=digit_px, typefaces=typefaces)


def _draw_counter(typefaces: Sequence[Typeface], rng: np.random.Generator, side_px: int) -> Surface:
    digit_px = log_uniform(rng, *WHEEL_PX)
    style = draw_wheel_style(rng, typefaces, held_out=False, digit_px=digit_px, curved=CURVED)
    room = int(0.92 * side_px / digit_px / (style.window_wh[0] + style.gap))
    positions = draw_positions(rng, max(1, min(room, int(rng.integers(3, 9)))), style, between=BETWEEN)
    return wheels_surface(
        rng,
        positions,
        style,
        size_wh=(side_px, side_px),
        typefaces=typefaces,
        serial=bool(rng.random() < SERIALS),
        alike=FRAME_LIKE_DIGITS,
    )
