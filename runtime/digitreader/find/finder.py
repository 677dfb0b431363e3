"""Find: from a frame to the candidates for digits, in reading order. Only this file knows the order of its steps."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np

from digitreader.find.border import with_margin
from digitreader.find.components import Labels
from digitreader.find.cropping import cut_inks, straighten
from digitreader.find.drawn_lines import without_drawn_lines
from digitreader.find.enclosing import without_enclosures
from digitreader.find.evidence import Survey, blots_near, keep_strokes
from digitreader.find.illumination import bring_to_working_size, to_gray, written_darkness
from digitreader.find.joining import join_broken_strokes, usual_height
from digitreader.find.lines import groups_of, lay_out
from digitreader.find.marks import Marks, marks_of
from digitreader.find.rules import without_rules
from digitreader.find.selection import keep_digit_sized
from digitreader.find.settings import FindSettings
from digitreader.find.threshold import Mask, ink_mask
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
    gray, scale = bring_to_working_size(to_gray(image), settings)
    settings = enlarged(settings, scale)
    darkness = written_darkness(np.asarray(cv2.GaussianBlur(gray, (3, 3), 0), np.uint8), settings)
    mask = with_margin(ink_mask(darkness, settings))
    clean = without_rules(mask)
    marks, labels = free_marks(clean, settings)
    lineless = without_drawn_lines(clean, marks, labels)
    if lineless is not clean:
        clean = lineless
        marks, labels = free_marks(clean, settings)
    page = Survey(labels, darkness, mask, clean)
    strokes, blots = keep_strokes(join_broken_strokes(marks), page, settings)
    return candidates_of(page, keep_digit_sized(strokes, mask.shape, settings), blots, scale)


def candidates_of(page: Survey, marks: Marks, blots: Marks, scale: float) -> list[Candidate]:
    """Cut every mark out, in reading order."""
    layout = lay_out(marks.boxes)
    inks = cut_inks(page, marks)
    usual_px = usual_height(marks.boxes)
    clutter = blots_near(marks, blots)
    found: list[Candidate] = []
    for line, row in enumerate(layout.lines):
        boxes = marks.boxes[list(row)]
        for index, box, group in zip(row, boxes.tolist(), groups_of(boxes), strict=True):
            ink = straighten(inks[index], tilt_rad=layout.tilt_rad)
            found.append(Candidate(scaled(box, scale), ink, line, group, usual_px, clutter[index]))
    return found


def free_marks(clean: Mask, settings: FindSettings) -> tuple[Marks, Labels]:
    """The marks without those that stand round others, and the labels that they point into."""
    marks, labels = marks_of(clean, settings)
    return without_enclosures(marks, labels), labels


def enlarged(settings: FindSettings, scale: float) -> FindSettings:
    """The settings of an image that was enlarged: its least digits are as much larger as the image is."""
    if scale >= 1:
        return settings
    return replace(settings, least_height_px=round(settings.least_height_px / scale))


def scaled(box: list[int], scale: float) -> Box:
    """A box (x, y, width, height) of the working image as one of the frame."""
    x, y, width, height = (round(value * scale) for value in box)
    return Box(x, y, width, height)
