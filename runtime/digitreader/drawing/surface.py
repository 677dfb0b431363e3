"""A flat surface with signs on it, and the pictures that are taken of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
import numpy.typing as npt

from digitreader.drawing.scene import DigitBox, MarkBox, Scene, Scenery, photograph
from digitreader.drawing.sheet import DemoSettings, Sheet
from digitreader.drawing.view import SensorNoise, compress
from digitreader.drawing.writing import Hull, InkedDigit
from digitreader.values import Box, ColourImage, Ink

DIGITS = "0123456789"
Colour = tuple[float, float, float]
"""Blue, green, red, 0 to 255."""


def unlike(colours: npt.ArrayLike, kept: Sequence[Sequence[Colour]], *, least: float) -> bool:
    """Whether a set of colours differs from each of the kept sets by more than this in some channel.

    Args:
        colours: (N, 3), such as those of a digit and its ground.
        kept: sets of N colours in the same order.
        least: 0 to 255.
    """
    return all(np.abs(np.subtract(colours, each)).max() > least for each in kept)


@dataclass(frozen=True, slots=True, eq=False)
class Sign:
    """A sign on a surface.

    Attributes:
        sign: a digit, any other character, or "?" for what is between two digits.
        line: of the digits to be read, counted from 0.
        hull: corners round its ink, in the surface's pixels.
    """

    sign: str
    line: int
    hull: Hull


@dataclass(frozen=True, slots=True, eq=False)
class Surface:
    """A surface with signs, flat and evenly lit.

    Attributes:
        image: (H, W, 3) uint8 BGR.
        ink: (H, W) uint8, how much of each pixel is a sign's, printed or lit.
        signs: in reading order.
        text: its digits, a space between groups, a newline between lines.
    """

    image: ColourImage
    ink: Ink
    signs: tuple[Sign, ...]
    text: str


@dataclass(frozen=True, slots=True)
class Degradation:
    """How far a picture is from perfect: the most of each, of which chance takes a share.

    Attributes:
        tilt_deg: turned in the picture.
        perspective_deg: seen from aside.
        blur_px: standard deviation of the unsharpness.
        noise: standard deviation in grey levels.
        falloff: of the light towards one side, 0 to 1.
        jpeg: the chance that the picture was compressed.
    """

    tilt_deg: float = 4.0
    perspective_deg: float = 12.0
    blur_px: float = 1.3
    noise: float = 9.0
    falloff: float = 0.45
    jpeg: float = 0.5


def picture_of(
    surface: Surface,
    rng: np.random.Generator,
    *,
    size_wh: tuple[int, int],
    degradation: Degradation | None = None,
    fill: tuple[float, float] = (1.02, 1.1),
) -> Scene:
    """Photograph a surface.

    Args:
        surface: of about the form of the picture.
        rng: where light, pose, blur and noise come from.
        size_wh: of the picture, in pixels.
        degradation: the most that may be wrong with it.
        fill: the surface's size in pictures; from 1.0 on, nothing is seen beside it.
    """
    most = degradation or Degradation()
    settings = DemoSettings(
        sheet_fill=fill,
        tilt_deg=most.tilt_deg * rng.random(),
        perspective_deg=most.perspective_deg * rng.random(),
        blur_px=_share(most.blur_px, rng),
        noise=_share(most.noise, rng),
        light_falloff=most.falloff * rng.random(),
        shadow=0.5 * most.falloff * rng.random(),
        jpeg_quality=int(rng.integers(40, 96)) if rng.random() < most.jpeg else None,
    )
    shown = photograph(Scenery.draw(size_wh, rng, settings=settings), _as_sheet(surface), rng)
    return _with_marks(shown, surface)


def screenshot_of(surface: Surface, rng: np.random.Generator, *, degradation: Degradation | None = None) -> Scene:
    """A surface as a scanner or a program shows it: straight and evenly lit, perhaps unsharp, noisy or compressed."""
    most = degradation or Degradation()
    image, blur_px, noise = surface.image, _share(most.blur_px, rng), _share(most.noise, rng)
    if blur_px > 0.2:
        image = np.asarray(cv2.GaussianBlur(image, (0, 0), blur_px), np.uint8)
    size_wh = image.shape[1], image.shape[0]
    image = SensorNoise.draw(size_wh, rng, sigma=noise).add_to(image, rng)
    if rng.random() < most.jpeg:
        image = compress(image, int(rng.integers(40, 96)))
    boxes = [_box(sign.hull) for sign in surface.signs]
    shown = Scene(
        image, tuple(DigitBox(-1, box, sign.line) for sign, box in zip(surface.signs, boxes, strict=True)), ""
    )
    return _with_marks(shown, surface)


def rectangle_hull(x: float, y: float, width: float, height: float) -> Hull:
    """The corners of an upright rectangle."""
    return np.array([(x, y), (x + width, y), (x + width, y + height), (x, y + height)], np.float32)


def lerp(image: ColourImage, colour: Colour, cover: npt.NDArray[np.floating]) -> ColourImage:
    """Paint a colour over an image where it covers.

    Args:
        image: (H, W, 3) uint8.
        colour: what is painted.
        cover: (H, W) float, 0 to 1; a side of 1 is stretched.

    Returns:
        (H, W, 3) uint8, a new array.
    """
    share = cover.astype(np.float32)[:, :, None]
    mixed = image * (1.0 - share) + np.array(colour, np.float32) * share
    return np.asarray(np.clip(np.round(mixed), 0, 255), np.uint8)


def reading_text(signs: Sequence[str]) -> str:
    """What is to be read of lines of signs: their digits, one space where any others stand between two groups."""
    lines = ["".join(sign if sign in DIGITS else " " for sign in line).split() for line in signs]
    return "\n".join(" ".join(line) for line in lines if line)


def _share(most: float, rng: np.random.Generator) -> float:
    """Mostly little."""
    return float(most * rng.random() ** 1.6)


def _as_sheet(surface: Surface) -> Sheet:
    """Signs keep their order, so that their boxes can be told apart again."""
    return Sheet(surface.image, tuple(InkedDigit(-1, sign.line, sign.hull) for sign in surface.signs), surface.text)


def _box_inside(box: Box, size_wh: tuple[int, int]) -> Box | None:
    left, top = max(box.x, 0), max(box.y, 0)
    right, bottom = min(box.x + box.width, size_wh[0]), min(box.y + box.height, size_wh[1])
    return Box(left, top, right - left, bottom - top) if right > left and bottom > top else None


def _with_marks(shown: Scene, surface: Surface) -> Scene:
    """Part the boxes of the digits from those of the other signs; what lies out of view is left out."""
    size_wh = shown.image.shape[1], shown.image.shape[0]
    boxes, marks = [], []
    for sign, seen in zip(surface.signs, shown.boxes, strict=True):
        box = _box_inside(seen.box, size_wh)
        if box is not None and sign.sign in DIGITS:
            boxes.append(replace(seen, digit=int(sign.sign), box=box))
        elif box is not None:
            marks.append(MarkBox(sign.sign, box, sign.line))
    return Scene(shown.image, tuple(boxes), surface.text, tuple(marks))


def _box(hull: Hull) -> Box:
    left, top = (int(value) for value in np.floor(hull.min(axis=0)))
    right, bottom = (int(value) for value in np.ceil(hull.max(axis=0)))
    return Box(left, top, max(1, right - left), max(1, bottom - top))
