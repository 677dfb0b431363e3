"""Looks at a picture: what its light, glare, focus, contrast and digits measure."""

from __future__ import annotations

import numpy as np

from digitreader.doctor.edges import edge_anywhere, edge_of
from digitreader.doctor.facts import Look
from digitreader.doctor.glare import burnt_in, has_spot_near
from digitreader.doctor.levels import Levels, levels_of
from digitreader.doctor.second_look import found_stretched
from digitreader.find import Finder
from digitreader.paper_light import to_gray
from digitreader.values import ColourImage, GrayImage

LIGHTEST = 98.0
"""The percentage of a picture without digits that is no lighter than its lightest part."""


def look_at(image: ColourImage | GrayImage, finder: Finder, *, scale: float = 1.0) -> Look:
    """Measure a picture.

    Args:
        image: (H, W, 3) uint8 BGR or (H, W) uint8, upright.
        finder: finds its digits.
        scale: as in `Frame`.
    """
    gray = to_gray(image)
    found = [candidate.box for candidate in finder.digits(image)]
    too_small_px = finder.find(image).small.height_px
    boxes = found if found or too_small_px else found_stretched(gray, finder)
    levels = [levels_of(gray, box) for box in boxes]
    papers = [paper_of(level) for level in levels]
    burnt = burnt_in(image)
    return Look(
        size_wh=(round(gray.shape[1] * scale), round(gray.shape[0] * scale)),
        digits=len(found),
        height_px=float(np.median([box.height for box in boxes])) * scale if boxes else 0.0,
        edge_px=((boxes and edge_of(gray, boxes)) or edge_anywhere(gray)) * scale,
        contrast=float(np.median([level.contrast for level in levels])) if levels else 0.0,
        paper=float(np.median(papers)) if papers else float(np.percentile(gray, LIGHTEST)),
        glare=float(burnt.mean()),
        near_glare=bool(boxes) and has_spot_near(burnt, boxes),
        least_paper=min(papers, default=0.0),
        too_faint=bool(boxes) and not found,
        too_small_px=too_small_px * scale,
    )


def paper_of(levels: Levels) -> float:
    """How bright the paper is beside a digit, or the chalk of one on a board."""
    return levels.lightest if levels.on_board else levels.lighter
