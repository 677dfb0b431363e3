"""Find: leave out the marks that are too small, or too long, to be digits beside the digits that they stand with."""

from __future__ import annotations

import numpy as np

from digitreader.find.joining import usual_height
from digitreader.find.marks import Marks
from digitreader.find.settings import FindSettings

LEAST_SHARE = 0.42
"""A dot, comma or dash is lower than this share of the usual digit on the page."""

BAR_ASPECT = 7
GREATEST_BAR = 1.7
"""A bar that is higher than so many usual digits is the margin of the paper or the edge of something."""


def keep_digit_sized(marks: Marks, settings: FindSettings) -> Marks:
    """Leave out dots, commas, dashes and specks, and long bars."""
    _, _, widths, heights = marks.boxes.T
    usual = usual_height(marks.boxes)
    small = heights < max(settings.least_height_px, LEAST_SHARE * usual)
    long_bars = (heights > BAR_ASPECT * widths) & (heights > GREATEST_BAR * usual)
    return marks.take(np.flatnonzero(~(small | long_bars)))
