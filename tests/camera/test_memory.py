"""Pictures and streams that would take more memory than there is are refused before they are decoded."""

from __future__ import annotations

import io
import struct
from pathlib import Path

import cv2
import numpy as np
import pytest

from digitreader.camera import images, picture_memory
from digitreader.camera.answer_deadline import Deadline
from digitreader.camera.image_header import read_header
from digitreader.camera.images import decode_image, read_bounded, read_bytes
from digitreader.camera.picture_stream import MOST_PICTURE_BYTES, whole_pictures
from digitreader.errors import ImageError, SourceError

SMALL = np.full((30, 40, 3), 200, np.uint8)


def jpeg(image: np.ndarray = SMALL) -> bytes:
    return cv2.imencode(".jpg", image)[1].tobytes()


def huge_jpeg(before: bytes) -> bytes:
    """A JPEG that says it has 40,000 x 40,000 pixels, with something between its beginning and the rest."""
    data = jpeg()
    at = data.index(b"\xff\xc0") + 5
    return data[:2] + before + data[2:at] + struct.pack(">HH", 40_000, 40_000) + data[at + 4 :]


def tiff(*entries: tuple[int, int, int], big: bool = False) -> bytes:
    """A TIFF with a directory of tag, type and value alone."""
    if big:
        body = b"".join(struct.pack("<HHQQ", tag, kind, 1, value) for tag, kind, value in entries)
        return b"II+\0" + struct.pack("<HHQQ", 8, 0, 16, len(entries)) + body + bytes(8)
    body = b"".join(struct.pack("<HHII", tag, kind, 1, value) for tag, kind, value in entries)
    return b"II*\0" + struct.pack("<IH", 8, len(entries)) + body + bytes(4)


SIZE = ((0x100, 4, 40_000), (0x101, 4, 40_000))


@pytest.mark.parametrize(
    "data",
    [
        huge_jpeg(b""),
        huge_jpeg(b"\xff\xfe\0\x04ab"),
        huge_jpeg(b"\xff\xfe\0\x04ab" + b"garbage" * 99),
        huge_jpeg(b"\xff\xff\xff\xff"),
        tiff(*SIZE),
        tiff(*SIZE, big=True),
        tiff((0x100, 4, 40), (0x101, 4, 40), *SIZE),
        tiff(*SIZE, (0x100, 4, 40), (0x101, 4, 40)),
        tiff((0x100, 16, 40_000), (0x101, 16, 40_000), big=True),
        tiff((0x100, 9, 40_000), (0x101, 9, 40_000)),
        tiff((0x100, 4, 40), (0x101, 4, 40), (0x142, 4, 30_000), (0x143, 4, 30_000)),
        b"P5\n40000 40000\n255\n",
        b"P6\n# a comment\n40000\n40000 255\n",
        b"BM" + bytes(12) + struct.pack("<IHHHH", 12, 40_000, 40_000, 1, 24),
    ],
    ids=lambda data: repr(data[:6]),
)
def test_a_picture_that_says_it_is_huge_is_refused_before_it_is_decoded(
    data: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cv2, "imdecode", None)
    monkeypatch.setattr(cv2, "imdecodeWithMetadata", None)
    with pytest.raises(ImageError, match="pixels"):
        decode_image(data, name="a")


@pytest.mark.parametrize("data", [b"\xff\xd8\xff\xfe", b"P5\n9 y\n", tiff((0x100, 4, 40))])
def test_a_picture_that_does_not_say_how_large_it_is_is_refused(data: bytes) -> None:
    with pytest.raises(ImageError, match="damaged"):
        decode_image(data, name="a")


