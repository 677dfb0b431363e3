"""Find: tell a piece of a line that fades in and out (a rule, a fold) from writing that such a line only crosses."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from digitreader.find.threshold import Mask

Dark = npt.NDArray[np.bool_]
"""(H, W) bool, where a mark and its surroundings are at least half as dark as the mark itself."""

GOES_ON = 0.6
"""A row of pixels beside a mark belongs to a line where this share of it is dark."""
LEAN = 0.07
"""A line that crosses a mark rises or falls by at most this share of the mark's width."""
LEAST_REST = 0.45
"""Writing has at least this share of its ink off the lines that cross it."""
BAR = 0.2
"""A bar is at most so many times as wide as it is long, both as standard deviations."""


def is_piece_of_line(own: Mask, dark: Dark, corner: tuple[int, int]) -> bool:
    """Whether a mark is a piece of lines that go on beyond it, or one bar that does.

    Args:
        own: (h, w) uint8, 1 on the mark's pixels.
        dark: (H, W) bool, where the mark and its surroundings are at least half as dark as the mark.
        corner: row and column of `own` in `dark`.
    """
    off = own[~lines_through(dark, corner, own.shape)]
    return bool(off.sum() < LEAST_REST * own.sum()) or is_long_bar(own, dark, corner)


def lines_through(dark: Dark, corner: tuple[int, int], shape: tuple[int, ...]) -> npt.NDArray[np.bool_]:
    """(h, w) bool: the pixels of a mark on level and upright lines that go on beyond its box."""
    (row, column), (height, width) = corner, shape[:2]
    beside = dark[row : row + height]
    across = dark[:, column : column + width].T
    level = going_on(beside[:, :column], width) | going_on(beside[:, column + width :], width)
    upright = going_on(across[:, :row], height) | going_on(across[:, row + height :], height)
    return level[:, None] | upright[None, :]


def going_on(strip: Dark, span: int) -> npt.NDArray[np.bool_]:
    """(h,) bool: the rows of a strip beside a mark that belong to lines, and those that they reach across `span`."""
    thick = strip.copy()
    thick[1:] |= strip[:-1]
    thick[:-1] |= strip[1:]
    lines: npt.NDArray[np.bool_] = np.add.reduce(thick, axis=1, dtype=np.intp) / max(1, strip.shape[1]) >= GOES_ON
    if not lines.any():  # as beside most marks
        return lines
    reach = 2 * round(LEAN * span) + 1
    return np.asarray(cv2.dilate(lines.view(np.uint8)[:, None], np.ones((reach, 1), np.uint8))[:, 0], bool)


def is_long_bar(own: Mask, dark: Dark, corner: tuple[int, int]) -> bool:
    """Whether a mark is a straight bar with darkness beyond either end."""
    rows, columns = np.nonzero(own)
    points = np.stack([rows, columns]).astype(np.float64)
    centre = points.mean(axis=1)
    spread, axes = np.linalg.eigh(np.cov(points) + 1e-6 * np.eye(2))
    if spread[0] > BAR**2 * spread[1]:
        return False
    along = axes[:, 1]
    places = along @ (points - centre[:, None])
    ends = [dark_beyond(dark, centre + corner, along, float(end)) for end in (places.min(), places.max())]
    return max(ends) >= GOES_ON


def dark_beyond(dark: Dark, centre: npt.NDArray[np.float64], along: npt.NDArray[np.float64], end: float) -> float:
    """The share of dark pixels on the way from one end of a bar straight on; 0 where the window ends."""
    steps = end + np.sign(end) * np.arange(3, 11)
    rows, columns = np.rint(centre[:, None] + along[:, None] * steps).astype(int)
    inside = (rows >= 0) & (rows < dark.shape[0]) & (columns >= 0) & (columns < dark.shape[1])
    return float(np.mean(dark[rows[inside], columns[inside]])) if inside.any() else 0.0
