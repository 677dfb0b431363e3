"""Names, numbers and shapes as other programs leave them: they are understood, or refused by their name."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from digitreader.errors import DataError
from digitreader.measure.data.own.class_folders import class_of_folder
from digitreader.measure.data.own.digit_set import ALL
from digitreader.measure.data.own.load import load_digit_set

Array = npt.NDArray[Any]
Digits = tuple[npt.NDArray[np.uint8], npt.NDArray[np.uint8]]
Write = Callable[..., Path]
WORDS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("3", 3), ("03", 3), ("digit_3", 3), ("Digit 3", 3), ("class3", 3), ("class_3", 3), ("label-3", 3), ("n3", 3),
        ("3_digit", 3), ("three", 3), ("Three", 3), ("3 - three", 3), ("00", 0), ("None", 10),
        ("13", None), ("10", None), ("3_4", None), ("three 4", None), ("page_3", None), ("digits", None),
        ("003", None), ("Sample003", None), ("-", None),
    ],
)  # fmt: skip
def test_a_folder_is_called_by_its_digit_in_several_ways(name: str, label: int | None) -> None:
    assert class_of_folder(name) == label


def test_folders_of_such_names_are_read_wherever_they_lie(digits: Digits, tmp_path: Path, write_folders: Write) -> None:
    for part in ("Train", "Valid", "TEST"):
        folder = write_folders(tmp_path / "download" / part / "digits", *digits, suffix=".PNG")
        for label in range(10):
            (folder / str(label)).rename(folder / f"Digit {label}")
        (folder / "Digit 1" / "Thumbs.db").write_bytes(b"x")
        (folder / "Digit 1" / "._1.png").write_bytes(b"x")
        (folder / "Digit 1" / "@eaDir").mkdir()
        (folder / ".DS_Store").write_bytes(b"x")
    found = load_digit_set(tmp_path / "download")
    assert ({name: len(part) for name, part in found.parts.items()}, found.left_out) == (
        {"train": 60, "val": 60, "test": 60},
        (),
    )


Cells = list[list[str]]


def _with_counted_header(rows: Cells) -> Cells:
    return [[str(place) for place in range(len(rows[0]))], *rows]


CSV: dict[str, Callable[[Cells], str]] = {
    "pandas without names": lambda rows: _lines(_with_counted_header(rows)),
    "pandas with its index": lambda rows: _lines(
        [[str(place - 1) if place else "", *row] for place, row in enumerate(_with_counted_header(rows))]
    ),
    "the label's column by another name": lambda rows: _lines([["Ziffer", *_pixels(rows)], *rows]),
    "decimal commas": lambda rows: _lines(
        [["label", *_pixels(rows)], *([row[0], *(f"{int(each) / 255:.6f}" for each in row[1:])] for row in rows)], ";"
    ).replace(".", ","),
    "bars": lambda rows: _lines([["label", *_pixels(rows)], *rows], "|"),
    "words": lambda rows: _lines([["label", *_pixels(rows)], *([WORDS[int(row[0])], *row[1:]] for row in rows)]),
    "quotes, a byte order mark and CRLF": lambda rows: (
        "\ufeff" + _lines([[f'"{each}"' for each in row] for row in [["label", *_pixels(rows)], *rows]], end="\r\n")
    ),
}


def _pixels(rows: Cells) -> Sequence[str]:
    return [f"pixel{place}" for place in range(len(rows[0]) - 1)]


def _lines(rows: Cells, separator: str = ",", end: str = "\n") -> str:
    return "".join(separator.join(row) + end for row in rows)


@pytest.mark.parametrize("habit", list(CSV))
def test_a_table_is_understood_as_other_programs_write_it(digits: Digits, tmp_path: Path, habit: str) -> None:
    images, labels = digits
    rows = np.column_stack([labels, images.reshape(len(images), -1)]).astype(str).tolist()
    (tmp_path / "a.csv").write_bytes(CSV[habit](rows).encode())
    found = load_digit_set(tmp_path / "a.csv").parts[ALL]
    np.testing.assert_array_equal(found.labels, labels)
    np.testing.assert_array_equal(found.images, images)


def test_in_a_table_without_names_the_label_may_be_last(digits: Digits, tmp_path: Path) -> None:
    rows = np.column_stack([digits[0].reshape(60, -1), digits[1]]).astype(str).tolist()
    (tmp_path / "a.csv").write_text(_lines(_with_counted_header(rows)))
    found = load_digit_set(tmp_path / "a.csv")
    np.testing.assert_array_equal(found.parts[ALL].labels, digits[1])
    assert "the last one is taken for the label" in found.remarks[0]


ARRAYS: dict[str, Callable[[Array, Array], dict[str, Any]]] = {
    "(N, 1, 784)": lambda x, y: {"x": x.reshape(len(x), 1, -1), "y": y},
    "(N, 784, 1)": lambda x, y: {"x": x.reshape(len(x), -1, 1), "y": y},
    "counted last, as MATLAB does": lambda x, y: {"x": np.moveaxis(x, 0, 2), "y": y},
    "flat and counted last": lambda x, y: {"x": x.reshape(len(x), -1).T, "y": y},
    "one-hot (N, 1, 10)": lambda x, y: {"x": x, "y": np.eye(10)[y][:, None]},
    "labels (N, 1) uint8": lambda x, y: {"x": x, "y": y[:, None]},
    "labels as words": lambda x, y: {"x": x, "y": np.array(WORDS)[y]},
    "trainX, trainY": lambda x, y: {"trainX": x, "trainY": y},
    "Xtrain, ytrain": lambda x, y: {"Xtrain": x, "ytrain": y},
}


@pytest.mark.parametrize("habit", list(ARRAYS))
def test_arrays_are_understood_in_any_usual_shape(digits: Digits, tmp_path: Path, habit: str) -> None:
    arrays: dict[str, Any] = ARRAYS[habit](*digits)
    np.savez(tmp_path / "a.npz", **arrays)
    found = load_digit_set(tmp_path / "a.npz").parts[ALL]
    np.testing.assert_array_equal(found.labels, digits[1])
    np.testing.assert_array_equal(found.images, digits[0])


def test_what_is_in_no_form_is_refused_by_what_it_holds(digits: Digits, tmp_path: Path) -> None:
    np.save(tmp_path / "x.npy", digits[0])
    (tmp_path / "names.csv").write_text("file,label\n1.png,3\n")
    (tmp_path / "mac.csv").write_bytes(b"label,p0\r1,2\r")
    (tmp_path / "excel.csv").write_text("label\tp0\n", encoding="utf-16")
    (tmp_path / "a.csv.bz2").write_bytes(b"BZh91AY")
    pictures, folders = tmp_path / "pictures", tmp_path / "folders"
    pictures.mkdir()
    (pictures / "7_1.JPG").write_bytes(b"x")
    for name in ("Sample001", "Sample002"):
        (folders / name).mkdir(parents=True)
    for given, told in (
        ("names.csv", "sort these into folders 0 to 9"),
        ("mac.csv", "its lines end with CR only"),
        ("excel.csv", "is text in UTF-16"),
        ("a.csv.bz2", "is packed with bzip2"),
        ("pictures", "1 pictures without class folders round them"),
        ("folders", "but the folders Sample001, Sample002; need folders 0 to 9"),
    ):
        with pytest.raises(DataError, match=told):
            load_digit_set(tmp_path / given)
    for name in ("names.csv", "mac.csv", "excel.csv", "a.csv.bz2"):
        (tmp_path / name).unlink()
    with pytest.raises(DataError, match="but single NumPy arrays; put them into one file"):
        load_digit_set(tmp_path)
