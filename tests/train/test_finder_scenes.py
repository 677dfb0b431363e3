"""The truth of drawn scenes, and how what was found is compared with it."""

from __future__ import annotations

import numpy as np
import pytest

from digitreader.data import DataPlace
from digitreader_train.finder.characters import Characters
from digitreader_train.finder.found import Compared, compare_scene, peaks_of, shares_of
from digitreader_train.finder.material import load_material
from digitreader_train.finder.scene import SIDE_PX, FinderScene, draw_finder_scene
from digitreader_train.finder.targets import CELL_PX, GREATEST_PX, LEAST_PX, WHOLE, Targets, targets_of

SCENES = 16
CELLS = SIDE_PX // CELL_PX


@pytest.fixture(scope="module")
def characters(drawn_place: DataPlace) -> Characters:
    learned = load_material(drawn_place).learned
    return Characters(learned.digits, learned.labels, learned.letters, seed=1)


@pytest.fixture(scope="module")
def scenes(characters: Characters) -> list[FinderScene]:
    return [draw_finder_scene(characters, np.random.default_rng((5, at))) for at in range(SCENES)]


def asked_digits(scene: FinderScene) -> int:
    size = scene.digits.boxes[:, 2:].max(axis=1) if len(scene.digits.boxes) else np.zeros(0)
    return int(((size >= LEAST_PX) & (size <= GREATEST_PX) & (scene.digits.seen >= WHOLE)).sum())


def perfectly_told(targets: Targets) -> Compared:
    maps = np.concatenate([targets.maps, targets.counts[..., :1]], axis=-1).astype(np.float32) / 255
    told = np.log(np.clip(maps[..., :10], 1e-6, 1 - 1e-6) / (1 - np.clip(maps[..., :10], 1e-6, 1 - 1e-6)))
    return compare_scene(maps, targets.geometry, told, targets.geometry)


def test_the_same_seed_draws_the_same_scene(characters: Characters, scenes: list[FinderScene]) -> None:
    again = draw_finder_scene(characters, np.random.default_rng((5, 3)))
    assert np.array_equal(again.image, scenes[3].image)
    assert np.array_equal(again.digits.boxes, scenes[3].digits.boxes)


def test_there_are_digits_to_find(scenes: list[FinderScene]) -> None:
    assert sum(asked_digits(scene) for scene in scenes) > SCENES


def test_each_box_holds_exactly_the_pixels_of_its_digit(scenes: list[FinderScene]) -> None:
    for scene in scenes:
        for (x, y, width, height), number in zip(scene.digits.boxes, scene.digits.numbers, strict=True):
            rows, columns = np.nonzero(scene.owners == number)
            assert (columns.min(), rows.min()) == (x, y)
            assert (columns.max() + 1 - columns.min(), rows.max() + 1 - rows.min()) == (width, height)


def test_every_owner_is_a_digit_of_the_scene_and_owns_ink(scenes: list[FinderScene]) -> None:
    for scene in scenes:
        assert set(np.unique(scene.owners)) - {0} == set(scene.digits.numbers.tolist())
        owned = scene.owners > 0
        # turning a page rounds owners to whole pixels and ink to parts of them
        assert not owned.any() or (scene.digit_ink[owned] > 0).mean() > 0.9


def test_the_ink_of_digits_is_ink(scenes: list[FinderScene]) -> None:
    for scene in scenes:
        assert (scene.any_ink.astype(int) + 2 >= scene.digit_ink).all()


def test_the_hill_has_one_peak_for_each_digit_that_is_asked_for(scenes: list[FinderScene]) -> None:
    for scene in scenes:
        targets = targets_of(scene)
        assert targets.maps.shape == (CELLS, CELLS, 10)
        assert int((targets.maps[..., 0] == 255).sum()) == asked_digits(scene)


def test_what_tells_the_truth_finds_the_digits_and_nothing_else(scenes: list[FinderScene]) -> None:
    shares = shares_of([perfectly_told(targets_of(scene)) for scene in scenes])
    # digits that overlap so far that their centres lie in neighbouring cells are one peak
    assert shares.recall > 0.97
    assert shares.precision == 1.0


def test_what_tells_nothing_finds_nothing(scenes: list[FinderScene]) -> None:
    targets = targets_of(scenes[0])
    maps = np.concatenate([targets.maps, targets.counts[..., :1]], axis=-1).astype(np.float32) / 255
    dark = np.full((CELLS, CELLS, 10), -9, np.float32)
    compared = compare_scene(maps, targets.geometry, dark, np.zeros((CELLS, CELLS, 4), np.float32))
    assert len(compared.centres) == 0
    assert compared.mistakes == len(compared.truth) == asked_digits(scenes[0])


def test_of_two_neighbours_that_are_equally_hot_one_is_a_peak() -> None:
    heat = np.zeros((8, 8), np.float32)
    heat[2, 3] = heat[2, 4] = heat[3, 4] = 0.75
    heat[6, 6] = 0.31
    assert peaks_of(heat).tolist() == [[2, 3], [6, 6]]
