"""Reads the head of a picture file: its format, its size, and which way up it is."""

from __future__ import annotations

import re
import struct
from pathlib import Path
from typing import NamedTuple

from digitreader.camera.av1_size import coded_sizes

MARKS = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")
"""The first bytes of TIFF and BigTIFF files, little and big endian."""

BIG_VERSION = 43
BYTE, SHORT, LONG, SIGNED_BYTE, SIGNED_SHORT, SIGNED_LONG, LONG8, SIGNED_LONG8 = 1, 3, 4, 6, 8, 9, 16, 17
FORMATS = {BYTE: "B", SHORT: "H", LONG: "I", SIGNED_BYTE: "B", SIGNED_SHORT: "H", SIGNED_LONG: "I"}
FORMATS |= {LONG8: "Q", SIGNED_LONG8: "Q"}

NEW_SUBFILE_TYPE_TAG, SUBFILE_TYPE_TAG = 0xFE, 0xFF
THUMBNAIL_OR_MASK = 0b101
OLD_THUMBNAIL = 2


class TiffLayout(NamedTuple):
    """How a file's numbers are stored.

    Attributes:
        order: the byte order, as `struct` names it.
        big: BigTIFF, with offsets of 8 bytes.
    """

    order: str
    big: bool

    @property
    def offset_format(self) -> str:
        """The `struct` format of an offset."""
        return self.order + ("Q" if self.big else "I")

    @property
    def count_format(self) -> str:
        """The `struct` format of the number of entries in a directory."""
        return self.order + ("Q" if self.big else "H")

    @property
    def entry_bytes(self) -> int:
        """The length of an entry; its last bytes are the value, which is as long as an offset."""
        return 20 if self.big else 12

    @property
    def first_at(self) -> int:
        """The position of the offset of the first directory."""
        return 8 if self.big else 4


def layout_of(data: bytes | bytearray) -> TiffLayout:
    """Read how numbers are stored.

    Raises:
        struct.error: the file is shorter than 4 bytes.
    """
    order = "<" if data[:2] == b"II" else ">"
    return TiffLayout(order, struct.unpack_from(order + "H", data, 2)[0] == BIG_VERSION)


def first_directory(data: bytes | bytearray) -> dict[int, int]:
    """Read the tags of the first page that have an integer.

    Returns:
        Tag -> value.

    Raises:
        struct.error: the directory is cut short, or lies outside of the file.
    """
    layout = layout_of(data)
    return _tags(data, _offset_at(data, layout.first_at, layout), layout)


def page_offsets(data: bytes | bytearray) -> list[int]:
    """List where the directory of each page begins.

    Thumbnails and masks after the first page are left out. A chain that leads back to an earlier directory ends there.

    Returns:
        Offsets in bytes. If the file is cut short, the last one lies outside of the file.

    Raises:
        struct.error: the file is shorter than its head.
    """
    layout = layout_of(data)
    at = _offset_at(data, layout.first_at, layout)
    offsets: list[int] = []
    seen: set[int] = set()
    while at and at not in seen:
        seen.add(at)
        try:
            is_page = not offsets or not _is_thumbnail_or_mask(_tags(data, at, layout))
            following = _following(data, at, layout)
        except struct.error:  # decoding this page gives the error
            return [*offsets, at]
        offsets += [at] if is_page else []
        at = following
    return offsets


def put_first(data: bytearray, offset: int) -> None:
    """Make another page the first page of the file, in place: decoders that read only one page then decode this one."""
    layout = layout_of(data)
    struct.pack_into(layout.offset_format, data, layout.first_at, offset)


def _tags(data: bytes | bytearray, at: int, layout: TiffLayout) -> dict[int, int]:
    begin, end = _entries(data, at, layout)
    values: dict[int, int] = {}
    for entry in range(begin, end, layout.entry_bytes):
        tag, kind = struct.unpack_from(layout.order + "HH", data, entry)
        value = _first_value(data, entry, layout, FORMATS[kind]) if kind in FORMATS else None
        if value is not None:
            # decoders differ in which of two entries they use; the larger one gives the most memory that they may take
            values[tag] = max(value, values.get(tag, 0))
    return values


