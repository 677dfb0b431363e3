"""A square page: how it is filled, and its planes: what is written on it, what is ruled, and where its digits are."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from digitreader.values import Ink
from digitreader_train.finder.chance import log_uniform
from digitreader_train.finder.ink import Character

KINDS = {
    "lines": 0.26, "single": 0.09, "table": 0.1, "form": 0.09, "scatter": 0.06, "words": 0.21, "rows": 0.05,
    "grid": 0.06, "empty": 0.08,
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
GRID_PX = (10.0, 40.0)
"""Heights of digits that stand in rows and columns without lines, as in a sheet of examples."""
CLOSE, CLOSE_GAP = 0.26, (-0.16, 0.02)
"""This share of the pages has neighbours that touch or nearly do, with these gaps, in digit heights."""
MARKS = {0.0: 0.47, 0.06: 0.19, 0.2: 0.18, 0.5: 0.1, 1.0: 0.06}
"""Shares of letters and signs among digits, and how many pages have that share."""


@dataclass(frozen=True, slots=True)
class Layout:
    """How a page is filled.

    Attributes:
        kind: ``lines``, ``single``, ``table``, ``form``, ``scatter``, ``words``, ``rows``, ``grid`` or ``empty``.
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
        gap=float(rng.uniform(*CLOSE_GAP)) if rng.random() < CLOSE else log_uniform(rng, 0.03, 1.0),
        marks=float(rng.choice(tuple(MARKS), p=tuple(MARKS.values()))),
        fading=float(rng.uniform(0, 0.6)) if rng.random() < 0.4 else 0.0,
        first_px=digit_px * float(rng.uniform(-0.5, 1)),
        pitch_px=digit_px * float(rng.uniform(*LINE_PITCH)),
    )


def _choose_digit_px(kind: str, rng: np.random.Generator, side_px: int) -> float:
    chance = rng.random()
    if kind == "single":
        return log_uniform(rng, 12, 1.02 * side_px)
    if kind == "grid":
        return log_uniform(rng, *GRID_PX)
    if chance < TINY_SHARE:
        return float(rng.uniform(*TINY_PX))
    if chance < TINY_SHARE + HUGE_SHARE:
        return log_uniform(rng, HUGE_FROM_PX, HUGE_TO_SIDES * side_px)
    return log_uniform(rng, *COMMON_PX)


INKED = 0.4
"""Ink that covers more than this part of what the digit's strongest ink covers belongs to the digit."""

Ids = npt.NDArray[np.int16]
"""(S, S) int16, for each pixel the number of its digit, from 1; 0 for no digit."""


@dataclass(slots=True, eq=False)
class Page:
    """What is drawn on a square page of S pixels a side.

    Attributes:
        writing: (S, S) uint8, how much ink covers each pixel, whatever wrote it.
        digit_ink: (S, S) uint8, the same of digits alone, as if none were faint.
        any_ink: (S, S) uint8, the same of all writing, as if none were faint.
        rules: (S, S) uint8, how much of each pixel is a printed or a drawn line.
        panels: (S, S) uint8, 255 where ground and ink have other colours, as in the window of a meter.
        owners: (S, S) int16, the number of the digit that each pixel belongs to, from 1; 0 for no digit.
        labels: what the digits say, 0 to 9, in the order of their numbers.
    """

    writing: Ink
    digit_ink: Ink
    any_ink: Ink
    rules: Ink
    panels: Ink
    owners: Ids
    labels: list[int] = field(default_factory=list)

    @classmethod
    def empty(cls, side_px: int) -> Page:
        """A page with nothing on it."""
        planes = [np.zeros((side_px, side_px), np.uint8) for _ in range(5)]
        writing, digit_ink, any_ink, rules, panels = planes
        return cls(writing, digit_ink, any_ink, rules, panels, owners=np.zeros((side_px, side_px), np.int16))

    @property
    def side_px(self) -> int:
        """Width and height."""
        return int(self.writing.shape[0])

    def put(self, character: Character, x: float, foot: float, *, strength: float = 1.0) -> None:
        """Put a character on the page; what lies outside is cut off.

        Args:
            character: what is put there.
            x: of its left edge.
            foot: y of its lower edge.
            strength: 1 for full ink, less for faint ink.
        """
        height, width = character.ink.shape
        left, top = round(x), round(foot) - height
        x0, y0, x1, y1 = max(0, left), max(0, top), min(self.side_px, left + width), min(self.side_px, top + height)
        if x0 >= x1 or y0 >= y1:
            return
        ink, place = character.ink[y0 - top : y1 - top, x0 - left : x1 - left], np.s_[y0:y1, x0:x1]
        faded = ink if strength >= 1 else (ink * np.float32(strength)).astype(np.uint8)
        np.maximum(self.any_ink[place], ink, out=self.any_ink[place])
        np.maximum(self.writing[place], faded, out=self.writing[place])
        if character.digit is not None:
            self.labels.append(character.digit)
            np.maximum(self.digit_ink[place], ink, out=self.digit_ink[place])
            self.owners[place][ink > INKED * character.ink.max()] = len(self.labels)

    def cropped(self, place: tuple[slice, slice]) -> Page:
        """A square part of the page, as new arrays; digits keep their numbers."""
        return Page(
            writing=self.writing[place].copy(),
            digit_ink=self.digit_ink[place].copy(),
            any_ink=self.any_ink[place].copy(),
            rules=self.rules[place].copy(),
            panels=self.panels[place].copy(),
            owners=self.owners[place].copy(),
            labels=list(self.labels),
        )

    def erase(self, where: npt.NDArray[np.bool_]) -> None:
        """Take everything away where `where`, (S, S) bool, is true."""
        for plane in (self.writing, self.digit_ink, self.any_ink, self.rules, self.panels, self.owners):
            plane[where] = 0
