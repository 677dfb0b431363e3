"""Whole numbers on the command line."""

from __future__ import annotations

import argparse


class whole:  # noqa: N801 # argparse names the type in its message
    """Reads a whole number that is at least `least`."""

    def __init__(self, least: int) -> None:
        self._least = least

    def __call__(self, text: str) -> int:
        """Read it, or raise what argparse understands."""
        number = int(text)
        if number < self._least:
            raise argparse.ArgumentTypeError(f"{number} is too small; give at least {self._least}")
        return number

    def __repr__(self) -> str:
        """What argparse calls it where the text is no number."""
        return "whole number"
