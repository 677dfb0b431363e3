"""Practice: what the user's own set says is no digit, as it is and by other pens."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from digitreader.measure.data import DataPlace
from digitreader_train.practice.drawing import draw_cached, tasks_over
from digitreader_train.practice.pens import vary_digits
from digitreader_train.practice.task import NO_DIGIT, Practice
from digitreader_train.recipes import Recipe

SEED = (31, 17)


def none_parts(images: npt.NDArray[np.uint8], recipe: Recipe, place: DataPlace) -> list[Practice]:
    """Pictures that show no digit, and as many variants of each as the recipe asks of each digit.

    Args:
        images: (N, 28, 28) uint8, white on black, each with some ink.
    """
    labels = np.full(len(images), NO_DIGIT, np.uint8)
    parts = [Practice.of(list(images), labels)]
    for at, tasks in enumerate(tasks_over(images, labels, SEED, share=recipe.variants), 1):
        parts.append(draw_cached(vary_digits, f"what is no digit {at}", tasks, place.cache))
    return parts
