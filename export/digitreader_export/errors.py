"""Errors of an export."""

from __future__ import annotations

from digitreader.errors import DigitReaderError


class AccuracyLossError(DigitReaderError):
    """A model file that reads worse than the network that it was made from."""
