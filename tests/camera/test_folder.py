"""A folder is its pictures, in the order in which a person would count them."""

from __future__ import annotations

import glob
import os
import socket
from pathlib import Path

import pytest

from digitreader.camera import expand, open_source
from digitreader.camera.folder import (
    SkippedFiles,
    files_matching,
    names_from,
    natural_key,
    pictures_in,
    readable_in,
)
from digitreader.errors import SourceError, UsageError


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
    with pytest.raises(SourceError, match="holds no pictures; need files that are a picture"):
        pictures_in(tmp_path)


def test_expanding_a_folder_gives_its_pictures(tmp_path: Path) -> None:
    make(tmp_path, "2.jpg", "1.jpg")
    assert expand(str(tmp_path)) == [str(tmp_path / "1.jpg"), str(tmp_path / "2.jpg")]


@pytest.mark.parametrize("spec", ["a.jpg", "0", "demo", "-", "picamera", "rtsp://host/stream", "rtsp://host/?a=[1]"])
def test_what_is_no_folder_is_not_expanded(spec: str) -> None:
    assert expand(spec) == [spec]


def test_a_folder_without_pictures_stays_so_that_its_opening_can_tell(tmp_path: Path) -> None:
    assert expand(str(tmp_path)) == [str(tmp_path)]


@pytest.mark.parametrize(
    ("first", "second"), [("2", "10"), ("a2b", "a10b"), ("A1", "a2"), ("007", "8"), ("a", "b"), ("img", "img2")]
)
def test_numbers_in_names_count_as_numbers(first: str, second: str) -> None:
    assert natural_key(first) < natural_key(second)


def test_what_is_a_picture_is_told_by_suffix_or_content_and_videos_are_read_too(tmp_path: Path) -> None:
    make(tmp_path, "1.jfif", "2.pgm", "3.avif", "4.mp4")
    (tmp_path / "5").write_bytes(b"\xff\xd8\xff\xe0 a JPEG without a suffix")
    (tmp_path / "6.txt").write_bytes(b"P5 is not a picture here")
    skipped = SkippedFiles()
    names = [path.name for path in readable_in(tmp_path, skipped)]
    assert names == ["1.jfif", "2.pgm", "3.avif", "4.mp4", "5"]
    assert skipped.counts == {"file that is not a picture": 1}
    assert "4.mp4" not in {path.name for path in pictures_in(tmp_path)}


def test_pipes_and_sockets_in_a_folder_are_skipped_and_never_opened(tmp_path: Path) -> None:
    make(tmp_path, "1.png")
    for name in ("2.png", "3.mp4", "4"):
        os.mkfifo(tmp_path / name)
    with socket.socket(socket.AF_UNIX) as bound:
        bound.bind(str(tmp_path / "5.png"))
        for found in (readable_in, lambda folder, skipped: files_matching(f"{folder}/*", skipped)):
            skipped = SkippedFiles()
            assert [str(each) for each in found(tmp_path, skipped)] == [str(tmp_path / "1.png")]
            assert skipped.counts == {"file that is not a picture": 4}


def test_a_pipe_that_the_user_names_is_read(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "scan.png")
    assert expand(str(tmp_path / "scan.png")) == [str(tmp_path / "scan.png")]


def test_sub_folders_are_read_where_that_is_asked_for_and_counted_where_not(tmp_path: Path) -> None:
    make(tmp_path, "b.jpg", "a/10.jpg", "a/9.jpg", "a/deeper/1.jpg", "c/2.jpg")
    (tmp_path / "c" / "back").symlink_to(tmp_path)
    skipped = SkippedFiles()
    found = [path.relative_to(tmp_path).as_posix() for path in readable_in(tmp_path, skipped, recursive=True)]
    assert found == ["b.jpg", "a/9.jpg", "a/10.jpg", "a/deeper/1.jpg", "c/2.jpg"]
    assert skipped.counts == {"folder that a link leads back to": 1}
    flat = SkippedFiles()
    assert [path.name for path in readable_in(tmp_path, flat)] == ["b.jpg"]
    assert str(flat) == f"2 sub-folders ({tmp_path}/a, {tmp_path}/c; --recursive reads sub-folders too)"


def test_all_that_is_passed_over_is_counted_and_the_first_are_named(tmp_path: Path) -> None:
    make(tmp_path, "1.txt", "2.txt", "3.txt", "4.txt", ".hidden.jpg", "IMG.HEIC")
    skipped = SkippedFiles()
    assert list(readable_in(tmp_path, skipped)) == []
    said = str(skipped)
    assert f"4 files that are not pictures ({tmp_path}/1.txt, {tmp_path}/2.txt, {tmp_path}/3.txt, ...)" in said
    assert "1 hidden file" in said
    assert "1 HEIC picture" in said


