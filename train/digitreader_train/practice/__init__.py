"""Practice: what the network learns from beside the plain digits: other pens, and things that are no digits."""

from digitreader_train.practice.practice import NO_DIGIT, Practice, make_practice, practice_for

__all__ = ["NO_DIGIT", "Practice", "make_practice", "practice_for"]
