"""Cleaning an image of one digit, which no finder has cut out: what lies on or round its ink goes first."""

from __future__ import annotations

from digitreader.data.cleaning.frames import drop_frame
from digitreader.data.cleaning.ground import lift_off_ground
from digitreader.data.cleaning.noise import drop_specks, smooth_grain
from digitreader.data.cleaning.outlines import fill_outlines
from digitreader.data.cleaning.parts import drop_crumbs
from digitreader.data.cleaning.tone import drop_smudges, strengthen
from digitreader.data.cleaning.waves import drop_wave
from digitreader.values import Ink

LEAST_SIDE_PX = 14
"""In a smaller image strokes are a pixel or two wide, and nothing tells them from dirt."""

__all__ = ["clean_ink"]


def clean_ink(ink: Ink) -> Ink:
    """Take away frames, noise, a ground that shines through, foreign lines, smudges and crumbs.

    Clean ink comes out almost as it was.

    Args:
        ink: (h, w) uint8 of any size, white ink on black.

    Returns:
        (h, w) uint8, black where nothing of the digit is.
    """
    if not ink.any():
        return ink
    strong = strengthen(ink)
    if max(ink.shape) < LEAST_SIDE_PX:
        return strong
    drawn = drop_wave(fill_outlines(drop_specks(drop_frame(strong))))
    return drop_crumbs(drop_smudges(lift_off_ground(smooth_grain(drawn))))