def test_at_most_so_many_of_a_folder_are_given_and_the_rest_is_counted(tmp_path: Path) -> None:
    make(tmp_path, "1.jpg", "2.jpg", "3.jpg")
    skipped = SkippedFiles()
    assert expand(str(tmp_path), most=1, skipped=skipped) == [str(tmp_path / "1.jpg")]
    assert skipped.counts == {"picture": 2}


def test_a_pattern_gives_what_it_matches_in_natural_order(tmp_path: Path) -> None:
    make(tmp_path, "10.jpg", "9.jpg", "a/1.jpg", "x.txt")
    assert expand(f"{tmp_path}/*.jpg") == [f"{tmp_path}/9.jpg", f"{tmp_path}/10.jpg"]
    assert f"{tmp_path}/a/1.jpg" in expand(f"{tmp_path}/**/*")
    skipped = SkippedFiles()
    assert list(files_matching(f"{tmp_path}/*", skipped)) == [f"{tmp_path}/9.jpg", f"{tmp_path}/10.jpg"]
    assert skipped.counts == {"sub-folder": 1, "file that is not a picture": 1}


def test_two_stars_read_each_folder_once_although_links_lead_back(tmp_path: Path) -> None:
    make(tmp_path, "1.png", "a/2.png", "a/deeper/3.png", ".hidden/4.png", "a/5.txt")
    (tmp_path / "a" / "back").symlink_to(tmp_path)
    (tmp_path / "z").symlink_to(tmp_path / "a")
    skipped = SkippedFiles()
    found = list(files_matching(f"{tmp_path}/**/*.png", skipped))
    assert found == [f"{tmp_path}/{name}" for name in ("1.png", "a/2.png", "a/deeper/3.png")]
    assert skipped.counts == {"folder that a link leads back to": 2}


@pytest.mark.parametrize("pattern", ["**/*.png", "**", "a/**/**/*.png", "**/a/**/*.png", "a/**/deeper/*", "*/**/2.png"])
def test_two_stars_find_what_the_shell_finds(pattern: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make(tmp_path, "1.png", "a/2.png", "a/deeper/3.png", "a/deeper/[x]/4.png", "b/a/**/2.png", ".hidden/5.png")
    monkeypatch.chdir(tmp_path)
    for begin in ("", f"{tmp_path}/"):
        matching = {name for name in glob.glob(begin + pattern, recursive=True) if Path(name).is_file()}  # noqa: PTH207 # compared with
        assert set(files_matching(begin + pattern, SkippedFiles())) == matching


def test_a_recursive_pattern_also_gives_the_files_in_the_folders_that_it_matches(tmp_path: Path) -> None:
    make(tmp_path, "1.jpg", "a/2.jpg", "a/deeper/3.jpg")
    skipped = SkippedFiles()
    found = list(files_matching(f"{tmp_path}/*", skipped, recursive=True))
    assert found == [f"{tmp_path}/{name}" for name in ("1.jpg", "a/2.jpg", "a/deeper/3.jpg")]
    assert skipped.counts == {}


def test_a_pattern_that_matches_nothing_says_so_and_a_name_with_its_signs_is_a_name(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="no file matches this pattern"):
        open_source(f"{tmp_path}/*.jpg")
    make(tmp_path, "scan[1].jpg")
    assert expand(f"{tmp_path}/scan[1].jpg") == [f"{tmp_path}/scan[1].jpg"]


@pytest.mark.parametrize("between", [b"\n", b"\r\n", b"\0"])
def test_a_list_names_files_whatever_they_are_called(between: bytes, tmp_path: Path) -> None:
    path = tmp_path / "list"
    path.write_bytes(between.join([b"a b/c.jpg", b"0", b"demo", b"caf\xe9.png", b""]))
    assert names_from(str(path)) == ["a b/c.jpg", "./0", "./demo", f"./{os.fsdecode(b'caf' + bytes([0xE9]))}.png"]


def test_a_list_that_cannot_be_read_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SourceError, match="the list of files cannot be read"):
        names_from(str(tmp_path / "none"))
    monkeypatch.setattr("sys.stdin", None)
    with pytest.raises(UsageError, match="no list on stdin"):
        names_from("-")
