"""Find: what is told of a picture beside its digits: other writing, and writing that is too small."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from digitreader.find.search import Seen
from digitreader.find.too_small import NOTHING_SMALL, SmallWriting
from digitreader.values import Candidate

WRITTEN, OF_A_DIGIT = 0.5, 0.3
"""Other writing is where the network is so sure of ink, and less sure than this that it is a digit's."""
LEAST_SHARE = 0.4
"""What is lower than this share of the usual digit is a dot, a comma or a dash."""


@dataclass(frozen=True, slots=True, eq=False)
class Findings:
    """What the finder sees in a picture.

    Attributes:
        candidates: what may be digits; what may be read in several ways is there several times.
        others: how many things look like writing and are no digits: letters, signs, words.
        small: writing that is too small to be read surely.
    """

    candidates: list[Candidate]
    others: int = 0
    small: SmallWriting = NOTHING_SMALL


def count_others(seen: Sequence[Seen]) -> int:
    """How many things beside the digits look like writing, in the finest look at the whole picture."""
    whole = [each for each in seen if each.region == seen[0].region]
    if not whole:
        return 0
    look = whole[-1].look
    heights = np.sort(whole[-1].centres[:, 3])
    usual = float(heights[len(heights) // 2]) if len(heights) else 0.0
    near_digit = cv2.dilate(look.digit_ink, np.ones((5, 5), np.uint8)) > OF_A_DIGIT
    other = np.asarray((look.any_ink > WRITTEN) & ~near_digit, np.uint8)
    _, _, stats, _ = cv2.connectedComponentsWithStats(other, connectivity=8)
    tall = np.maximum(stats[1:, cv2.CC_STAT_HEIGHT], stats[1:, cv2.CC_STAT_WIDTH]) * 2
    return int(np.count_nonzero(tall >= max(8.0, LEAST_SHARE * usual)))
