"""The same digits in every form are the same set, and become the same glyphs to the bit."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from digitreader.measure.data.glyphs import normalise_images
from digitreader.measure.data.own.digit_set import ALL, NONE, DigitSet, content_sha256
from digitreader.measure.data.own.load import load_digit_set
from digitreader.measure.data.own.split import split_set

Array = npt.NDArray[Any]
Digits = tuple[npt.NDArray[np.uint8], npt.NDArray[np.uint8]]
Write = Callable[..., Path]


def glyphs_of(found: DigitSet) -> dict[str, Array]:
    return {name: normalise_images(part.images, label="")[0] for name, part in split_set(found).items()}


@pytest.fixture
def forms(tmp_path: Path, digits: Digits, write_folders: Write, write_csv: Write, write_idx: Write) -> dict[str, Path]:
    """The digits in four forms."""
    images, labels = digits
    np.savez(tmp_path / "all.npz", x=images, y=labels)
    (tmp_path / "idx").mkdir()
    write_idx(tmp_path / "idx" / "mine-images", images)
    write_idx(tmp_path / "idx" / "mine-labels", labels)
    return {
        "class folders": write_folders(tmp_path / "folders", images, labels),
        "CSV": write_csv(tmp_path / "all.csv", images, labels),
        "npz": tmp_path / "all.npz",
        "IDX": tmp_path / "idx",
    }


@pytest.mark.parametrize("form", ["class folders", "CSV", "npz", "IDX"])
def test_each_form_gives_the_pictures_as_they_are_in_their_order(
    forms: dict[str, Path], digits: Digits, form: str
) -> None:
    found = load_digit_set(forms[form])
    assert (found.form, found.is_split, found.black_on_white, found.left_out) == (form, False, False, ())
    np.testing.assert_array_equal(found.parts[ALL].images, digits[0])
    np.testing.assert_array_equal(found.parts[ALL].labels, digits[1])


def test_all_forms_give_the_same_glyphs_in_the_same_split(forms: dict[str, Path]) -> None:
    first, *others = (load_digit_set(path) for path in forms.values())
    glyphs = glyphs_of(first)
    for other in others:
        assert content_sha256(other.parts) == content_sha256(first.parts)
        for name, found in glyphs_of(other).items():
            np.testing.assert_array_equal(found, glyphs[name])
    assert {name: len(each) for name, each in glyphs.items()} == {"train": 40, "val": 10, "test": 10}


@pytest.mark.parametrize("form", ["class folders", "CSV", "npz", "IDX"])
def test_another_order_is_the_same_set_in_the_same_split(
    forms: dict[str, Path], digits: Digits, tmp_path: Path, form: str
) -> None:
    order = np.random.default_rng(1).permutation(60)
    np.savez(tmp_path / "other.npz", x=digits[0][order], y=digits[1][order])
    one, other = load_digit_set(forms[form]), load_digit_set(tmp_path / "other.npz")
    assert content_sha256(one.parts) == content_sha256(other.parts)
    for name, part in split_set(one).items():
        np.testing.assert_array_equal(part.images, split_set(other)[name].images)
        np.testing.assert_array_equal(part.labels, split_set(other)[name].labels)


KINDS: dict[str, Callable[[Array], Array]] = {
    "floats 0..1": lambda images: images / 255,
    "float32 0..1": lambda images: (images / 255).astype(np.float32),
    "floats 0..255": lambda images: images.astype(np.float64),
    "16 bits": lambda images: images.astype(np.uint16) * 257,
    "int64": lambda images: images.astype(np.int64),
    "flat": lambda images: images.reshape(len(images), -1),
    "one channel": lambda images: images[..., None],
    "channel first": lambda images: images[:, None],
    "three equal channels": lambda images: np.repeat(images[..., None], 3, axis=3),
    "big endian": lambda images: images.astype(">u2") * 257,
    "Fortran's order": np.asfortranarray,
    "black on white": lambda images: 255 - images,
    "black on white, 0..1": lambda images: 1 - images / 255,
}


@pytest.mark.parametrize("kind", list(KINDS))
def test_any_kind_of_number_gives_the_same_pictures(digits: Digits, tmp_path: Path, kind: str) -> None:
    np.savez(tmp_path / "a.npz", x=KINDS[kind](digits[0]), y=digits[1])
    found = load_digit_set(tmp_path / "a.npz")
    np.testing.assert_array_equal(found.parts[ALL].images, digits[0])
    assert found.black_on_white == kind.startswith("black on white")


@pytest.mark.parametrize(("array", "factor"), [(lambda ink: ink > 127, 255), (lambda ink: ink // 16, 17)])
def test_few_levels_are_spread_to_white(
    digits: Digits, tmp_path: Path, array: Callable[[Array], Array], factor: int
) -> None:
    numbers = array(digits[0])
    np.savez(tmp_path / "a.npz", x=numbers, y=digits[1])
    images = load_digit_set(tmp_path / "a.npz").parts[ALL].images
    np.testing.assert_array_equal(images, numbers * factor)


def test_shares_that_a_resampling_let_overshoot_are_black_and_white(digits: Digits, tmp_path: Path) -> None:
    overshot = digits[0] / 255 * 1.06 - 0.03
    np.savez(tmp_path / "a.npz", x=overshot, y=digits[1])
    images = load_digit_set(tmp_path / "a.npz").parts[ALL].images
    wanted = np.clip(np.rint(overshot * 255), 0, 255)
    assert np.abs(images - wanted).max() <= 1


COLOURS: dict[str, Callable[[Array], Array]] = {
    "8 bits": lambda colours: colours,
    "16 bits": lambda colours: colours.astype(np.uint16) * 257,
    "floats 0..255": lambda colours: colours.astype(np.float32) + np.float32(0.25),
    "transparent": lambda colours: np.concatenate([colours, np.full_like(colours[..., :1], 255)], axis=3),
}


@pytest.mark.parametrize("kind", list(COLOURS))
def test_coloured_ink_is_as_bright_as_the_eye_sees_it(digits: Digits, tmp_path: Path, kind: str) -> None:
    colours = np.stack([digits[0], digits[0] // 2, np.zeros_like(digits[0])], axis=3)
    np.savez(tmp_path / "a.npz", x=COLOURS[kind](colours), y=digits[1])
    images = load_digit_set(tmp_path / "a.npz").parts[ALL].images
    eye = 0.299 * colours[..., 0] + 0.587 * colours[..., 1]
    assert np.abs(images - eye).max() <= 1.5  # OpenCV's weights and a rounding, after a quarter that was added


def test_arrays_of_large_pictures_are_made_smaller(tmp_path: Path, digits: Digits) -> None:
    large = digits[0][:20].repeat(10, axis=1).repeat(10, axis=2)
    np.savez(tmp_path / "a.npz", x=large, y=digits[1][:20])
    found = load_digit_set(tmp_path / "a.npz")
    assert found.everything().images.shape == (20, 128, 128)
    assert found.sizes == {(280, 280): 20}


NAMES = [
    ("x", "y"), ("X", "y"), ("images", "labels"), ("image", "label"), ("data", "target"), ("arr_0", "arr_1"),
    ("pixels", "digit"), ("imgs", "classes"),
]  # fmt: skip


@pytest.mark.parametrize("names", NAMES)
def test_an_npz_is_read_under_any_of_the_usual_names(digits: Digits, tmp_path: Path, names: tuple[str, str]) -> None:
    arrays: dict[str, Any] = dict(zip(names, digits, strict=True))
    np.savez_compressed(tmp_path / "a.npz", **arrays)
    np.testing.assert_array_equal(load_digit_set(tmp_path / "a.npz").parts[ALL].labels, digits[1])


@pytest.mark.parametrize("form", ["x_{}|y_{}", "{}_images|{}_labels", "X{}|Y{}", "images_{}|labels_{}"])
def test_the_parts_of_an_npz_are_known(digits: Digits, tmp_path: Path, form: str) -> None:
    images, labels = form.split("|")
    arrays: dict[str, Any] = {}
    for part, places in (("train", slice(40)), ("test", slice(40, 60))):
        of = part.capitalize() if form.startswith("X") else part
        arrays |= {images.format(of): digits[0][places], labels.format(of): digits[1][places]}
    np.savez(tmp_path / "a.npz", **arrays)
    found = load_digit_set(tmp_path / "a.npz")
    assert {name: len(part) for name, part in found.parts.items()} == {"train": 40, "test": 20}


LABELS: dict[str, Callable[[Array], Array]] = {
    "words": lambda labels: labels.astype(str),
    "bytes": lambda labels: labels.astype("S"),
    "floats": lambda labels: labels.astype(np.float32),
    "a column": lambda labels: labels[:, None].astype(np.int64),
    "one-hot": lambda labels: np.eye(10)[labels],
}


@pytest.mark.parametrize("kind", list(LABELS))
def test_labels_may_be_kept_in_many_ways(digits: Digits, tmp_path: Path, kind: str) -> None:
    np.savez(tmp_path / "a.npz", x=digits[0], y=LABELS[kind](digits[1]))
    np.testing.assert_array_equal(load_digit_set(tmp_path / "a.npz").parts[ALL].labels, digits[1])


def test_labels_from_1_to_10_are_those_of_matlab_and_it_is_said(digits: Digits, tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", x=digits[0], y=np.where(digits[1] == 0, 10, digits[1]))
    found = load_digit_set(tmp_path / "a.npz")
    np.testing.assert_array_equal(found.parts[ALL].labels, digits[1])
    assert "10 is taken for 0" in found.remarks[0]


def test_none_is_a_class_of_its_own(digits: Digits, tmp_path: Path, write_folders: Write) -> None:
    labels = digits[1].copy()
    labels[:12] = NONE
    found = load_digit_set(write_folders(tmp_path / "mine", digits[0], labels)).parts[ALL]
    assert (len(found.others()), len(found.digits("mine"))) == (12, 48)
    np.testing.assert_array_equal(found.others(), digits[0][:12])


def test_the_arrays_beside_a_test_part_in_an_npz_are_the_train_part(digits: Digits, tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", x=digits[0][:40], y=digits[1][:40], x_test=digits[0][40:], y_test=digits[1][40:])
    found = load_digit_set(tmp_path / "a.npz")
    assert {name: len(part) for name, part in found.parts.items()} == {"train": 40, "test": 20}


def test_an_npz_with_all_digits_beside_their_parts_gives_the_parts(digits: Digits, tmp_path: Path) -> None:
    parts = {"x_train": digits[0][:40], "y_train": digits[1][:40], "x_test": digits[0][40:], "y_test": digits[1][40:]}
    np.savez(tmp_path / "a.npz", x=digits[0], y=digits[1], **parts)  # type: ignore[arg-type]
    found = load_digit_set(tmp_path / "a.npz")
    assert {name: len(part) for name, part in found.parts.items()} == {"train": 40, "test": 20}


def test_the_val_part_of_a_set_without_a_train_part_is_trained_on(digits: Digits, tmp_path: Path) -> None:
    parts = {"x_val": digits[0][:40], "y_val": digits[1][:40], "x_test": digits[0][40:], "y_test": digits[1][40:]}
    np.savez(tmp_path / "a.npz", **parts)  # type: ignore[arg-type]
    split = split_set(load_digit_set(tmp_path / "a.npz"))
    assert len(split["train"]) + len(split["val"]) == 40
    assert len(split["train"]) > len(split["val"]) > 0
    assert len(split["test"]) == 20


@pytest.mark.parametrize("names", ["train valid test", "training val testing", "Train Dev Test"])
def test_folders_of_parts_stand_round_the_class_folders(
    digits: Digits, tmp_path: Path, write_folders: Write, names: str
) -> None:
    for name, places in zip(names.split(), (slice(40), slice(40, 50), slice(50, 60)), strict=True):
        write_folders(tmp_path / "mine" / name, digits[0][places], digits[1][places])
    found = load_digit_set(tmp_path / "mine")
    assert {name: len(part) for name, part in found.parts.items()} == {"train": 40, "val": 10, "test": 10}
    assert {name: len(part) for name, part in split_set(found).items()} == {"train": 40, "val": 10, "test": 10}


def test_a_folder_within_a_folder_is_found(digits: Digits, tmp_path: Path, write_folders: Write) -> None:
    write_folders(tmp_path / "unpacked" / "mine" / "mine", *digits)
    assert len(load_digit_set(tmp_path / "unpacked").everything()) == 60


@pytest.mark.parametrize("suffix", [".png", ".bmp", ".tif", ".webp", ".jpg"])
def test_pictures_may_be_of_any_format_and_size(
    digits: Digits, tmp_path: Path, write_folders: Write, suffix: str
) -> None:
    found = load_digit_set(write_folders(tmp_path / "mine", *digits, suffix=suffix))
    assert len(found.everything()) == 60
    large = cv2.resize(digits[0][0], (400, 300))
    cv2.imwrite(str(tmp_path / "mine" / "0" / "large.png"), large)
    found = load_digit_set(tmp_path / "mine")
    assert found.everything().images.shape == (61, 128, 128)
    assert sum(found.sizes.values()) == 61


def test_a_small_picture_among_larger_ones_gives_the_glyph_that_it_gives_alone(
    digits: Digits, tmp_path: Path, write_folders: Write
) -> None:
    write_folders(tmp_path / "mine", digits[0][:20], digits[1][:20])
    wide = np.zeros((40, 60), np.uint8)
    wide[10:30, 20:24] = 255
    cv2.imwrite(str(tmp_path / "mine" / "1" / "wide.png"), wide)
    found = load_digit_set(tmp_path / "mine").everything().images
    assert found.shape == (21, 60, 60)
    glyphs, _ = normalise_images(found, label="")
    alone, _ = normalise_images(np.concatenate([digits[0][:20]]), label="")
    np.testing.assert_array_equal(glyphs[:20], alone)


def test_gray_paper_is_taken_away(digits: Digits, tmp_path: Path, write_folders: Write) -> None:
    rng = np.random.default_rng(2)
    photographed = (190 - 0.6 * digits[0] + rng.normal(0, 2, digits[0].shape)).astype(np.uint8)
    found = load_digit_set(write_folders(tmp_path / "mine", photographed, digits[1]))
    assert found.black_on_white
    assert found.gray_paper
    images = found.everything().images
    assert np.median(images[:, 0]) == 0
    assert images.max() == 255


@pytest.mark.parametrize("names", [("a-images.gz", "a-labels.gz"), ("pics_idx3.dat", "pics_idx1.dat"), ("x", "y")])
def test_an_idx_pair_may_have_any_names(
    digits: Digits, tmp_path: Path, write_idx: Write, names: tuple[str, str]
) -> None:
    for name, array in zip(names, digits, strict=True):
        path = write_idx(tmp_path / name, array)
        if name.endswith(".gz"):
            path.write_bytes(gzip.compress(path.read_bytes()))
    (tmp_path / "readme.md").write_text("my digits")
    for source in (tmp_path, tmp_path / names[0]):
        np.testing.assert_array_equal(load_digit_set(source).parts[ALL].labels, digits[1])


def test_two_idx_pairs_are_two_parts(digits: Digits, tmp_path: Path, write_idx: Write) -> None:
    for part, places in (("train", slice(40)), ("t10k", slice(40, 60))):
        write_idx(tmp_path / f"{part}-images-idx3-ubyte", digits[0][places])
        write_idx(tmp_path / f"{part}-labels-idx1-ubyte", digits[1][places])
    assert {name: len(part) for name, part in load_digit_set(tmp_path).parts.items()} == {"train": 40, "test": 20}
    assert len(load_digit_set(tmp_path / "t10k-images-idx3-ubyte").everything()) == 20


def test_files_of_a_part_belong_together_whatever_else_they_are_called(
    digits: Digits, tmp_path: Path, write_idx: Write
) -> None:
    for part, places in (("train", slice(30)), ("test", slice(30, 60))):
        write_idx(tmp_path / f"{part}-drawn", digits[0][places])
        write_idx(tmp_path / f"{part}-typed", digits[1][places])
    found = load_digit_set(tmp_path)
    assert {name: len(part) for name, part in found.parts.items()} == {"train": 30, "test": 30}
    np.testing.assert_array_equal(found.parts["test"].labels, digits[1][30:])


def test_an_idx_pair_without_a_part_beside_one_for_testing_is_trained_on(
    digits: Digits, tmp_path: Path, write_idx: Write
) -> None:
    for stem, places in (("mine", slice(40)), ("test", slice(40, 60))):
        write_idx(tmp_path / f"{stem}-images", digits[0][places])
        write_idx(tmp_path / f"{stem}-labels", digits[1][places])
    assert {name: len(part) for name, part in load_digit_set(tmp_path).parts.items()} == {"train": 40, "test": 20}


def test_idx_files_may_hold_other_numbers_than_bytes(digits: Digits, tmp_path: Path, write_idx: Write) -> None:
    head = b"\0\0\x0d\x03" + b"".join(size.to_bytes(4, "big") for size in digits[0].shape)
    (tmp_path / "images").write_bytes(head + (digits[0] / 255).astype(">f4").tobytes())
    write_idx(tmp_path / "labels", digits[1])
    np.testing.assert_array_equal(load_digit_set(tmp_path).parts[ALL].images, digits[0])


def test_a_csv_may_lack_its_header_and_have_the_label_last(digits: Digits, tmp_path: Path, write_csv: Write) -> None:
    first = load_digit_set(write_csv(tmp_path / "a.csv", *digits, header=False))
    rows = np.column_stack([digits[0].reshape(60, -1), digits[1]])
    np.savetxt(tmp_path / "b.csv", rows, "%d", ";")
    last = load_digit_set(tmp_path / "b.csv")
    for found, where in ((first, "first"), (last, "last")):
        np.testing.assert_array_equal(found.parts[ALL].images, digits[0])
        np.testing.assert_array_equal(found.parts[ALL].labels, digits[1])
        assert f"the {where} one is taken for the label" in found.remarks[0]


def test_a_csv_is_read_in_portions_without_a_seam(
    digits: Digits, tmp_path: Path, write_csv: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("digitreader.measure.data.own.csv_table.ROWS_AT_ONCE", 20)
    found = load_digit_set(write_csv(tmp_path / "a.csv", *digits)).parts[ALL]
    np.testing.assert_array_equal(found.images, digits[0])
    np.testing.assert_array_equal(found.labels, digits[1])


def test_a_row_that_is_labelled_none_shows_no_digit(digits: Digits, tmp_path: Path, write_csv: Write) -> None:
    path = write_csv(tmp_path / "a.csv", *digits)
    lines = path.read_text().splitlines()
    lines[1] = "none" + lines[1][1:]
    path.write_text("\n".join(lines))
    found = load_digit_set(path).parts[ALL]
    assert (found.labels == NONE).tolist() == [True] + 59 * [False]


def test_a_csv_may_have_an_index_and_its_label_anywhere(digits: Digits, tmp_path: Path) -> None:
    names = ",".join(["", *(f"{row}x{column}" for row in range(28) for column in range(28)), "class"])
    rows = np.column_stack([np.arange(60), digits[0].reshape(60, -1), digits[1]])
    np.savetxt(tmp_path / "a.csv", rows, "%d", ",", header=names, comments="")
    np.testing.assert_array_equal(load_digit_set(tmp_path / "a.csv").parts[ALL].labels, digits[1])


def test_a_csv_of_fractions_separated_by_blanks_is_read_gzipped_too(digits: Digits, tmp_path: Path) -> None:
    rows = np.column_stack([digits[1], digits[0].reshape(60, -1) / 127.5 - 1])
    np.savetxt(tmp_path / "zip.train", rows, "%.6f", " ")
    (tmp_path / "zip.train.gz").write_bytes(gzip.compress((tmp_path / "zip.train").read_bytes()))
    for name in ("zip.train", "zip.train.gz"):
        found = load_digit_set(tmp_path / name).parts[ALL]
        np.testing.assert_array_equal(found.labels, digits[1])
        assert np.abs(found.images.astype(int) - digits[0]).max() <= 1  # six places of a fraction


def test_tables_called_train_and_test_are_parts_and_one_without_labels_is_told(
    digits: Digits, tmp_path: Path, write_csv: Write
) -> None:
    write_csv(tmp_path / "train.csv", digits[0][:40], digits[1][:40])
    write_csv(tmp_path / "test.csv", digits[0][40:], digits[1][40:])
    assert {name: len(part) for name, part in load_digit_set(tmp_path).parts.items()} == {"train": 40, "test": 20}
    rows = (tmp_path / "test.csv").read_text().splitlines()
    (tmp_path / "test.csv").write_text("\n".join(row.partition(",")[2] for row in rows))
    found = load_digit_set(tmp_path)
    assert len(found.parts[ALL]) == 40
    assert "has 784 pixel columns but no column called label" in found.left_out[0]
