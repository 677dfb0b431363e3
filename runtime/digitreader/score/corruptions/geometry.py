"""Corruptions that move ink: sheared, shrunk, turned, shifted; what leaves the image is lost, what enters is black."""

from __future__ import annotations

import math

import cv2
import numpy as np
import numpy.typing as npt

from digitreader.values import GrayImage

Linear = npt.NDArray[np.float64]
"""(2, 2) float64, where the unit vectors of x and y go."""


def shear(image: GrayImage, rng: np.random.Generator, *, angle_rad: float = 0.4) -> GrayImage:
    """Slant the digit to one side or the other, and make it taller by 1 / cos(angle); the middle stays where it is.

    Args:
        angle_rad: a level line moves to the side by tan(angle) of its height over the middle.
    """
    angle = either_way(rng, angle_rad)
    return about_middle(image, np.array([[1.0, math.tan(angle)], [0.0, 1.0 / math.cos(angle)]]))


def scale(image: GrayImage, rng: np.random.Generator, *, factor: float = 0.7) -> GrayImage:  # noqa: ARG001
    """Shrink the digit about the image's middle."""
    return about_middle(image, np.diag([factor, factor]))


def rotate(image: GrayImage, rng: np.random.Generator, *, angle_rad: float = 0.4) -> GrayImage:
    """Turn the digit one way or the other about the image's middle."""
    angle = either_way(rng, angle_rad)
    cos, sin = math.cos(angle), math.sin(angle)
    return about_middle(image, np.array([[cos, -sin], [sin, cos]]))


def translate(image: GrayImage, rng: np.random.Generator, *, shift_px: float = 3.0) -> GrayImage:
    """Shift the digit diagonally, to any of the four corners."""
    shift = np.array([[either_way(rng, shift_px)], [either_way(rng, shift_px)]])
    return warp(image, np.hstack([np.eye(2), shift]))


def either_way(rng: np.random.Generator, size: float) -> float:
    """The size with a sign by chance."""
    return size if rng.random() < 0.5 else -size


def about_middle(image: GrayImage, linear: Linear) -> GrayImage:
    """Map an image linearly; its middle stays."""
    middle = np.array([[(image.shape[1] - 1) / 2], [(image.shape[0] - 1) / 2]])
    return warp(image, np.hstack([linear, middle - linear @ middle]))


def warp(image: GrayImage, matrix: npt.NDArray[np.float64]) -> GrayImage:
    """Map an image by (2, 3); black enters."""
    return np.asarray(cv2.warpAffine(image, matrix, image.shape[::-1], flags=cv2.INTER_LINEAR), np.uint8)
