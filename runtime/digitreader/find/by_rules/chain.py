"""Find by rules: the order of the steps from a picture to strokes that may be digits."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import cv2
import numpy as np

from digitreader.find.by_rules.border import with_margin
from digitreader.find.by_rules.components import Labels
from digitreader.find.by_rules.cropping import cut_inks
from digitreader.find.by_rules.drawn_lines import without_drawn_lines
from digitreader.find.by_rules.enclosing import without_enclosures
from digitreader.find.by_rules.evidence import Survey, keep_strokes
from digitreader.find.by_rules.illumination import bring_to_working_size, written_darkness
from digitreader.find.by_rules.joining import join_broken_strokes
from digitreader.find.by_rules.marks import Marks, marks_of
from digitreader.find.by_rules.rules import without_rules
from digitreader.find.by_rules.selection import keep_digit_sized
from digitreader.find.by_rules.settings import FindSettings
from digitreader.find.by_rules.threshold import Mask, ink_mask
from digitreader.paper_light import to_gray
from digitreader.values import Box, ColourImage, GrayImage, Ink


class Stroke(NamedTuple):
    """Ink that may be a digit: where it is in the picture, and (h, w) uint8 of it alone, white on black."""

    box: Box
    ink: Ink


def strokes_in(image: ColourImage | GrayImage) -> list[Stroke]:
    """Everything in an image that by its form may be a digit, in no order.

    Args:
        image: (H, W, 3) uint8 BGR or (H, W) uint8 gray, of any size.
    """
    settings = FindSettings()
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
    found, _ = keep_strokes(join_broken_strokes(marks), page, settings)
    kept = keep_digit_sized(found, mask.shape, settings)
    pairs = zip(kept.boxes.tolist(), cut_inks(page, kept), strict=True)
    return [Stroke(scaled(box, scale), ink) for box, ink in pairs]


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
