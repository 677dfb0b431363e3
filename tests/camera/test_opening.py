"""What the user writes is opened as what it means."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from digitreader.camera import is_folder, open_source
from digitreader.camera.image_pages import PictureSource, StdinPicture
from digitreader.errors import SourceError


def test_a_file_is_a_picture_that_is_opened_late(tmp_path: Path) -> None:
    source = open_source(str(tmp_path / "missing.jpg"))
    assert isinstance(source, PictureSource)
    assert (source.live, source.frame_count) == (False, None)
    with pytest.raises(SourceError, match="No such file"):
        next(source.frames())


def test_a_picture_is_one_frame(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    cv2.imwrite(str(path), np.full((3, 5, 3), 7, np.uint8))
    with open_source(str(path)) as source:
        (frame,) = source.frames()
    assert (frame.source, frame.index, frame.time_s, frame.scale) == (str(path), 0, 0.0, 1.0)
    assert frame.image.shape == (3, 5, 3)


@pytest.mark.parametrize("name", ["phone.heic", "IMG_1234.HEIC", "nameless"])
def test_a_heic_picture_is_not_taken_for_a_video(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(100))
    with pytest.raises(SourceError, match="convert it to JPEG"):
        next(open_source(str(tmp_path / name)).frames())


def test_an_avif_picture_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.avif"
    if not cv2.haveImageWriter(str(path)):
        pytest.skip("this OpenCV writes no AVIF")
    cv2.imwrite(str(path), np.full((30, 50, 3), 128, np.uint8))
    (frame,) = open_source(str(path)).frames()
    assert frame.image.shape == (30, 50, 3)


def test_a_dash_is_a_picture_on_stdin() -> None:
    source = open_source("-")
    assert isinstance(source, StdinPicture)
    assert source.name == "-"


def test_a_closed_stdin_is_no_picture(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", None)
    with pytest.raises(SourceError, match="-: no picture on stdin; pipe one in: digitreader read - <"):
        next(open_source("-").frames())


@pytest.mark.parametrize("word", ["demo", "-", "picamera", "0", "12"])
def test_words_with_a_meaning_are_no_folders_even_where_there_is_one(
    word: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / word).mkdir()
    monkeypatch.chdir(tmp_path)
    assert not is_folder(word)
    assert is_folder(f"./{word}")


def test_a_folder_with_pictures_is_opened_picture_by_picture(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(b"")
    with pytest.raises(SourceError, match="is a folder; name one of its pictures"):
        open_source(str(tmp_path))


@pytest.mark.parametrize("spec", ["http://[::1]:1/x", "RTSP://[::1]:1/x"])
def test_a_stream_that_nobody_serves_is_one_line(spec: str, capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SourceError, match=r"nothing listens on port 1 there; |gives no video; check the address"):
        open_source(spec)
    assert capfd.readouterr().err == ""


def test_a_kind_of_address_that_there_is_not_is_refused_with_those_that_there_are() -> None:
    with pytest.raises(SourceError, match=r"^rstp://cam/1: this kind of address is not known; give http, https, "):
        open_source("rstp://me:geheim@cam/1")


def test_a_file_in_a_folder_with_a_colon_is_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "x:").mkdir()
    (tmp_path / "x:" / "a.png").touch()
    monkeypatch.chdir(tmp_path)
    assert isinstance(open_source("x://a.png"), PictureSource)


def test_an_empty_name_is_not_this_folder() -> None:
    assert not is_folder("")
    with pytest.raises(SourceError, match="the name of the source is empty"):
        open_source("")
