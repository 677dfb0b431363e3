"""Practice: the training set as the network sees it, made once by seed, in parallel, and kept in the cache."""

from __future__ import annotations

import numpy as np

from digitreader.data import DataPlace
from digitreader_train.digits import LabelledGlyphs
from digitreader_train.practice.camera import photograph_digits
from digitreader_train.practice.drawing import draw_cached, tasks_over
from digitreader_train.practice.hands import write_digits
from digitreader_train.practice.letters import find_letters, write_letters
from digitreader_train.practice.negatives import draw_negatives
from digitreader_train.practice.pens import vary_digits, vary_wildly
from digitreader_train.practice.task import Draw, Practice
from digitreader_train.recipes import Recipe

PRACTICE_SEED = 31
LETTERS_SEED = 5

DRAWN: tuple[tuple[str, Draw], ...] = (
    ("variants", vary_digits),
    ("wild", vary_wildly),
    ("hands", write_digits),
    ("camera", photograph_digits),
    ("negatives", draw_negatives),
)
"""What is made from the digits; a recipe says by the same name how much of it for each digit."""


def practice_parts(recipe: Recipe, train: LabelledGlyphs, place: DataPlace) -> dict[str, Practice]:
    """What a network of this recipe learns from, kind by kind: the digits, and what is made from them.

    Args:
        recipe: how much of each kind.
        train: the digits.
        place: where the cache is, and perhaps an archive of letters.
    """
    parts = {"digits": Practice(train.glyphs, train.labels)}
    for number, (name, draw) in enumerate(DRAWN):
        copies = list(tasks_over(train.images, train.labels, (PRACTICE_SEED, number), share=getattr(recipe, name)))
        if copies:
            # a copy at a time, so that a recipe that asks for more finds the first ones in the cache
            drawn = [draw_cached(draw, f"{name} {at}", tasks, place.cache) for at, tasks in enumerate(copies, 1)]
            parts[name] = Practice.joined(drawn)
    letters = find_letters(place) if recipe.letters > 0 else None
    if letters is not None:
        unlabelled = np.zeros(len(letters.images), np.uint8)
        copies = list(tasks_over(letters.images, unlabelled, (PRACTICE_SEED, LETTERS_SEED), share=recipe.letters))
        tasks = [task for copy in copies for task in copy]
        parts["letters"] = draw_cached(write_letters, "letters", tasks, place.cache)
    return parts
