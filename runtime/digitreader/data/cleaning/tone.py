"""How strong ink is: faint ink is strengthened, smudges go, grey levels are stretched."""

from __future__ import annotations

import cv2
import numpy as np

from digitreader.values import Ink

FAINTEST_SHARE = 8
"""A pixel is bare where it has no more than an eighth of the strongest ink."""
STRONG = 240
"""Ink as strong as this is left as strong as it is."""
SMUDGE_SHARE = 0.2
"""What is never darker than this share of the strong ink is a smudge."""


def strengthen(ink: Ink) -> Ink:
    """Stretch faint ink until its strongest is white; some sets have grey levels from 0 to 16.

    Args:
        ink: (h, w) uint8, not all of it 0.
    """
    peak = int(ink.max())
    return ink if peak >= STRONG else np.asarray(cv2.convertScaleAbs(ink, alpha=255 / peak), np.uint8)


def drop_smudges(ink: Ink) -> Ink:
    """Take from every pixel what a smudge would have, and give the strong ink its strength back."""
    inked = ink[ink > int(ink.max()) // FAINTEST_SHARE]
    strong = float(np.partition(inked, place := int(0.9 * (len(inked) - 1)))[place]) if len(inked) else 0.0
    return rescale(ink, black=SMUDGE_SHARE * strong, white=SMUDGE_SHARE * strong + (1 - SMUDGE_SHARE) * 255)


def rescale(ink: Ink, *, black: float, white: float) -> Ink:
    """Stretch grey levels so that `black` becomes 0 and `white` 255."""
    scale = 255.0 / max(1.0, white - black)
    # convertScaleAbs would mirror what lies below black
    return np.asarray(cv2.addWeighted(ink, scale, ink, 0.0, -black * scale), np.uint8)
