"""Practice: the training set as the network sees it, made once by seed, in parallel, and kept in the cache."""

from __future__ import annotations

import numpy as np

from digitreader.data import DataPlace
from digitreader.values import GLYPH_SIDE
from digitreader_train.digits import LabelledGlyphs
from digitreader_train.practice.camera import photograph_digits
from digitreader_train.practice.drawing import draw_cached, tasks_over
from digitreader_train.practice.hands import write_digits
from digitreader_train.practice.letters import find_letters, write_letters
from digitreader_train.practice.negatives import draw_negatives
from digitreader_train.practice.pens import vary_digits, vary_wildly
from digitreader_train.practice.printed import cut_from_print, practised_typefaces
from digitreader_train.practice.scenes import cut_from_scenes
from digitreader_train.practice.task import Draw, Practice
from digitreader_train.practice.typefaces import Images, print_letters
from digitreader_train.recipes import Recipe

PRACTICE_SEED = 31
LETTERS_SEED, TYPEFACES_SEED = 15, 16

DRAWN: tuple[tuple[str, Draw], ...] = (
    ("variants", vary_digits),
    ("wild", vary_wildly),
    ("hands", write_digits),
    ("camera", photograph_digits),
    ("negatives", draw_negatives),
    ("scenes", cut_from_scenes),
    ("printed", cut_from_print),
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
        share, typefaces = getattr(recipe, name), practised_typefaces() if draw is cut_from_print else ()
        of_kind = (PRACTICE_SEED, number)
        copies = list(tasks_over(train.images, train.labels, of_kind, share=share, typefaces=typefaces))
        if copies:
            # a copy at a time, so that a recipe that asks for more finds the first ones in the cache
            drawn = [draw_cached(draw, f"{name} {at}", tasks, place.cache) for at, tasks in enumerate(copies, 1)]
            parts[name] = Practice.joined(drawn)
    for (name, images), seed in zip(letters_of(recipe, place).items(), (LETTERS_SEED, TYPEFACES_SEED), strict=True):
        unlabelled = np.zeros(len(images), np.uint8)
        portions = tasks_over(images, unlabelled, (PRACTICE_SEED, seed), share=getattr(recipe, name))
        tasks = [task for portion in portions for task in portion]
        if tasks:
            parts[name] = draw_cached(write_letters, name, tasks, place.cache)
    return parts


def letters_of(recipe: Recipe, place: DataPlace) -> dict[str, Images]:
    """The letters to practise on, by where they come from: handwritten ones, where there are any, and printed ones."""
    handwritten = find_letters(place) if recipe.letters > 0 else None
    none = np.empty((0, GLYPH_SIDE, GLYPH_SIDE), np.uint8)
    return {
        "letters": none if handwritten is None else handwritten.images,
        "typefaces": none if recipe.typefaces == 0 else print_letters(),
    }
