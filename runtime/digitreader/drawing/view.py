"""How a camera sees a sheet: its place, the light, the sensor's noise."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Self

import cv2
import numpy as np
import numpy.typing as npt

from digitreader.drawing.sheet import DemoSettings, Sheet
from digitreader.drawing.writing import Hull
from digitreader.values import ColourImage

Light = npt.NDArray[np.float32]
"""(H, W, 3) float32, the share of each channel that reaches the camera, about 0 to 1."""

Grid = npt.NDArray[np.float32]


def draw_light(size_wh: tuple[int, int], rng: np.random.Generator, *, settings: DemoSettings) -> Light:
    """Draw how a scene is lit.

    Returns:
        (height, width, 3) float32, 1.0 about where it is brightest.
    """
    width, height = size_wh
    x = np.linspace(-1.0, 1.0, width, dtype=np.float32)[None, :]
    y = np.linspace(-1.0, 1.0, height, dtype=np.float32)[:, None]
    light = _falloff(x, y, settings.light_falloff, rng) * _shadow(x, y, settings.shadow, rng)
    warmth = rng.uniform(-0.05, 0.07)
    colour = np.array([1.0 - warmth, 1.0, 1.0 + 0.6 * warmth], np.float32) * np.float32(rng.uniform(0.9, 1.02))
    return np.asarray(light[:, :, None] * colour, np.float32)


def _falloff(x: Grid, y: Grid, falloff: float, rng: np.random.Generator) -> Grid:
    """Dimmer with the square of the distance from a lamp that stands somewhere at the side."""
    lamp_x, lamp_y = rng.uniform(-1.1, 1.1), rng.uniform(-1.2, 0.2)
    distance = (x - np.float32(lamp_x)) ** 2 + (y - np.float32(lamp_y)) ** 2
    vignette = 0.25 * (x**2 + y**2) / 2.0
    dark = 0.75 * distance / distance.max() + vignette
    return np.asarray(1.0 - np.float32(falloff) * (dark - dark.min()), np.float32)


def _shadow(x: Grid, y: Grid, depth: float, rng: np.random.Generator) -> Grid:
    """A half-plane of shade with a soft, slightly curved edge, as a head or an arm throws it."""
    angle = rng.uniform(0.0, 2.0 * np.pi)
    along = np.float32(np.cos(angle)) * x + np.float32(np.sin(angle)) * y
    across = np.float32(np.cos(angle)) * y - np.float32(np.sin(angle)) * x
    edge = along - np.float32(rng.uniform(0.1, 0.6)) + np.float32(rng.uniform(-0.3, 0.3)) * across**2
    softness = np.float32(rng.uniform(0.03, 0.16))
    return np.asarray(1.0 - np.float32(depth) / (1.0 + np.exp(-np.clip(edge / softness, -30, 30))), np.float32)


SPARE_PX = 61
"""How far the noise can be moved before it is where it was."""


@dataclass(frozen=True, slots=True, eq=False)
class SensorNoise:
    """Noise somewhat larger than a frame, its positive and its negative part.

    Two saturating additions of bytes cost a hundredth of drawing new noise.
    """

    above: ColourImage
    below: ColourImage

    @classmethod
    def draw(cls, size_wh: tuple[int, int], rng: np.random.Generator, *, sigma: float) -> Self:
        """Draw noise: fine in brightness, blotched in colour, as a webcam's is.

        Args:
            size_wh: of the frames.
            rng: where the noise comes from.
            sigma: standard deviation in grey levels.
        """
        shape = size_wh[1] + SPARE_PX, size_wh[0] + SPARE_PX
        fine = rng.standard_normal(shape, np.float32)[:, :, None]
        blotches = rng.standard_normal((shape[0] // 2 + 1, shape[1] // 2 + 1, 3), np.float32)
        noise = sigma * (0.8 * fine + 0.7 * cv2.resize(blotches, (shape[1], shape[0]), interpolation=cv2.INTER_LINEAR))
        above = np.clip(np.round(noise), 0, 255).astype(np.uint8)
        return cls(above=above, below=np.clip(np.round(-noise), 0, 255).astype(np.uint8))

    def add_to(self, image: ColourImage, rng: np.random.Generator) -> ColourImage:
        """Add the noise, at a place drawn by chance.

        Args:
            image: (H, W, 3) uint8 of the size that the noise was drawn for.
            rng: where the place comes from.

        Returns:
            (H, W, 3) uint8, a new array.
        """
        height, width = image.shape[:2]
        y, x = (int(place) for place in rng.integers(0, SPARE_PX, 2))
        part = np.s_[y : y + height, x : x + width]
        return np.asarray(cv2.subtract(cv2.add(image, self.above[part]), self.below[part]), np.uint8)


def compress(image: ColourImage, quality: int) -> ColourImage:
    """Leave the traces of JPEG compression in a picture.

    Args:
        image: (H, W, 3) uint8.
        quality: 1 to 100.
    """
    packed = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
    return np.asarray(cv2.imdecode(packed, cv2.IMREAD_COLOR), np.uint8)


Homography = npt.NDArray[np.float64]
"""(3, 3) float64, takes sheet pixels to frame pixels."""

Bounds = npt.NDArray[np.float32]
"""(N, 4) float32, the left, top, right and bottom of N digits, in pixels."""

FOCAL = 1.6
"""The focal length in units of the sheet's longer side: an ordinary webcam's."""


@dataclass(frozen=True, slots=True)
class Pose:
    """How a sheet lies before the camera.

    Attributes:
        tilt: its rotation in the picture, in radians, clockwise.
        pitch: how far its upper edge leans away, in radians.
        yaw: how far its right edge leans away, in radians.
        fill: the sheet's size; 1.0 is as large as the frame.
        centre: where its middle is seen, in frame widths and heights.
    """

    tilt: float = 0.0
    pitch: float = 0.0
    yaw: float = 0.0
    fill: float = 1.0
    centre: tuple[float, float] = (0.5, 0.5)


def draw_pose(sheet: Sheet, rng: np.random.Generator, *, frame_wh: tuple[int, int], settings: DemoSettings) -> Pose:
    """Draw how a sheet is held: as the settings say, and so that all its digits are in view."""
    lean = np.radians(settings.perspective_deg)
    pose = Pose(
        tilt=float(np.radians(rng.uniform(-settings.tilt_deg, settings.tilt_deg))),
        pitch=float(rng.uniform(0.2, 1.0) * lean),  # a camera looks from where the reader sits, from below
        yaw=float(rng.uniform(-0.5, 0.5) * lean),
        fill=float(rng.uniform(*settings.sheet_fill)),
        centre=(0.5 + float(rng.normal(0.0, 0.02)), 0.5 + float(rng.normal(0.0, 0.02))),
    )
    while not _in_view(sheet, pose, frame_wh) and pose.fill > 0.3:
        pose = replace(pose, fill=0.94 * pose.fill)
    return pose


def _in_view(sheet: Sheet, pose: Pose, frame_wh: tuple[int, int]) -> bool:
    if not sheet.digits:
        return True
    bounds = digit_bounds(sheet, homography(sheet, pose, frame_wh=frame_wh))
    edge = 0.02 * frame_wh[1]
    return bool(bounds[:, :2].min() > edge and (bounds[:, 2:] < np.subtract(frame_wh, edge)).all())


def homography(sheet: Sheet, pose: Pose, *, frame_wh: tuple[int, int], offset: float = 0.0) -> Homography:
    """How a sheet is mapped into the picture.

    Args:
        sheet: what is mapped.
        pose: how it lies.
        frame_wh: of the picture, in pixels.
        offset: how many pixels the picture has been widened by at its left and at its top.

    Source: a pinhole camera before a turned plane; Hartley and Zisserman, "Multiple View Geometry", 8.1.
    """
    height, width = sheet.image.shape[:2]
    scale = pose.fill * max(frame_wh) / max(width, height)
    corners = np.array([(-width, -height), (width, -height), (width, height), (-width, height)], np.float64) / 2
    turned = np.column_stack([corners, np.zeros(4)]) @ _rotation(pose).T
    depth = 1.0 + turned[:, 2:] / (FOCAL * max(width, height))
    seen = turned[:, :2] / depth * scale + np.multiply(pose.centre, frame_wh) + offset
    flat = np.add(corners, (width / 2, height / 2))
    return np.asarray(cv2.getPerspectiveTransform(flat.astype(np.float32), seen.astype(np.float32)), np.float64)


def _rotation(pose: Pose) -> npt.NDArray[np.float64]:
    axes = (-pose.pitch, 0.0, 0.0), (0.0, -pose.yaw, 0.0), (0.0, 0.0, pose.tilt)
    about_x, about_y, about_z = (cv2.Rodrigues(np.array(axis))[0] for axis in axes)
    return np.asarray(about_x @ about_y @ about_z, np.float64)


def digit_bounds(sheet: Sheet, matrix: Homography) -> Bounds:
    """The rectangle round each digit's ink as it is seen.

    Returns:
        (N, 4) float32, in the sheet's order of digits.
    """
    return _hull_bounds([digit.hull for digit in sheet.digits], matrix)


def mark_bounds(sheet: Sheet, matrix: Homography) -> Bounds:
    """The rectangle round each mark's ink as it is seen, as `digit_bounds`."""
    return _hull_bounds([mark.hull for mark in sheet.marks], matrix)


def _hull_bounds(hulls: Sequence[Hull], matrix: Homography) -> Bounds:
    if not hulls:
        return np.zeros((0, 4), np.float32)
    seen = [cv2.perspectiveTransform(hull[:, None], matrix)[:, 0] for hull in hulls]
    return np.array([(*hull.min(axis=0), *hull.max(axis=0)) for hull in seen], np.float32)
