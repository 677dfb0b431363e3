"""The frames of animated GIF, PNG and WebP files, one after another."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from enum import Enum
from itertools import chain, islice, takewhile
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from digitreader.camera.image_header import GIF, PNG, Header, read_orientation
from digitreader.camera.images import damaged, decode_as_stored
from digitreader.camera.picture_memory import check_pixels
from digitreader.camera.stored_pixels import compose_on_paper, turn_upright
from digitreader.values import Box, ColourImage

MOST_ANIMATION_BYTES = 40_000_000
"""A larger file is refused, since each frame is copied several times before it is a picture."""
CANVAS_BYTES_PER_PIXEL = 11
"""The canvas, its pixels before a patch, and the frame that is given."""


class Disposal(Enum):
    """What happens to a patch before the next one is drawn."""

    KEEP = "it stays"
    CLEAR = "its box turns see-through"
    RESTORE = "its box shows again what was there before"


class Patch(NamedTuple):
    """One stored frame.

    Attributes:
        picture: a complete file of the same kind with only this frame; empty if the frame is damaged or missing.
        box: its place on the canvas, in pixels.
        blended: transparent pixels show the canvas below; otherwise the patch replaces the canvas.
        disposal: what happens to it before the next one is drawn.
    """

    picture: bytes
    box: Box
    blended: bool = True
    disposal: Disposal = Disposal.KEEP


MISSING = Patch(b"", Box(0, 0, 0, 0))
"""The last patch of a file that ends before its last frame is complete."""


class Animation(NamedTuple):
    """A file with two frames or more.

    Attributes:
        size_wh: width and height of the canvas in pixels.
        patches: in their order.
        orientation: EXIF's, 1 (upright) to 8.
    """

    size_wh: tuple[int, int]
    patches: Iterator[Patch]
    orientation: int = 1


EXTENSION, IMAGE, TRAILER = 0x21, 0x2C, 0x3B
CONTROL = 0xF9
HEAD_BYTES, DESCRIPTOR_BYTES, GIF_CONTROL_BYTES = 13, 10, 8
HAS_TABLE = 0x80

GIF_DISPOSALS = {2: Disposal.CLEAR, 3: Disposal.RESTORE}


class _Head(NamedTuple):
    """The data that all frames share: flags, background, aspect ratio, and the table of colours."""

    flags: int
    background: int
    aspect: int
    table: bytes


def gif_patches(data: bytes) -> Iterator[Patch]:
    """Give each frame of a GIF file; `MISSING` at the end if a file with several frames is cut short.

    Raises:
        struct.error: the head is cut short.
    """
    flags, background, aspect = struct.unpack_from("<BBB", data, 10)
    at = HEAD_BYTES + _table_bytes(flags)
    head, control, given = _Head(flags, background, aspect, data[HEAD_BYTES:at]), b"", 0
    while at < len(data) and data[at] in (EXTENSION, IMAGE):
        end = _end_of_block(data, at)
        if data[at] == IMAGE:
            yield _gif_patch(head, control, data[at:end])
            control, given = b"", given + 1
        elif data[at : at + 2] == bytes([EXTENSION, CONTROL]):
            control = data[at : at + GIF_CONTROL_BYTES]
        at = end
    if given > 1 and data[at : at + 1] != bytes([TRAILER]):
        yield MISSING


def _gif_patch(head: _Head, control: bytes, block: bytes) -> Patch:
    """Make a frame from its control block (which may be missing) and its image block, as a file of the frame's size."""
    if len(block) < DESCRIPTOR_BYTES:
        return MISSING
    x, y, width, height = struct.unpack_from("<HHHH", block, 1)
    size = struct.pack("<HH", width, height)
    screen = size + bytes([head.flags, head.background, head.aspect]) + head.table
    descriptor = bytes([IMAGE]) + bytes(4) + size
    picture = b"GIF89a" + screen + control + descriptor + block[len(descriptor) :] + bytes([TRAILER])
    disposal = (
        GIF_DISPOSALS.get(control[3] >> 2 & 7, Disposal.KEEP) if len(control) == GIF_CONTROL_BYTES else Disposal.KEEP
    )
    return Patch(picture, Box(x, y, width, height), disposal=disposal)


def _end_of_block(data: bytes, at: int) -> int:
    """Where the next block begins; the end of the file if this block is cut short."""
    begin = at + 2
    if data[at] == IMAGE:
        flags = data[at + 9] if at + 9 < len(data) else 0
        begin = at + DESCRIPTOR_BYTES + _table_bytes(flags) + 1
    while begin < len(data) and data[begin]:
        begin += 1 + data[begin]
    return min(begin + 1, len(data))


def _table_bytes(flags: int) -> int:
    return 3 << (flags & 7) + 1 if flags & HAS_TABLE else 0


SIGNATURE = b"\x89PNG\r\n\x1a\n"
APNG_DISPOSALS = (Disposal.KEEP, Disposal.CLEAR, Disposal.RESTORE)
SEQUENCE_BYTES, APNG_CONTROL_BYTES = 4, 26


