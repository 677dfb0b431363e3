"""A folder is its pictures, in the order in which a person would count them."""

from __future__ import annotations

from pathlib import Path

import pytest

from digitreader.camera import expand
from digitreader.camera.folder import natural_key, pictures_in
from digitreader.errors import SourceError


def make(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(b"")


def test_pictures_come_in_natural_order(tmp_path: Path) -> None:
    make(tmp_path, "page10.jpg", "page9.PNG", "Page1.jpg", "2.bmp", "page9b.webp")
    names = [path.name for path in pictures_in(tmp_path)]
    assert names == ["2.bmp", "Page1.jpg", "page9.PNG", "page9b.webp", "page10.jpg"]


def test_other_files_hidden_files_and_subfolders_are_left_out(tmp_path: Path) -> None:
    make(tmp_path, "a.jpg", "notes.txt", "._a.jpg", "deeper/b.jpg", "folder.jpg/c.png")
    assert [path.name for path in pictures_in(tmp_path)] == ["a.jpg"]


def test_a_folder_without_pictures_says_what_it_needs(tmp_path: Path) -> None:
    make(tmp_path, "notes.txt")
    with pytest.raises(SourceError, match=r"holds no pictures; need files that end in one of \.bmp"):
        pictures_in(tmp_path)


def test_expanding_a_folder_gives_its_pictures(tmp_path: Path) -> None:
    make(tmp_path, "2.jpg", "1.jpg")
    assert expand(str(tmp_path)) == [str(tmp_path / "1.jpg"), str(tmp_path / "2.jpg")]


@pytest.mark.parametrize("spec", ["a.jpg", "0", "demo", "-", "picamera", "rtsp://host/stream"])
def test_what_is_no_folder_is_not_expanded(spec: str) -> None:
    assert expand(spec) == [spec]


def test_a_folder_without_pictures_stays_so_that_its_opening_can_tell(tmp_path: Path) -> None:
    assert expand(str(tmp_path)) == [str(tmp_path)]


@pytest.mark.parametrize(
    ("first", "second"), [("2", "10"), ("a2b", "a10b"), ("A1", "a2"), ("007", "8"), ("a", "b"), ("img", "img2")]
)
def test_numbers_in_names_count_as_numbers(first: str, second: str) -> None:
    assert natural_key(first) < natural_key(second)
