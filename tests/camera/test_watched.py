"""A watched folder: each new picture once, when it is whole."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest

from digitreader.camera.source import Notice
from digitreader.camera.watched_folder import SETTLED_LOOKS, WatchedFolder, has_end_marker, new_pictures
from digitreader.errors import SourceError

WHOLE = b"\xff\xd8 a JPEG picture \xff\xd9"


def put(folder: Path, name: str, data: bytes = WHOLE, *, at_ns: int = 10**18) -> Path:
    path = folder / name
    path.write_bytes(data)
    os.utime(path, ns=(at_ns, at_ns))
    return path


def test_pictures_that_were_there_before_are_not_new_where_only_new_ones_are_wanted(tmp_path: Path) -> None:
    put(tmp_path, "old.jpg")
    watched = WatchedFolder(tmp_path, new_only=True)
    assert [watched.look() for _ in range(3)] == [[], [], []]


def test_pictures_that_are_there_at_the_beginning_come_first_in_natural_order(tmp_path: Path) -> None:
    paths = [put(tmp_path, name) for name in ("10.jpg", "9.jpg")]
    watched = WatchedFolder(tmp_path)
    assert [watched.look(), watched.look()] == [paths[::-1], []]


def test_a_file_is_looked_into_again_only_when_it_has_changed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[str] = []

    def look_into(path: Path) -> bool:
        looked.append(path.name)
        return False

    monkeypatch.setattr("digitreader.camera.watched_folder.is_picture", look_into)
    put(tmp_path, "scan", b"")
    watched = WatchedFolder(tmp_path)
    watched.look()
    put(tmp_path, "scan")
    watched.look()
    assert looked == ["scan", "scan"]


def test_a_new_picture_comes_once_when_it_has_stopped_to_grow(tmp_path: Path) -> None:
    watched = WatchedFolder(tmp_path)
    put(tmp_path, "a.jpg", b"")
    assert [watched.look(), watched.look()] == [[], []]
    put(tmp_path, "a.jpg", WHOLE[:5])
    assert watched.look() == []
    path = put(tmp_path, "a.jpg")
    assert watched.look() == []
    assert [watched.look(), watched.look()] == [[path], []]


def test_a_copy_that_pauses_is_waited_for_and_one_that_goes_on_no_more_comes_after_a_while(tmp_path: Path) -> None:
    watched = WatchedFolder(tmp_path)
    path = put(tmp_path, "a.jpg", WHOLE[:9])
    assert [watched.look() for _ in range(SETTLED_LOOKS)] == [[]] * SETTLED_LOOKS
    put(tmp_path, "a.jpg", WHOLE[:12])
    assert [watched.look() for _ in range(SETTLED_LOOKS)] == [[]] * SETTLED_LOOKS
    assert [watched.look(), watched.look()] == [[path], []]


@pytest.mark.parametrize("suffix", [".jpg", ".png", ".bmp", ".webp"])
def test_a_picture_ends_as_its_kind_does_and_no_part_of_it_does(suffix: str, tmp_path: Path) -> None:
    image = np.random.default_rng(0).integers(0, 255, (60, 80, 3), np.uint8)
    data = cv2.imencode(suffix, image)[1].tobytes()
    path = put(tmp_path, f"a{suffix}", data)
    assert has_end_marker(path)
    for share in (0.1, 0.5, 0.95):
        assert not has_end_marker(put(tmp_path, f"a{suffix}", data[: int(share * len(data))]))


def test_what_has_no_known_end_does_not_end(tmp_path: Path) -> None:
    assert not has_end_marker(put(tmp_path, "a.tif", b"II*\0 and more"))
    assert not has_end_marker(tmp_path / "gone.jpg")


def test_several_new_pictures_come_in_the_order_in_which_a_person_counts(tmp_path: Path) -> None:
    watched = WatchedFolder(tmp_path)
    later, sooner = put(tmp_path, "10.png"), put(tmp_path, "9.png")
    put(tmp_path, "notes.txt")
    watched.look()
    assert watched.look() == [sooner, later]


def test_a_picture_that_is_written_again_is_a_new_one(tmp_path: Path) -> None:
    path = put(tmp_path, "a.jpg")
    watched = WatchedFolder(tmp_path, new_only=True)
    put(tmp_path, "a.jpg", at_ns=2 * 10**18)
    watched.look()
    assert watched.look() == [path]


def test_a_folder_that_vanishes_is_told_of_once_and_watched_on_when_it_is_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, elsewhere = tmp_path / "inbox", tmp_path / "elsewhere"
    folder.mkdir()
    happens: Iterator[Callable[[], object]] = iter(
        [
            lambda: folder.rename(elsewhere),
            lambda: None,
            lambda: elsewhere.rename(folder),
            lambda: put(folder, "a.jpg"),
            lambda: None,
        ]
    )
    monkeypatch.setattr("digitreader.camera.watched_folder.time.sleep", lambda _: next(happens)())
    notices: list[Notice] = []
    assert [path.name for path in next(new_pictures(folder, tell=notices.append))] == ["a.jpg"]
    assert [notice.interrupted for notice in notices] == [True, False]
    assert notices[0].message.startswith(f"{folder}: cannot be listed")


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="none: cannot be listed"):
        WatchedFolder(tmp_path / "none")
