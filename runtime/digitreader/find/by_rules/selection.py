"""Find: leave out the marks that are too small, or too long, to be digits beside the digits that they stand with."""

from __future__ import annotations

import numpy as np

from digitreader.find.by_rules.border import at_border
from digitreader.find.by_rules.joining import usual_height
from digitreader.find.by_rules.marks import Marks
from digitreader.find.by_rules.settings import FindSettings

LEAST_SHARE = 0.42
"""A dot, comma or dash is lower than this share of the usual digit on the page."""

BAR_ASPECT = 7
GREATEST_BAR = 1.7
"""A bar that is higher than so many usual digits is the margin of the paper or the edge of something."""


LEAST_CUT_OFF = 0.8
"""What the edge of the image cuts is a digit where it is as high as this share of the usual one."""
LEAST_CUT_WIDTH = 0.35
"""And where it is so wide for its height at the left or the right: half a 0 is no 1."""


def keep_digit_sized(marks: Marks, shape: tuple[int, ...], settings: FindSettings) -> Marks:
    """Leave out dots, commas, dashes and specks, long bars, and what the edge of the image leaves of a digit.

    Args:
        shape: of the image.
    """
    _, _, widths, heights = marks.boxes.T
    left, top, right, bottom = at_border(marks.boxes, shape).T
    cut_off = left | top | right | bottom
    usual = usual_height(marks.boxes if cut_off.all() else marks.boxes[~cut_off])
    small = heights < max(settings.least_height_px, LEAST_SHARE * usual)
    long_bars = (heights > BAR_ASPECT * widths) & (heights > GREATEST_BAR * usual)
    low = cut_off & (heights < LEAST_CUT_OFF * usual)
    narrow = (left | right) & (widths < LEAST_CUT_WIDTH * heights)
    return marks.take(np.flatnonzero(~(small | long_bars | low | narrow)))
