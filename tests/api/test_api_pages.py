"""`digitreader.read` and `read_picture` on files with several pages."""

from __future__ import annotations

import logging
from pathlib import Path

import cv2
import numpy as np
import pytest

import digitreader
from digitreader.camera.image_header import page_offsets
from digitreader.drawing import scene
from digitreader.values import ColourImage

TEXTS = ("27", "380", "6")


def drawn(text: str) -> ColourImage:
    """A plain sheet with these digits."""
    return scene(text, rng=np.random.default_rng(1)).image


@pytest.fixture(scope="module")
def scan(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A TIFF with a page for each of `TEXTS`."""
    path = tmp_path_factory.mktemp("scans") / "scan.tif"
    assert cv2.imwritemulti(str(path), [drawn(text) for text in TEXTS])
    return path


def damaged_copy(scan: Path, folder: Path, *pages: int) -> Path:
    """The same file, in which some pages have lost all that is said of them."""
    data = bytearray(scan.read_bytes())
    for at in (page_offsets(data)[page] for page in pages):
        entries = 12 * int.from_bytes(data[at : at + 2], "little")
        data[at + 2 : at + 2 + entries] = bytes(entries)
    (folder / "damaged.tif").write_bytes(data)
    return folder / "damaged.tif"


def test_each_page_of_a_tiff_is_given_in_order(scan: Path) -> None:
    pages = list(digitreader.read(scan))
    assert [(page.source, page.frame, page.text) for page in pages] == [
        (str(scan), frame, text) for frame, text in enumerate(TEXTS)
    ]


def test_each_frame_of_an_animation_is_given_in_order(tmp_path: Path) -> None:
    made = cv2.Animation()
    made.frames, made.durations = [drawn(text) for text in TEXTS], [100] * len(TEXTS)
    cv2.imwriteanimation(str(tmp_path / "a.png"), made)
    assert [(page.frame, page.text) for page in digitreader.read(tmp_path / "a.png")] == list(enumerate(TEXTS))


def test_the_pages_that_can_be_read_are_given_before_the_error(
    scan: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    readings = digitreader.read(damaged_copy(scan, tmp_path, 0, 1))
    assert next(readings).text == "6"
    with pytest.raises(digitreader.DigitReaderError, match=r"damaged\.tif, page 1: is damaged or cut short; save or"):
        next(readings)
    assert [(record.levelno, "page 2: is damaged" in record.message) for record in caplog.records] == [
        (logging.WARNING, True)
    ]


def test_read_picture_reads_the_first_page(scan: Path) -> None:
    page = digitreader.read_picture(scan)
    assert (page.text, page.frame) == ("27", 0)


def test_rules_hold_over_the_pages_of_a_file(scan: Path) -> None:
    pages = digitreader.read(scan, expect="digits=3")
    assert [number.fits for page in pages for line in page.lines for number in line.numbers] == [False, True, False]
