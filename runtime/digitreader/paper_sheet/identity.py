"""A test sheet's identity as the 32 bits that are printed on it: layout, paper, number, and a check of them."""

from __future__ import annotations

import binascii
from collections.abc import Sequence

from digitreader.paper_sheet.layout import BITS, LAYOUT, MOST_SHEETS, PAPERS, Sheet

CHECK_BITS = 16


def bits_of(sheet: Sheet) -> tuple[bool, ...]:
    """The bits to print, the first at the left: 3 of the layout, 1 of the paper, 12 of the number, 16 of the check."""
    said = (LAYOUT << 1 | PAPERS.index(sheet.paper)) * MOST_SHEETS + sheet.number
    whole = said << CHECK_BITS | _check(said)
    return tuple(bool(whole >> place & 1) for place in reversed(range(BITS)))


def sheet_of(bits: Sequence[bool]) -> Sheet | None:
    """The sheet whose bits these are; None where the check says that they are no sheet's, or of another layout."""
    whole = sum(bool(bit) << place for place, bit in enumerate(reversed(bits)))
    said, check = divmod(whole, 1 << CHECK_BITS)
    kind, number = divmod(said, MOST_SHEETS)
    layout, paper = divmod(kind, 2)
    if check != _check(said) or layout != LAYOUT:
        return None
    return Sheet(PAPERS[paper], number)


def _check(said: int) -> int:
    return binascii.crc_hqx(said.to_bytes(2, "big"), 0xFFFF)
