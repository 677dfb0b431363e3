"""The heads of picture files: recognised by content, measured without decoding."""

from __future__ import annotations

import struct

import cv2
import numpy as np
import pytest

from digitreader.camera.image_header import read_header, read_orientation
from digitreader.camera.picture_memory import choose_decoding
from digitreader.errors import ImageError


def encoded(suffix: str, width: int = 70, height: int = 30, channels: int = 3) -> bytes:
    image = np.zeros((height, width, channels), np.uint8)
    return cv2.imencode(suffix, image)[1].tobytes()


@pytest.mark.parametrize(
    ("suffix", "kind"),
    [(".jpg", "JPEG"), (".png", "PNG"), (".bmp", "BMP"), (".webp", "WebP"), (".tiff", "TIFF"), (".gif", "GIF")],
)
def test_a_head_gives_the_kind_and_the_size_as_stored(suffix: str, kind: str) -> None:
    header = read_header(encoded(suffix))
    assert header is not None
    assert (header.kind, header.size_wh) == (kind, (70, 30))


def test_a_progressive_jpeg_has_its_size_in_another_marker_and_is_measured_too() -> None:
    image = np.zeros((30, 70, 3), np.uint8)
    data = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_PROGRESSIVE, 1])[1].tobytes()
    header = read_header(data)
    assert header is not None
    assert header.size_wh == (70, 30)


@pytest.mark.parametrize(
    ("suffix", "channels", "see_through"),
    [(".png", 3, False), (".png", 4, True), (".webp", 3, False), (".bmp", 4, False), (".jpg", 3, False)],
)
def test_a_head_tells_whether_pixels_may_be_transparent(suffix: str, channels: int, see_through: bool) -> None:
    header = read_header(encoded(suffix, channels=channels))
    assert header is not None
    assert header.see_through is see_through


@pytest.mark.parametrize("lossless", [False, True])
def test_a_webp_with_alpha_is_see_through(lossless: bool) -> None:
    image = np.zeros((30, 70, 4), np.uint8)
    image[:, :35, 3] = 255
    quality = [cv2.IMWRITE_WEBP_QUALITY, 101 if lossless else 80]
    header = read_header(cv2.imencode(".webp", image, quality)[1].tobytes())
    assert header is not None
    assert (header.size_wh, header.see_through) == ((70, 30), True)


@pytest.mark.parametrize("data", [b"", b"hello", b"BMW is a car maker", b"\0" * 100, b"RIFF\0\0\0\0AVI LIST"])
def test_what_is_no_picture_is_not_taken_for_one(data: bytes) -> None:
    assert read_header(data) is None


@pytest.mark.parametrize("suffix", [".jpg", ".png", ".bmp", ".webp", ".tiff", ".gif"])
def test_a_head_cut_anywhere_raises_nothing(suffix: str) -> None:
    data = encoded(suffix, width=8, height=8)
    for length in range(len(data)):
        read_header(data[:length])


def test_a_heic_picture_is_recognised() -> None:
    header = read_header(b"\0\0\0\x18ftypheic\0\0\0\0")
    assert header is not None
    assert header.kind == "HEIC"


@pytest.mark.parametrize(("order", "mark"), [("<", b"II*\0"), (">", b"MM\0*")])
def test_the_orientation_is_read_in_either_byte_order(order: str, mark: bytes) -> None:
    exif = mark + struct.pack(order + "IHHHIHHI", 8, 1, 0x112, 3, 1, 6, 0, 0)
    assert read_orientation(exif) == 6
    assert read_orientation(b"Exif\0\0" + exif) == 6


@pytest.mark.parametrize("exif", [b"", b"II*\0", b"MM\0*\xff\xff\xff\xff", b"II*\0\x08\0\0\0\xff\xff"])
def test_damaged_exif_data_counts_as_upright(exif: bytes) -> None:
    assert read_orientation(exif) == 1


@pytest.mark.parametrize("data", [b"P5\n12 10", b"P5 # by hand\n12\n10", b"P4\n12 10\n\0"])
def test_a_pnm_is_measured_though_its_head_ends_early(data: bytes) -> None:
    header = read_header(data)
    assert header is not None
    assert (header.kind, header.size_wh) == ("PNM", (12, 10))


def test_tiles_that_are_too_large_are_named() -> None:
    tags = ((256, 100), (257, 100), (258, 8), (277, 1), (322, 20_000), (323, 20_000))
    entries = b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in tags)
    data = b"II*\0" + struct.pack("<IH", 8, len(tags)) + entries + bytes(4)
    header = read_header(data)
    assert header is not None
    with pytest.raises(ImageError, match=r"^scan\.tif: has tiles of 20000x20000 pixels, .* save it with smaller tiles"):
        choose_decoding(header, "scan.tif", len(data))
