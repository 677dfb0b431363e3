"""Touching: neighbours that touch are cut apart and read one by one."""

from digitreader.touching.choosing import pieces_that_read_better
from digitreader.touching.cutting import Span, is_wide, is_wider_than_a_letter, spans_of

__all__ = ["Span", "is_wide", "is_wider_than_a_letter", "pieces_that_read_better", "spans_of"]
