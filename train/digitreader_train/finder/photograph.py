"""Turns a page into a photograph: its colours, the ground, lines and ink, the light on all of it, lens and sensor."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from digitreader.values import ColourImage, Ink
from digitreader_train.finder.page import Layout, Page
from digitreader_train.finder.textures import draw_texture, smooth_noise

Colour = npt.NDArray[np.float32]
"""(3,) float32, blue, green, red, 0..255."""

LEAST_CONTRAST = 42
"""In at least one channel paper and ink differ by so much."""


@dataclass(frozen=True, slots=True, eq=False)
class Colours:
    """The two colours of a page."""

    paper: Colour
    ink: Colour


def choose_colours(rng: np.random.Generator, *, on_screen: float = 0.0) -> Colours:
    """Draw the colours of paper and ink, which differ enough to be read.

    Args:
        rng: where they come from.
        on_screen: the share of pages that are always light on dark.
    """
    chosen = _screen_colours(rng) if on_screen > 0 and rng.random() < on_screen else _any_colours(rng)
    paper, ink = (np.clip(colour, 0, 255).astype(np.float32) for colour in chosen)
    if np.abs(paper - ink).max() < LEAST_CONTRAST:
        ink = np.where(paper > 127, paper * 0.5, 255 - (255 - paper) * 0.5).astype(np.float32)
    return Colours(paper, ink)


def _any_colours(rng: np.random.Generator) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Paper and ink as they come: (3,) each, not yet clipped."""
    chance = rng.random()
    if chance < 0.5:  # a pen on paper
        paper = rng.uniform(150, 255) + rng.normal(0, 8, 3)
        return paper, paper * (0.03 + 0.69 * rng.uniform() ** 1.5) + rng.normal(0, 8, 3)
    if chance < 0.68:  # a coloured pen on paper
        paper = rng.uniform(170, 255) + rng.normal(0, 8, 3)
        return paper, paper * rng.uniform(0.1, 1.0, 3)
    return _screen_colours(rng) if chance < 0.82 else (rng.uniform(0, 255, 3), rng.uniform(0, 255, 3))