class _Chunk(NamedTuple):
    """A chunk, and whether its checksum is right."""

    kind: bytes
    content: bytes
    whole: bool


def apng_patches(data: bytes) -> Iterator[Patch]:
    """Give each frame of an animated PNG file; `MISSING` at the end if there are fewer than the file says.

    A picture for programs that cannot show animations is not a frame.

    Raises:
        struct.error: the chunk that announces the animation is cut short.
    """
    (promised,) = struct.unpack_from(">I", data, data.find(b"acTL") + 4)
    head, control, given = _shared_chunks(data), b"", 0
    pixels, whole = bytearray(), True
    for kind, content, intact in _apng_chunks(data):
        if kind in (b"fcTL", b"IEND"):
            if control:
                yield _apng_patch(head, control, bytes(pixels) if whole else b"")
                given += 1
            control, pixels, whole = content, bytearray(), True
        elif kind in (b"IDAT", b"fdAT"):
            pixels += content if kind == b"IDAT" else content[SEQUENCE_BYTES:]
            whole = whole and intact
    if given < promised:
        yield MISSING


def apng_exif(data: bytes) -> bytes:
    """EXIF's block; empty if there is none before the first pixels."""
    return next((chunk.content for chunk in _shared_chunks(data) if chunk.kind == b"eXIf"), b"")


def _apng_chunks(data: bytes) -> Iterator[_Chunk]:
    at = len(SIGNATURE)
    while at + 8 <= len(data):
        length, kind = struct.unpack_from(">I4s", data, at)
        content = data[at + 8 : at + 8 + length]
        told = data[at + 8 + length : at + 12 + length]
        yield _Chunk(kind, content, told == struct.pack(">I", zlib.crc32(kind + content)))
        at += 12 + length


def _shared_chunks(data: bytes) -> list[_Chunk]:
    """The chunks before the first pixels, such as the palette, which every frame shares; the head comes first."""
    before = takewhile(lambda chunk: chunk.kind != b"IDAT", _apng_chunks(data))
    return [chunk for chunk in before if chunk.kind not in (b"acTL", b"fcTL")]


def _apng_patch(shared: list[_Chunk], control: bytes, pixels: bytes) -> Patch:
    """A frame from its control chunk and its compressed pixels."""
    if len(control) < APNG_CONTROL_BYTES or not pixels:
        return MISSING
    width, height, x, y = struct.unpack_from(">IIII", control, 4)
    disposal, blended = control[24], control[25]
    head = struct.pack(">II", width, height) + shared[0].content[8:]
    others = [_as_apng_chunk(chunk.kind, chunk.content) for chunk in shared[1:]]
    chunks = [_as_apng_chunk(b"IHDR", head), *others, _as_apng_chunk(b"IDAT", pixels), _as_apng_chunk(b"IEND", b"")]
    kept = APNG_DISPOSALS[disposal] if disposal < len(APNG_DISPOSALS) else Disposal.KEEP
    return Patch(SIGNATURE + b"".join(chunks), Box(x, y, width, height), bool(blended), kept)


def _as_apng_chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


CHUNKS_AT = 12
SEE_THROUGH = 0x10
FRAME_HEAD_BYTES = 16
REPLACES, CLEARS = 0b10, 0b01
PICTURE_KINDS = (b"ALPH", b"VP8 ", b"VP8L")


def webp_patches(data: bytes) -> Iterator[Patch]:
    """Give each frame of an animated WebP file; `MISSING` at the end if the file is cut short.

    Raises:
        struct.error: the head is cut short.
    """
    (promised,) = struct.unpack_from("<I", data, 4)
    whole = True
    for kind, content, whole in _webp_chunks(data, CHUNKS_AT):
        if kind == b"ANMF" and whole:
            yield _webp_patch(content)
    if not whole or len(data) < promised + 8:
        yield MISSING


def webp_exif(data: bytes) -> bytes:
    """EXIF's block; empty if there is none."""
    return next((content for kind, content, _ in _webp_chunks(data, CHUNKS_AT) if kind == b"EXIF"), b"")


def _webp_patch(frame: bytes) -> Patch:
    if len(frame) < FRAME_HEAD_BYTES:
        return MISSING
    x, y, width, height = (int.from_bytes(frame[at : at + 3], "little") for at in (0, 3, 6, 9))
    box = Box(2 * x, 2 * y, width + 1, height + 1)
    parts = {kind: content for kind, content, _ in _webp_chunks(frame, FRAME_HEAD_BYTES) if kind in PICTURE_KINDS}
    chunks = b"".join(_as_webp_chunk(kind, parts[kind]) for kind in PICTURE_KINDS if kind in parts)
    if b"ALPH" in parts:  # the head must announce a chunk for transparency
        chunks = _as_webp_chunk(b"VP8X", bytes([SEE_THROUGH, 0, 0, 0]) + frame[6:12]) + chunks
    flags = frame[FRAME_HEAD_BYTES - 1]
    disposal = Disposal.CLEAR if flags & CLEARS else Disposal.KEEP
    return Patch(_as_webp_chunk(b"RIFF", b"WEBP" + chunks), box, not flags & REPLACES, disposal)


