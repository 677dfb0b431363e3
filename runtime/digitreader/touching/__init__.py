"""Touching: neighbours that touch are cut apart and read one by one."""

from digitreader.touching.choosing import pieces_that_read_better
from digitreader.touching.cutting import Span, is_wide, spans_of

__all__ = ["Span", "is_wide", "pieces_that_read_better", "spans_of"]
