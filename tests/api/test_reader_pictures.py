"""`digitreader.Reader.read`: every form of picture that a Python program may have gives the same page."""

from __future__ import annotations

import io
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
import pytest

import digitreader
from digitreader.errors import ImageError, UsageError
from digitreader.values import ColourImage

LINES = ["27", "380"]


def gray(paper: ColourImage) -> npt.NDArray[np.uint8]:
    return np.asarray(paper[:, :, 0])


def rgba(paper: ColourImage) -> npt.NDArray[np.uint8]:
    return np.dstack([paper, np.full(paper.shape[:2], 255, np.uint8)])


class Tensor:
    """An array of another library, of which NumPy can make one."""

    def __init__(self, array: npt.NDArray[Any]) -> None:
        self._array = array

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> npt.NDArray[Any]:
        return self._array


FORMS: dict[str, Callable[[ColourImage], Any]] = {
    "bgr": lambda paper: paper,
    "gray": gray,
    "(H, W, 1)": lambda paper: gray(paper)[:, :, None],
    "rgba": rgba,
    "uint16": lambda paper: paper.astype(np.uint16) << 8,
    "an array of another library": Tensor,
    "float32": lambda paper: paper.astype(np.float32) / 255,
    "float64 gray": lambda paper: gray(paper) / 255.0,
    "upside down in memory": lambda paper: np.ascontiguousarray(paper[::-1])[::-1],
    "read-only": lambda paper: np.frombuffer(paper.tobytes(), np.uint8).reshape(paper.shape),
    "bytes": lambda paper: cv2.imencode(".png", paper)[1].tobytes(),
    "bytearray": lambda paper: bytearray(cv2.imencode(".png", paper)[1].tobytes()),
    "memoryview": lambda paper: memoryview(cv2.imencode(".png", paper)[1].tobytes()),
    "file object": lambda paper: io.BytesIO(cv2.imencode(".png", paper)[1].tobytes()),
}