def _webp_chunks(data: bytes, at: int) -> Iterator[tuple[bytes, bytes, bool]]:
    """Kind and content of each chunk, and whether it is complete."""
    while at + 8 <= len(data):
        kind, length = struct.unpack_from("<4sI", data, at)
        content = data[at + 8 : at + 8 + length]
        yield kind, content, len(content) == length
        at += 8 + length + (length & 1)


def _as_webp_chunk(kind: bytes, content: bytes) -> bytes:
    return kind + struct.pack("<I", len(content)) + content + bytes(len(content) & 1)


Canvas = npt.NDArray[np.uint8]
"""(H, W, 4) uint8, BGR and then alpha (0 see-through, 255 opaque)."""


def render(animation: Animation, *, name: str, held: int = 0) -> Iterator[ColourImage]:
    """Draw the frames one after another; only the canvas and one frame are in memory.

    Args:
        animation: its patches are used up.
        name: what errors call the file; they add the frame as a page, counted from 1.
        held: the bytes of the file.

    Returns:
        (H, W, 3) uint8 BGR for each frame.

    Raises:
        ImageError: a frame is damaged or too large; later frames are not given, since they would be drawn onto it.
    """
    check_pixels(animation.size_wh, name, bytes_per_pixel=CANVAS_BYTES_PER_PIXEL, held=held)
    width, height = animation.size_wh
    held += width * height * CANVAS_BYTES_PER_PIXEL
    canvas = np.zeros((height, width, 4), np.uint8)
    for number, patch in enumerate(animation.patches, 1):
        part = _part_of(canvas, patch)
        before = part.copy() if patch.disposal is Disposal.RESTORE else None
        _draw(part, _decoded(patch, f"{name}, page {number}", held), blended=patch.blended)
        yield turn_upright(_opaque(canvas), animation.orientation)
        if patch.disposal is not Disposal.KEEP:
            part[...] = 0 if before is None else before


def _decoded(patch: Patch, name: str, held: int) -> Canvas:
    if not patch.picture:
        raise damaged(name)
    image = decode_as_stored(patch.picture, name=name, held=held)
    if image.shape[:2] != (patch.box.height, patch.box.width):
        raise damaged(name)
    if image.ndim == 2:
        image = np.repeat(image[:, :, np.newaxis], 3, axis=2)
    if image.shape[2] == 4:
        return image
    return np.dstack([image, np.full(image.shape[:2], 255, np.uint8)])


def _part_of(canvas: Canvas, patch: Patch) -> Canvas:
    """The part of the canvas that a patch changes, as a view; parts beyond the edge are left out."""
    box = patch.box
    return canvas[box.y : box.y + box.height, box.x : box.x + box.width]


def _draw(part: Canvas, drawn: Canvas, *, blended: bool) -> None:
    """Draw a patch onto its part of the canvas, in place."""
    drawn = drawn[: part.shape[0], : part.shape[1]]
    if not blended:
        part[...] = drawn
        return
    alpha = drawn[:, :, 3]
    np.copyto(part, drawn, where=(alpha == 255)[:, :, np.newaxis])
    partly = (alpha > 0) & (alpha < 255)
    part[partly] = _blend(part[partly], drawn[partly])


def _blend(below: Canvas, above: Canvas) -> Canvas:
    """Lay pixels over others.

    Args:
        below: (N, 4).
        above: (N, 4), none of them fully transparent.
    """
    upper = above[:, 3:] / 255.0
    lower = below[:, 3:] / 255.0 * (1 - upper)
    alpha = upper + lower
    colour = (above[:, :3] * upper + below[:, :3] * lower) / alpha
    return np.rint(np.hstack([colour, 255 * alpha])).astype(np.uint8)


def _opaque(canvas: Canvas) -> ColourImage:
    return canvas[:, :, :3].copy() if canvas[:, :, 3].min() == 255 else compose_on_paper(canvas)


def open_animation(data: bytes, header: Header) -> Animation | None:
    """Find the frames of a file.

    Args:
        data: the whole file; `may_be_animated` is true for it.
        header: as `read_header` gives it.

    Returns:
        None if the file is not an animation, or has only one frame.
    """
    if header.size_wh is None or 0 in header.size_wh:
        return None
    try:
        patches, exif = _patches_of(data, header.kind)
        first_two = list(islice(patches, 2))
    except (struct.error, IndexError):  # decoding it as one picture gives the error message
        return None
    if len(first_two) < 2:
        return None
    return Animation(header.size_wh, chain(first_two, patches), read_orientation(exif))


def _patches_of(data: bytes, kind: str) -> tuple[Iterator[Patch], bytes]:
    """The frames, and EXIF's block, which is empty if there is none."""
    if kind == GIF:
        return gif_patches(data), b""
    if kind == PNG:
        return apng_patches(data), apng_exif(data)
    return webp_patches(data), webp_exif(data)
