"""Edit distance: how many digits were missed, added or misread, and which."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

DIGITS = "0123456789"


@dataclass(frozen=True, slots=True)
class Step:
    """One place of two texts that are aligned.

    Attributes:
        truth: the digit that is there; "" if the read digit was invented.
        read: the digit that was read; "" if the digit was missed.
    """

    truth: str
    read: str

    @property
    def right(self) -> bool:
        """Whether it was read right."""
        return self.truth == self.read


def digits_of(text: str) -> str:
    """The digits of a text; spaces and line breaks do not count."""
    return "".join(character for character in text if character in DIGITS)


def align(truth: str, read: str) -> list[Step]:
    """Align two texts with the fewest errors; a misread digit is one error, not two.

    Source: V. I. Levenshtein, "Binary codes capable of correcting deletions, insertions and reversals", 1966.
    """
    costs = _costs(truth, read)
    steps: list[Step] = []
    row, column = len(truth), len(read)
    while row or column:
        differs = row and column and truth[row - 1] != read[column - 1]
        if row and column and costs[row, column] == costs[row - 1, column - 1] + differs:
            row, column = row - 1, column - 1
            steps.append(Step(truth[row], read[column]))
        elif row and costs[row, column] == costs[row - 1, column] + 1:
            row -= 1
            steps.append(Step(truth[row], ""))
        else:
            column -= 1
            steps.append(Step("", read[column]))
    return steps[::-1]


def errors_between(truth: str, read: str) -> int:
    """The least number of digits that were missed, added or misread."""
    return int(_costs(truth, read)[-1, -1])


def _costs(truth: str, read: str) -> npt.NDArray[np.int64]:
    """(len(truth) + 1, len(read) + 1): the errors between every beginning of `truth` and every beginning of `read`."""
    costs = np.zeros((len(truth) + 1, len(read) + 1), np.int64)
    costs[:, 0], costs[0] = np.arange(len(truth) + 1), np.arange(len(read) + 1)
    for row, wanted in enumerate(truth, 1):
        for column, got in enumerate(read, 1):
            missed_or_added = min(costs[row - 1, column], costs[row, column - 1]) + 1
            costs[row, column] = min(missed_or_added, costs[row - 1, column - 1] + (wanted != got))
    return costs
