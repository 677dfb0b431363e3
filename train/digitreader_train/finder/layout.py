"""How a page is filled: in lines, in tables or freely, how high its digits are and how close together."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from digitreader_train.finder.chance import log_uniform

KINDS = {
    "lines": 0.28, "single": 0.09, "table": 0.11, "form": 0.10, "scatter": 0.07, "words": 0.22, "rows": 0.05,
    "empty": 0.08,
}  # fmt: skip
"""Kinds of pages and their shares."""
LINE_PITCH = (1.02, 3.2)
"""Range from line to line, in digit heights."""
TINY_SHARE, TINY_PX = 0.1, (3.5, 9.0)
"""This share of the pages has digits so small that the finder cannot see them in one look ..."""
HUGE_SHARE, HUGE_FROM_PX, HUGE_TO_SIDES = 0.06, 90.0, 1.8
"""... this share has digits up to so many times as high as what is seen of the page ..."""
COMMON_PX = (8.5, 90.0)
"""... and the others have these."""
MARKS = {0.0: 0.47, 0.06: 0.19, 0.2: 0.18, 0.5: 0.1, 1.0: 0.06}
"""Shares of letters and signs among digits, and how many pages have that share."""


@dataclass(frozen=True, slots=True)
class Layout:
    """How a page is filled.

    Attributes:
        kind: ``lines``, ``single``, ``table``, ``form``, ``scatter``, ``words``, ``rows`` or ``empty``.
        digit_px: height of the digits.
        gap: between neighbours, in digit heights; below 0 they overlap.
        marks: the share of letters and signs among digits.
        fading: how much weaker than the strongest ink the weakest is, 0 to 1.
        first_px: y of the first line's foot.
        pitch_px: from line to line.
    """

    kind: str
    digit_px: float
    gap: float
    marks: float
    fading: float
    first_px: float
    pitch_px: float

    @property
    def has_cells(self) -> bool:
        """Whether the page is a table or a form."""
        return self.kind in ("table", "form")

    def strength(self, rng: np.random.Generator) -> float:
        """Draw how strong the ink of one character is, 0..1."""
        return 1.0 - self.fading * float(rng.random())


def choose_layout(rng: np.random.Generator, side_px: int) -> Layout:
    """Draw how a page is filled.

    Args:
        rng: where every choice comes from.
        side_px: width and height of what will be seen of the page.
    """
    kind = str(rng.choice(tuple(KINDS), p=tuple(KINDS.values())))
    digit_px = _choose_digit_px(kind, rng, side_px)
    return Layout(
        kind=kind,
        digit_px=digit_px,
        gap=float(rng.uniform(-0.16, 0.02)) if rng.random() < 0.2 else log_uniform(rng, 0.03, 1.0),
        marks=float(rng.choice(tuple(MARKS), p=tuple(MARKS.values()))),
        fading=float(rng.uniform(0, 0.6)) if rng.random() < 0.4 else 0.0,
        first_px=digit_px * float(rng.uniform(-0.5, 1)),
        pitch_px=digit_px * float(rng.uniform(*LINE_PITCH)),
    )


def _choose_digit_px(kind: str, rng: np.random.Generator, side_px: int) -> float:
    chance = rng.random()
    if kind == "single":
        return log_uniform(rng, 12, 1.02 * side_px)
    if chance < TINY_SHARE:
        return float(rng.uniform(*TINY_PX))
    if chance < TINY_SHARE + HUGE_SHARE:
        return log_uniform(rng, HUGE_FROM_PX, HUGE_TO_SIDES * side_px)
    return log_uniform(rng, *COMMON_PX)
