"""The whole picture with a numbered box round each digit, so that `--digit N` can be chosen by looking."""

from __future__ import annotations

import cv2
import numpy as np

from digitreader.explain.explanation import Explanation
from digitreader.explain.tiles import AGAINST_BGR, FONT, FOR_BGR, INK_BGR, WEIGHT, text
from digitreader.outputs.lettering import Colour, Lettering
from digitreader.values import Box, ColourImage, GrayImage

SIDE_PX = 1200
"""The longer side of the picture, as it is drawn."""
STRIP_PX, MARGIN_PX = 40, 14
LABEL_PX = 18, 11
"""The height of a number: where there is room, and at least."""
LINE_PX = 2
NOTE = "The number at each box is the N of --digit N. Red: the digit that is explained."
WHITE: Colour = (255, 255, 255)


def draw_overview(explanation: Explanation) -> ColourImage:
    """Draw the picture, enlarged or reduced, with a numbered box round each digit and a note below: (H, W, 3) BGR."""
    canvas, zoom = _scaled(explanation.image)
    boxes = [_zoomed(reading.box, zoom) for reading in explanation.readings]
    label_px = max(LABEL_PX[1], min(LABEL_PX[0], round(0.35 * float(np.median([box.height for box in boxes])))))
    chosen = explanation.number - 1
    for at, box in enumerate(boxes):
        corner = box.x + box.width + LINE_PX, box.y + box.height + LINE_PX
        cv2.rectangle(canvas, (box.x - LINE_PX, box.y - LINE_PX), corner, _colour(at == chosen), LINE_PX, cv2.LINE_AA)
    # the numbers come last, so that no box's edge runs through one
    for at, box in enumerate(boxes):
        _draw_number(canvas, str(at + 1), box, _colour(at == chosen), label_px)
    return np.vstack([canvas, _strip(canvas.shape[1])])


def _scaled(image: ColourImage | GrayImage) -> tuple[ColourImage, float]:
    colour = cv2.cvtColor(image, cv2.COLOR_GRAY2BGR) if image.ndim == 2 else image
    zoom = SIDE_PX / max(image.shape[:2])
    how = cv2.INTER_AREA if zoom < 1 else cv2.INTER_CUBIC
    return np.array(cv2.resize(colour, None, fx=zoom, fy=zoom, interpolation=how), np.uint8), zoom


def _zoomed(box: Box, zoom: float) -> Box:
    return Box(*(round(each * zoom) for each in (box.x, box.y, box.width, box.height)))


def _colour(is_chosen: bool) -> Colour:
    return FOR_BGR if is_chosen else AGAINST_BGR


def _draw_number(canvas: ColourImage, number: str, box: Box, colour: Colour, height_px: int) -> None:
    """Draw a number on a filled ground above a box's upper left corner, moved into the picture where it stands out."""
    pad = max(2, height_px // 4)
    width, height = Lettering(number, height_px, weight=WEIGHT, font=FONT).width + 2 * pad + 1, height_px + 2 * pad
    left = min(max(0, box.x - LINE_PX - 1), canvas.shape[1] - width)
    bottom = max(height, box.y - LINE_PX)
    cv2.rectangle(canvas, (left, bottom - height), (left + width - 1, bottom - 1), colour, cv2.FILLED)
    text(canvas, number, (left + pad, bottom - pad), height_px=height_px, bold=True, colour=WHITE)


def _strip(width_px: int) -> ColourImage:
    strip = np.full((STRIP_PX, width_px, 3), WHITE, np.uint8)
    note = Lettering(NOTE, LABEL_PX[0] - 5, weight=WEIGHT, font=FONT).fitted(width_px - 2 * MARGIN_PX)
    note.draw(strip, (MARGIN_PX, STRIP_PX - MARGIN_PX), INK_BGR)
    return strip
