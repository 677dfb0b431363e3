"""Find: from a frame to the candidates for digits."""

from digitreader.find.finder import Finder, Findings, reading_order
from digitreader.find.non_max_suppression import non_max_suppression

__all__ = [
    "Finder",
    "Findings",
    "non_max_suppression",
    "reading_order",
]
