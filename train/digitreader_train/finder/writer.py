"""Who writes a page: where the digits come from, the pen, the slant, and how regular the writing is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from digitreader_train.finder.chance import log_uniform, random_factor

FACES = (
    "DejaVuSans", "DejaVuSans-Bold", "DejaVuSans-Oblique", "DejaVuSansMono", "DejaVuSansMono-Bold", "DejaVuSerif",
    "DejaVuSerif-Bold", "DejaVuSerif-Italic", "STIXGeneral", "STIXGeneralBol", "STIXGeneralItalic", "cmr10", "cmss10",
    "cmtt10", "cmb10",
)  # fmt: skip
"""Typefaces that come with matplotlib."""
PRINTED_SHARE = 0.18
"""This share of the pages is printed ..."""
OUTLINE_SHARE = 0.2
"""... and this share of those has OpenCV's outline typefaces instead of `FACES`."""
ANY_PEN, COMMON_PEN, FINE_PEN = (0.006, 0.22), (0.05, 0.15), (0.005, 0.025)
"""Ranges of the pen's width in digit heights ..."""
ANY_PENS, FINE_PENS = 0.42, 0.16
"""... and the shares of the writers with any pen and with a fine one; the others have a common pen."""
SKIPPING_SHARE, SKIPS, SELDOM_SKIPS = 0.35, 0.75, 0.02
"""This share of the writers has a pen that skips often: in so many of their digits, and in those of the others."""
LONG_STEMS_SHARE, LONG_STEMS = 0.3, 0.6
"""This share of the writers, none of print, draws this share of the digits with one long end, as the stem of a 9."""
ONES, MANY_ONES, MANY_ONES_SHARE = 0.1, 0.7, 0.15
"""Share of the digits that are 1s on purpose: bars, to be told from lines, and from each other where they stand close.
The third share of the writers writes the second share of 1s: such pages have little else that shows what a bar is."""


@dataclass(frozen=True, slots=True)
class Writer:
    """Who writes a page.

    Attributes:
        source: where the digits come from: ``mnist``, ``paths`` (the demo's strokes), ``print`` or ``outline``.
        pen: width of a stroke in digit heights.
        slant: in pixels to the right for each pixel upwards.
        stretch: factor on the width of the characters.
        face: index of the typeface in `FACES`; only print uses it.
        irregularity: how much one digit differs from the next, 0.3 to 1.
        skips: the share of digits in which the pen leaves a gap.
        long_stems: the share of digits of which one end is drawn long.
        ones: the share of digits that are 1s on purpose.
    """

    source: str
    pen: float
    slant: float
    stretch: float
    face: int
    irregularity: float
    skips: float
    long_stems: float
    ones: float

    @property
    def is_print(self) -> bool:
        """Whether the page is printed and not written by hand."""
        return self.source in ("print", "outline")


def choose_writer(rng: np.random.Generator, *, printed: float = PRINTED_SHARE) -> Writer:
    """Draw who writes a page.

    Args:
        rng: where every choice comes from.
        printed: the share of pages in print.
    """
    source = _choose_source(rng, printed)
    return Writer(
        source=source,
        pen=_choose_pen(rng),
        slant=float(rng.normal(0.05, 0.12)) if source != "print" else 0.0,
        stretch=random_factor(rng, 0.2),
        face=int(rng.integers(len(FACES))),
        irregularity=float(rng.uniform(0.3, 1.0)),
        skips=SKIPS if rng.random() < SKIPPING_SHARE else SELDOM_SKIPS,
        long_stems=LONG_STEMS if source != "print" and rng.random() < LONG_STEMS_SHARE else 0.0,
        ones=MANY_ONES if rng.random() < MANY_ONES_SHARE else ONES,
    )


def _choose_pen(rng: np.random.Generator) -> float:
    chance = rng.random()
    if chance < ANY_PENS:
        return log_uniform(rng, *ANY_PEN)
    return log_uniform(rng, *FINE_PEN) if chance < ANY_PENS + FINE_PENS else float(rng.uniform(*COMMON_PEN))


def _choose_source(rng: np.random.Generator, printed: float) -> str:
    if rng.random() < printed:
        return "outline" if rng.random() < OUTLINE_SHARE else "print"
    return ("mnist", "paths")[int(rng.random() < 0.5)]
