"""Own data: labelled digits in any common form, prepared like MNIST: white ink on black, one size, 8 bits."""

from digitreader.measure.data.own.digit_set import ALL, NONE, DigitSet, Part
from digitreader.measure.data.own.load import load_digit_set

__all__ = ["ALL", "NONE", "DigitSet", "Part", "load_digit_set"]
