"""What a part of the score tells: figures for a program, lines for a terminal, sections for a page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Told:
    """One part's result, in each of its forms.

    Attributes:
        title: what was measured, in a few words.
        figures: a frozen data class, which becomes JSON.
        text: lines for people.
        sections: writes the page's sections as HTML; called where a page is asked for.
        failed: something that was to be measured could not be, and it was said.
    """

    title: str
    figures: object
    text: str
    sections: Callable[[], Sequence[str]]
    failed: bool = False


def percent(share: float) -> str:
    """A share as people read it: ``97.5 %``."""
    return f"{100 * share:.1f} %"


def share_of(part: float, whole: float) -> float:
    """A part of a whole, 0 where there is no whole."""
    return part / whole if whole else 0.0


def counted(count: float, noun: str) -> str:
    """A number with its noun: ``1 error``, ``2 errors``, ``1,234 errors``."""
    return f"{count:,g} {noun}" if count == 1 else f"{count:,.10g} {noun}s"
