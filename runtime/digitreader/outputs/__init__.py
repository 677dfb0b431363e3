"""Outputs: each a small sink for what was read."""

from digitreader.outputs.opening import FORMATS, open_sinks

__all__ = ["FORMATS", "open_sinks"]
