"""Takes the photograph of a test sheet: a picture as it is, of a camera or video the sharpest frame that shows it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

import cv2

from digitreader.paper_sheet.straighten import SheetNotFoundError, StraightSheet, straighten_sheet
from digitreader.sources import Source
from digitreader.talk import say

MOST_FRAMES = 300
"""A stream in which no sheet is seen for so many frames shows none."""
ENOUGH = 10
"""Of so many frames that show the sheet the sharpest is taken."""


def photographed(source: Source) -> StraightSheet:
    """The test sheet that a source shows, straightened.

    Args:
        source: open.

    Raises:
        SheetNotFoundError: it shows none; what is said is of the last frame.
        SourceError: it cannot be read.
    """
    if not source.live:
        frame = next(source.frames())
        return straighten_sheet(frame.image, name=source.name)
    say(f"{source.name}: hold the test sheet still before the camera, with all four corner marks in the picture")
    shown = list(islice(_sheets(source), ENOUGH))
    return max(shown, key=_sharpness)


def _sheets(source: Source) -> Iterator[StraightSheet]:
    """Every frame that shows the sheet, straightened.

    Raises:
        SheetNotFoundError: there was none.
    """
    told, seen = f"{source.name}: gave no frame, and so no test sheet; is something held before the camera?", False
    for frame in islice(source.frames(), MOST_FRAMES):
        try:
            straight = straighten_sheet(frame.image, name=source.name)
        except SheetNotFoundError as error:
            told = str(error)
            continue
        seen = True
        yield straight
    if not seen:
        raise SheetNotFoundError(told)


def _sharpness(straight: StraightSheet) -> float:
    return float(cv2.Laplacian(straight.image, cv2.CV_32F).var())
