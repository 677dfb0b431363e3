"""Marks: signs and letters among digits, told by their neighbours and not by themselves alone."""

from digitreader.marks.features import Thing
from digitreader.marks.judge import Judged, judge_lines, parted_by

__all__ = ["Judged", "Thing", "judge_lines", "parted_by"]
