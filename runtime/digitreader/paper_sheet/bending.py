"""Where the places of a sheet are seen that is not flat in its photograph: bowed paper, or a lens that bends lines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from typing import Literal

import cv2
import numpy as np
import numpy.typing as npt

from digitreader.paper_sheet.layout import Sheet, mark_middles, numbers_of
from digitreader.values import GrayImage

Places = npt.NDArray[np.float32]
"""(N, 2) float32, places (x, y) in millimetres on the sheet, or in pixels of the photograph."""
Matrix = npt.NDArray[np.float64]
"""(3, 3) float64, from millimetres to pixels."""

BOWS_MM = (1.5, -1.5, 3.0, -3.0, 4.5, -4.5, 6.0, -6.0)
"""Tried in turn where the bits cannot be read on a flat sheet; each square is 4 mm high."""
FINER_MM = np.arange(-1.5, 1.6, 0.25)
"""Tried about what the bits were read with."""
STEP_MM, BESIDE_MM = 0.5, 0.9
"""From place to place along a box's line, and from the line to the paper beside it."""
CLEARLY = 1.2
"""A bend is believed where it shows the boxes' lines so many times as dark as a flat sheet does."""


@dataclass(frozen=True, slots=True)
class Bend:
    """How a sheet is bent between its corner marks, which stay where they are.

    Attributes:
        kind: bowed paper is bent in one direction, everywhere alike; a lens bends all sides outwards, or all inwards.
        bow_mm: how far down the middle of the upper side is seen.
    """

    kind: Literal["paper", "lens"] = "paper"
    bow_mm: float = 0.0

    def seen(self, places: Places, sheet: Sheet) -> Places:
        """The places of a flat sheet that are seen where these, of the bent one, would be, in millimetres."""
        if not self.bow_mm:
            return places
        middle = np.array(sheet.size_mm, np.float32) / 2
        half = middle - np.array(mark_middles(sheet)[0], np.float32)
        across, down = ((places - middle) / half).T
        if self.kind == "paper":
            return np.asarray(places + np.stack([np.zeros_like(across), self.bow_mm * (1 - across**2)], axis=1))
        ratio = half[1] / half[0]
        inside = 1 - across**2 + ratio**2 * (1 - down**2)  # 0 at the marks, 1 in the middle of the upper side
        return np.asarray(places - self.bow_mm * np.stack([across / ratio, down], axis=1) * inside[:, None], np.float32)


FLAT = Bend()


def pixels_of(places: Places, sheet: Sheet, matrix: Matrix, bend: Bend) -> Places:
    """Where places of a sheet are in its photograph.

    Args:
        matrix: of the flat sheet.
    """
    seen = np.ascontiguousarray(bend.seen(places, sheet), np.float32)
    return np.asarray(cv2.perspectiveTransform(seen[:, None], matrix)[:, 0], np.float32)


def bend_of(gray: GrayImage, sheet: Sheet, matrix: Matrix, bow_mm: float) -> Bend:
    """How a sheet is bent, by where the lines of its boxes are seen.

    Args:
        gray: (H, W) uint8, the photograph.
        matrix: of the flat sheet.
        bow_mm: with which its bits were read.
    Source: a lens's distortion grows with the square of the distance from the middle; Brown, "Decentering Distortion
        of Lenses", 1966.
    """
    kinds: Sequence[Literal["paper", "lens"]] = ("paper", "lens")
    bends = [Bend(kind, float(bow_mm + more)) for kind, more in product(kinds, FINER_MM) if bow_mm + more]
    best = max(bends, key=lambda bend: _line_darkness(gray, sheet, matrix, bend))
    flat = _line_darkness(gray, sheet, matrix, FLAT)
    return best if bow_mm or _line_darkness(gray, sheet, matrix, best) > CLEARLY * max(flat, 0.0) + 1.0 else FLAT


def _line_darkness(gray: GrayImage, sheet: Sheet, matrix: Matrix, bend: Bend) -> float:
    """How much darker than the paper beside them the upper and lower lines of the boxes are, in levels of gray."""
    lines = []
    for field in (number.field for number in numbers_of(sheet)):
        x = np.arange(field.x, field.x + field.width, STEP_MM, dtype=np.float32)
        lines += [np.stack([x, np.full_like(x, y)], axis=1) for y in (field.y, field.y + field.height)]
    on = np.concatenate(lines)
    above, line, below = (
        _levels(gray, pixels_of(on + np.array([0, down], np.float32), sheet, matrix, bend))
        for down in (-BESIDE_MM, 0, BESIDE_MM)
    )
    # where something was written across a line, it is no darker than what is beside it
    return float(np.median(np.minimum(above, below) - line))


def _levels(gray: GrayImage, pixels: Places) -> npt.NDArray[np.float32]:
    return cv2.remap(gray, pixels[:, 0], pixels[:, 1], cv2.INTER_LINEAR).ravel().astype(np.float32)
