"""The sizes in which a picture is searched, where it is searched again, and which size shows a digit best."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

import numpy as np
import numpy.typing as npt
import pytest

from digitreader.find.centres import Region, centres_of, share_ink
from digitreader.find.coarse_to_fine import (
    ScaleDetections,
    best_seen,
    cut_out,
    cut_out_of_all,
    heats_of,
    run_at_all_scales,
)
from digitreader.model.engine.map_engine import MapEngine

from .look_of import blank_look, put_digit


class Marker:
    """Says that writing is too small wherever its picture is black."""

    name = "marker"

    def maps(self, image: npt.NDArray[np.uint8]) -> tuple[npt.NDArray[np.float32], ...]:
        dark = image[2::4, 2::4, 0] < 64
        logits = np.full((*dark.shape, 10), -9.0, np.float32)
        logits[..., 9] = np.where(dark, 9, -9)
        return np.zeros((*dark.shape, 4), np.float32), logits


def searched(image: npt.NDArray[np.uint8]) -> list[ScaleDetections]:
    return run_at_all_scales(cast("MapEngine", Marker()), image)


@pytest.mark.parametrize(
    ("longest_px", "sizes_px"),
    [
        (30, [80]),  # a small picture is enlarged, once
        (80, [80]),
        (150, [80]),
        (330, [80, 160, 320]),  # up to its full size, which is cheap
        (630, [80, 160, 320]),
        (1270, [80, 160, 320]),  # up to half of its size
        (1290, [80, 160, 320, 640]),
        (2560, [80, 160, 320, 640, 1280]),
        (6000, [80, 160, 320, 640, 1280]),  # never larger
    ],
)
def test_a_whole_picture_is_searched_in_doubling_sizes(longest_px: int, sizes_px: list[int]) -> None:
    seen = searched(np.full((longest_px // 4, longest_px, 3), 255, np.uint8))
    assert [each.look.scale * longest_px for each in seen] == pytest.approx(sizes_px)
    assert {each.region for each in seen} == {Region(0, 0, longest_px, longest_px // 4)}


def test_only_what_is_unclear_is_searched_again_up_to_twice_its_own_size() -> None:
    picture = np.full((320, 640, 3), 255, np.uint8)
    picture[200:240, 400:440] = 0
    finer = [each for each in searched(picture) if each.region != Region(0, 0, 640, 320)]
    assert [each.look.scale for each in finer] == [1.0, 2.0]
    for each in finer:
        x, y, width, height = each.region
        assert x <= 400
        assert x + width >= 440
        assert y <= 200
        assert y + height >= 240
        assert width < 160 > height


PART = Region(0, 0, 96, 64)


def detections(
    *digits: tuple[float, float, float, float, float],
    scale: float = 1.0,
    region: Region = PART,
    corner: tuple[int, int] = (0, 0),
) -> ScaleDetections:
    """What is seen at a scale: digits by x and y of the centre, width, height and heat, in canvas pixels."""
    look = replace(blank_look(scale=scale), left=corner[0], top=corner[1])
    for x, y, width, height, heat in digits:
        put_digit(look, x, y, width, height, heat=heat)
    look = replace(look, any_ink=look.digit_ink.copy())
    centres = centres_of(look)
    worth = centres[:, 4].astype(np.float64)
    return ScaleDetections(look, region, centres, share_ink(look, centres), worth, np.ones(len(centres), bool))


def test_the_place_of_a_digit_is_told_in_the_picture() -> None:
    seen = detections((40, 32, 16, 28, 0.9), scale=0.5, region=Region(100, 200, 192, 128), corner=(8, 4))
    np.testing.assert_allclose(seen.corners(), [[148, 228, 180, 284]], atol=0.01)
    np.testing.assert_allclose(seen.in_picture(np.array([[8.0, 4.0, 2.0, 3.0]])), [[100, 200, 4, 6]])


def wanted(*seen: ScaleDetections) -> list[list[bool]]:
    return [each.wanted.tolist() for each in best_seen(seen)]


def test_a_digit_is_kept_at_the_scale_that_shows_it_best() -> None:
    fine = detections((40, 32, 16, 28, 0.9))
    coarse = detections((20, 16, 8, 14, 0.7), scale=0.5)
    assert wanted(coarse, fine) == [[True]]
    assert best_seen([coarse, fine])[0].look is fine.look
    assert best_seen([fine, coarse])[0].look is fine.look


def test_a_digit_that_no_other_scale_is_sure_of_is_kept_at_both() -> None:
    assert wanted(detections((20, 16, 8, 14, 0.4), scale=0.5), detections((40, 32, 16, 28, 0.55))) == [[True], [True]]


def test_digits_in_different_places_are_kept_at_their_scales() -> None:
    beside = detections((34, 16, 8, 14, 0.7), scale=0.5)
    assert wanted(beside, detections((40, 32, 16, 28, 0.9))) == [[True], [True]]


def test_two_digits_of_one_scale_do_not_replace_each_other() -> None:
    both = detections((40, 32, 16, 28, 0.9), (40, 40, 16, 28, 0.8))
    assert len(both.centres) == 1  # it is the same digit for this scale
    apart = detections((32, 32, 16, 28, 0.9), (48, 32, 16, 28, 0.7))
    assert wanted(apart) == [[True, True]]


def test_nothing_seen_stays_nothing() -> None:
    assert best_seen([]) == []
    assert best_seen([detections()]) == []


WHOLE = detections(region=Region(0, 0, 300, 200))


@pytest.mark.parametrize(
    ("digit", "side"),
    [((9, 32), "left"), ((87, 32), "right"), ((48, 15), "top"), ((48, 49), "bottom")],
)
def test_a_digit_at_an_edge_that_was_cut_is_dropped(digit: tuple[int, int], side: str) -> None:
    seen = detections((*digit, 16, 28, 0.9), region=Region(100, 60, 96, 64))
    assert wanted(WHOLE, seen) == []
    x, y = {"left": (0, 60), "right": (204, 60), "top": (100, 0), "bottom": (100, 136)}[side]
    at_the_pictures_edge = replace(seen, region=Region(x, y, 96, 64))
    assert wanted(WHOLE, at_the_pictures_edge) == [[True]]


@pytest.mark.parametrize("digit", [(12, 32), (84, 32), (48, 18), (48, 46)])
def test_a_digit_near_an_edge_that_was_cut_is_kept(digit: tuple[int, int]) -> None:
    assert wanted(WHOLE, detections((*digit, 16, 28, 0.9), region=Region(100, 60, 96, 64))) == [[True]]


def test_only_wanted_digits_are_cut_out_each_with_its_box_in_the_picture() -> None:
    two = detections((32, 32, 16, 28, 0.9), (64, 32, 16, 28, 0.8), scale=0.5, region=Region(100, 200, 192, 128))
    cut = cut_out(replace(two, wanted=np.array([False, True])))
    (candidate,) = cut.candidates
    box = candidate.box
    assert (box.x, box.y, box.width, box.height) == pytest.approx((212, 236, 32, 56), abs=4)


def test_a_peak_company_and_a_good_size_speak_for_a_digit() -> None:
    (alone,) = cut_out(detections((40, 32, 16, 28, 0.9))).candidates
    (lower,) = cut_out(detections((40, 32, 16, 28, 0.6))).candidates
    (small,) = cut_out(detections((40, 32, 8, 10, 0.9))).candidates
    seen = detections((40, 32, 16, 28, 0.9))
    seen.look.any_ink[8:24, 30:40] = 0.9  # a letter beside it
    (among_letters,) = cut_out(seen).candidates
    assert alone.heat > 0.9 > lower.heat
    assert max(small.heat, among_letters.heat) < alone.heat


def test_the_features_of_a_candidate_are_one_its_peak_its_company_and_how_well_its_size_is_seen() -> None:
    np.testing.assert_allclose(cut_out(detections((40, 32, 16, 28, 0.9))).features, [[1, 0.9, 1, 1]], atol=1e-3)
    np.testing.assert_allclose(cut_out(detections((40, 32, 8, 14, 0.8))).features, [[1, 0.8, 1, 0.8]], atol=1e-3)


def test_a_heat_is_the_chance_of_its_log_odds() -> None:
    assert heats_of(np.array([[1.0, 0.0], [1.0, 2.0]]), (0.0, np.log(3) / 2)) == pytest.approx([0.5, 0.75])


def test_candidates_of_all_scales_are_told() -> None:
    some, others = detections((32, 32, 16, 28, 0.9)), detections((32, 16, 8, 14, 0.8), scale=0.5)
    found, dots = cut_out_of_all([some, others])
    assert len(found) == 2
    assert dots == []