def _screen_colours(rng: np.random.Generator) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Light on dark: chalk, screens, the images of data sets."""
    paper = rng.uniform(0, 110) + rng.normal(0, 8, 3)
    return paper, paper + rng.uniform(60, 255 - paper.mean()) + rng.normal(0, 12, 3)


FloatImage = npt.NDArray[np.float32]
"""(S, S, 3) float32, blue, green, red, about 0..255."""
FROM_BACK, SHINES_THROUGH = 0.7, (0.03, 0.25)
"""This share of what shines through stands on the back of the paper; and so much of its ink is seen."""


def lay_over(image: FloatImage, layer: Ink, colour: Colour, strength: float) -> FloatImage:
    """Lay a colour over an image.

    Args:
        image: (S, S, 3) float32.
        layer: (S, S) uint8, how much of each pixel the colour covers.
        colour: blue, green, red, 0..255.
        strength: 1 where the colour lets nothing show through, less where it does.

    Returns:
        (S, S, 3) float32, a new array.
    """
    share = layer.astype(np.float32)[:, :, None] * np.float32(strength / 255)
    return np.asarray(image + (colour - image) * share, np.float32)


def draw_unevenly(writing: Ink, digit_px: float, rng: np.random.Generator) -> Ink:
    """Let the ink of some pages change along the strokes, as of a pencil, a dry pen or on rough paper.

    Args:
        writing: (S, S) uint8.
        digit_px: height of the digits.
        rng: where every choice comes from.

    Returns:
        (S, S) uint8; half of the pages come back unchanged.
    """
    chance = rng.random()
    if chance > 0.5:
        return writing
    wave_px = max(6.0, min(digit_px, 100) * float(rng.uniform(0.2, 1.0)))
    depth = float(rng.uniform(0.1, 0.75))
    share = 1 - depth * (0.5 + 0.5 * smooth_noise(rng, writing.shape[0], wave_px))
    if chance < 0.2:  # the grain of the paper breaks the strokes
        share = share * (1 - float(rng.uniform(0, 0.6)) * rng.random(writing.shape, np.float32))
    return np.asarray(np.clip(writing * np.clip(share, 0.2, 1), 0, 255), np.float32).astype(np.uint8)


def show_back(ground: FloatImage, writing: Ink, ink: Colour, rng: np.random.Generator) -> FloatImage:
    """Let writing shine through, blurred and faint: mirrored from the back, or as it is from the sheet below."""
    seen = writing[:, ::-1] if rng.random() < FROM_BACK else writing
    blurred = cv2.GaussianBlur(np.ascontiguousarray(seen), (0, 0), float(rng.uniform(0.7, 3)))
    down, right = (int(shift) for shift in rng.integers(-60, 60, 2))
    behind = np.roll(np.asarray(blurred, np.uint8), (down, right), (0, 1))
    return lay_over(ground, behind, ink, float(rng.uniform(*SHINES_THROUGH)))


UNEVEN_LIGHT = 0.6
"""On this share of the scenes the light is not the same everywhere; of those ..."""
SHADOWS, CREASES = 0.3, 0.1
"""... these shares have the edge of a shadow and a crease in the paper."""


def light_up(image: FloatImage, sheet: Ink, rng: np.random.Generator) -> ColourImage:
    """Lay a page on a desk and let light fall on both.

    Args:
        image: (S, S, 3) float32, the page.
        sheet: (S, S) uint8, 255 where the page is, 0 where the desk is seen.
        rng: where every choice comes from.

    Returns:
        (S, S, 3) uint8 BGR.
    """
    side_px = sheet.shape[0]
    if sheet.min() < 255:
        desk = draw_texture(rng, side_px).astype(np.float32)
        share = (sheet.astype(np.float32) / 255)[:, :, None]
        image = np.asarray(desk + (image - desk) * share, np.float32)
    if rng.random() < UNEVEN_LIGHT:
        image = image * _light(rng, side_px)
    return np.clip(image, 0, 255).astype(np.uint8)


def _light(rng: np.random.Generator, side_px: int) -> npt.NDArray[np.float32]:
    """Factors on the brightness: (S, S, 1) float32; light falls off to one side."""
    y, x = np.mgrid[-1 : 1 : side_px * 1j, -1 : 1 : side_px * 1j].astype(np.float32)
    angle = float(rng.uniform(0, 2 * np.pi))
    along = np.cos(angle) * x + np.sin(angle) * y
    light = 1 - float(rng.uniform(0, 0.45)) * (along + 1) / 2
    if rng.random() < SHADOWS:
        edge = (along - float(rng.uniform(-0.7, 0.7))) / float(np.exp(rng.uniform(-4.5, -1)))
        light = light * (1 - float(rng.uniform(0.1, 0.55)) / (1 + np.exp(-np.clip(edge, -30, 30))))
    if rng.random() < CREASES:
        across = np.cos(angle + 1) * x + np.sin(angle + 1) * y
        crease = np.exp(-(across**2) / float(rng.uniform(0.0003, 0.01)))
        light = light * (1 - float(rng.uniform(-0.1, 0.25)) * crease)
    return np.asarray(light, np.float32)[:, :, None]


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
GRIDS_ON_SCREEN = 0.5
"""This share of the grids of digits is light on dark."""
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
    colours = choose_colours(rng, on_screen=GRIDS_ON_SCREEN if layout.kind == "grid" else 0.0)
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


GRAINY, COMPRESSED = 0.65, 0.25
"""Shares of the pictures."""


def lower_quality(image: ColourImage, rng: np.random.Generator) -> ColourImage:
    """Change a clean picture as cameras do.

    Args:
        image: (S, S, 3) uint8 BGR.
        rng: where every choice comes from.

    Returns:
        (S, S, 3) uint8.
    """
    image = _change_sharpness(image, rng)
    if rng.random() < GRAINY:
        image = _add_grain(image, rng)
    if rng.random() < COMPRESSED:
        _, packed = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(25, 95))])
        image = np.asarray(cv2.imdecode(packed, cv2.IMREAD_COLOR), np.uint8)
    return image


def _change_sharpness(image: ColourImage, rng: np.random.Generator) -> ColourImage:
    """Blur, shake, sharpen, or enlarge from half the size; more than a quarter of the pictures stay as they are."""
    chance = rng.random()
    if chance < 0.5:
        return np.asarray(cv2.GaussianBlur(image, (0, 0), float(rng.uniform(0.3, 1.3))), np.uint8)
    if chance < 0.56:
        return np.asarray(cv2.blur(image, (int(rng.integers(1, 4)), int(rng.integers(1, 4)))), np.uint8)
    if chance < 0.62:
        soft = cv2.GaussianBlur(image, (0, 0), 1.0)
        return np.asarray(cv2.addWeighted(image, 2.0, soft, -1.0, 0), np.uint8)
    if chance < 0.72:
        small = cv2.resize(image, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
        return np.asarray(cv2.resize(small, image.shape[1::-1], interpolation=cv2.INTER_LINEAR), np.uint8)
    return image


def _add_grain(image: ColourImage, rng: np.random.Generator) -> ColourImage:
    """Add noise, the same in all channels or not."""
    sigma = float(np.exp(rng.uniform(-0.7, 2.7)))
    channels = 1 if rng.random() < 0.5 else 3
    grain = rng.standard_normal((*image.shape[:2], channels), np.float32) * sigma
    return np.clip(image + grain, 0, 255).astype(np.uint8)
