"""Practice in bad pictures: every damage leaves a picture, and what is no digit is damaged likewise."""

from __future__ import annotations

import numpy as np
import pytest

from digitreader.values import GrayImage
from digitreader_train.practice.damage import DAMAGES, Damage, damage_digits, damaged
from digitreader_train.practice.task import NO_DIGIT, Task


def bar() -> GrayImage:
    image = np.zeros((28, 28), np.uint8)
    image[4:24, 12:16] = 255
    return image


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda each: each.__name__)
def test_a_damage_changes_the_picture_and_leaves_its_argument_alone(damage: Damage) -> None:
    image = bar()
    changed = [damage(image, np.random.default_rng(seed)) for seed in range(8)]
    assert all(each.shape == (28, 28) and each.dtype == np.uint8 for each in changed)
    assert any((each != image).any() for each in changed)
    assert (image == bar()).all()


def test_the_same_seed_damages_alike() -> None:
    first, again, other = (damaged(bar(), np.random.default_rng(seed)) for seed in (3, 3, 4))
    assert (first == again).all()
    assert (first != other).any()


def test_a_quarter_of_the_bad_pictures_shows_no_digit() -> None:
    task = Task(np.stack([bar()] * 200), np.ones(200, np.uint8), (1, 2))
    practice = damage_digits(task)
    assert practice.glyphs.shape == (200, 28, 28)
    assert set(practice.labels.tolist()) == {1, NO_DIGIT}
    assert 30 <= np.count_nonzero(practice.labels == NO_DIGIT) <= 70


def test_digits_in_images_of_another_size_are_damaged_too() -> None:
    images = np.zeros((40, 48, 48), np.uint8)
    images[:, 8:40, 20:26] = 255
    practice = damage_digits(Task(images, np.ones(40, np.uint8), (1, 2)))
    assert practice.glyphs.shape == (40, 28, 28)
