"""The truth of drawn scenes, and how what was found is compared with it."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from digitreader.drawing import display_surface, draw_display_style
from digitreader.measure.data import DataPlace
from digitreader_train import finder
from digitreader_train.finder.characters import Characters, PageCharacters
from digitreader_train.finder.draw_page import CLOSEST, write_lines
from digitreader_train.finder.found import Compared, compare_scene, peaks_of, shares_of
from digitreader_train.finder.ink import Character
from digitreader_train.finder.material import load_material
from digitreader_train.finder.page import Page, choose_layout
from digitreader_train.finder.practice import DRAWING
from digitreader_train.finder.rules import draw_line
from digitreader_train.finder.scene import SIDE_PX, FinderScene, draw_finder_scene, measure_digits
from digitreader_train.finder.targets import CELL_PX, GREATEST_PX, LEAST_PX, WHOLE, Targets, targets_of
from digitreader_train.finder.unwritten import page_of
from digitreader_train.finder.writer import MANY_ONES, choose_writer

SCENES = 60
CELLS = SIDE_PX // CELL_PX


@pytest.fixture(scope="module")
def characters(drawn_place: DataPlace) -> Characters:
    learned = load_material(drawn_place).learned
    return Characters(learned.digits, learned.labels, learned.letters, seed=1, typefaces=learned.typefaces)


@pytest.fixture(scope="module")
def scenes(characters: Characters) -> list[FinderScene]:
    return [draw_finder_scene(characters, np.random.default_rng((5, at))) for at in range(SCENES)]


def asked_cells(scene: FinderScene) -> int:
    """The cells in which digits have their centres; two thin ones that run into each other may share one."""
    boxes = scene.digits.boxes
    size = boxes[:, 2:].max(axis=1, initial=0)
    asked = (size >= LEAST_PX) & (size <= GREATEST_PX) & (scene.digits.seen >= WHOLE)
    cells = np.minimum((boxes[asked, :2] + boxes[asked, 2:] / 2) // CELL_PX, CELLS - 1)
    return len(np.unique(cells, axis=0))


def perfectly_told(targets: Targets) -> Compared:
    maps = np.concatenate([targets.maps, targets.counts[..., :1]], axis=-1).astype(np.float32) / 255
    told = np.log(np.clip(maps[..., :10], 1e-6, 1 - 1e-6) / (1 - np.clip(maps[..., :10], 1e-6, 1 - 1e-6)))
    return compare_scene(maps, targets.geometry, told, targets.geometry)


def test_the_same_seed_draws_the_same_scene(characters: Characters, scenes: list[FinderScene]) -> None:
    again = draw_finder_scene(characters, np.random.default_rng((5, 3)))
    assert np.array_equal(again.image, scenes[3].image)
    assert np.array_equal(again.digits.boxes, scenes[3].digits.boxes)


def test_there_are_digits_to_find(scenes: list[FinderScene]) -> None:
    assert sum(asked_cells(scene) for scene in scenes) > SCENES


def full_ink(height: int, width: int) -> Character:
    return Character(np.full((height, width), 255, np.uint8), digit=7)


def test_what_lies_outside_a_page_is_cut_off() -> None:
    page = Page.empty(10)
    page.put(full_ink(6, 4), x=-2, foot=3)
    rows, columns = np.nonzero(page.digit_ink)
    assert (rows.max(), columns.max()) == (2, 1)


def test_a_character_outside_a_page_is_no_digit_of_it() -> None:
    page = Page.empty(10)
    page.put(full_ink(6, 4), x=20, foot=30)
    assert page.labels == []


def test_faint_ink_covers_as_many_pixels_as_strong_ink() -> None:
    page = Page.empty(10)
    page.put(full_ink(6, 4), x=1, foot=8, strength=0.5)
    assert page.writing.max() == 127
    assert page.digit_ink.max() == page.any_ink.max() == 255


def test_a_digit_that_is_half_outside_what_is_seen_is_half_seen() -> None:
    page = Page.empty(20)
    page.put(full_ink(8, 4), x=3, foot=15)
    digits = measure_digits(page.owners, page.labels, np.s_[5:15, 5:15])
    assert digits.boxes.tolist() == [[0, 2, 2, 8]]
    assert digits.seen.tolist() == [0.5]
    assert digits.numbers.tolist() == [1]
    assert digits.labels.tolist() == [7]


def test_a_line_of_half_a_pixel_has_half_the_ink_of_a_pixel() -> None:
    inks = []
    for width_px in (0.5, 1.0):
        plane = np.zeros((20, 20), np.uint8)
        draw_line(plane, np.array([(0.0, 10.0), (20.0, 10.0)]), width_px)
        inks.append(int(plane.sum()))
    # OpenCV rounds each pixel of the soft edges
    assert inks[0] / inks[1] == pytest.approx(0.5, abs=0.02)


def test_every_file_that_decides_what_is_drawn_is_part_of_the_cache_key() -> None:
    folder, found, waiting = Path(str(finder.__file__)).parent, set[str](), {"scene", "targets", "characters"}
    while waiting:
        name = waiting.pop()
        found.add(name)
        text = (folder / f"{name}.py").read_text()
        waiting |= set(re.findall(r"from digitreader_train\.finder\.(\w+) import", text)) - found
    assert {f"{name}.py" for name in found} | {"__init__.py"} == set(DRAWING)


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
        assert int((targets.maps[..., 0] == 255).sum()) == asked_cells(scene)


def test_what_tells_the_truth_finds_the_digits_and_nothing_else(scenes: list[FinderScene]) -> None:
    shares = shares_of([perfectly_told(targets_of(scene)) for scene in scenes])
    # digits that overlap so far that their centres lie in neighbouring cells are one peak
    assert shares.recall > 0.95
    assert shares.precision == 1.0


def test_what_tells_nothing_finds_nothing(scenes: list[FinderScene]) -> None:
    targets = targets_of(scenes[0])
    maps = np.concatenate([targets.maps, targets.counts[..., :1]], axis=-1).astype(np.float32) / 255
    dark = np.full((CELLS, CELLS, 10), -9, np.float32)
    compared = compare_scene(maps, targets.geometry, dark, np.zeros((CELLS, CELLS, 4), np.float32))
    assert len(compared.centres) == 0
    assert 0 < compared.mistakes == len(compared.truth) <= asked_cells(scenes[0])


def test_of_two_neighbours_that_are_equally_hot_one_is_a_peak() -> None:
    heat = np.zeros((8, 8), np.float32)
    heat[2, 3] = heat[2, 4] = heat[3, 4] = 0.75
    heat[6, 6] = 0.31
    assert peaks_of(heat).tolist() == [[2, 3], [6, 6]]


def test_a_point_under_a_slanted_digit_is_no_ink_of_the_digit() -> None:
    rng = np.random.default_rng(3)
    style = draw_display_style(rng, held_out=False)
    segments = replace(style.segments, slant_deg=12.0)
    slanted = replace(style, segments=segments, pitch=segments.width + 0.25, typeface=None)
    surface = display_surface(rng, ["7.", "1"], slanted, size_wh=(200, 200), digit_px=90.0)
    page = page_of(surface)
    (point,) = (sign for sign in surface.signs if sign.sign == ".")
    (left, top), (right, bottom) = point.hull.min(axis=0).astype(int), point.hull.max(axis=0).astype(int)
    place = np.s_[top:bottom, left:right]
    assert page.any_ink[place].max() == 255
    assert not page.digit_ink[place].any()
    assert not page.owners[place].any()
    assert page.labels == [7, 1]


class OnesOnly(PageCharacters):
    """Writes thin 1s alone."""

    def digit_or_mark(self, height_px: float, rng: np.random.Generator, *, marks: float) -> Character:
        del rng, marks
        return full_ink(round(height_px), 4)


def test_1s_stand_as_close_as_other_digits(characters: Characters) -> None:
    rng = np.random.default_rng(3)
    writer = replace(choose_writer(rng), pen=0.04)
    layout = replace(choose_layout(rng, SIDE_PX), kind="lines", digit_px=60.0, gap=0.05, marks=0.0, pitch_px=90.0)
    page = Page.empty(SIDE_PX)
    write_lines(page, layout, OnesOnly(characters, writer), rng)
    boxes = measure_digits(page.owners, page.labels, np.s_[:, :]).boxes
    apart = np.diff(np.unique(boxes[:, 0]))
    least = (CLOSEST + writer.pen) * layout.digit_px
    assert apart.min() >= round(least) - 1
    assert apart.min() < 0.2 * layout.digit_px


def test_some_pages_are_mostly_1s(characters: Characters) -> None:
    many = replace(choose_writer(np.random.default_rng(3)), source="paths", ones=MANY_ONES)
    rng = np.random.default_rng(4)
    written = PageCharacters(characters, many)
    ones = sum(written.digit(60.0, rng).digit == 1 for _ in range(60))
    assert ones > 30
    some = [choose_writer(np.random.default_rng(seed)).ones for seed in range(200)]
    assert 10 < some.count(MANY_ONES) < 60
