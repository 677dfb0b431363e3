"""Quarter turns: pictures turned clockwise, and boxes turned back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from digitreader.values import Box, Candidate, ColourImage, Frame, GrayImage, Page


def boxes_found(
    find: Callable[[ColourImage | GrayImage], Sequence[Candidate]], image: ColourImage | GrayImage, turn_deg: int
) -> list[Box]:
    """Where digits are found in a picture that is turned before it is looked at.

    Args:
        find: finds digits.
        image: (H, W, 3) or (H, W) uint8.
        turn_deg: 0, 90, 180 or 270 degrees clockwise.

    Returns:
        Boxes in the picture before it is turned.
    """
    size_wh = image.shape[1], image.shape[0]
    found = find(turned_image(image, turn_deg) if turn_deg else image)
    return [box_turned_back(each.box, size_wh, turn_deg) for each in found]


def turned(frame: Frame, turn_deg: int) -> Frame:
    """A frame turned clockwise by 0, 90, 180 or 270 degrees."""
    return replace(frame, image=turned_image(frame.image, turn_deg)) if turn_deg else frame


def turned_image(image: ColourImage | GrayImage, turn_deg: int) -> ColourImage | GrayImage:
    """A picture turned clockwise by 0, 90, 180 or 270 degrees; a new array."""
    return np.ascontiguousarray(np.rot90(image, -turn_deg // 90))


def turned_back(page: Page, frame: Frame, turn_deg: int) -> Page:
    """A page that was read in a turned picture, with its boxes in the picture as it was taken.

    Args:
        page: of the turned picture.
        frame: before it was turned.
        turn_deg: how it was turned, 90, 180 or 270 degrees clockwise.
    """
    height, width = (round(side * frame.scale) for side in frame.image.shape[:2])
    lines = tuple(line.with_boxes(lambda box: box_turned_back(box, (width, height), turn_deg)) for line in page.lines)
    return replace(page, lines=lines, turned_deg=turn_deg)


def box_turned_back(box: Box, size_wh: tuple[int, int], turn_deg: int) -> Box:
    """A box of a turned picture as one of the picture before.

    Args:
        box: in the turned picture.
        size_wh: of the picture before it was turned.
        turn_deg: how it was turned, 0, 90, 180 or 270 degrees clockwise.
    """
    width, height = size_wh
    if turn_deg == 90:
        return Box(box.y, height - box.x - box.width, box.height, box.width)
    if turn_deg == 180:
        return Box(width - box.x - box.width, height - box.y - box.height, box.width, box.height)
    if turn_deg == 270:
        return Box(width - box.y - box.height, box.x, box.height, box.width)
    return box
