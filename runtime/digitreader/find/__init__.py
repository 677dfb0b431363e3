"""Find: from a frame to the candidates for digits."""

from digitreader.find.finder import Finder, reading_order
from digitreader.find.findings import Findings
from digitreader.find.overlapping import best_of_overlapping

__all__ = ["Finder", "Findings", "best_of_overlapping", "reading_order"]
