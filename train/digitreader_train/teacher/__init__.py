"""The teacher: a large network that never ships; the small one learns what it believes."""

from digitreader_train.teacher.lesson import taught

__all__ = ["taught"]
