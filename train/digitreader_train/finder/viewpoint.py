"""A page that is turned, seen at an angle, and ends before the picture does."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from digitreader.values import Ink
from digitreader_train.finder.page import Page

Matrix = npt.NDArray[np.float64]
"""(3, 3), a perspective."""

LEVEL, STEEP = 0.3, 0.16
"""This share of the pages is seen straight from above; this share is turned by up to 30 degrees, the rest by a few."""
WITH_DESK = 0.25
"""On this share of the pictures a desk is seen beside the page."""


def turn_page(page: Page, rng: np.random.Generator) -> tuple[Page, Ink]:
    """Turn a page and look at it from an angle.

    Args:
        page: of S pixels a side; where a desk will be seen, what stands there is erased.
        rng: where every choice comes from.

    Returns:
        The turned page, and where its sheet lies: (S, S) uint8, 255 on the sheet and 0 on the desk.
    """
    matrix = choose_view(page.side_px, rng)
    sheet = np.full((page.side_px, page.side_px), 255, np.uint8)
    if rng.random() < WITH_DESK:
        sheet[: int(rng.uniform(0.1, 0.45) * page.side_px)] = 0
        sheet = np.ascontiguousarray(np.rot90(sheet, int(rng.integers(4))))
        page.erase(sheet == 0)
    return (page, sheet) if matrix is None else (warp_page(page, matrix), warp_picture(sheet, matrix))


def choose_view(side_px: int, rng: np.random.Generator) -> Matrix | None:
    """Draw from where a page of so many pixels a side is seen: a (3, 3) matrix, or None for straight from above."""
    degrees, reach = _choose_turn(rng)
    return _perspective(side_px, degrees, reach, rng) if degrees or reach else None


def _choose_turn(rng: np.random.Generator) -> tuple[float, float]:
    """By how many degrees, and how far the corners move besides, in sides of the page."""
    chance = rng.random()
    if chance < LEVEL:
        return 0.0, 0.0
    if chance < 1 - STEEP:
        return float(rng.normal(0, 3)), 0.06
    return float(rng.uniform(-30, 30)), 0.08


def _perspective(side_px: int, degrees: float, reach: float, rng: np.random.Generator) -> Matrix:
    """The (3, 3) matrix that turns a page about its middle and moves its corners."""
    corners = np.array([(0, 0), (side_px, 0), (side_px, side_px), (0, side_px)], np.float32)
    scale = float(np.exp(rng.normal(0, 0.04)))
    turn = cv2.getRotationMatrix2D((side_px / 2, side_px / 2), degrees, scale)
    moved = corners @ turn[:, :2].T + turn[:, 2] + rng.normal(0, reach * side_px / 3, (4, 2))
    return np.asarray(cv2.getPerspectiveTransform(corners, moved.astype(np.float32)), np.float64)


def warp_picture(picture: npt.NDArray[np.uint8], matrix: Matrix) -> npt.NDArray[np.uint8]:
    """Warp a picture of one or three channels; beyond its border it goes on as the border is."""
    size_wh = picture.shape[1], picture.shape[0]
    turned = cv2.warpPerspective(picture, matrix, size_wh, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(turned, np.uint8)


def warp_page(page: Page, matrix: Matrix) -> Page:
    """Warp each plane; owners take the nearest pixel, because a number between two digits is a third one."""
    size_wh = (page.side_px, page.side_px)
    four = cv2.merge([page.writing, page.digit_ink, page.any_ink, page.rules])  # one warp of four planes is faster
    four = cv2.warpPerspective(four, matrix, size_wh, flags=cv2.INTER_LINEAR)
    writing, digit_ink, any_ink, rules = (np.ascontiguousarray(four[:, :, at], np.uint8) for at in range(4))
    panels = np.asarray(cv2.warpPerspective(page.panels, matrix, size_wh, flags=cv2.INTER_LINEAR), np.uint8)
    owners = np.asarray(cv2.warpPerspective(page.owners, matrix, size_wh, flags=cv2.INTER_NEAREST), np.int16)
    return Page(writing, digit_ink, any_ink, rules, panels, owners=owners, labels=page.labels)
