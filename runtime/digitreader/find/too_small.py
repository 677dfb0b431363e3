"""Find: writing that is too small to be read surely, and how high it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from digitreader.find.looks import CELL_PX
from digitreader.find.overlapping import best_of_overlapping
from digitreader.find.search import Seen
from digitreader.values import Candidate

READABLE_PX = 9.0
"""Of digits lower than this many are misread or rejected."""
LEAST_PX = 3.0
"""What is lower than this many is noise."""
LEAST_HEAT = 0.3
"""A candidate counts where the finder is so sure of it."""
SURE = 0.5
"""Something is too small even to be found where the network is so sure of it in the finest look."""
LEAST_COUNT = 3
"""Fewer small things are dots and specks."""
LEAST_SHARE = 0.5
"""The writing is too small where at least this share of what is there is."""
WIDTH = 0.7
"""A digit with the gap behind it is about so many of its heights wide."""


@dataclass(frozen=True, slots=True)
class SmallWriting:
    """Writing too small to be read surely.

    Attributes:
        count: about how many characters; 0 where there is none.
        height_px: of most, in pixels of the picture.
    """

    count: int = 0
    height_px: float = 0.0


NOTHING_SMALL = SmallWriting()


def small_writing(seen: Sequence[Seen], candidates: Sequence[Candidate]) -> SmallWriting:
    """What of a picture's writing is too small; nothing where that is the lesser part of it.

    Args:
        seen: all looks at the picture.
        candidates: what was cut out of them.
    """
    sure = [each for each in candidates if each.heat >= LEAST_HEAT]
    best = best_of_overlapping([each.box for each in sure], np.array([each.heat for each in sure], np.float64))
    heights = np.array([sure[index].box.height for index in best], np.float64)
    low, marked = heights[heights < READABLE_PX], _marked(seen)
    count = len(low) + marked.count
    if count < LEAST_COUNT or count < LEAST_SHARE * (len(heights) + marked.count):
        return NOTHING_SMALL
    return SmallWriting(count, float(np.median(low)) if len(low) > marked.count else marked.height_px)


def _marked(seen: Sequence[Seen]) -> SmallWriting:
    """What the network says is too small in the finest look."""
    finest = max((each.look.scale for each in seen), default=0.0)
    masks = [np.asarray(each.look.small > SURE) for each in seen if each.look.scale == finest]
    cells = sum(int(mask.sum()) for mask in masks)
    if not cells:
        return NOTHING_SMALL
    runs = sum(int(mask[0].sum() + (mask[1:] & ~mask[:-1]).sum()) for mask in masks)
    high = max(1.0, cells / runs - 1)  # something n cells high lies in n + 1 cells on average
    if high * CELL_PX / finest < LEAST_PX:
        return NOTHING_SMALL
    return SmallWriting(round(cells / ((high + 1) * (WIDTH * high + 1))), high * CELL_PX / finest)
