"""A square page, plane by plane: what is written on it, what is ruled on it, and where its digits are."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from digitreader.values import Ink
from digitreader_train.finder.ink import Character

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
