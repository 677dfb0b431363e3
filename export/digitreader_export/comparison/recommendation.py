"""Recommends a variant by its validation digits alone: test digits and times do not count."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from digitreader_export.comparison.measuring import DigitResults, VariantFigures
from digitreader_export.comparison.statistics import SIGNIFICANT, mcnemar_p

LARGEST_LOSS = 0.001
"""Of accuracy against float32: what a few thousand digits cannot prove may still be there."""

LARGEST_MISCALIBRATION = 0.005
"""Of calibration error above float32's."""

ROUNDING = 1e-9

Models = Sequence[VariantFigures]


@dataclass(frozen=True, slots=True)
class Recommendation:
    """The variant to ship, and why, in a sentence or two."""

    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class _Wish:
    """What a variant should have, in words and as those of them that have it; where none has, it is given up."""

    words: str
    grant: Callable[[Models, VariantFigures], Models]


def recommend(models: Models, reference: VariantFigures) -> Recommendation:
    """Choose the smallest download among those that are as good as any.

    Args:
        models: all that were measured, at least one; of equals the first is chosen.
        reference: the float32 variant.
    """
    left = models
    granted: list[str] = []
    refused: list[str] = []
    for wish in WISHES:
        having = wish.grant(left, reference)
        left = having or left
        (granted if having else refused).append(wish.words)
    chosen = min(left, key=lambda each: (each.compressed_bytes, each.file_bytes, each.arena_bytes))
    return Recommendation(chosen.name, _reason(chosen, len(left), len(models), granted, refused))


def differences(first: DigitResults, second: DigitResults) -> tuple[int, int]:
    """Count the digits that only the first reads right, and those that only the second does."""
    return int((first.right & ~second.right).sum()), int((second.right & ~first.right).sum())


def _integer(models: Models, _: VariantFigures) -> Models:
    return [each for each in models if each.arithmetic.full_integer]


def _calibrated(models: Models, reference: VariantFigures) -> Models:
    limit = reference.validation.ece + LARGEST_MISCALIBRATION + ROUNDING
    return [each for each in models if each.validation.ece <= limit]


def _accurate(models: Models, reference: VariantFigures) -> Models:
    limit = reference.validation.accuracy - LARGEST_LOSS - ROUNDING
    return [each for each in models if each.validation.accuracy >= limit]


def _like_the_best(models: Models, _: VariantFigures) -> Models:
    best = max(models, key=lambda each: each.validation.accuracy)
    return [each for each in models if mcnemar_p(*differences(best.validation, each.validation)) >= SIGNIFICANT]


WISHES = (
    _Wish("integers alone", _integer),
    _Wish(f"a calibration error at most {100 * LARGEST_MISCALIBRATION:g} points above float32's", _calibrated),
    _Wish(f"an accuracy at most {100 * LARGEST_LOSS:g} points below float32's", _accurate),
    _Wish("no difference from the best of these that McNemar's test can tell", _like_the_best),
)


def _reason(chosen: VariantFigures, having: int, of: int, granted: Sequence[str], refused: Sequence[str]) -> str:
    asked = f"{', '.join(granted[:-1])}{' and ' if len(granted) > 1 else ''}{granted[-1]}"
    found = f"{having} of {of} variants {'has' if having == 1 else 'have'} that"
    waived = f" Not asked for, because none has it: {' and '.join(refused)}." if refused else ""
    return (
        f"Asked for, on {len(chosen.validation.right):,} validation digits: {asked}. {found}, and {chosen.name} is "
        f"the smallest download ({chosen.compressed_bytes:,} bytes).{waived}"
    )
