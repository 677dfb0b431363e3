"""Practice: what the network learns from beside the plain digits: other pens, cameras, hands, and what is no digit."""

from digitreader_train.practice.task import NO_DIGIT, Practice, Task

__all__ = ["NO_DIGIT", "Practice", "Task"]