class NamedInBytes:
    """A path that is written in bytes, as `os.scandir(b".")` gives them."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __fspath__(self) -> bytes:
        return os.fsencode(self._path)


def test_a_path_may_be_written_in_bytes(reader: digitreader.Reader, png: Path) -> None:
    path: Any = NamedInBytes(png)
    page = reader.read(path)
    assert (page.source, page.lines) == (str(png), reader.read(png).lines)


@pytest.mark.parametrize("form", FORMS)
def test_every_form_of_a_picture_gives_the_same_lines(
    form: str, reader: digitreader.Reader, paper: ColourImage, png: Path
) -> None:
    page = reader.read(FORMS[form](paper))
    assert [line.text for line in page.lines] == LINES
    assert page.lines == reader.read(png).lines


@pytest.mark.parametrize("channels", ["bgr", "rgb"])
def test_colours_are_taken_in_the_order_that_is_said(channels: Any, reader: digitreader.Reader) -> None:
    bgr = np.full((120, 200, 3), (220, 60, 40), np.uint8)  # a blue sheet
    cv2.putText(bgr, "42", (30, 85), cv2.FONT_HERSHEY_SIMPLEX, 2.0, (40, 220, 240), 4)
    given = bgr if channels == "bgr" else bgr[:, :, ::-1]
    page = reader.read(given, channels=channels)
    assert page.lines == reader.read(bgr).lines
    assert page.picture is not None
    assert np.array_equal(page.picture.frame().image, bgr)


def test_black_and_white_as_bools_are_read(reader: digitreader.Reader) -> None:
    paper = cv2.putText(np.full((120, 200), 255, np.uint8), "42", (30, 85), cv2.FONT_HERSHEY_SIMPLEX, 2.0, 0, 4)
    assert reader.read(paper > 127).lines == reader.read(np.where(paper > 127, 255, 0).astype(np.uint8)).lines


def test_see_through_ink_is_laid_on_paper(reader: digitreader.Reader) -> None:
    ink = cv2.putText(np.zeros((120, 200), np.uint8), "42", (30, 85), cv2.FONT_HERSHEY_SIMPLEX, 2.0, 255, 4)
    page = reader.read(np.dstack([np.zeros((120, 200, 3), np.uint8), ink]))
    assert page.text == "42"


def test_a_file_that_is_open_is_read_and_names_the_page(reader: digitreader.Reader, png: Path) -> None:
    with png.open("rb") as file:
        page = reader.read(file)
    assert (page.source, page.lines) == (str(png), reader.read(str(png)).lines)


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "L", "P", "I;16", "1", "F", "I"])
def test_pillows_pictures_are_read(mode: str, reader: digitreader.Reader, png: Path) -> None:
    pillow = pytest.importorskip("PIL.Image", reason="Pillow is not installed")
    opened = pillow.open(png)
    if mode == "I;16":
        made = pillow.fromarray(np.asarray(opened.convert("L")).astype(np.uint16) << 8)
    elif mode == "I":
        made = opened.convert("L").convert("I").point(lambda level: level * 256)
    else:
        made = opened.convert(mode)
    page = reader.read(made)
    assert [line.text for line in page.lines] == LINES
    if mode in {"RGB", "RGBA", "L", "F"}:
        assert page.lines == reader.read(png).lines


def test_a_pillow_picture_stands_as_its_orientation_says(reader: digitreader.Reader, png: Path, tmp_path: Path) -> None:
    pillow = pytest.importorskip("PIL.Image", reason="Pillow is not installed")
    exif = pillow.Exif()
    exif[0x0112] = 3
    turned = tmp_path / "turned.png"
    pillow.open(png).transpose(pillow.Transpose.ROTATE_180).save(turned, exif=exif)
    page = reader.read(pillow.open(turned))
    assert (page.source, page.turned_deg, page.lines) == (str(turned), 0, reader.read(png).lines)


def test_a_list_of_all_forms_gives_a_list_back(reader: digitreader.Reader, paper: ColourImage, png: Path) -> None:
    pages = reader.read([png, str(png), paper, png.read_bytes()])
    assert [page.lines for page in pages] == [reader.read(png).lines] * 4
    assert [page.source for page in pages] == [str(png), str(png), "array[2]", "bytes[3]"]
    assert reader.read([]) == []
    assert [page.text for page in reader.read((png,))] == ["27\n380"]


def test_floats_that_a_resampling_let_overshoot_are_black_and_white(
    reader: digitreader.Reader, paper: ColourImage
) -> None:
    shares = paper.astype(np.float64) / 255
    stretched = shares * 1.08 - 0.04  # beyond both ends
    clipped = np.asarray(np.clip(np.rint(255 * stretched), 0, 255), np.uint8)
    assert reader.read(stretched).lines == reader.read(clipped).lines


def test_a_picture_is_not_changed(reader: digitreader.Reader, paper: ColourImage) -> None:
    for form in (paper, gray(paper), rgba(paper)):
        before = form.copy()
        reader.read(form, channels="rgb")
        assert np.array_equal(form, before)


REFUSED: dict[str, tuple[Any, str]] = {
    "None": (None, r"^the picture is None: reading it failed\?"),
    "a row": (
        np.full(20, 137, np.uint8),
        r"the array has the shape \(20,\) and the type uint8; give \(height, width\), ",
    ),
    "two channels": (np.full((20, 30, 2), 137, np.uint8), r"has the shape \(20, 30, 2\)"),
    "colours first": (np.full((3, 20, 30), 137, np.uint8), r"transpose it: picture\.transpose\(1, 2, 0\)"),
    "several": (np.full((2, 20, 30, 3), 137, np.uint8), r"give a list: list\(pictures\)"),
    "empty": (np.full((0, 30), 137, np.uint8), r"has the shape \(0, 30\)"),
    "whole numbers": (np.full((20, 30), 137, np.int64), r"has int64 numbers; .* picture\.astype\('uint8'\)"),
    "large floats": (np.full((20, 30), 137.0), r"floats below 0 or above 1; give floats from 0 to 1"),
    "no numbers": (np.full((20, 30), np.nan), r"floats that are not numbers \(NaN\)"),
    "objects": (np.full((20, 30), "137", object), r"has object numbers"),
    "text": (io.StringIO("137"), r"is open for text; open it for bytes: open\(name, 'rb'\)"),
    "a closed file": (io.BytesIO(), r"^file: is empty; give a JPEG"),
    "no bytes": (b"", r"^bytes: is empty; give a JPEG"),
    "other bytes": (b"137 is not a picture", r"^bytes: is not a picture; give a JPEG"),
    "a camera": (137, r"of the type int; .* read camera by its number with digitreader\.read"),
    "an empty name": ("", r"^the name of the picture is empty"),
    "a list in a list": ([[np.zeros((2, 2))]], r"of the type list; .*; a list inside a list is not read"),
    "an address in a Path": (Path("http://host/a.jpg"), r"lost one of its slashes; give addresses as text$"),
    "a stream's address": ("rtsp://me:137@host/1", r"^rtsp://host/1: is not a picture's web address; read streams"),
}


@pytest.mark.parametrize("given", REFUSED)
def test_what_is_no_picture_is_told_in_one_line_without_its_numbers(given: str, reader: digitreader.Reader) -> None:
    picture, said = REFUSED[given]
    with pytest.raises(ImageError, match=said) as refused:
        reader.read(picture)
    assert "137" not in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_closed_file_a_folder_and_a_video_are_told_apart(
    reader: digitreader.Reader, png: Path, tmp_path: Path
) -> None:
    with png.open("rb") as file:
        pass
    with pytest.raises(ImageError, match=r"paper\.png: cannot be read \(.*closed file"):
        reader.read(file)
    with pytest.raises(ImageError, match=r"is a folder; read its pictures with digitreader\.read"):
        reader.read(tmp_path)
    clip = tmp_path / "clip.avi"
    writer = cv2.VideoWriter(str(clip), cv2.VideoWriter.fourcc(*"MJPG"), 30, (64, 48))
    writer.write(np.zeros((48, 64, 3), np.uint8))
    writer.release()
    with pytest.raises(ImageError, match=r"clip\.avi: is a video; read it with digitreader.read"):
        reader.read(clip)


def test_a_file_whose_read_must_be_awaited_is_told_of(reader: digitreader.Reader) -> None:
    class Upload:
        async def read(self) -> bytes:
            return b""

    with pytest.raises(ImageError, match=r"its read\(\) is asynchronous; give await file\.read\(\), or its \.file"):
        reader.read(Upload())


def test_what_cannot_be_read_is_recorded_where_that_is_asked_for(png: Path) -> None:
    with digitreader.Reader("tiny", on_error="record") as reader:
        pages = reader.read(["nowhere.jpg", png, None, np.zeros((2, 2, 2))])
    assert [page.text for page in pages] == ["", "27\n380", "", ""]
    assert [page.source for page in pages] == ["nowhere.jpg", str(png), "picture[2]", "array[3]"]
    assert pages[0].error == (
        "nowhere.jpg: cannot be read (No such file or directory); give a JPEG, PNG, GIF, BMP, WebP or TIFF picture"
    )
    assert [bool(page.error) for page in pages] == [True, False, True, True]
    assert pages[2].error.startswith("the picture [2] is None")


def test_sources_that_cannot_be_read_are_recorded_and_the_others_are_read(png: Path, tmp_path: Path) -> None:
    (tmp_path / "1.png").write_bytes(b"nothing")
    (tmp_path / "2.png").write_bytes(png.read_bytes())
    pages = list(digitreader.read(tmp_path, model="tiny", on_error="record"))
    assert [(page.text, bool(page.error)) for page in pages] == [("", True), ("27\n380", False)]
    assert digitreader.read_picture("nowhere.jpg", model="tiny", on_error="record").error


def test_a_region_is_read_alone(paper: ColourImage, reader: digitreader.Reader) -> None:
    box = reader.read(paper).lines[1].readings[0].box
    top = box.y - 20
    with digitreader.Reader("tiny", region=(0, top, paper.shape[1], paper.shape[0] - top)) as below:
        page = below.read(paper)
    assert page.text == "380"
    assert abs(page.digits[0].box.y - 20) <= 2


def test_rules_are_kept_by_each_picture_of_a_list(paper: ColourImage) -> None:
    with digitreader.Reader("tiny", expect="digits=3") as reader:
        pages = reader.read([paper, paper])
    assert [[number.fits for line in page.lines for number in line.numbers] for page in pages] == [[False, True]] * 2


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        ({"on_error": "ignore"}, "on_error='ignore': give 'raise' or 'record'"),
        ({"channels": "gbr"}, "channels='gbr': give 'bgr', the order of OpenCV, or 'rgb'"),
        ({"region": (0, 0, 0, 5)}, "region=.*: give x, y, width and height"),
        ({"rotate": 45}, "rotate=45: give 'auto'"),
        ({"engine": "gpu"}, "there is no engine 'gpu'"),
        ({"expect": "size=4"}, "size"),
        ({"region": np.full((2, 4), 137)}, r"region=an array of the shape \(2, 4\): give x, y, width and height"),
        ({"rotate": np.full(4, 137)}, "rotate=an array of the shape"),
        ({"channels": np.full(4, 137)}, "channels=an array of the shape"),
        ({"engine": np.full(4, 137)}, "there is no engine an array of the shape"),
    ],
)
def test_a_setting_that_cannot_be_meant_is_refused(setting: dict[str, Any], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        digitreader.Reader("tiny", **setting)


def test_a_closed_reader_reads_nothing_more(png: Path) -> None:
    with digitreader.Reader("tiny") as reader:
        assert reader.read(png).text
    for call in (reader.read, reader.stream):
        with pytest.raises(UsageError, match="the reader is closed; make another one"):
            call(str(png))
    assert "closed" in repr(reader)
