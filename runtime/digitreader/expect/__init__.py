"""Expect: what a maker knows of the numbers, and the digits that they then most probably are."""
