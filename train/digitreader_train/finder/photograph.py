"""Gives a page its colours: the ground, the lines, the ink, in some pages panels, and the light on all of it."""

from __future__ import annotations

import numpy as np

from digitreader.values import ColourImage, Ink
from digitreader_train.finder.colours import Colour, Colours, choose_colours
from digitreader_train.finder.layers import FloatImage, draw_unevenly, lay_over, show_back
from digitreader_train.finder.layout import Layout
from digitreader_train.finder.light import light_up
from digitreader_train.finder.page import Page
from digitreader_train.finder.textures import draw_texture, smooth_noise

EMPTY_TEXTURES = 0.75
"""This share of the empty pages is no paper at all."""
ROUGH_PAPER = 0.5
"""This share of the paper is not of one tone."""
PATTERNED_PAPER = 0.1
"""This share of the pages is of something with a pattern of its own: cloth, wood, card."""
TWO_SIDED = 0.1
"""Through this share of the pages other writing shows, from their backs or from below."""
DARK_RULES = 0.4
"""On this share of the pages the lines have the colour of the ink."""
SECOND_INKS = 0.2
"""On this share of the pages letters and words have another colour than the digits, as on a printed form."""


def photograph(page: Page, sheet: Ink, layout: Layout, rng: np.random.Generator) -> ColourImage:
    """Draw a page in colours, on a desk where the paper ends, in some light.

    Args:
        page: what stands on it.
        sheet: (S, S) uint8, 255 where the paper is.
        layout: gives the kind of page and the height of digits.
        rng: where every choice comes from.

    Returns:
        (S, S, 3) uint8 BGR.
    """
    colours = choose_colours(rng)
    ground = _draw_ground(page.side_px, colours.paper, layout, rng)
    draw = _draw_with_panels if page.panels.any() else _draw_on_paper
    return light_up(draw(ground, page, colours, layout.digit_px, rng), sheet, rng)


def _draw_ground(side_px: int, paper: Colour, layout: Layout, rng: np.random.Generator) -> FloatImage:
    if layout.kind == "empty" and rng.random() < EMPTY_TEXTURES:
        return draw_texture(rng, side_px).astype(np.float32)
    ground = np.broadcast_to(paper, (side_px, side_px, 3)).astype(np.float32)
    if rng.random() < ROUGH_PAPER:
        wave_px = float(rng.choice((3, 8, 40)))
        rough = smooth_noise(rng, side_px, wave_px) * float(rng.uniform(1, 14))
        ground = ground + rough[:, :, None]
    if rng.random() < PATTERNED_PAPER:
        pattern = draw_texture(rng, side_px).astype(np.float32)
        ground = ground + (pattern - pattern.mean(axis=(0, 1))) * float(rng.uniform(0.05, 0.35))
    return ground


def _draw_on_paper(
    ground: FloatImage, page: Page, colours: Colours, digit_px: float, rng: np.random.Generator
) -> FloatImage:
    if rng.random() < TWO_SIDED:
        ground = show_back(ground, page.any_ink, colours.ink, rng)
    strength = float(rng.uniform(0.6, 1))
    image = _draw_rules(ground, page.rules, colours, strength, rng)
    writing = draw_unevenly(page.writing, digit_px, rng)
    is_other = page.any_ink > page.digit_ink
    if is_other.any() and rng.random() < SECOND_INKS:
        second = _second_ink(colours.paper, rng)
        image = lay_over(image, np.where(is_other, writing, 0).astype(np.uint8), second, strength)
        writing = np.where(is_other, 0, writing).astype(np.uint8)
    return lay_over(image, writing, colours.ink, strength)


def _draw_rules(
    ground: FloatImage, rules: Ink, colours: Colours, ink_strength: float, rng: np.random.Generator
) -> FloatImage:
    """Lay the lines over the ground, in the colour of the ink or in one between it and the paper's."""
    if rng.random() < DARK_RULES:
        return lay_over(ground, rules, colours.ink, ink_strength)
    between = colours.paper + (colours.ink - colours.paper) * rng.uniform(0.1, 1.0, 3)
    return lay_over(ground, rules, np.clip(between, 0, 255).astype(np.float32), float(rng.uniform(0.25, 1)))


def _second_ink(paper: Colour, rng: np.random.Generator) -> Colour:
    return np.clip(paper + (choose_colours(rng).ink - paper), 0, 255)


def _draw_with_panels(
    ground: FloatImage, page: Page, colours: Colours, digit_px: float, rng: np.random.Generator
) -> FloatImage:
    """Draw panels of a dark colour with light writing, or the other way round, as the windows of meters have it."""
    panel = colours.ink if rng.random() < 0.6 else choose_colours(rng).ink
    in_panel = colours.paper if np.abs(panel - colours.paper).max() > 60 else 255 - panel
    image = lay_over(ground, page.panels, panel, 1.0)
    rule_colour = np.asarray(rng.uniform(0, 255, 3), np.float32)
    image = lay_over(image, page.rules, rule_colour, float(rng.uniform(0.3, 1)))
    writing = draw_unevenly(page.writing, digit_px, rng)
    inside = np.minimum(writing, page.panels)
    image = lay_over(image, writing - inside, colours.ink, 0.9)
    return lay_over(image, inside, in_panel, float(rng.uniform(0.7, 1)))