def _first_value(data: bytes | bytearray, entry: int, layout: TiffLayout, kind: str) -> int | None:
    """The first number of an entry; None if it lies outside of the file."""
    room = struct.calcsize(layout.offset_format)
    value_at = entry + layout.entry_bytes - room
    (count,) = struct.unpack_from(layout.offset_format, data, entry + 4)
    if struct.calcsize("=" + kind) * count > room:
        value_at = _offset_at(data, value_at, layout)
        if value_at + struct.calcsize("=" + kind) > len(data):
            return None
    return int(struct.unpack_from(layout.order + kind, data, value_at)[0])


def _following(data: bytes | bytearray, at: int, layout: TiffLayout) -> int:
    return _offset_at(data, _entries(data, at, layout)[1], layout)


def _entries(data: bytes | bytearray, at: int, layout: TiffLayout) -> tuple[int, int]:
    if at >= len(data):  # an offset of 8 bytes may be more than `struct` takes
        raise struct.error("the directory lies outside of the file")
    (count,) = struct.unpack_from(layout.count_format, data, at)
    begin = at + struct.calcsize(layout.count_format)
    return begin, min(begin + count * layout.entry_bytes, len(data))


def _offset_at(data: bytes | bytearray, at: int, layout: TiffLayout) -> int:
    return int(struct.unpack_from(layout.offset_format, data, at)[0])


def _is_thumbnail_or_mask(tags: dict[int, int]) -> bool:
    return bool(tags.get(NEW_SUBFILE_TYPE_TAG, 0) & THUMBNAIL_OR_MASK) or tags.get(SUBFILE_TYPE_TAG) == OLD_THUMBNAIL


JPEG, PNG, BMP, WEBP, TIFF, GIF, HEIC, AVIF, PNM = "JPEG", "PNG", "BMP", "WebP", "TIFF", "GIF", "HEIC", "AVIF", "PNM"

ORIENTATION_TAG, WIDTH_TAG, HEIGHT_TAG = 0x112, 0x100, 0x101
BITS_TAG, SAMPLES_TAG, STRIP_ROWS_TAG, TILE_WIDTH_TAG, TILE_HEIGHT_TAG = 0x102, 0x115, 0x116, 0x142, 0x143
OS2_HEAD_BYTES = 12
JPEG_SCAN = 0xDA
JPEG_PROGRESSIVE_MARKERS = frozenset({0xC2, 0xC6, 0xCA, 0xCE})
JPEG_LONE_MARKERS = frozenset({0x01, *range(0xD0, 0xDA)})
JPEG_FRAME_MARKERS = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
JPEG_FRAME = re.compile(rb"\xff[\xc0-\xc3\xc5-\xc7\xc9-\xcb\xcd-\xcf]...(....)", re.DOTALL)
"""Marker, length and depth, and then the height and width of a frame."""
HEIC_BRANDS = (b"heic", b"heix", b"hevc", b"mif1", b"msf1")
AVIF_BRANDS = (b"avif", b"avis")


class Header(NamedTuple):
    """The facts in the head of a picture file.

    Attributes:
        kind: the name of its format.
        size_wh: width and height in pixels as stored, before any turning; None if the head does not have them.
        see_through: some pixels may be transparent.
        depth_bytes: bytes of one number of a pixel.
        buffer_bytes: bytes for each pixel that its decoder needs beside the picture.
        tile_wh: width and height of its tiles, each of which is decoded as a whole; None if it has no tiles.
    """

    kind: str
    size_wh: tuple[int, int] | None = None
    see_through: bool = False
    depth_bytes: int = 1
    buffer_bytes: float = 0.0
    tile_wh: tuple[int, int] | None = None


def read_header(data: bytes | bytearray) -> Header | None:
    """Recognise a picture by its content, never by its name.

    Args:
        data: the file; its first 64 KB are mostly enough.

    Returns:
        None if this is not a known kind of picture. `size_wh` is None if the head is cut short.
    """
    kind = _kind_of(data)
    if kind is None:
        return None
    try:
        return _READERS[kind](data) if kind in _READERS else Header(kind)
    except (struct.error, IndexError, ValueError, OverflowError):
        return Header(kind)


