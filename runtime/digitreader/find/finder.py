"""Find: from a frame to the candidates for digits, in reading order. Only this file knows the order of its steps."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from digitreader.find.cropping import cut_ink, straighten
from digitreader.find.evidence import blots_near, keep_strokes, survey
from digitreader.find.illumination import dark_ink, darkness_of, ground_of, shrink_to_working_size, to_gray
from digitreader.find.joining import join_broken_strokes, usual_height
from digitreader.find.lines import groups_of, lay_out
from digitreader.find.marks import Labels, Marks, marks_of
from digitreader.find.rules import without_rules
from digitreader.find.selection import keep_digit_sized
from digitreader.find.settings import FindSettings
from digitreader.find.threshold import ink_mask
from digitreader.values import Box, Candidate, ColourImage, GrayImage


def find_digits(
    image: ColourImage | GrayImage,
    *,
    settings: FindSettings = FindSettings(),  # noqa: B008  frozen
) -> list[Candidate]:
    """Everything in an image that may be a digit, in reading order.

    Args:
        image: (H, W, 3) uint8 BGR or (H, W) uint8 gray, of any size.

    Returns:
        Candidates line by line from the top, each line from the left; boxes in pixels of `image`. Empty for a blank
        page.
    """
    gray, scale = shrink_to_working_size(to_gray(image), settings)
    gray = dark_ink(np.asarray(cv2.GaussianBlur(gray, (3, 3), 0), np.uint8), settings)
    darkness = darkness_of(gray, ground_of(gray, settings))
    mask = ink_mask(darkness, settings)
    clean = without_rules(mask)
    marks, labels = marks_of(clean, settings)
    page = survey(labels, darkness, mask, clean)
    strokes, blots = keep_strokes(join_broken_strokes(marks), page, settings)
    return candidates_of(darkness, labels, keep_digit_sized(strokes, settings), blots, scale)


def candidates_of(darkness: GrayImage, labels: Labels, marks: Marks, blots: Marks, scale: float) -> list[Candidate]:
    """Cut every mark out, in reading order."""
    layout = lay_out(marks.boxes)
    usual_px = usual_height(marks.boxes)
    clutter = blots_near(marks, blots)
    found: list[Candidate] = []
    for line, row in enumerate(layout.lines):
        boxes = marks.boxes[list(row)]
        for index, box, group in zip(row, boxes, groups_of(boxes), strict=True):
            x, y, width, height = (int(value) for value in box)
            ink = cut_ink(darkness, labels, (x, y, width, height), marks.members[index])
            ink = straighten(ink, tilt_rad=layout.tilt_rad)
            found.append(Candidate(scaled(box, scale), ink, line, group, usual_px, clutter[index]))
    return found


def scaled(box: npt.NDArray[np.int32], scale: float) -> Box:
    """A box of the working image as one of the frame."""
    x, y, width, height = (round(float(value) * scale) for value in box)
    return Box(x, y, width, height)
