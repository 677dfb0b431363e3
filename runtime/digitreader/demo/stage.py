"""The stage: desk, light and sensor, which stay while sheets come and go; and the way of the light through them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import cv2
import numpy as np
import numpy.typing as npt

from digitreader.demo.desk import draw_desk
from digitreader.demo.light import Light, draw_light
from digitreader.demo.sensor import SensorNoise, compress
from digitreader.demo.settings import DemoSettings
from digitreader.demo.sheet import Sheet
from digitreader.demo.view import Homography
from digitreader.errors import UsageError
from digitreader.values import ColourImage

BORDER_PX = 12
"""How much more of a scene is drawn at each side than one frame shows, so that the picture can wander."""


@dataclass(frozen=True, slots=True, eq=False)
class Stage:
    """What stays while sheets come and go: desk, light and sensor. Arrays are `BORDER_PX` larger at each side."""

    size_wh: tuple[int, int]
    desk: ColourImage
    light: Light
    noise: SensorNoise
    settings: DemoSettings

    @classmethod
    def draw(cls, size_wh: tuple[int, int], rng: np.random.Generator, *, settings: DemoSettings) -> Self:
        """Draw a stage for frames of a size.

        Raises:
            UsageError: the size is not one that numbers can be shown in.
        """
        if min(size_wh) < 32:
            raise UsageError(f"the demo cannot show numbers in {size_wh[0]}x{size_wh[1]} pixels; 32x32 is the least")
        wide_wh = size_wh[0] + 2 * BORDER_PX, size_wh[1] + 2 * BORDER_PX
        return cls(
            size_wh=size_wh,
            desk=draw_desk(wide_wh, rng),
            light=draw_light(wide_wh, rng, settings=settings),
            noise=SensorNoise.draw(size_wh, rng, sigma=settings.noise),
            settings=settings,
        )


def lay(desk: ColourImage, sheet: Sheet, matrix: Homography) -> ColourImage:
    """Lay a sheet onto the desk, with the shadow that it throws."""
    height, width = sheet.image.shape[:2]
    corners = np.array([[(0, 0), (width, 0), (width, height), (0, height)]], np.float32)
    seen = cv2.perspectiveTransform(corners, matrix)[0]
    shaded = _shade_round(desk, seen)
    # Corners beyond the picture's edge cost nothing: a transparent border leaves the desk as it is.
    size_wh, border = (desk.shape[1], desk.shape[0]), cv2.BORDER_TRANSPARENT
    cv2.warpPerspective(sheet.image, matrix, size_wh, dst=shaded, flags=cv2.INTER_LINEAR, borderMode=border)
    return shaded


def _shade_round(desk: ColourImage, corners: npt.NDArray[np.float32]) -> ColourImage:
    mask = np.full((desk.shape[0] // 4 + 1, desk.shape[1] // 4 + 1), 255, np.uint8)
    cv2.fillConvexPoly(mask, np.round(np.add(corners, (3, 6)) / 4).astype(np.int32), 90)
    mask = np.asarray(cv2.resize(cv2.blur(mask, (5, 5)), (desk.shape[1], desk.shape[0])))
    return np.asarray(cv2.multiply(desk, cv2.cvtColor(mask, cv2.COLOR_GRAY2BGR), scale=1 / 255), np.uint8)


def light_up(stage: Stage, image: ColourImage, streak: tuple[int, int] = (1, 1)) -> ColourImage:
    """Let the light fall on a picture and pass it through the lens.

    Args:
        stage: whose light and lens.
        image: (H, W, 3) uint8 of the stage's size.
        streak: how far things move during the exposure, in whole pixels across and down.
    """
    lit = cv2.multiply(image, stage.light, dtype=cv2.CV_8U)
    if stage.settings.blur_px > 0:
        lit = cv2.GaussianBlur(lit, (0, 0), stage.settings.blur_px)
    return np.asarray(lit if streak == (1, 1) else cv2.blur(lit, streak), np.uint8)


def expose(stage: Stage, lit: ColourImage, corner: tuple[float, float], rng: np.random.Generator) -> ColourImage:
    """Take one frame out of a lit scene.

    Args:
        stage: whose sensor.
        lit: (H, W, 3) uint8 of the stage's size.
        corner: x and y of the frame's upper left corner in the scene, 0 to twice `BORDER_PX`, fractions as well.
        rng: where the noise is moved.

    Returns:
        (H, W, 3) uint8 of the frame's size.
    """
    width, height = stage.size_wh
    middle = corner[0] + (width - 1) / 2, corner[1] + (height - 1) / 2
    image = stage.noise.add_to(np.asarray(cv2.getRectSubPix(lit, stage.size_wh, middle), np.uint8), rng)
    quality = stage.settings.jpeg_quality
    return image if quality is None else compress(image, quality)
