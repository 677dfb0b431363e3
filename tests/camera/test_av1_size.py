"""The size of an AVIF picture is the one at which its decoder works, whatever its head says."""

from __future__ import annotations

import struct
from typing import Any

import cv2
import numpy as np
import pytest

from digitreader.camera.av1_size import coded_sizes
from digitreader.camera.image_header import read_header
from digitreader.camera.images import decode_image
from digitreader.errors import ImageError


@pytest.fixture(scope="module")
def avif() -> bytes:
    """A picture of 50 x 30 pixels."""
    if not cv2.haveImageWriter("a.avif"):
        pytest.skip("this OpenCV writes no AVIF")
    return bytes(cv2.imencode(".avif", np.full((30, 50, 3), 128, np.uint8))[1].tobytes())


def with_size_in_head(data: bytes, width: int, height: int) -> bytes:
    at = data.index(b"ispe") + 8
    return data[:at] + struct.pack(">II", width, height) + data[at + 8 :]


def size_of(data: bytes) -> Any:
    header = read_header(data)
    assert header is not None
    return header.size_wh


def test_the_coded_size_is_found(avif: bytes) -> None:
    assert coded_sizes(avif) == [(50, 30)]


def test_a_head_that_says_less_is_not_believed(avif: bytes) -> None:
    assert size_of(with_size_in_head(avif, 5, 4)) == (50, 30)


def test_a_head_that_says_more_is_believed(avif: bytes) -> None:
    assert size_of(with_size_in_head(avif, 40_000, 20)) == (40_000, 30)


def test_a_huge_picture_whose_head_says_it_is_small_is_refused_in_one_line() -> None:
    huge = full_header_picture(20_000, 10_000)
    with pytest.raises(ImageError, match=r"a\.avif: has 20000x10000 pixels, need at most 100 million"):
        decode_image(huge, name="a.avif")


def bits(*numbers: tuple[int, int]) -> bytes:
    """Numbers of some bits each, as bytes."""
    text = "".join(f"{number:0{count}b}" for number, count in numbers) + "1"
    return int(text.ljust(-(-len(text) // 8) * 8, "0"), 2).to_bytes(-(-len(text) // 8))


def size_fields(width: int, height: int) -> list[tuple[int, int]]:
    return [(15, 4), (15, 4), (width - 1, 16), (height - 1, 16)]


SEVERAL_POINTS = [
    (0, 5), (1, 1), (7, 32), (9, 32), (1, 1), (0b00101, 5),  # times; a number of 5 bits
    (1, 1), (3, 5), (1, 32), (2, 10),  # a model of the decoder, whose delays have 4 bits
    (1, 1), (1, 5),  # delays of the display, and two operating points
    (0, 12), (9, 5), (1, 1), (1, 1), (0, 9), (1, 1), (3, 4),
    (0, 12), (3, 5), (0, 1), (0, 1),
]  # fmt: skip


def unit(kind: int, content: bytes, *, extended: bool = False) -> bytes:
    head = bytes([kind << 3 | 2 | 4 * extended]) + b"\0" * extended
    return head + bytes([len(content)]) + content


def box(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I4s", 8 + len(content), kind) + content


def item_file(*parts: bytes, kind: bytes = b"av01", method: int = 1) -> bytes:
    """An AVIF file with one item, in some parts, whose head says that it has 8 x 8 pixels."""
    places, at = b"", 0
    for part in parts:
        places += struct.pack(">II", at, len(part))
        at += len(part)
    iloc = b"\1\0\0\0\x44\0" + struct.pack(">HHHHH", 1, 1, method, 0, len(parts)) + places
    infe = box(b"infe", b"\2\0\0\0" + struct.pack(">HH4s", 1, 0, kind) + b"\0")
    inside = box(b"iloc", iloc) + box(b"iinf", bytes(4) + b"\0\1" + infe) + box(b"idat", b"".join(parts))
    size = box(b"ispe", bytes(4) + struct.pack(">II", 8, 8))
    return box(b"ftyp", b"avif" + bytes(4) + b"avif") + box(b"meta", bytes(4) + inside + size)


def full_header_picture(width: int, height: int) -> bytes:
    return item_file(unit(2, b"") + unit(1, bits(*SEVERAL_POINTS, *size_fields(width, height))))


REDUCED = unit(1, bits((0, 3), (1, 1), (1, 1), (0, 5), *size_fields(3000, 2000)))


@pytest.mark.parametrize(
    "data",
    [
        full_header_picture(3000, 2000),
        item_file(REDUCED),
        item_file(unit(2, b"") + unit(15, b"x" * 99, extended=True) + REDUCED),
        item_file(REDUCED[:3], REDUCED[3:]),
        item_file(unit(1, bits((0, 3), (1, 1), (1, 1), (0, 5), *size_fields(30, 20))) + unit(6, b"x" * 99) + REDUCED),
        item_file(b"\0\0\1\1" + struct.pack(">HH", 3000, 2000), kind=b"grid"),
        item_file(b"\0\1\1\1" + struct.pack(">II", 3000, 2000), kind=b"grid"),
    ],
)
def test_every_form_of_a_size_is_read(data: bytes) -> None:
    assert size_of(data) == (3000, 2000)


@pytest.mark.parametrize(
    "data",
    [
        item_file(unit(6, b"x" * 99)),
        item_file(b""),
        item_file(REDUCED[:4]),
        item_file(unit(1, b"\0")),
        item_file(REDUCED, kind=b"Exif"),
        item_file(REDUCED, method=2),
        item_file(REDUCED + unit(2, b"") * 2000),
        box(b"ftyp", b"avif" + bytes(8)),
        full_header_picture(30, 20)[:-40],
    ],
)
def test_a_picture_whose_size_cannot_be_read_is_refused_in_one_line(data: bytes) -> None:
    assert size_of(data) is None
    with pytest.raises(ImageError, match=r"a\.avif: is damaged or cut short") as refusal:
        decode_image(data, name="a.avif")
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize("uniform", [False, True])
@pytest.mark.parametrize("wide", [False, True])
def test_the_first_picture_of_a_moving_avif_counts(*, uniform: bool, wide: bool) -> None:
    head = box(b"ftyp", b"avis" + bytes(4) + b"avis") + box(b"mdat", REDUCED)
    stsz = bytes(4) + (struct.pack(">III", len(REDUCED), 1, 0) if uniform else struct.pack(">III", 0, 1, len(REDUCED)))
    at = len(head) - len(REDUCED)
    chunks = (
        box(b"co64", bytes(4) + struct.pack(">IQ", 1, at))
        if wide
        else box(b"stco", bytes(4) + struct.pack(">II", 1, at))
    )
    table = box(b"stbl", box(b"stsz", stsz) + chunks)
    moov = box(b"moov", box(b"trak", box(b"mdia", box(b"minf", table))))
    assert coded_sizes(head + moov) == [(3000, 2000)]
    empty = box(b"moov", box(b"trak", box(b"mdia", box(b"minf", box(b"stbl", chunks)))))
    with pytest.raises(ValueError, match="without pictures"):
        coded_sizes(head + empty)
