"""Glyphs that are not digits and that no network learned from, for choosing the acceptance rule."""

from __future__ import annotations

from pathlib import Path

from digitreader.values import Glyphs
from digitreader_train.digits import LabelledGlyphs
from digitreader_train.practice import Task
from digitreader_train.practice.drawing import draw_cached
from digitreader_train.practice.negatives import draw_negatives

SEED = (47,)
"""Not one of practice, which draws the same kinds."""

MOST = 2_000


def draw_validation_negatives(validation: LabelledGlyphs, cache: Path) -> Glyphs:
    """One for each validation digit, at most 2,000; those made of digits are made of validation digits.

    Args:
        validation: digits that the network did not learn from.
        cache: the cache folder, from which they come where they were drawn before.

    Returns:
        (M, 28, 28) uint8.
    """
    task = Task(validation.images[:MOST], validation.labels[:MOST], SEED)
    return draw_cached(draw_negatives, "validation negatives", [task], cache).glyphs
