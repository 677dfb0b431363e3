"""Typefaces: which are taken, which belong together, which are kept back for the test."""

from __future__ import annotations

import shutil
from pathlib import Path

import cv2
import numpy as np
import pytest

from digitreader.drawing import built_in_typefaces, find_typefaces, held_out, learned
from digitreader.drawing.lettering import TextStyle, mark_zero, set_line
from digitreader.drawing.typefaces import draw_glyph, family_of, has_digits, is_held_out

FAMILIES = [f"family{number}" for number in range(400)]


@pytest.fixture(scope="module")
def sans() -> Path:
    """A typeface file that a package brings along."""
    matplotlib = pytest.importorskip("matplotlib")
    return Path(matplotlib.get_data_path()) / "fonts" / "ttf" / "DejaVuSans.ttf"


def test_opencvs_own_faces_have_ten_digits_and_are_kept_back() -> None:
    faces = built_in_typefaces()
    assert all(has_digits(face) and face.held_out for face in faces)
    assert learned(faces) == ()


def test_a_bold_face_has_more_ink_than_the_plain_one() -> None:
    faces = {face.name: face for face in built_in_typefaces()}
    plain, bold, again = (draw_glyph(faces[name], "8", size_px=60).ink for name in ("sans", "sans-bold", "sans"))
    assert (bold > 127).sum() > 1.4 * (plain > 127).sum()
    assert (plain == again).all()


def test_a_digit_is_as_high_as_asked_for() -> None:
    for face in built_in_typefaces():
        ink = draw_glyph(face, "0", size_px=TextStyle(face, 50.0).size_px).ink
        assert abs(ink.shape[0] - 50) <= 2  # a size is a whole number of pixels, and edges are soft


def test_files_are_found_in_folders_below_and_broken_ones_passed_over(sans: Path, tmp_path: Path) -> None:
    (tmp_path / "below").mkdir()
    shutil.copy(sans, tmp_path / "below" / "Plain-Bold.ttf")
    (tmp_path / "Broken-Regular.ttf").write_bytes(b"no typeface")
    found = [face for face in find_typefaces([tmp_path]) if face not in built_in_typefaces()]
    assert [(face.name, face.family, face.bold) for face in found] == [("Plain-Bold", "plain", True)]


def test_a_file_without_digits_of_its_own_is_no_typeface(tmp_path: Path) -> None:
    matplotlib = pytest.importorskip("matplotlib")
    signs = Path(matplotlib.get_data_path()) / "fonts" / "ttf" / "cmex10.ttf"
    shutil.copy(signs, tmp_path / "Signs-Regular.ttf")
    assert find_typefaces([tmp_path]) == built_in_typefaces()


@pytest.mark.parametrize(
    ("stem", "family"),
    [
        ("DejaVuSans-BoldOblique", "vera"),
        ("DejaVuSerifCondensed-Italic", "vera"),
        ("LiberationSans-Regular", "helvetica"),
        ("Arimo-Bold", "helvetica"),
        ("NotoSansLao-Regular", "notosans"),
        ("OpenSans-CondLight", "notosans"),
        ("lmroman10-bolditalic", "latinmodern"),
        ("Cabin-SemiBoldItalic", "cabin"),
        ("DSEG7Classic-Bold", "dseg"),
        ("3270-Regular", "3270"),
    ],
)
def test_files_with_the_same_digits_are_one_family(stem: str, family: str) -> None:
    assert family_of(stem) == family


def test_about_a_quarter_of_the_families_is_kept_back_and_always_the_same() -> None:
    kept = [family for family in FAMILIES if is_held_out(family)]
    assert 0.18 < len(kept) / len(FAMILIES) < 0.32  # 400 draws of 0.25 spread by 0.02
    assert all(is_held_out(family) for family in ("dseg", "digitalseven", "sevensegment", "rubik", "notosans"))
    assert (is_held_out("helvetica"), is_held_out("times")) == (False, True)


def test_no_family_is_both_learned_and_kept_back(sans: Path) -> None:
    faces = find_typefaces([sans.parent])
    assert {face.family for face in learned(faces)}.isdisjoint({face.family for face in held_out(faces)})
    assert learned(faces)


@pytest.mark.parametrize("dotted", [True, False])
def test_a_zero_is_marked_in_its_middle_and_keeps_its_outline(dotted: bool) -> None:
    zero = np.zeros((60, 40), np.uint8)
    cv2.ellipse(zero, (20, 30), (16, 26), 0, 0, 360, 255, 6)
    marked = mark_zero(zero, dotted=dotted)
    assert marked[30, 20] > 127
    assert (marked >= zero).all()
    assert marked[30, 11] == marked[30, 29] == 0  # the ring's inside stays open beside the mark


def test_a_zero_that_has_a_mark_stays_as_it_is() -> None:
    zero = np.zeros((60, 40), np.uint8)
    cv2.ellipse(zero, (20, 30), (16, 26), 0, 0, 360, 255, 6)
    cv2.circle(zero, (20, 30), 4, 255, cv2.FILLED)
    assert (mark_zero(zero, dotted=False) == zero).all()


def test_a_line_is_set_from_left_to_right_on_its_baseline() -> None:
    signs, after = set_line("17 42", TextStyle(built_in_typefaces()[0], 40.0), left=10, baseline=80)
    assert [sign.sign for sign in signs] == list("1742")
    lefts = [sign.x for sign in signs]
    assert lefts == sorted(lefts)
    assert after > signs[-1].x + signs[-1].ink.shape[1] - 2
    assert all(abs(sign.y + sign.ink.shape[0] - 80) <= 2 for sign in signs)