def frame_size_wh(data: bytes) -> tuple[int, int]:
    """Read width and height of a coded JPEG frame of a video, also of one that is no whole file; 0 if it has none."""
    header = read_header(data)
    if header is not None and header.size_wh is not None:
        return header.size_wh
    sizes = [struct.unpack(">HH", size.group(1))[::-1] for size in JPEG_FRAME.finditer(data)]
    return max((size[0] for size in sizes), default=0), max((size[1] for size in sizes), default=0)


def read_orientation(exif: bytes) -> int:
    """Read EXIF's orientation: 1 (upright) to 8; 1 if it is missing or damaged."""
    try:
        return first_directory(exif.removeprefix(b"Exif\0\0")).get(ORIENTATION_TAG, 1)
    except struct.error:
        return 1


def may_be_animated(data: bytes | bytearray, kind: str) -> bool:
    """Tell an animated PNG or WebP by its head; any GIF may have several frames."""
    if kind == PNG:
        return data.find(b"acTL", 0, max(data.find(b"IDAT"), 0)) >= 0
    if kind == WEBP:
        return data[12:16] == b"VP8X" and bool(data[20:21] and data[20] & 0x02)
    return kind == GIF


def is_cut_short(data: bytes | bytearray, kind: str) -> bool:
    """Whether a chunk of a PNG claims to be longer than the file; OpenCV would take as much memory as it claims."""
    at = 8
    while kind == PNG and at + 8 <= len(data):
        at += 12 + int.from_bytes(data[at : at + 4])
    return kind == PNG and at > len(data)


def _kind_of(data: bytes | bytearray) -> str | None:
    for kind, start in ((JPEG, b"\xff\xd8\xff"), (PNG, b"\x89PNG\r\n\x1a\n"), (GIF, b"GIF8")):
        if data.startswith(start):
            return kind
    if data.startswith(MARKS):
        return TIFF
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return WEBP
    if data[4:8] == b"ftyp" and bytes(data[8:12]) in _BRANDS:
        return _BRANDS[bytes(data[8:12])]
    # a text may begin with P5 and a blank too, so a number or a comment must follow
    if re.match(rb"P[1-6]\s+[#0-9]", data):
        return PNM
    # many texts begin with BM, so a bitmap must also have the reserved zeros of its head
    return BMP if data.startswith(b"BM") and data[6:10] == bytes(4) else None


_BRANDS = dict.fromkeys(HEIC_BRANDS, HEIC) | dict.fromkeys(AVIF_BRANDS, AVIF)


def _read_jpeg(data: bytes | bytearray) -> Header:
    at = 2
    size_wh, progressive, components = (0, 0), False, 0
    while True:
        # like the decoder, skip everything before the next marker, fill bytes included
        at = data.index(b"\xff", at)
        while data[at] == 0xFF:
            at += 1
        marker, at = data[at], at + 1
        if marker in JPEG_FRAME_MARKERS:
            depth, height, width, components = struct.unpack_from(">BHHB", data, at + 2)
            size_wh, progressive = (width, height), marker in JPEG_PROGRESSIVE_MARKERS or depth != 8
        if marker == JPEG_SCAN:
            in_parts = progressive or data[at + 2] != components
            # if a picture has several scans, the decoder keeps 16 bits of each number until the last one
            return Header(JPEG, size_wh, buffer_bytes=2.0 * components if in_parts else 0.0)
        if marker == 0 or marker in JPEG_LONE_MARKERS:
            continue
        at += max(int(struct.unpack_from(">H", data, at)[0]), 2)


def _read_png(data: bytes | bytearray) -> Header:
    width, height, depth, colour = struct.unpack_from(">IIBB", data, 16)
    if data[12:16] != b"IHDR":
        return Header(PNG)
    see_through = colour in (4, 6) or data.find(b"tRNS", 0, data.find(b"IDAT")) >= 0
    return Header(PNG, (width, height), see_through, depth_bytes=2 if depth == 16 else 1)


