"""A contact sheet: a row of examples of each class, as they are used."""

from __future__ import annotations

import cv2
import numpy as np

from digitreader.measure.data.own.digit_set import NONE, DigitSet
from digitreader.values import GrayImage

COLUMNS = 20
TILE_PX = 48
GAP_PX = 4
NAME_PX = 64
PAPER, TEXT = 64, 255


def draw_contact_sheet(digits: DigitSet) -> GrayImage:
    """Draw up to twenty pictures of each class, spread evenly over the set, white on black."""
    whole = digits.everything()
    classes = [label for label in range(NONE + 1) if label < NONE or (whole.labels == NONE).any()]
    step = TILE_PX + GAP_PX
    sheet = np.full((GAP_PX + len(classes) * step, NAME_PX + COLUMNS * step), PAPER, np.uint8)
    for row, label in enumerate(classes):
        top = GAP_PX + row * step
        _write_name(sheet, "none" if label == NONE else str(label), top)
        places = np.flatnonzero(whole.labels == label)
        chosen = places[np.linspace(0, len(places) - 1, min(COLUMNS, len(places))).astype(int)]
        for column, place in enumerate(chosen.tolist()):
            left = NAME_PX + column * step
            sheet[top : top + TILE_PX, left : left + TILE_PX] = _tile(whole.images[place])
    return sheet


def _tile(image: GrayImage) -> GrayImage:
    smaller = max(image.shape) > TILE_PX
    how = cv2.INTER_AREA if smaller else cv2.INTER_NEAREST
    return np.asarray(cv2.resize(image, (TILE_PX, TILE_PX), interpolation=how), np.uint8)


def _write_name(sheet: GrayImage, name: str, top: int) -> None:
    small = len(name) > 1
    at = (4 if small else 20, top + TILE_PX // 2 + 10)
    cv2.putText(sheet, name, at, cv2.FONT_HERSHEY_SIMPLEX, 0.6 if small else 1.0, TEXT, 2, cv2.LINE_AA)
