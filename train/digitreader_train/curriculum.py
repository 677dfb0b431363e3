"""Collects everything that a network learns from, with the teacher's beliefs."""

from __future__ import annotations

from digitreader.measure.data import DataPlace
from digitreader_train.digits import TrainingDigits
from digitreader_train.practice import Practice
from digitreader_train.practice.practice import none_parts, practice_parts
from digitreader_train.recipes import Recipe, rehearsing
from digitreader_train.shown import shown


def practice_for(
    recipe: Recipe, digits: TrainingDigits, place: DataPlace, *, extra: Practice | None = None
) -> Practice:
    """What a network of this recipe learns from.

    Args:
        recipe: how much of each kind, and how far a teacher is trusted.
        digits: whose training half is practised; on the other the teacher shows what it has learned.
        place: where the cache is.
        extra: what is practised beside that.

    Returns:
        its glyphs are as the network is shown them; the teacher looks at pixels.
    """
    parts = list(practice_parts(recipe, digits.train, place).values())
    if digits.others is not None:
        parts += none_parts(digits.others, recipe, place)
    if digits.rehearsal is not None:
        parts += list(practice_parts(rehearsing(recipe), digits.rehearsal, place).values())
    practice = Practice.joined(parts if extra is None else [*parts, extra])
    if recipe.teacher > 0:
        from digitreader_train.teacher import taught

        practice = taught(practice, digits.validation, place.cache)
    return shown(practice.with_first(len(digits.train), times=round(recipe.digits)), recipe.features)
