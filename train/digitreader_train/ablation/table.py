"""The table of an ablation: mean and spread over the seeds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True)
class TrainingResult:
    """What one training reached, both 0..1.

    Attributes:
        accuracy: share of the validation digits that is read right, in float.
        accepted: share of the negatives that is taken for a digit where 99 % of the validation digits are.
    """

    accuracy: float
    accepted: float


@dataclass(frozen=True, slots=True)
class TrialRow:
    """The outcomes of one trial, a seed each."""

    name: str
    outcomes: tuple[TrainingResult, ...]

    @property
    def accuracy(self) -> tuple[float, float]:
        """Mean and standard deviation."""
        return _spread([outcome.accuracy for outcome in self.outcomes])

    @property
    def accepted(self) -> tuple[float, float]:
        """Mean and standard deviation."""
        return _spread([outcome.accepted for outcome in self.outcomes])


def _spread(values: Sequence[float]) -> tuple[float, float]:
    return float(np.mean(values)), float(np.std(values, ddof=1)) if len(values) > 1 else 0.0


def describe(row: TrialRow) -> str:
    """One line for the terminal."""
    return f"{row.name:32}  digits {_percent(row.accuracy)}   negatives accepted {_percent(row.accepted)}"


def to_csv(rows: Sequence[TrialRow]) -> str:
    """One line a training."""
    lines = ["trial,seed,validation_accuracy,negatives_accepted"]
    for row in rows:
        pairs = enumerate(row.outcomes, 1)
        lines += [f'"{row.name}",{seed},{each.accuracy:.6f},{each.accepted:.6f}' for seed, each in pairs]
    return "\n".join(lines) + "\n"


def to_markdown(rows: Sequence[TrialRow]) -> str:
    """One line a trial, mean and standard deviation over its seeds."""
    seeds = len(rows[0].outcomes)
    lines = [f"| {seeds} seeds each | validation digits right | negatives accepted |", "|---|---:|---:|"]
    lines += [f"| {row.name} | {_percent(row.accuracy)} | {_percent(row.accepted)} |" for row in rows]
    return "\n".join(lines) + "\n"


def _percent(spread: tuple[float, float]) -> str:
    return f"{100 * spread[0]:.2f} ± {100 * spread[1]:.2f} %"