def _read_bmp(data: bytes | bytearray) -> Header:
    (head_bytes,) = struct.unpack_from("<I", data, 14)
    if head_bytes == OS2_HEAD_BYTES:
        return Header(BMP, struct.unpack_from("<HH", data, 18))
    width, height = struct.unpack_from("<ii", data, 18)
    # a negative height means that rows are stored from the top; the fourth byte of a pixel is rarely alpha
    return Header(BMP, (abs(width), abs(height)))


def _read_pnm(data: bytes | bytearray) -> Header:
    words: list[int] = []
    needed = 2 if data[1:2] in b"14" else 3  # a bitmap of one bit has no greatest value in its head
    for line in bytes(data[2:4096]).split(b"\n"):
        words += map(int, line.partition(b"#")[0].split()[: needed - len(words)])
        if len(words) == needed:
            break
    depth_bytes = 2 if len(words) > 2 and words[2] > 255 else 1
    return Header(PNM, (words[0], words[1]), depth_bytes=depth_bytes)


def _read_avif(data: bytes | bytearray) -> Header:
    # the decoder takes memory for the coded size, and then scales to the size of the head: the larger one counts
    sizes, at = coded_sizes(data), data.find(b"ispe")
    while at >= 0:
        sizes.append(struct.unpack_from(">II", data, at + 8))
        at = data.find(b"ispe", at + 4)
    return Header(AVIF, (max(size[0] for size in sizes), max(size[1] for size in sizes)), depth_bytes=2)


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
    width, height = values[WIDTH_TAG], values[HEIGHT_TAG]
    bits = values.get(BITS_TAG, 1)
    channels = values.get(SAMPLES_TAG, 1)
    # a tile or strip is decoded as a whole, and a tile however small the picture is
    strip_px = width * min(values.get(STRIP_ROWS_TAG, height), height)
    tile_wh = values.get(TILE_WIDTH_TAG, 0), values.get(TILE_HEIGHT_TAG, 0)
    tile_px = tile_wh[0] * tile_wh[1]
    # for up to 8 bits OpenCV lets libtiff convert to red, green, blue and alpha
    buffer_bytes = max(strip_px, tile_px) * max(channels * bits / 8, 4) / max(width * height, 1)
    return Header(TIFF, (width, height), channels == 4, max(bits // 8, 1), buffer_bytes, tile_wh if tile_px else None)


def _read_gif(data: bytes | bytearray) -> Header:
    width, height = struct.unpack_from("<HH", data, 6)
    return Header(GIF, (width, height), see_through=True)


_READERS = {JPEG: _read_jpeg, PNG: _read_png, BMP: _read_bmp, WEBP: _read_webp, TIFF: _read_tiff, GIF: _read_gif}
_READERS |= {AVIF: _read_avif, PNM: _read_pnm}


SUFFIXES = frozenset(
    {".mp4", ".m4v", ".mov", ".avi", ".mkv", ".webm", ".mpg", ".mpeg", ".ts", ".wmv", ".flv", ".3gp", ".ogv", ".h264"}
)
HEAD_BYTES = 16

MATROSKA, MPEG, FLASH = b"\x1aE\xdf\xa3", b"\0\0\x01\xba", b"FLV\x01"


def is_video(path: Path) -> bool:
    """Tell a video by its suffix or by how it begins; False if the file cannot be read."""
    if path.suffix.lower() in SUFFIXES:
        return True
    if not path.is_file():  # the first bytes of a pipe can be read only once
        return False
    try:
        head = read_head(path)
    except OSError:
        return False
    return head.startswith((MATROSKA, MPEG, FLASH)) or promises_exactly(head)


def read_head(path: Path) -> bytes:
    """Read the first bytes of a file, or all of a shorter one.

    Raises:
        OSError: it cannot be read.
    """
    with path.open("rb") as file:
        return file.read(HEAD_BYTES)


def promises_exactly(head: bytes) -> bool:
    """True for MP4, MOV and AVI, which store their number of frames; for others it is only estimated from the time."""
    return head[8:12] == b"AVI " or (head[4:8] == b"ftyp" and head[8:12] not in HEIC_BRANDS + AVIF_BRANDS)
