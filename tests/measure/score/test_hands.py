"""Other hands and archives: what is read, accepted and right, and how sure."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from digitreader.errors import DataError
from digitreader.measure.data import LabelledImages
from digitreader.measure.data.idx import read_archive
from digitreader.measure.report_pictures import bins_of, reliability_svg
from digitreader.measure.score.hands import (
    classes_in,
    hands_sections,
    hands_text,
    images_in,
    score_hands,
)
from digitreader.model.accept import AcceptanceRule
from digitreader.model.load import Model
from digitreader.values import GrayImage

Draw = Callable[[int], GrayImage]
Lit = Callable[..., Model]


@pytest.fixture
def five(digit_image: Draw) -> LabelledImages:
    """Four digits and a blank image that is called a 0."""
    images = [digit_image(digit) for digit in (1, 2, 3, 4)] + [np.zeros((28, 28), np.uint8)]
    return LabelledImages(np.stack(images), np.array([1, 2, 3, 4, 0], np.uint8), "five")


# right and sure, misread and sure, right and rejected, misread and rejected, blank
ANSWERS = ((1, 0.99), (7, 0.9), (3, 0.3), (9, 0.2), (0, 0.99))


def test_what_is_accepted_misread_and_rejected_is_counted(five: LabelledImages, lit_model: Lit) -> None:
    score, _, _ = score_hands(lit_model(*ANSWERS), five)
    assert (score.n, score.accuracy, score.accepted, score.misread) == (5, 0.4, 2, 1)
    assert (score.rejected, score.rejected_right, score.accuracy_accepted) == (3, 1, 0.5)
    assert score.confusion[2][7] == score.confusion[4][9] == score.confusion[1][1] == 1
    assert sum(map(sum, score.confusion)) == 4


def test_the_evidence_decides_what_is_accepted_and_the_confidence_what_bin_it_is_in(
    five: LabelledImages, lit_model: Lit
) -> None:
    plain, corrected = (
        score_hands(lit_model(*ANSWERS, rule=AcceptanceRule(0.5, none=none)), five)[0] for none in (0.0, -6.0)
    )
    assert plain.accepted == corrected.accepted == 2
    assert [(score.misread, score.rejected) for score in (plain, corrected)] == [(1, 3)] * 2
    assert [sum(each.n for each in score.bins[-2:]) for score in (plain, corrected)] == [2, 4]


def test_a_blank_image_has_no_confidence(five: LabelledImages, lit_model: Lit) -> None:
    score, _, _ = score_hands(lit_model(*ANSWERS), five)
    assert score.bins[0].n == 1
    assert score.bins[0].confidence == 0.0
    assert sum(each.n for each in score.bins) == 5


def test_the_surest_misreadings_and_the_darkest_rejections_come_first(five: LabelledImages, lit_model: Lit) -> None:
    answers = ((1, 0.99), (7, 0.8), (8, 0.95), (9, 0.2), (0, 0.9))
    _, misread, rejected = score_hands(lit_model(*answers), five, pictures=2)
    assert [(wrong.label, wrong.read) for wrong in misread] == [(3, 8), (2, 7)]
    assert [wrong.label for wrong in rejected] == [0, 4]
    assert np.array_equal(misread[0].image, five.images[2])
    assert [len(each) for each in score_hands(lit_model(*answers), five, pictures=1)[1:]] == [1, 1]


def test_the_page_and_the_lines_tell_the_figures(five: LabelledImages, lit_model: Lit) -> None:
    score, misread, rejected = score_hands(lit_model(*ANSWERS), five)
    text, page = hands_text(score, "a model"), "".join(hands_sections(score, misread, rejected))
    assert "accuracy            40.00%" in text
    assert "(3, of which 1 had the right digit ahead)" in text
    assert "a 2 read as 7" in page
    assert page.count("data:image/png") == 4
    assert "<svg" in page


def test_a_bin_has_the_mean_confidence_and_the_share_that_is_right() -> None:
    bins = bins_of(np.array([0.05, 0.5, 0.6, 1.0]), np.array([False, True, False, True]), bins=2)
    assert [(each.start, each.end, each.n) for each in bins] == [(0.0, 0.5, 1), (0.5, 1.0, 3)]
    assert (bins[0].confidence, bins[0].right) == (0.05, 0.0)
    assert bins[1].confidence == pytest.approx(0.7)
    assert bins[1].right == pytest.approx(2 / 3)


def test_a_bin_of_nothing_is_empty() -> None:
    bins = bins_of(np.zeros(0), np.zeros(0, np.bool_))
    assert len(bins) == 15
    assert all((each.n, each.confidence, each.right) == (0, 0.0, 0.0) for each in bins)


def test_the_diagram_has_a_column_for_each_bin_that_is_not_empty_and_shows_its_gap() -> None:
    drawn = reliability_svg(bins_of(np.array([0.3, 0.3, 0.9, 0.9]), np.array([True, True, False, True])))
    assert drawn.count("<g>") == 2
    first, second = drawn.split("</g>")[:2]
    assert 'class="modest"' in first  # right more often than it said
    assert 'class="gap"' in second  # right less often
    assert 'class="gap"' not in first
    assert "30%: 100% right" in drawn
    assert "90%: 50% right" in drawn


# --- archives


def write(path: Path, **arrays: Any) -> Path:
    np.savez(path, **arrays)
    return path


IMAGES = np.full((3, 16, 16), 255, np.uint8)


@pytest.mark.parametrize(
    ("arrays", "said"),
    [
        ({"y": np.zeros(3, np.uint8)}, "has no array 'x', only y"),
        ({}, "has no array 'x', only none"),
        ({"x": IMAGES / 255.0}, r"x is float64 \(3, 16, 16\), need uint8"),
        ({"x": IMAGES[0]}, r"x is uint8 \(16, 16\), need uint8 \(N, H, W\)"),
        ({"x": IMAGES[:0]}, r"x is uint8 \(0, 16, 16\)"),
    ],
)
def test_an_archive_of_another_form_is_refused(tmp_path: Path, arrays: dict[str, Any], said: str) -> None:
    path = write(tmp_path / "a.npz", **arrays)
    with pytest.raises(DataError, match=said):
        images_in(read_archive(path), path)


@pytest.mark.parametrize("content", [b"", b"nothing of the kind", b"PK\x03\x04 broken off"])
def test_a_file_that_is_no_archive_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.npz"
    path.write_bytes(content)
    with pytest.raises(DataError, match=r"a\.npz: .*(npz|again)"):
        read_archive(path)


def test_an_archive_that_is_missing_or_a_single_array_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="cannot be read"):
        read_archive(tmp_path / "missing.npz")
    np.save(tmp_path / "alone.npy", IMAGES)
    with pytest.raises(DataError, match="is a single array"):
        read_archive(tmp_path / "alone.npy")


def test_an_archive_cut_short_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "a.npz", x=IMAGES)
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(DataError, match="save it again"):
        read_archive(path)


def test_an_archive_of_python_objects_is_refused_and_not_run(tmp_path: Path) -> None:
    path = write(tmp_path / "a.npz", x=np.array([{}, {}], object))
    with pytest.raises(DataError, match="save it again"):
        read_archive(path)


def test_classes_are_the_archives_or_else_its_name() -> None:
    path = Path("letters.npz")
    arrays: dict[str, Any] = {"x": IMAGES, "alphabet": np.array(["a", "b", "a"])}
    assert len(images_in(arrays, path)) == 3
    assert classes_in(arrays, 3, path) == ["a", "b", "a"]
    assert classes_in({}, 2, path) == ["letters", "letters"]
    with pytest.raises(DataError, match="one for each image"):
        classes_in(arrays, 4, path)
