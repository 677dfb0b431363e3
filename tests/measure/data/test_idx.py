from __future__ import annotations

import gzip
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from digitreader.errors import DataError
from digitreader.measure.data import read_idx, read_labelled_images

Write = Callable[[Path, npt.NDArray[np.uint8]], Path]

IMAGES = np.arange(3 * 5 * 4, dtype=np.uint8).reshape(3, 5, 4)
LABELS = np.array([7, 0, 9], np.uint8)


def test_images_of_any_height_and_width_are_read(tmp_path: Path, write_idx: Write) -> None:
    np.testing.assert_array_equal(read_idx(write_idx(tmp_path / "images", IMAGES)), IMAGES)


@pytest.mark.parametrize("name", ["labels.gz", "labels"])
def test_a_gzipped_file_is_known_by_its_content_not_its_name(tmp_path: Path, write_idx: Write, name: str) -> None:
    plain = write_idx(tmp_path / "plain.gz", LABELS)
    (tmp_path / name).write_bytes(gzip.compress(plain.read_bytes()))
    np.testing.assert_array_equal(read_idx(tmp_path / name), LABELS)
    np.testing.assert_array_equal(read_idx(plain), LABELS)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "begins with nothing"),
        (b"\x00\x00", "need 00 00 08"),
        (b"hello, this is text", "need 00 00 08"),
        (b"\x00\x00\x0d\x01\x00\x00\x00\x01abcd", "begins with 00 00 0d 01"),
        (b"\x00\x00\x08\x00", "truncated|nothing"),
        (b"\x00\x00\x08\x03\x00\x00", "truncated"),
        (b"\x00\x00\x08\x01\x00\x00\x00\x05abc", "truncated: 11 bytes, need 13"),
        (b"\x00\x00\x08\x01\x00\x00\x00\x01abc", "too long"),
        (b"\x00\x00\x08\x03" + b"\xff" * 12 + b"abc", "promises more than"),
        (b"\x00\x00\x08\x09" + b"\x00\x00\x00\x01" * 9 + b"a", "has 9 dimensions, need at most 8"),
        (b"\x1f\x8bnot gzip", "gzip file is damaged"),
        (gzip.compress(b"\x00\x00\x08\x01\x00\x00\x00\x05abcde", mtime=0)[:-9], "gzip file is damaged"),
    ],
)
def test_a_damaged_file_is_refused_with_what_is_wrong(tmp_path: Path, content: bytes, says: str) -> None:
    path = tmp_path / "file"
    path.write_bytes(content)
    with pytest.raises(DataError, match=says) as refusal:
        read_idx(path)
    assert str(path) in str(refusal.value)


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_no_more_is_unpacked_than_the_head_promises(tmp_path: Path, pack: Callable[[bytes], bytes]) -> None:
    path = tmp_path / "bomb"
    path.write_bytes(pack(b"\x00\x00\x08\x01\x00\x00\x00\x05" + bytes(50_000_000)))
    tracemalloc.start()
    with pytest.raises(DataError, match="too long, need 13 bytes"):
        read_idx(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 2_000_000


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="nowhere: cannot be read"):
        read_idx(tmp_path / "nowhere")


def test_a_pair_of_different_length_is_refused(tmp_path: Path, write_idx: Write) -> None:
    images, labels = write_idx(tmp_path / "images", IMAGES), write_idx(tmp_path / "labels", LABELS[:2])
    with pytest.raises(DataError, match=r"3 images but .*labels 2 labels"):
        read_labelled_images(images, labels)


def test_exchanged_files_are_noticed(tmp_path: Path, write_idx: Write) -> None:
    images, labels = write_idx(tmp_path / "images", IMAGES), write_idx(tmp_path / "labels", LABELS)
    with pytest.raises(DataError, match="need images"):
        read_labelled_images(labels, images)


def test_a_label_that_is_no_digit_is_refused(tmp_path: Path, write_idx: Write) -> None:
    images = write_idx(tmp_path / "images", IMAGES)
    labels = write_idx(tmp_path / "labels", np.array([1, 2, 10], np.uint8))
    with pytest.raises(DataError, match="label 10"):
        read_labelled_images(images, labels)


@pytest.mark.parametrize("shape", [(0, 5, 4), (3, 0, 4)])
def test_images_without_pixels_are_refused(tmp_path: Path, write_idx: Write, shape: tuple[int, ...]) -> None:
    images = write_idx(tmp_path / "images", np.zeros(shape, np.uint8))
    labels = write_idx(tmp_path / "labels", np.zeros(shape[0], np.uint8))
    with pytest.raises(DataError, match="at least one of at least 1x1"):
        read_labelled_images(images, labels)


def test_images_in_place_of_labels_are_refused(tmp_path: Path, write_idx: Write) -> None:
    images = write_idx(tmp_path / "images", IMAGES)
    with pytest.raises(DataError, match=r"holds an array \(3, 5, 4\), need labels \(N,\); are the two files swapped"):
        read_labelled_images(images, images)


@pytest.mark.parametrize("packed", [False, True])
def test_a_file_that_would_fill_the_memory_is_refused(
    tmp_path: Path, write_idx: Write, monkeypatch: pytest.MonkeyPatch, packed: bool
) -> None:
    monkeypatch.setattr("digitreader.measure.data.idx.MOST_BYTES", 200)
    path = write_idx(tmp_path / "images", np.zeros((3, 10, 10), np.uint8))
    if packed:
        path.write_bytes(gzip.compress(path.read_bytes()))
        assert path.stat().st_size < 200
    with pytest.raises(DataError, match="images: promises more than 200 bytes; give a smaller set"):
        read_idx(path)
