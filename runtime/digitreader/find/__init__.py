"""Find: from a frame to the candidates for digits, in reading order."""

from digitreader.find.finder import find_digits
from digitreader.find.settings import FindSettings

__all__ = ["FindSettings", "find_digits"]
