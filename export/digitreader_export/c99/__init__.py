"""The C99 form of a full-integer network, for microcontrollers: no heap, no floating point, no library."""

from digitreader_export.c99.errors import CSelfTestError, NoCFormError
from digitreader_export.c99.sizes import CSizes, describe_c
from digitreader_export.c99.write import write_c

__all__ = ["CSelfTestError", "CSizes", "NoCFormError", "describe_c", "write_c"]
