"""The digits and letters that scenes are drawn with, and the scenes themselves: for learning and for judging."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from digitreader.errors import DataError
from digitreader.measure.data import DataPlace, find_mnist
from digitreader_train.finder.practice import Material, Portion, draw_portions, scenes_key
from digitreader_train.finder.recipe import FinderRecipe
from digitreader_train.practice.letters import ARCHIVE, find_letters
from digitreader_train.practice.printed import practised_typefaces

LEAST_DIGITS = 20
LEARNED_TWELFTHS = 11
"""So many twelfths of the training digits are for scenes to learn from, the others for scenes to judge by."""


@dataclass(frozen=True, slots=True, eq=False)
class FinderMaterial:
    """What scenes are drawn with.

    Attributes:
        learned: for scenes to learn from.
        judged: for scenes to judge by; its digits are others, its letters the same.
        files_sha256: of the decompressed data files and of the archive of letters, by name.
        is_mnist: false where a user trains on digits of their own.
    """

    learned: Material
    judged: Material
    files_sha256: Mapping[str, str]
    is_mnist: bool


@dataclass(frozen=True, slots=True, eq=False)
class FinderScenes:
    """Drawn scenes.

    Attributes:
        learned: to learn from.
        judged: to judge by.
        key: names the code and the material that drew those to learn from.
    """

    learned: list[Portion]
    judged: list[Portion]
    key: str


def load_material(place: DataPlace) -> FinderMaterial:
    """Load the digits and, where there is an archive of them beside MNIST, handwritten letters.

    Raises:
        DataError: no usable data, or too little of it.
    """
    files = find_mnist(place)
    digits = files.read("train")
    first = len(digits.images) * LEARNED_TWELFTHS // 12
    if first < LEAST_DIGITS:
        raise DataError(f"{len(digits.images)} digits are too few to draw scenes with; need at least {LEAST_DIGITS}")
    letters = find_letters(place)
    images = letters.images if letters else np.empty((0, 28, 28), np.uint8)
    typefaces = practised_typefaces()
    sha256 = dict(files.sha256) | ({ARCHIVE.name: letters.sha256} if letters else {})
    return FinderMaterial(
        Material(digits.images[:first], digits.labels[:first], images, typefaces),
        Material(digits.images[first:], digits.labels[first:], images, typefaces),
        sha256,
        files.is_mnist,
    )


def draw_scenes(recipe: FinderRecipe, material: FinderMaterial, cache: Path) -> FinderScenes:
    """Draw all scenes of a recipe, or take them from the cache, with progress bars."""
    return FinderScenes(
        draw_portions(material.learned, recipe.portions, seed=recipe.seed, cache=cache, size=recipe.portion),
        draw_validation_scenes(recipe, material, cache),
        scenes_key(material.learned),
    )


def draw_validation_scenes(recipe: FinderRecipe, material: FinderMaterial, cache: Path) -> list[Portion]:
    """Draw the scenes that judge, or take them from the cache, with a progress bar."""
    return draw_portions(
        material.judged,
        recipe.validation_portions,
        seed=recipe.validation_seed,
        cache=cache,
        size=recipe.validation_portion,
        label="drawing validation scenes",
    )
