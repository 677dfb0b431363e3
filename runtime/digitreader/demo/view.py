"""The camera's view of a sheet: a plane turned in space, seen through a lens, and where its digits come to lie."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
import numpy.typing as npt

from digitreader.demo.settings import DemoSettings
from digitreader.demo.sheet import Sheet
from digitreader.demo.writing import Hull

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
