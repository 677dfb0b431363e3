"""Adjusting: a camera's settings as V4L2 takes them through OpenCV."""

from __future__ import annotations

import cv2

from digitreader.sources.capture import Capture
from digitreader.sources.settings import CameraSettings

MANUAL_EXPOSURE = 1.0
"""V4L2_EXPOSURE_MANUAL of V4L2_CID_EXPOSURE_AUTO (linux/v4l2-controls.h)."""
EXPOSURE_UNITS_PER_MS = 10
"""V4L2_CID_EXPOSURE_ABSOLUTE counts 100 us."""


def adjust(capture: Capture, settings: CameraSettings) -> list[str]:
    """Set what the user wants.

    Returns:
        The names of the settings that the camera does not take, or takes differently.
    """
    wishes = _wishes(settings)
    if settings.size_wh is not None or settings.fps is not None:
        # without compression USB 2 carries no more than five large pictures a second; cameras without it refuse it
        capture.adjust(cv2.CAP_PROP_FOURCC, float(cv2.VideoWriter.fourcc(*"MJPG")))
    taken = {name: [capture.adjust(*pair) for pair in wish] for name, wish in wishes.items()}
    return [name for name, each in taken.items() if not all(each)]


def _wishes(settings: CameraSettings) -> dict[str, list[tuple[int, float]]]:
    wishes: dict[str, list[tuple[int, float]]] = {}
    if settings.size_wh is not None:
        width, height = settings.size_wh
        wishes["size"] = [(cv2.CAP_PROP_FRAME_WIDTH, float(width)), (cv2.CAP_PROP_FRAME_HEIGHT, float(height))]
    if settings.fps is not None:
        wishes["fps"] = [(cv2.CAP_PROP_FPS, settings.fps)]
    if settings.exposure_ms is not None:
        units = float(max(round(settings.exposure_ms * EXPOSURE_UNITS_PER_MS), 1))
        wishes["exposure"] = [(cv2.CAP_PROP_AUTO_EXPOSURE, MANUAL_EXPOSURE), (cv2.CAP_PROP_EXPOSURE, units)]
    if settings.focus is not None:
        wishes["focus"] = [(cv2.CAP_PROP_AUTOFOCUS, 0.0), (cv2.CAP_PROP_FOCUS, settings.focus)]
    return wishes
