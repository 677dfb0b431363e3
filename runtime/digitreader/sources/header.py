"""The first bytes of a picture file: its kind, its size and whether it is see-through, without decoding it."""

from __future__ import annotations

import struct
from typing import NamedTuple

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


def read_header(data: bytes) -> Header | None:
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
        return _first_directory(exif.removeprefix(b"Exif\0\0")).get(ORIENTATION_TAG, 1)
    except struct.error:
        return 1


def _first_directory(data: bytes) -> dict[int, int]:
    # tag -> value, of the tags that hold whole numbers; a block of EXIF data is a small TIFF file
    order = "<" if data[:2] == b"II" else ">"
    (at,) = struct.unpack_from(order + "I", data, 4)
    (count,) = struct.unpack_from(order + "H", data, at)
    values: dict[int, int] = {}
    for entry in range(at + 2, at + 2 + 12 * count, 12):
        tag, kind, _ = struct.unpack_from(order + "HHI", data, entry)
        if kind in (3, 4):
            (values[tag],) = struct.unpack_from(order + ("H" if kind == 3 else "I"), data, entry + 8)
    return values


def _kind_of(data: bytes) -> str | None:
    for kind, start in ((JPEG, b"\xff\xd8\xff"), (PNG, b"\x89PNG\r\n\x1a\n"), (GIF, b"GIF8")):
        if data.startswith(start):
            return kind
    if data.startswith((b"II*\0", b"MM\0*")):
        return TIFF
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return WEBP
    if data[4:8] == b"ftyp" and data[8:12] in HEIC_BRANDS:
        return HEIC
    # two letters begin many texts, so a bitmap must also have the reserved zeros of its head
    return BMP if data.startswith(b"BM") and data[6:10] == bytes(4) else None


def _read_jpeg(data: bytes) -> Header:
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


def _read_png(data: bytes) -> Header:
    width, height, _, colour = struct.unpack_from(">IIBB", data, 16)
    return Header(PNG, (width, height), colour in (4, 6) or data.find(b"tRNS", 0, data.find(b"IDAT")) >= 0)


def _read_bmp(data: bytes) -> Header:
    width, height = struct.unpack_from("<ii", data, 18)
    # a height below zero means that rows are stored from the top; the fourth byte of a pixel is rarely meant as alpha
    return Header(BMP, (abs(width), abs(height)))


def _read_webp(data: bytes) -> Header:
    if data[12:16] == b"VP8X":
        width, height = (1 + int.from_bytes(data[at : at + 3], "little") for at in (24, 27))
        return Header(WEBP, (width, height), bool(data[20] & 0x10))
    if data[12:16] == b"VP8L":
        (bits,) = struct.unpack_from("<I", data, 21)
        return Header(WEBP, (1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)), bool(bits >> 28 & 1))
    width, height = struct.unpack_from("<HH", data, 26)
    return Header(WEBP, (width & 0x3FFF, height & 0x3FFF))


def _read_tiff(data: bytes) -> Header:
    values = _first_directory(data)
    if WIDTH_TAG not in values or HEIGHT_TAG not in values:
        return Header(TIFF)
    return Header(TIFF, (values[WIDTH_TAG], values[HEIGHT_TAG]))


def _read_gif(data: bytes) -> Header:
    width, height = struct.unpack_from("<HH", data, 6)
    return Header(GIF, (width, height), see_through=True)


_READERS = {JPEG: _read_jpeg, PNG: _read_png, BMP: _read_bmp, WEBP: _read_webp, TIFF: _read_tiff, GIF: _read_gif}
