"""Seven-segment displays: dark on light or glowing, with unlit segments, points, blank places and what is no digit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np

from digitreader.demo import Scene
from digitreader.drawing.display_front import draw_front, draw_glare
from digitreader.drawing.display_places import draw_places
from digitreader.drawing.display_style import DisplayStyle, draw_display_style, with_typeface
from digitreader.drawing.segments import NO_DIGIT
from digitreader.drawing.surface import Spoiling, Surface, lerp, picture_of, reading_text
from digitreader.drawing.typeface import Typeface
from digitreader.drawing.typefaces import displays
from digitreader.values import ColourImage, Ink

OF_A_TYPEFACE = 0.4
"""This share of displays kept back is drawn with a typeface, where there are such."""


def draw_display(
    rng: np.random.Generator,
    *,
    held_back: bool,
    size_wh: tuple[int, int] = (640, 480),
    height_px: tuple[float, float] = (20.0, 160.0),
    no_digits: float = 0.12,
    typefaces: Sequence[Typeface] = (),
    spoiling: Spoiling | None = None,
) -> Scene:
    """Draw one picture of a display.

    Args:
        rng: where every choice comes from.
        held_back: a make that is never practised with.
        size_wh: of the picture, in pixels.
        height_px: the least and the most height of a digit.
        no_digits: the chance that a place shows a letter, a minus or nonsense instead of a digit.
        typefaces: for the print round the display, none where there are none; those that are displays themselves are
            only used for displays that are kept back.
        spoiling: the most that may be wrong with the picture.
    """
    style = draw_display_style(rng, held_back=held_back)
    faces = displays(typefaces) if held_back else ()
    if faces and rng.random() < OF_A_TYPEFACE:
        style = with_typeface(style, faces[int(rng.integers(len(faces)))])
    text = draw_display_text(rng, no_digits)
    least, most = height_px
    most = max(least, min(most, 0.55 * size_wh[1], 0.8 * size_wh[0] / (2 * style.pitch)))
    digit_px = float(np.exp(rng.uniform(np.log(least), np.log(most))))
    # What does not fit is left out in front, where the blank places are
    text = text[-max(1, int((0.86 * size_wh[0] / digit_px - 0.5) / style.pitch)) :]
    print_faces = [face for face in typefaces if not face.segments]
    surface = display_surface(rng, text, style, size_wh=size_wh, digit_px=digit_px, typefaces=print_faces)
    return picture_of(surface, rng, size_wh=size_wh, spoiling=spoiling, fill=(0.9, 1.1))


def display_surface(
    rng: np.random.Generator,
    text: Sequence[str],
    style: DisplayStyle,
    *,
    size_wh: tuple[int, int],
    digit_px: float,
    typefaces: Sequence[Typeface] = (),
) -> Surface:
    """The front of a device with a display.

    Args:
        rng: where its housing and the print come from.
        text: one a place: a digit, a key of `NO_DIGIT`, " ", or "?" for nonsense; "." or ":" may follow.
        style: the make.
        size_wh: in pixels.
        digit_px: how high a digit is.
        typefaces: for the print round the display.
    """
    wide_px = digit_px * (style.pitch * (len(text) - 1) + style.segments.width + _lean(style))
    left = (size_wh[0] - wide_px) * float(rng.uniform(0.35, 0.65))
    top = (size_wh[1] - digit_px) * float(rng.uniform(0.35, 0.65))
    window = (left, top, wide_px, digit_px)
    image, print_ink, printed = draw_front(
        rng, window, size_wh=size_wh, ground=style.palette.ground, typefaces=typefaces
    )
    lit, unlit, signs = draw_places(rng, text, style, size_wh=size_wh, corner=(left, top), digit_px=digit_px)
    image = _light(image, lit, unlit, style, digit_px)
    image = draw_glare(image, rng, window)
    line = 0 if any(sign.sign.isdigit() for sign in signs) else 1
    marks = tuple(replace(sign, line=line) for sign in printed)
    shown = reading_text(["".join(place[0] if place[0].isdigit() else " " for place in text)])
    return Surface(image, np.maximum(lit, print_ink), (*signs, *marks), shown)


def _light(image: ColourImage, lit: Ink, unlit: Ink, style: DisplayStyle, digit_px: float) -> ColourImage:
    """Put segments onto a display; those that glow spread light round them, and burn out in their middle."""
    cover, faint = lit.astype(np.float32) / 255, unlit.astype(np.float32) / 255
    image = lerp(image, style.palette.lit, style.unlit * faint)
    if not style.palette.glows:
        image = lerp(image, (0.0, 0.0, 0.0), 0.15 * np.roll(cover, (max(1, round(digit_px / 40)),) * 2, (0, 1)))
        return lerp(image, style.palette.lit, cover * np.float32(0.96))
    near = cv2.GaussianBlur(cover, (0, 0), 0.05 * digit_px)
    far = cv2.GaussianBlur(cover, (0, 0), 0.22 * digit_px)
    glow = style.bloom * (0.45 * near + 0.4 * far)
    image = lerp(image, style.palette.lit, np.clip(cover + glow, 0, 1).astype(np.float32))
    burnt = np.clip(style.bloom * 0.9 * cover * np.asarray(near) - 0.15, 0, 0.75)
    return lerp(image, (255.0, 255.0, 255.0), burnt.astype(np.float32))


def draw_display_text(rng: np.random.Generator, no_digits: float) -> list[str]:
    """What a display shows, as `display_surface` takes it: two to eight places, blank ones before the first digit."""
    count = int(rng.integers(2, 9))
    blanks = int(rng.integers(1, count)) if rng.random() < 0.25 else 0
    places = [" "] * blanks
    for _ in range(count - blanks):
        other = rng.random() < no_digits
        places.append(str(rng.choice((*NO_DIGIT, *"?" * 8))) if other else str(rng.integers(0, 10)))
    if rng.random() < 0.65 and count > 1:
        at = int(rng.integers(blanks, count)) if blanks < count else count - 1
        places[at] += "." if at == count - 1 else str(rng.choice((".", ".", ":")))
    return places


def _lean(style: DisplayStyle) -> float:
    return float(np.tan(np.radians(style.segments.slant_deg)))
