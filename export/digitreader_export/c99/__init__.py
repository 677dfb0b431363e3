"""Models in C99, with the normalisation before them, as a library for microcontrollers: no heap."""

from digitreader_export.c99.errors import CSelfTestError, NoCFormError
from digitreader_export.c99.library import CSizes, describe_c
from digitreader_export.c99.write import CSource, write_c, write_library

__all__ = ["CSelfTestError", "CSizes", "CSource", "NoCFormError", "describe_c", "write_c", "write_library"]
