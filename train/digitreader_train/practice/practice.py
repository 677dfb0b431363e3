"""Practice: the training set as the network sees it, made once by seed, in parallel, and kept in the cache."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from math import ceil
from pathlib import Path

import numpy as np
import numpy.typing as npt

from digitreader.measure.data import DataPlace
from digitreader.values import GLYPH_SIDE
from digitreader_train.digits import LabelledGlyphs
from digitreader_train.practice.camera import photograph_digits
from digitreader_train.practice.damage import damage_digits
from digitreader_train.practice.drawing import draw_cached, tasks_over
from digitreader_train.practice.hands import write_digits
from digitreader_train.practice.letters import find_letters, write_letters
from digitreader_train.practice.negatives import draw_negatives
from digitreader_train.practice.pens import vary_digits, vary_wildly
from digitreader_train.practice.printed import cut_from_print, practised_typefaces
from digitreader_train.practice.scenes import cut_from_scenes
from digitreader_train.practice.task import NO_DIGIT, Draw, Practice, Task
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
    ("damaged", damage_digits),
)
"""What is made from the digits; a recipe says by the same name how much of it for each digit."""


FULL_SET = 55_000
"""Training digits for which a recipe's letters are meant; of fewer digits, fewer letters are told apart."""


def practice_parts(recipe: Recipe, train: LabelledGlyphs, place: DataPlace) -> dict[str, Practice]:
    """What a network of this recipe learns from, kind by kind: the digits, and what is made from them.

    Letters and print do not depend on the digits; there are fewer of them beside fewer digits, so that a small set
    trains in time that fits its size, and the next one finds its print in the cache.

    Args:
        recipe: how much of each kind.
        train: the digits.
        place: where the cache is, and perhaps an archive of letters.
    """
    parts = {"digits": Practice(train.glyphs, train.labels)}
    for number, (name, draw) in enumerate(DRAWN):
        share: float = getattr(recipe, name)
        if draw is cut_from_print and 0 < share * len(train) < FULL_SET:
            parts[name] = printed_beside(round(share * len(train)), place.cache)
            continue
        # the machine's typefaces take a while to be looked at
        typefaces = practised_typefaces() if draw is cut_from_print and share > 0 else ()
        of_kind = (PRACTICE_SEED, number)
        copies = list(tasks_over(train.images, train.labels, of_kind, share=share, typefaces=typefaces))
        if copies:
            # a copy at a time, so that a recipe that asks for more finds the first ones in the cache
            drawn = [draw_cached(draw, f"{name} {at}", tasks, place.cache) for at, tasks in enumerate(copies, 1)]
            parts[name] = Practice.joined(drawn)
    for (name, images), seed in zip(letters_of(recipe, place).items(), (LETTERS_SEED, TYPEFACES_SEED), strict=True):
        unlabelled, share = np.zeros(len(images), np.uint8), getattr(recipe, name) * min(1.0, len(train) / FULL_SET)
        # of a copy that is not whole the first are taken, which must not be those of one alphabet
        mixed = images if share.is_integer() else np.random.default_rng(PRACTICE_SEED).permutation(images)
        portions = tasks_over(mixed, unlabelled, (PRACTICE_SEED, seed), share=share)
        tasks = [task for portion in portions for task in portion]
        if tasks:
            parts[name] = draw_cached(write_letters, name, tasks, place.cache)
    return parts


PRINTED_SEED = (31, 18)
PRINTED_BLOCK, PRINTED_TASK = 500, 250


def printed_beside(digits: int, cache: Path) -> Practice:
    """Printed digits to be learned beside so many others, which decide nothing but how many.

    They are drawn in blocks, the next as large as all before it, so that another set finds them in the cache.
    """
    blocks: list[Practice] = []
    for number, tasks in printed_blocks(digits):
        blocks.append(draw_cached(cut_from_print, f"printed {number}", tasks, cache))
        block, drawn = blocks[-1], sum(len(task.labels) for task in tasks)
        if digits < drawn:  # the last block is not needed whole
            kept = ceil(len(block) * digits / drawn)
            blocks[-1] = Practice(block.glyphs[:kept], block.labels[:kept])
        digits -= drawn
    return Practice.joined(blocks)


def printed_blocks(digits: int) -> Iterator[tuple[int, list[Task]]]:
    """The blocks that hold so many digits, each with its number, from 1."""
    nothing = np.empty((PRINTED_TASK, 0, 0), np.uint8)
    labels, typefaces, begin = np.zeros(PRINTED_TASK, np.uint8), practised_typefaces(), 0
    for number in count(1):
        size = max(PRINTED_BLOCK, begin)
        starts = range(begin, begin + size, PRINTED_TASK)
        yield number, [Task(nothing, labels, (*PRINTED_SEED, start), typefaces) for start in starts]
        begin += size
        if begin >= digits:
            return


def letters_of(recipe: Recipe, place: DataPlace) -> dict[str, Images]:
    """The letters to practise on, by where they come from: handwritten ones, where there are any, and printed ones."""
    handwritten = find_letters(place) if recipe.letters > 0 else None
    none = np.empty((0, GLYPH_SIDE, GLYPH_SIDE), np.uint8)
    return {
        "letters": none if handwritten is None else handwritten.images,
        "typefaces": none if recipe.typefaces == 0 else print_letters(),
    }


NONE_SEED = (31, 17)


def none_parts(images: npt.NDArray[np.uint8], recipe: Recipe, place: DataPlace) -> list[Practice]:
    """Pictures that show no digit, and as many variants of each as the recipe asks of each digit.

    Args:
        images: (N, 28, 28) uint8, white on black, each with some ink.
    """
    labels = np.full(len(images), NO_DIGIT, np.uint8)
    parts = [Practice.of(list(images), labels)]
    for at, tasks in enumerate(tasks_over(images, labels, NONE_SEED, share=recipe.variants), 1):
        parts.append(draw_cached(vary_digits, f"what is no digit {at}", tasks, place.cache))
    return parts
