"""What can go wrong, said in one line: what was given, what is needed, what to do next."""

from __future__ import annotations


class DigitReaderError(Exception):
    """The base of every error that `digitreader` prints as one line and exits on with `exit_status`."""

    exit_status = 1


class UsageError(DigitReaderError):
    """Wrong use of the command line or the Python API."""

    exit_status = 2


class SourceError(DigitReaderError):
    """A camera, video, folder or stream that cannot be opened or that broke off.

    Attributes:
        frame: which page of a picture file cannot be read, counted from 0; 0 if it is the whole source.
        source: what it is called, where the one who raises it knows.
    """

    frame: int = 0
    source: str = ""


class ImageError(SourceError):
    """A file that is not a picture that can be read."""


class ModelFormatError(DigitReaderError):
    """A model file or card that is missing, damaged or of another form than the runtime reads."""


class DataError(DigitReaderError):
    """A data set that is missing, damaged or not the one expected."""


class OutputError(DigitReaderError):
    """A place for results that cannot be written to."""


class ConfigError(DigitReaderError):
    """A configuration file that cannot be read or holds a wrong value."""

    exit_status = 2


class ServiceError(DigitReaderError):
    """A service that cannot be installed, looked at or removed."""


class MissingExtraError(DigitReaderError):
    """A part of the product that is not installed."""


class BlankGlyphError(DigitReaderError):
    """Ink without a single inked pixel: it has no centre and no size."""
