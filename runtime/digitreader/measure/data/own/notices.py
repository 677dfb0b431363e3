"""Messages about a set of digits: what was left out, and what was chosen for the user."""

from __future__ import annotations

from digitreader.host.messages import print_info
from digitreader.measure.data.own.digit_set import DigitSet

MOST = 10


def tell(digits: DigitSet, *, most: int = MOST) -> None:
    """Print one line for each thing that was left out, for the polarity of the pictures, and for each choice."""
    tell_left_out(digits, most=most)
    for remark in digits.remarks:
        print_info(remark)
    if digits.black_on_white:
        print_info(f"{digits.name}: the pictures are black on white; they are taken as white on black")
    if digits.gray_paper:
        print_info(f"{digits.name}: the gray of the paper is taken away")


def tell_left_out(digits: DigitSet, *, most: int = MOST) -> None:
    """Print the things that were left out, in a limited number of lines, and how many there are."""
    for line in digits.left_out[:most]:
        print_info(f"left out: {line}")
    if len(digits.left_out) > most:
        print_info(
            f"{digits.name}: {len(digits.left_out):,} left out in all; digitreader data --format json lists them"
        )
