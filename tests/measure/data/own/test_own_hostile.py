"""Folders, tables and IDX files that are damaged, foreign or hostile: one line says what is wrong, the rest is used."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from digitreader.errors import DataError
from digitreader.measure.data.own import bounded, class_folders, prepare
from digitreader.measure.data.own.load import load_digit_set

from .refusal import refused

Digits = tuple[npt.NDArray[np.uint8], npt.NDArray[np.uint8]]
Write = Callable[..., Path]


# --- folders


def test_bad_pictures_among_good_ones_are_told_one_by_one_and_the_rest_is_used(
    digits: Digits, tmp_path: Path, write_folders: Write
) -> None:
    folder = write_folders(tmp_path / "mine", *digits)
    good = min((folder / "3").iterdir()).read_bytes()
    (folder / "3" / "empty.png").write_bytes(b"")
    (folder / "3" / "cut.png").write_bytes(good[: len(good) // 2])
    (folder / "4" / "letter.png").write_text("Dear Sir or Madam")
    (folder / "4" / "misnamed.txt").write_bytes(good)
    (folder / "4" / "bare").write_bytes(good)
    (folder / "5" / ".DS_Store").write_bytes(b"\0\1")
    (folder / "5" / "Thumbs.db").write_bytes(b"\0\1")
    (folder / "5" / "loop").symlink_to(folder / "5" / "nowhere")
    (folder / "ten").mkdir()
    (folder / "eleven").mkdir()
    found = load_digit_set(folder)
    assert len(found.everything()) == 62
    told = {line.partition(": ")[0].rpartition("/")[2]: line.partition(": ")[2] for line in found.left_out}
    assert set(told) == {"empty.png", "cut.png", "letter.png", "loop", "ten", "eleven"}
    assert told["empty.png"].startswith("is empty")
    assert told["cut.png"].startswith("is damaged or cut short")
    assert told["letter.png"].startswith("is not a picture")
    assert told["ten"].startswith("is not a class")


def test_an_empty_class_is_told(digits: Digits, tmp_path: Path, write_folders: Write) -> None:
    folder = write_folders(tmp_path / "mine", digits[0][digits[1] != 7], digits[1][digits[1] != 7])
    (folder / "7").mkdir()
    assert load_digit_set(folder).left_out == (f"{folder / '7'}: is empty",)


def test_a_part_without_class_folders_is_told_and_the_others_are_used(
    digits: Digits, tmp_path: Path, write_folders: Write
) -> None:
    write_folders(tmp_path / "mine" / "train", *digits)
    (tmp_path / "mine" / "test").mkdir()
    found = load_digit_set(tmp_path / "mine")
    assert len(found.everything()) == 60
    assert found.left_out[0].endswith("test: has no class folders 0 to 9, so that nothing has a label")


def test_class_folders_without_a_single_picture_are_refused(tmp_path: Path) -> None:
    (tmp_path / "mine" / "1").mkdir(parents=True)
    assert "not one picture that can be read" in refused(tmp_path / "mine")


def test_only_none_is_refused(digits: Digits, tmp_path: Path, write_folders: Write) -> None:
    folder = write_folders(tmp_path / "mine", digits[0], np.full(60, 10, np.uint8))
    assert "every picture is labelled as none" in refused(folder)


def test_a_huge_file_and_a_pipe_are_left_out_unread(
    digits: Digits, tmp_path: Path, write_folders: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    import os

    folder = write_folders(tmp_path / "mine", *digits)
    monkeypatch.setattr(class_folders, "LARGEST_FILE", 10_000)
    (folder / "1" / "huge.png").write_bytes(bytes(10_001))
    os.mkfifo(folder / "1" / "pipe.png")
    assert [line.partition(": ")[2].split(";")[0] for line in load_digit_set(folder).left_out] == [
        "has more than 0 MB", "is not a file"
    ]  # fmt: skip


def test_more_pictures_than_fit_the_memory_are_refused(
    digits: Digits, tmp_path: Path, write_folders: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(prepare, "MOST_BYTES", 1_000)
    assert "more than fit the memory" in refused(write_folders(tmp_path / "mine", *digits))


def test_a_folder_of_other_things_is_refused_with_the_forms(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "notes.md").write_text("none")
    said = refused(tmp_path / "mine")
    assert "holds no labelled digits; need folders 0 to 9 of pictures" in said


def test_more_files_than_can_be_a_set_of_digits_are_refused(
    digits: Digits, tmp_path: Path, write_folders: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(class_folders, "MOST_PICTURES", 59)
    assert "holds more than 59 files; give a smaller set" in refused(write_folders(tmp_path / "mine", *digits))


def test_parts_in_different_forms_are_refused(
    digits: Digits, tmp_path: Path, write_csv: Write, write_idx: Write
) -> None:
    (tmp_path / "mine" / "train").mkdir(parents=True)
    (tmp_path / "mine" / "test").mkdir()
    write_csv(tmp_path / "mine" / "train" / "a.csv", *digits)
    write_idx(tmp_path / "mine" / "test" / "images", digits[0])
    write_idx(tmp_path / "mine" / "test" / "labels", digits[1])
    assert "its parts are in different forms" in refused(tmp_path / "mine")


# --- CSV


def test_rows_that_are_wrong_are_told_by_their_line_and_the_rest_is_used(
    digits: Digits, tmp_path: Path, write_csv: Write
) -> None:
    path = write_csv(tmp_path / "a.csv", *digits)
    lines = path.read_text().splitlines()
    lines[3] = lines[3].rpartition(",")[0]
    lines[10] = "x" + lines[10][1:]
    lines[20] = lines[20].rpartition(",")[0] + ",dark"
    lines[30] = "12" + lines[30][1:]
    lines[40] = ""
    path.write_text("\n".join(lines))
    found = load_digit_set(path)
    assert len(found.everything()) == 55
    assert [line.removeprefix(f"{path}: ") for line in found.left_out] == [
        "line 4: has 784 columns, need 785",
        "line 11: has the label 'x', need a digit 0 to 9",
        "line 21: has the pixel 'dark', need a number",
        "line 31: has the label '12', need a digit 0 to 9",
    ]


@pytest.mark.parametrize(
    ("start", "says"),
    [("12,0,", "has the label '12', need a digit 0 to 9"), ("1,nan,", "has the pixel 'nan', need a number")],
)
def test_a_row_that_is_wrong_is_told_though_numpy_reads_all_cells(
    digits: Digits, tmp_path: Path, write_csv: Write, start: str, says: str
) -> None:
    path = write_csv(tmp_path / "a.csv", *digits)
    lines = path.read_text().splitlines()
    lines[30] = start + lines[30].split(",", 2)[2]
    path.write_text("\n".join(lines))
    found = load_digit_set(path)
    assert len(found.everything()) == 59
    assert found.left_out == (f"{path}: line 31: {says}",)


def test_beyond_fifty_rows_that_are_wrong_the_others_are_counted(
    digits: Digits, tmp_path: Path, write_csv: Write
) -> None:
    path = write_csv(tmp_path / "a.csv", *digits)
    header, *rows = path.read_text().splitlines()
    path.write_text("\n".join([header, *rows[:5], *("x" + row[1:] for row in rows[5:])]))
    found = load_digit_set(path)
    assert len(found.everything()) == 5
    assert len(found.left_out) == 51
    assert found.left_out[-1] == f"{path}: 5 more rows cannot be used"


def test_several_tables_are_refused_if_their_names_do_not_say_which_is_which(
    digits: Digits, tmp_path: Path, write_csv: Write
) -> None:
    for name in ("a.csv", "b.csv"):
        write_csv(tmp_path / name, *digits)
    assert "holds several tables; give one, or call them train.csv and test.csv" in refused(tmp_path)


def test_a_table_of_no_part_beside_one_to_train_on_is_refused(digits: Digits, tmp_path: Path, write_csv: Write) -> None:
    for name in ("train.csv", "more.csv"):
        write_csv(tmp_path / name, *digits)
    assert "one of its files is neither train, val nor test; rename or remove it" in refused(tmp_path)


@pytest.mark.parametrize(
    ("content", "says"),
    [(b"", "a.csv: is empty"), (b"1," * 15 + b"1\n", "a.csv: has 16 columns, all of them pixels")],
)
def test_a_folder_whose_only_table_is_of_no_use_is_refused_for_its_reason(
    tmp_path: Path, content: bytes, says: str
) -> None:
    (tmp_path / "a.csv").write_bytes(content)
    with pytest.raises(DataError, match=says):
        load_digit_set(tmp_path)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "is empty"),
        (b"Dear Sir,\nI write, to you, with regret.\n", "need a label and n x n pixels"),
        (b"label,a,b,c\n1,2,3,4\n", "4 columns"),
        (b"label," + b",".join(b"p%d" % at for at in range(16)) + b"\n", "has a header but no rows"),
        (b",".join(b"p%d" % at for at in range(16)) + b"\n" + b"1," * 15 + b"1\n", "no column called label"),
        (b"1," * 15 + b"1\n", "all of them pixels"),
        (
            b"label," + b",".join(b"p%d" % at for at in range(16)) + b"\nx" + b",1" * 16 + b"\n",
            "line 2: has the label 'x'",
        ),
        (b",".join(b"%d" % at for at in range(17)) + b"\n", "has a header but no rows"),
        (b"1," * 17 + b"1\n", "has 18 columns in its first line; need a label and n x n pixels"),
        (b"1,2,3\0" * 10, "not text"),
        (b"1," * 3_000_000, "it has a line of"),
        (bytes(range(256)) * 10, ""),
    ],
)
def test_a_text_that_is_no_such_table_is_one_line(tmp_path: Path, content: bytes, says: str) -> None:
    (tmp_path / "a.csv").write_bytes(content)
    assert says in refused(tmp_path / "a.csv")


# --- IDX and gzip


def test_a_gzip_file_that_is_damaged_or_endless_is_refused(
    digits: Digits, tmp_path: Path, write_csv: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    packed = gzip.compress(write_csv(tmp_path / "a.csv", *digits).read_bytes())
    path = tmp_path / "a.csv.gz"
    path.write_bytes(packed[:-200])
    assert "gzip file is damaged" in refused(path)
    path.write_bytes(packed)
    monkeypatch.setattr("digitreader.measure.data.own.csv_table.MOST_BYTES", 5_000)
    assert "more than 5,000 bytes" in refused(path)


@pytest.mark.parametrize(
    ("images", "says"),
    [
        (b"\0\0\x08\x03" + (60).to_bytes(4, "big") + b"\xff" * 8, "truncated"),
        (b"\0\0\x08\x03" + b"".join(n.to_bytes(4, "big") for n in (60, 4, 4)) + bytes(961), "too long"),
        (b"\0\0\x08\x03" + b"".join(n.to_bytes(4, "big") for n in (60, 0, 4)), "empty"),
        (b"\0\0\x08\x03" + b"".join(n.to_bytes(4, "big") for n in (59, 4, 4)) + bytes(944), "59 labels"),
        (b"\0\0\x08\x03\0\0", "damaged"),
    ],
)
def test_a_damaged_idx_file_is_one_line(
    digits: Digits, tmp_path: Path, write_idx: Write, images: bytes, says: str
) -> None:
    (tmp_path / "images").write_bytes(images)
    write_idx(tmp_path / "labels", digits[1])
    with pytest.raises(DataError, match=says):
        load_digit_set(tmp_path / "images")


def test_the_labels_alone_are_refused_with_what_to_give(digits: Digits, tmp_path: Path, write_idx: Write) -> None:
    write_idx(tmp_path / "images", digits[0])
    write_idx(tmp_path / "labels", digits[1])
    assert "holds labels; give the file of the images, or the folder of both" in refused(tmp_path / "labels")


def test_an_idx_file_that_ends_in_its_header_is_damaged(tmp_path: Path) -> None:
    (tmp_path / "images").write_bytes(b"\0\0\x08\x03\0\0\0\x02")
    assert "the IDX file is damaged; fetch it again" in refused(tmp_path / "images")


def test_two_idx_pairs_of_one_part_are_refused_by_their_names(digits: Digits, tmp_path: Path, write_idx: Write) -> None:
    for stem in ("a", "b"):
        write_idx(tmp_path / f"{stem}-images", digits[0])
        write_idx(tmp_path / f"{stem}-labels", digits[1])
    assert "holds several IDX pairs, a-images and b-images" in refused(tmp_path)


def test_a_file_that_has_gone_is_refused_with_the_forms(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="images: no such file; give folders 0 to 9 of pictures"):
        bounded.read_bounded(tmp_path / "images")


def test_a_bound_on_bytes_holds_for_idx_files(
    digits: Digits, tmp_path: Path, write_idx: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_idx(tmp_path / "images", digits[0])
    write_idx(tmp_path / "labels", digits[1])
    with pytest.raises(DataError, match="has more than 1,000 bytes"):
        bounded.read_bounded(tmp_path / "images", most=1_000)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"\x89HDF\r\n\x1a\n", "is an HDF5 file"),
        (b"\x80\x04\x95hello", "is a pickle"),
        (b"\x93NUMPY\x01\x00", "is a single NumPy array"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x02\0\0\0\x02\x08\0\0\0\0", "is one picture"),
    ],
)
def test_a_file_of_another_kind_is_called_by_its_name(tmp_path: Path, content: bytes, says: str) -> None:
    (tmp_path / "mine").write_bytes(content)
    assert says in refused(tmp_path / "mine")


# --- a few pictures that would spoil the others


@pytest.mark.parametrize("cell", ["300", "-4", "99999999"])
def test_a_row_of_another_range_is_told_by_its_line_and_the_rest_keeps_its_levels(
    digits: Digits, tmp_path: Path, write_csv: Write, cell: str
) -> None:
    path = write_csv(tmp_path / "a.csv", *digits)
    good = load_digit_set(path).everything().images
    lines = path.read_text().splitlines()
    cells = lines[7].split(",")
    lines[7] = ",".join([*cells[:400], cell, *cells[401:]])
    path.write_text("\n".join(lines))
    read = load_digit_set(path)
    (line,) = read.left_out
    assert "a.csv: line 8 has pixels from" in line
    assert "those of the others are from 0 to 255" in line
    np.testing.assert_array_equal(read.everything().images, np.delete(good, 6, axis=0))


@pytest.mark.parametrize("nonsense", [np.nan, 1e9])
def test_a_picture_of_nonsense_in_an_archive_is_told_by_its_place(
    digits: Digits, tmp_path: Path, nonsense: float
) -> None:
    images = digits[0].astype(np.float32) / 255
    images[11, 3, 3] = nonsense
    np.savez(tmp_path / "a.npz", x=images, y=digits[1])
    read = load_digit_set(tmp_path / "a.npz")
    assert len(read.everything()) == len(images) - 1
    assert "picture 11, counted from 0, has pixels" in read.left_out[0]


def test_blank_digits_are_left_out_and_blank_pictures_without_a_digit_stay(
    digits: Digits, tmp_path: Path, write_csv: Write
) -> None:
    images, labels = digits[0].copy(), digits[1].copy()
    images[[4, 9]] = 0
    labels[9] = 10
    read = load_digit_set(write_csv(tmp_path / "a.csv", images, labels))
    assert [line.split("a.csv: ")[1] for line in read.left_out] == ["line 6 has no ink"]
    assert len(read.everything().others()) == 1
