"""Errors of the C export."""

from __future__ import annotations

from digitreader.errors import DigitReaderError


class NoCFormError(DigitReaderError):
    """A network or a rule that the plain integer C cannot express."""


class CSelfTestError(DigitReaderError):
    """C that was compiled here and did not give its golden answers."""
