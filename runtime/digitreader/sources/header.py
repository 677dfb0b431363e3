"""The first bytes of a picture file: its kind, its size and whether it is see-through, without decoding it."""

from __future__ import annotations

import struct
from typing import NamedTuple

from digitreader.sources.tiff import MARKS, first_directory

JPEG, PNG, BMP, WEBP, TIFF, GIF, HEIC = "JPEG", "PNG", "BMP", "WebP", "TIFF", "GIF", "HEIC"

ORIENTATION_TAG, WIDTH_TAG, HEIGHT_TAG = 0x112, 0x100, 0x101
JPEG_FRAME_MARKERS = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
HEIC_BRANDS = (b"heic", b"heix", b"hevc", b"mif1", b"msf1")
AVIF_BRANDS = (b"avif", b"avis")


class Header(NamedTuple):
    """What the head of a picture file says.

    Attributes:
        kind: the name of its format.
        size_wh: width and height in pixels as stored, before any turning; None where the head does not say.
        see_through: some pixels may be transparent.
    """

    kind: str
    size_wh: tuple[int, int] | None = None
    see_through: bool = False


def read_header(data: bytes | bytearray) -> Header | None:
    """Recognise a picture by its content, never by its name.

    Args:
        data: the file; its first 64 KB mostly do.

    Returns:
        None where these bytes begin no known picture. A head that is cut short has `size_wh` None.
    """
    kind = _kind_of(data)
    if kind is None:
        return None
    try:
        return _READERS[kind](data) if kind in _READERS else Header(kind)
    except (struct.error, IndexError):
        return Header(kind)


def read_orientation(exif: bytes) -> int:
    """Read EXIF's orientation: 1 (upright) to 8; 1 where it is missing or damaged."""
    try:
        return first_directory(exif.removeprefix(b"Exif\0\0")).get(ORIENTATION_TAG, 1)
    except struct.error:
        return 1


def may_be_animated(data: bytes, kind: str) -> bool:
    """Tell an animated PNG or WebP by its head; any GIF may have several frames."""
    if kind == PNG:
        return data.find(b"acTL", 0, max(data.find(b"IDAT"), 0)) >= 0
    if kind == WEBP:
        return data[12:16] == b"VP8X" and bool(data[20:21] and data[20] & 0x02)
    return kind == GIF


def _kind_of(data: bytes | bytearray) -> str | None:
    for kind, start in ((JPEG, b"\xff\xd8\xff"), (PNG, b"\x89PNG\r\n\x1a\n"), (GIF, b"GIF8")):
        if data.startswith(start):
            return kind
    if data.startswith(MARKS):
        return TIFF
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return WEBP
    if data[4:8] == b"ftyp" and data[8:12] in HEIC_BRANDS:
        return HEIC
    # two letters begin many texts, so a bitmap must also have the reserved zeros of its head
    return BMP if data.startswith(b"BM") and data[6:10] == bytes(4) else None


def _read_jpeg(data: bytes | bytearray) -> Header:
    at = 2
    while data[at] == 0xFF:
        marker = data[at + 1]
        if marker in JPEG_FRAME_MARKERS:
            height, width = struct.unpack_from(">HH", data, at + 5)
            return Header(JPEG, (width, height))
        if marker == 0xFF:  # a fill byte
            at += 1
            continue
        at += 2 + int(struct.unpack_from(">H", data, at + 2)[0])
    return Header(JPEG)


def _read_png(data: bytes | bytearray) -> Header:
    width, height, _, colour = struct.unpack_from(">IIBB", data, 16)
    return Header(PNG, (width, height), colour in (4, 6) or data.find(b"tRNS", 0, data.find(b"IDAT")) >= 0)


def _read_bmp(data: bytes | bytearray) -> Header:
    width, height = struct.unpack_from("<ii", data, 18)
    # a height below zero means that rows are stored from the top; the fourth byte of a pixel is rarely meant as alpha
    return Header(BMP, (abs(width), abs(height)))


def _read_webp(data: bytes | bytearray) -> Header:
    if data[12:16] == b"VP8X":
        width, height = (1 + int.from_bytes(data[at : at + 3], "little") for at in (24, 27))
        return Header(WEBP, (width, height), bool(data[20] & 0x10))
    if data[12:16] == b"VP8L":
        (bits,) = struct.unpack_from("<I", data, 21)
        return Header(WEBP, (1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)), bool(bits >> 28 & 1))
    width, height = struct.unpack_from("<HH", data, 26)
    return Header(WEBP, (width & 0x3FFF, height & 0x3FFF))


def _read_tiff(data: bytes | bytearray) -> Header:
    values = first_directory(data)
    if WIDTH_TAG not in values or HEIGHT_TAG not in values:
        return Header(TIFF)
    return Header(TIFF, (values[WIDTH_TAG], values[HEIGHT_TAG]))


def _read_gif(data: bytes | bytearray) -> Header:
    width, height = struct.unpack_from("<HH", data, 6)
    return Header(GIF, (width, height), see_through=True)


_READERS = {JPEG: _read_jpeg, PNG: _read_png, BMP: _read_bmp, WEBP: _read_webp, TIFF: _read_tiff, GIF: _read_gif}
