"""Writes digitreader_normalise.h and .c: the normalisation of Python, in C, the same for every model."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

import cv2

from digitreader import __version__
from digitreader.model.glyph import normalise
from digitreader_export.c99.text import Words, fill

STEM = "digitreader_normalise"
WIDEST_PEN_PX = 2
"""The thinnest stroke that a picture of the working size can show is measured as 2.8 pixels, and 4.4 are wanted."""
WORK_BYTES = normalise.WORKING_SIDE_PX**2 + 4 * (normalise.WORKING_SIDE_PX + 2) ** 2
"""The struct digitreader_work: the scaled ink, and its distances from the edge."""


def normaliser_files() -> Mapping[str, str]:
    """Give both files by their names."""
    words = {**normalisation_words(), "version": __version__, "opencv": cv2.__version__, "work": f"{WORK_BYTES:,}"}
    return {f"{STEM}.{kind}": fill(f"normalise.{kind}", words) for kind in ("h", "c")}


def normalisation_words() -> Words:
    """The constants of `digitreader.model.glyph.normalise`, as the templates name them."""
    return {
        "normalisation": normalise.NORMALISATION,
        "working_side": f"{normalise.WORKING_SIDE_PX}",
        "faintest_share": f"{normalise.FAINTEST_SHARE}",
        "least_stroke": f"{normalise.MIN_STROKE_PX:g}",
        "spread": f"{normalise.SPREAD:g}",
        "extent": f"{normalise.EXTENT_PX:g}",
        "max_slant": f"{normalise.MAX_SLANT:.1f}",
        "max_stretch": f"{normalise.MAX_STRETCH:g}",
        "variance_parts": f"{1 / Fraction(normalise.MIN_VARIANCE).limit_denominator(1000)}",
        "centre": f"{normalise.CENTRE_PX:g}",
        "pen": f"{WIDEST_PEN_PX}",
    }
