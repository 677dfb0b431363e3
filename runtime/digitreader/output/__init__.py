"""Output: each a small sink for what was read."""

from digitreader.output.opening import FORMATS, closed_at_the_end, open_sinks

__all__ = [
    "FORMATS",
    "closed_at_the_end",
    "open_sinks",
]
