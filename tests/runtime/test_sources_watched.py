"""A watched folder: each new picture once, when it is whole."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from digitreader.errors import SourceError
from digitreader.live.notice import Notice
from digitreader.sources.watched import WatchedFolder, new_pictures


def put(folder: Path, name: str, data: bytes = b"whole", *, at_ns: int = 10**18) -> Path:
    path = folder / name
    path.write_bytes(data)
    os.utime(path, ns=(at_ns, at_ns))
    return path


def test_pictures_that_were_there_before_are_not_new(tmp_path: Path) -> None:
    put(tmp_path, "old.jpg")
    watched = WatchedFolder(tmp_path)
    assert [watched.look() for _ in range(3)] == [[], [], []]


def test_a_new_picture_comes_once_when_it_has_stopped_to_grow(tmp_path: Path) -> None:
    watched = WatchedFolder(tmp_path)
    put(tmp_path, "a.jpg", b"")
    assert [watched.look(), watched.look()] == [[], []]
    put(tmp_path, "a.jpg", b"ha")
    assert watched.look() == []
    path = put(tmp_path, "a.jpg", b"half")
    assert watched.look() == []
    assert [watched.look(), watched.look()] == [[path], []]


def test_several_new_pictures_come_in_the_order_in_which_a_person_counts(tmp_path: Path) -> None:
    watched = WatchedFolder(tmp_path)
    later, sooner = put(tmp_path, "10.png"), put(tmp_path, "9.png")
    put(tmp_path, "notes.txt")
    watched.look()
    assert watched.look() == [sooner, later]


def test_a_picture_that_is_written_again_is_a_new_one(tmp_path: Path) -> None:
    path = put(tmp_path, "a.jpg")
    watched = WatchedFolder(tmp_path)
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
    monkeypatch.setattr("digitreader.sources.watched.time.sleep", lambda _: next(happens)())
    notices: list[Notice] = []
    assert next(new_pictures(folder, tell=notices.append)).name == "a.jpg"
    assert [notice.interrupted for notice in notices] == [True, False]
    assert notices[0].message.startswith(f"{folder}: cannot be listed")


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="none: cannot be listed"):
        WatchedFolder(tmp_path / "none")
