"""Find: what is told of a picture beside its digits: other writing, and writing that is too small."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from digitreader.find.pieces import Piece
from digitreader.find.search import Seen
from digitreader.find.sharing import INK_PX
from digitreader.find.too_small import NOTHING_SMALL, SmallWriting
from digitreader.values import Box, Candidate

WRITTEN, OF_A_DIGIT = 0.5, 0.3
"""Other writing is where the network is so sure of ink, and less sure than this that it is a digit's."""
LEAST_SHARE = 0.4
"""What is lower than this share of the usual digit is a dot, a comma or a dash."""


@dataclass(frozen=True, slots=True, eq=False)
class Findings:
    """What the finder sees in a picture.

    Attributes:
        candidates: what may be digits; what may be read in several ways is there several times.
        others: what looks like writing and is no digit: letters, signs, words.
        small: writing that is too small to be read surely.
        pieces: writing that hangs together and is not plainly a digit; dots and dashes too, and most of `others`.
    """

    candidates: list[Candidate]
    others: tuple[Box, ...] = ()
    small: SmallWriting = NOTHING_SMALL
    pieces: tuple[Piece, ...] = ()


def others_in(seen: Sequence[Seen]) -> tuple[Box, ...]:
    """What looks like writing beside the digits, in the finest look at the whole picture; in pixels of the picture."""
    whole = [each for each in seen if each.region == seen[0].region]
    if not whole:
        return ()
    finest = whole[-1]
    heights = np.sort(finest.centres[:, 3])
    usual = float(heights[len(heights) // 2]) if len(heights) else 0.0
    near_digit = cv2.dilate(finest.look.digit_ink, np.ones((5, 5), np.uint8)) > OF_A_DIGIT
    other = np.asarray((finest.look.any_ink > WRITTEN) & ~near_digit, np.uint8)
    _, _, stats, _ = cv2.connectedComponentsWithStats(other, connectivity=8)
    boxes = INK_PX * stats[1:, :4].astype(np.float64)
    tall = boxes[:, 2:].max(axis=1) >= max(8.0, LEAST_SHARE * usual)
    return tuple(Box(*(round(value) for value in box)) for box in finest.in_picture(boxes[tall]).tolist())
