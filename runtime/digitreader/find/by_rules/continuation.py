"""Find: tell a piece of a line that fades in and out (a rule, a fold) from writing that such a line only crosses."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from digitreader.find.by_rules.threshold import Mask

Dark = npt.NDArray[np.bool_]
"""(H, W) bool, where a mark and its surroundings are at least half as dark as the mark itself."""

Rows = npt.NDArray[np.bool_]
"""(h,) bool, one for each row of pixels of a mark; turned, for each column."""

GOES_ON = 0.6
"""A row of pixels beside a mark belongs to a line where this share of it is dark."""
LEAN = 0.07
"""A line that crosses a mark rises or falls by at most this share of the mark's width."""
LEAST_REST = 0.45
"""Writing has at least this share of its ink off the lines that cross it."""
BAR = 0.2
"""A bar is at most so many times as wide as it is long, both as standard deviations."""
LEAST_VARIANCE = 1e-6
THREE_ROWS = np.ones((3, 1), np.uint8)


def is_piece_of_line(own: Mask, dark: Dark, corner: tuple[int, int]) -> bool:
    """Whether a mark is a piece of lines that go on beyond it, or one bar that does.

    Args:
        own: (h, w) uint8, 1 on the mark's pixels.
        dark: (H, W) bool, where the mark and its surroundings are at least half as dark as the mark.
        corner: row and column of `own` in `dark`.
    """
    through = lines_through(dark, corner, own.shape)
    off = own if through is None else own[~through]
    return bool(off.sum() < LEAST_REST * own.sum()) or is_long_bar(own, dark, corner)


def lines_through(dark: Dark, corner: tuple[int, int], shape: tuple[int, ...]) -> npt.NDArray[np.bool_] | None:
    """(h, w) bool: the pixels of a mark on level and upright lines that go on beyond its box; None where none does."""
    (row, column), (height, width) = corner, shape[:2]
    level = lines_beside(dark[row : row + height], column, width)
    upright = lines_beside(dark[:, column : column + width].T, row, height)
    if level is None:
        return None if upright is None else np.broadcast_to(upright, shape[:2])
    return np.broadcast_to(level[:, None], shape[:2]) if upright is None else level[:, None] | upright


def lines_beside(band: Dark, start: int, span: int) -> Rows | None:
    """The rows of a mark on lines that go on to its left or to its right; None where there are none.

    Args:
        band: (h, W), the rows that the mark stands in.
        start: the mark's first column; it is `span` columns wide.
    """
    thick = np.asarray(cv2.dilate(band.view(np.uint8), THREE_ROWS), np.uint8)
    left, right = going_on(thick[:, :start], span), going_on(thick[:, start + span :], span)
    if left is None or right is None:
        return right if left is None else left
    return left | right


def going_on(thick: Mask, span: int) -> Rows | None:
    """The rows of a strip beside a mark that belong to lines, and those that they reach across `span`; None for none.

    Args:
        thick: (h, w) uint8, 1 where it is dark, or in the row above or below.
    """
    if not thick.size:
        return None
    dark = cv2.reduce(thick, 1, cv2.REDUCE_SUM, dtype=cv2.CV_32S)
    if cv2.minMaxLoc(dark)[1] / thick.shape[1] < GOES_ON:  # as beside most marks
        return None
    lines = (np.asarray(dark, np.int32) / thick.shape[1] >= GOES_ON).view(np.uint8)
    reach = 2 * round(LEAN * span) + 1
    return np.asarray(cv2.dilate(lines, np.ones((reach, 1), np.uint8))[:, 0], bool)


def is_long_bar(own: Mask, dark: Dark, corner: tuple[int, int]) -> bool:
    """Whether a mark is a straight bar with darkness beyond either end."""
    if not is_bar(own):
        return False
    points = np.array(np.nonzero(own), np.float64)
    centre = points.mean(axis=1)
    points -= centre[:, None]
    covariance = np.dot(points, points.T.conj()) * np.true_divide(1, points.shape[1] - 1)
    along = np.linalg.eigh(covariance + LEAST_VARIANCE * np.eye(2))[1][:, 1]
    places = along @ points
    ends = (float(places.min()), float(places.max()))
    return any(dark_beyond(dark, centre + corner, along, end) >= GOES_ON for end in ends)


def is_bar(own: Mask) -> bool:
    """Whether a mark is much longer than wide: its narrowest variance is at most `BAR` squared of its widest.

    The sum of the two is the trace of the covariance and their product the determinant, so neither need be worked out.

    Args:
        own: (h, w) uint8, 1 on the mark's pixels.
    """
    moments = cv2.moments(own, binaryImage=True)
    across, down, both = (moments[key] for key in ("mu20", "mu02", "mu11"))
    slight = LEAST_VARIANCE * (moments["m00"] - 1)
    across, down = across + slight, down + slight
    return (across * down - both**2) * (1 + BAR**2) ** 2 <= BAR**2 * (across + down) ** 2


def dark_beyond(dark: Dark, centre: npt.NDArray[np.float64], along: npt.NDArray[np.float64], end: float) -> float:
    """The share of dark pixels on the way from one end of a bar straight on; 0 where the window ends."""
    steps = end + np.sign(end) * np.arange(3, 11)
    rows, columns = np.rint(centre[:, None] + along[:, None] * steps).astype(int)
    inside = (rows >= 0) & (rows < dark.shape[0]) & (columns >= 0) & (columns < dark.shape[1])
    return float(np.mean(dark[rows[inside], columns[inside]])) if inside.any() else 0.0
