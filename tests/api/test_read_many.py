"""`digitreader.read_many`: a row for each page, whatever is wrong with a picture."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

import digitreader
from digitreader.values import ColourImage

KEYS = {"source", "frame", "text", "rotated", "lines", "timing_ms", "error"}


def test_every_page_is_a_row_with_the_same_keys_and_what_cannot_be_read_has_an_error(
    paper: ColourImage, png: Path, tmp_path: Path
) -> None:
    tiff, bad, odd = tmp_path / "two.tif", tmp_path / "bad.jpg", tmp_path / "demo"
    cv2.imwritemulti(str(tiff), [paper, np.full_like(paper, 200)])
    bad.write_bytes(b"no picture")
    odd.write_bytes(b"")
    (tmp_path / "clip.mp4").write_bytes(b"a video")
    given: list[Any] = [str(png), bad, np.str_(tiff), paper, png.read_bytes(), tmp_path, None, 7, ""]
    rows = digitreader.read_many([*given, str(tmp_path / "clip.mp4"), "rtsp://me:secret@host/x", "demo"])
    assert all(row.keys() == KEYS for row in rows)
    assert [(row["frame"], row["text"]) for row in rows] == [
        *((0, "27\n380"), (0, ""), (0, "27\n380"), (1, ""), (0, "27\n380"), (0, "27\n380")),
        *[(0, "")] * 7,
    ]
    said = ("", "is not a picture", "", "", "", "", "is a folder", "is None", "of the type int", "is empty")
    for row, text in zip(rows, (*said, "is a video", "is not a picture's web address", "cannot be read"), strict=True):
        assert (text in row["error"]) if text else row["error"] == ""
    assert [row["source"] for row in rows[:4]] == [str(png), str(bad), str(tiff), str(tiff)]
    assert "secret" not in str(rows)
    assert rows[-1]["source"] == "demo"  # a file of this name is meant, and no camera


def test_a_name_with_a_nul_is_one_clear_line(png: Path) -> None:
    bad, good = digitreader.read_many([f"{png}\0.png", png])
    assert bad["error"] == f"{png}\\x00.png: has a NUL character, which no file name has; check how the name was made"
    assert good["error"] == ""


def test_a_picture_that_breaks_the_code_is_a_row_too(png: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    reader = digitreader.Reader("tiny")
    monkeypatch.setattr("digitreader.reading.pipeline.FrameReader.read_upright", lambda *_: 1 / 0)
    rows = reader.read_many([png, png.read_bytes()])
    assert [row["source"] for row in rows] == [str(png), "picture[1]"]
    assert all("could not be read (ZeroDivisionError: division by zero)" in row["error"] for row in rows)


def test_rules_and_rotation_count(paper: ColourImage, tmp_path: Path) -> None:
    path = tmp_path / "turned.png"
    cv2.imwrite(str(path), cv2.rotate(paper, cv2.ROTATE_180))
    (row,) = digitreader.read_many([path], rotate=180, expect="digits=3")
    assert row["text"] == "??\n380"
    assert digitreader.read_many([path])[0]["rotated"] == 180


def test_one_name_in_place_of_several_is_refused(png: Path) -> None:
    one_of_each: tuple[Any, ...] = (str(png), png, b"...")
    for given in one_of_each:
        with pytest.raises(digitreader.DigitReaderError, match="read_many takes several pictures"):
            digitreader.read_many(given)
