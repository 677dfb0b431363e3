"""What is not a digit: what is taken for one, at the model's threshold and at one that keeps a share of digits."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest

from digitreader.drawing import FREE_MARKS, MARK_TEMPLATES
from digitreader.errors import ImageError
from digitreader.measure.data import LabelledImages
from digitreader.measure.score.negatives import (
    Digits,
    Negatives,
    draw_negatives,
    negatives_sections,
    negatives_text,
    read_negatives,
    score_negatives,
    score_pictures,
    shown_ink,
    shown_picture,
)
from digitreader.model.accept import AcceptanceRule
from digitreader.model.load import Model
from digitreader.reading.pipeline import FrameReader
from digitreader.values import GrayImage, Reading

Draw = Callable[[int], GrayImage]
Lit = Callable[..., Model]


@pytest.fixture
def four(digit_image: Draw) -> Negatives:
    """Three inks of two classes and a blank one."""
    inks = [digit_image(1), digit_image(2), digit_image(3), np.zeros((28, 28), np.uint8)]
    return Negatives(inks, ["a", "b", "b", "b"], "inks")


ANSWERS = ((4, 0.2), (4, 0.9), (1, 0.99), (8, 0.99))


def test_what_is_accepted_is_counted_by_class_and_by_digit(four: Negatives, lit_model: Lit) -> None:
    score, _ = score_negatives(lit_model(*ANSWERS), four)
    assert (score.n, score.accepted, score.share, score.threshold) == (4, 2, 0.5, 0.5)
    assert (score.taken_for[1], score.taken_for[4], sum(score.taken_for)) == (1, 1, 2)
    assert [(each.name, each.n, each.accepted) for each in score.classes] == [("b", 3, 2), ("a", 1, 0)]
    assert score.at_kept is None


def test_the_evidence_decides_what_is_accepted_and_is_what_keeps_digits(
    four: Negatives, lit_model: Lit, digit_image: Draw
) -> None:
    digits = LabelledImages(np.stack([digit_image(7)]), np.full(1, 7, np.uint8), "a seven")
    model = lit_model(*ANSWERS, (7, 0.6), rule=AcceptanceRule(0.5, none=-6.0))
    score, mistaken = score_negatives(model, four, keep=Digits(digits, 1.0))
    assert score.accepted == 2
    assert score.at_kept is not None
    assert score.at_kept.threshold == pytest.approx(0.6, abs=1e-4)
    assert score.at_kept.accepted == 2
    assert min(each.confidence for each in mistaken) > 0.99


def test_the_surest_are_shown_first(four: Negatives, lit_model: Lit) -> None:
    _, mistaken = score_negatives(lit_model(*ANSWERS), four)
    assert [(each.kind, each.read) for each in mistaken] == [("b", 1), ("b", 4)]
    assert np.array_equal(mistaken[0].image, four.inks[2])
    assert len(score_negatives(lit_model(*ANSWERS), four, pictures=1)[1]) == 1


@pytest.mark.parametrize(("keep", "accepted"), [(1.0, 3), (0.75, 2), (0.5, 1), (0.25, 0)])
def test_the_threshold_can_be_set_by_the_digits_that_it_keeps(
    four: Negatives, lit_model: Lit, digit_image: Draw, keep: float, accepted: int
) -> None:
    digits = LabelledImages(np.stack([digit_image(7)] * 4), np.full(4, 7, np.uint8), "sevens")
    kept = ((7, 0.1), (7, 0.5), (7, 0.95), (7, 0.999))
    score, _ = score_negatives(lit_model(*ANSWERS, *kept), four, keep=Digits(digits, keep))
    assert score.at_kept is not None
    assert (score.at_kept.digits, score.at_kept.digits_kept, score.at_kept.accepted) == ("sevens", keep, accepted)
    assert score.at_kept.share == accepted / 4
    light = kept[round(4 * (1 - keep))][1]
    assert score.at_kept.threshold == pytest.approx(light, abs=0.01)


def test_what_is_as_sure_as_the_threshold_is_accepted(four: Negatives, lit_model: Lit, digit_image: Draw) -> None:
    digits = LabelledImages(np.stack([digit_image(7)]), np.full(1, 7, np.uint8), "a seven")
    score, _ = score_negatives(lit_model(*ANSWERS, (7, 0.9)), four, keep=Digits(digits, 1.0))
    assert score.at_kept is not None
    assert score.at_kept.accepted == 2  # the 4 of 0.9 and the 1 of 0.99


def test_an_archive_is_read_with_its_classes(tmp_path: Path) -> None:
    images = np.full((2, 8, 8), 255, np.uint8)
    np.savez(tmp_path / "letters.npz", x=images, alphabet=np.array(["Greek", "Latin"]))
    negatives = read_negatives(tmp_path / "letters.npz")
    assert (negatives.name, list(negatives.classes), len(negatives.inks)) == ("letters.npz", ["Greek", "Latin"], 2)


def test_every_kind_of_mark_is_drawn_as_often_as_another_and_alike_each_time() -> None:
    kinds = [*MARK_TEMPLATES, *FREE_MARKS]
    drawn, again = (draw_negatives(2 * len(kinds), seed=3) for _ in range(2))
    assert {kind: drawn.classes.count(kind) for kind in kinds} == dict.fromkeys(kinds, 2)
    assert all(np.array_equal(one, other) for one, other in zip(drawn.inks, again.inks, strict=True))
    first, second = drawn.inks[0], drawn.inks[len(kinds)]
    assert first.shape != second.shape or not np.array_equal(first, second)
    assert all(ink.max() > 128 for ink in drawn.inks)


@pytest.fixture
def folder(tmp_path: Path) -> list[Path]:
    paths = [tmp_path / "1.png", tmp_path / "2.png"]
    for path in paths:
        cv2.imwrite(str(path), np.full((40, 60, 3), 180, np.uint8))
    return paths


def test_a_picture_in_which_a_digit_is_read_counts_once(
    folder: list[Path], telling: Callable[..., FrameReader], reading: Callable[..., Reading]
) -> None:
    score, mistaken = score_pictures(telling({"2.png": [reading(3), reading(5)]}), folder, "textures")
    assert (score.n, score.accepted, score.share) == (2, 1, 0.5)
    assert (score.taken_for[3], score.taken_for[5], sum(score.taken_for)) == (1, 1, 2)
    assert [(each.name, len(each.readings)) for each in mistaken] == [("2.png", 2)]
    assert "2.png" in shown_picture(mistaken[0]).alternative


def test_pictures_without_any_reading_are_none_accepted(
    folder: list[Path], telling: Callable[..., FrameReader]
) -> None:
    score, mistaken = score_pictures(telling(), folder, "textures")
    assert (score.accepted, score.taken_for, mistaken) == (0, (0,) * 10, [])


def test_a_picture_that_cannot_be_read_is_refused(folder: list[Path], telling: Callable[..., FrameReader]) -> None:
    folder[0].write_text("nothing")
    with pytest.raises(ImageError, match=r"1\.png"):
        score_pictures(telling(), folder, "textures")


def test_the_lines_and_the_page_tell_classes_and_digits(four: Negatives, lit_model: Lit) -> None:
    score, mistaken = score_negatives(lit_model(*ANSWERS), four)
    text = negatives_text(score, "a model")
    page = "".join(negatives_sections(score, [shown_ink(each) for each in mistaken]))
    assert "50.00%  (2, at the model's threshold 0.5)" in text
    assert "  b    66.7%  2 of 3" in text
    assert "<td>b</td><td>3</td><td>2</td><td>66.7 %</td>" in page
    assert page.count("data:image/png") == 2
