"""Find: leave out the marks that are too small to be digits beside the digits that they stand with."""

from __future__ import annotations

import numpy as np

from digitreader.find.joining import usual_height
from digitreader.find.marks import Marks
from digitreader.find.settings import FindSettings

LEAST_SHARE = 0.42
"""A dot, comma or dash is lower than this share of the usual digit on the page."""


def drop_small_marks(marks: Marks, settings: FindSettings) -> Marks:
    """Leave out dots, commas, dashes and specks."""
    heights = marks.boxes[:, 3]
    least = max(settings.least_height_px, LEAST_SHARE * usual_height(marks.boxes))
    return marks.take(np.flatnonzero(heights >= least))