def test_a_png_of_which_a_chunk_is_longer_than_the_file_is_refused_before_it_is_decoded(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """OpenCV takes as much memory as the chunk says: 768 MB for a file of 136 bytes, which fuzzing found."""
    data = cv2.imencode(".png", SMALL)[1].tobytes()
    at = data.index(b"IDAT") - 4
    monkeypatch.setattr(cv2, "imdecode", None)
    with pytest.raises(ImageError, match="damaged"):
        decode_image(data[:at] + struct.pack(">I", 738_197_589) + data[at + 4 :], name="a")


@pytest.mark.parametrize(("channels", "dtype"), [(3, np.uint16), (4, np.uint8), (4, np.uint16)])
def test_the_budget_counts_what_the_decoder_takes_and_is_said(
    channels: int, dtype: type, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = cv2.imencode(".png", np.zeros((300, 400, channels), dtype))[1].tobytes()
    decode_image(data, name="a")
    monkeypatch.setattr(picture_memory, "decoding_budget", lambda: 300 * 400 * 4)
    with pytest.raises(ImageError, match=r"400x300 pixels, which take \d+ MB to decode, and this machine has 0 MB"):
        decode_image(data, name="a")


def test_a_large_picture_of_any_format_is_decoded_smaller(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(picture_memory, "MOST_READ_PIXELS", 40_000)
    for suffix, channels in ((".png", 3), (".png", 4), (".tiff", 3), (".bmp", 3), (".webp", 3), (".jpg", 3)):
        made = cv2.imencode(suffix, np.zeros((300, 400, channels), np.uint8))[1].tobytes()
        decoded = decode_image(made, name=suffix)
        assert (decoded.image.shape, decoded.scale) == ((150, 200, 3), 2.0), suffix


def test_an_os2_bitmap_is_read() -> None:
    rows = bytes([10, 20, 30, 40, 50, 60, 0, 0])
    data = b"BM" + struct.pack("<IHHI", 34, 0, 0, 26) + struct.pack("<IHHHH", 12, 2, 1, 1, 24) + rows
    header = read_header(data)
    assert header is not None
    assert header.size_wh == (2, 1)
    assert decode_image(data, name="a").image.shape == (1, 2, 3)


@pytest.mark.parametrize("place", ["/dev/zero", "/dev/urandom"])
def test_a_file_without_an_end_is_refused(place: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(images, "MOST_FILE_BYTES", 5_000_000)
    if not Path(place).exists():
        pytest.skip(f"there is no {place} here")
    with pytest.raises(ImageError, match=r"is not a picture|more than 5 MB"):
        read_bytes(Path(place))


def test_what_comes_through_a_pipe_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(images, "MOST_FILE_BYTES", 10)
    with pytest.raises(ImageError, match="more than"):
        read_bounded(io.BytesIO(b"x" * 11), "-")


def test_pictures_of_a_camera_are_taken_apart_with_and_without_their_lengths() -> None:
    with_length = b"--f\r\nContent-Length: %d\r\n\r\n" % len(jpeg()) + jpeg() + b"\r\n"
    without = b"--f\r\nContent-Type: image/jpeg\r\n\r\n" + jpeg() + b"\r\n"
    stream = io.BytesIO(with_length + without + with_length + without + b"--f--")
    assert len(list(whole_pictures(stream, b"f", name="cam", deadline=Deadline(9)))) == 4


@pytest.mark.parametrize(
    "content",
    [
        b"--f\r\nContent-Length: 2147483648\r\n\r\n",
        b"--f\r\n\r\n" + bytes(MOST_PICTURE_BYTES + 70_000),
    ],
)
def test_a_picture_of_a_camera_without_an_end_is_refused(content: bytes) -> None:
    with pytest.raises(SourceError, match="sends a picture of more than 32 MB"):
        list(whole_pictures(io.BytesIO(content), b"f", name="cam", deadline=Deadline(9)))


@pytest.mark.parametrize("content", [b"a: b\r\n" * 200, b"x" * 20_000])
def test_a_head_without_an_end_is_refused(content: bytes) -> None:
    with pytest.raises(SourceError, match="not a series of pictures"):
        list(whole_pictures(io.BytesIO(content), b"f", name="cam", deadline=Deadline(9)))
