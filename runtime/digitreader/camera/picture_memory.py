"""Chooses the size at which a picture is decoded, so that it does not take too much memory."""

from __future__ import annotations

import functools
import os

from digitreader.camera.image_header import AVIF, GIF, JPEG, WEBP, Header
from digitreader.errors import ImageError, SourceError

MAX_PIXELS = 100_000_000
"""A picture with more pixels is refused: no camera and no home scanner gives so many."""

MOST_READ_PIXELS = 16_000_000
"""A picture with more pixels than this is read at half, a quarter or an eighth of its size."""

DECODING_BYTES, SHARE_OF_MEMORY = 290_000_000, 0.25
"""Bytes that a file and its decoding may take: this many, or that share of the machine's memory if it is less.

With what the process takes besides, that is less than 400 MB.
"""

FRAME_BYTES_PER_PIXEL = 12.6
"""Bytes that a video takes for each pixel of a frame, measured with MJPEG: decoding, BGR and reading."""

ENOUGH_SHORT_SIDE_PX = 1000
"""A JPEG is decoded at 1/2, 1/4 or 1/8 of its size while its short side stays at least this long."""


def check_pixels(
    size_wh: tuple[int, int], name: str, *, scale: int = 1, bytes_per_pixel: float = 6.2, held: int = 0
) -> None:
    """Refuse a picture before it is decoded.

    Args:
        size_wh: the size as stored, in pixels.
        name: its name in the error.
        scale: it is decoded at 1 / scale of its size.
        bytes_per_pixel: bytes that decoding takes at this scale for each stored pixel.
        held: other bytes that are in memory meanwhile, such as the file.

    Raises:
        ImageError: it would take too much memory.
    """
    width, height = size_wh
    if width * height > MAX_PIXELS * scale * scale:
        limit = MAX_PIXELS // 1_000_000
        raise ImageError(f"{name}: has {width}x{height} pixels, need at most {limit} million; make it smaller")
    budget = decoding_budget()
    if width * height * bytes_per_pixel + held > budget:
        needed = round((width * height * bytes_per_pixel + held) / 1e6)
        raise ImageError(
            f"{name}: has {width}x{height} pixels, which take {needed} MB to decode, and this machine has "
            f"{budget // 1_000_000} MB for a picture; make it smaller, or save it as JPEG"
        )


def check_frames(size_wh: tuple[int, int], name: str) -> None:
    """Refuse a video or stream whose frames are too large.

    Args:
        size_wh: the size of a frame in pixels.
        name: its name in the error.

    Raises:
        SourceError: a frame would take too much memory.
    """
    width, height = size_wh
    most = min(MAX_PIXELS, round(decoding_budget() / FRAME_BYTES_PER_PIXEL))
    if width * height > most:
        raise SourceError(
            f"{name}: has frames of {width}x{height} pixels, need at most {most / 1e6:.0f} million here; make the "
            f"video smaller"
        )


@functools.cache
def decoding_budget() -> int:
    """How many bytes decoding a picture may take on this machine."""
    try:
        memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (ValueError, OSError, AttributeError):  # where the system does not say
        return DECODING_BYTES
    return min(DECODING_BYTES, round(memory * SHARE_OF_MEMORY))


def decoding_bytes(header: Header, scale: int = 1, *, deep: bool = True) -> float:
    """The measured bytes that OpenCV takes for each stored pixel: twice the picture, and more for some formats.

    Args:
        header: the header of the picture.
        scale: it is decoded at 1 / scale of its size.
        deep: all bits of a pixel are kept.
    """
    depth = header.depth_bytes if deep else 1
    channels = 4 if header.see_through else 3
    extra = {WEBP: 4.0, GIF: 4.0, AVIF: 6.0}.get(header.kind, 0.2)
    if scale == 1:
        # numbers of more than 16 bits are converted to 8 through several arrays of the picture's size
        pictures = 2.0 if depth <= 2 else 5.0
        return pictures * channels * depth + extra + header.buffer_bytes
    if header.kind == JPEG:
        return 6.2 / scale**2 + 0.3 + header.buffer_bytes
    # the whole picture is in memory together with the buffer, and then with the smaller picture
    return max(4.2, 3.0 + header.buffer_bytes) + extra


def choose_decoding(header: Header, name: str, held: int) -> tuple[int, bool]:
    """Choose how a picture is decoded within the memory that it may take.

    Args:
        header: the header of the picture.
        name: its name in the error.
        held: other bytes that are in memory meanwhile, such as the file.

    Returns:
        The scale, 1, 2, 4 or 8 (it is decoded at 1 / scale of its size), and whether all bits of a pixel are kept.

    Raises:
        ImageError: it would take too much memory.
    """
    width, height = header.size_wh or (0, 0)
    room = decoding_budget() - held
    if header.tile_wh is not None and width * height * header.buffer_bytes > room:
        tile = f"{header.tile_wh[0]}x{header.tile_wh[1]}"
        raise ImageError(f"{name}: has tiles of {tile} pixels, too large to decode; save it with smaller tiles")
    fitting = [scale for scale in (8, 4, 2) if min(width, height) >= scale * ENOUGH_SHORT_SIDE_PX]
    scale = fitting[0] if fitting and header.kind == JPEG else 1
    while scale < 8 and header.depth_bytes <= 2 and _is_too_large(header, scale, room):
        scale *= 2
    deep = _is_deep_allowed(header, scale, room)
    check_pixels(
        header.size_wh or (0, 0),
        name,
        scale=scale if header.kind == JPEG else 1,
        bytes_per_pixel=decoding_bytes(header, 1 if header.see_through else scale, deep=deep or header.see_through),
        held=held,
    )
    return scale, deep


def _is_too_large(header: Header, scale: int, room: int) -> bool:
    """Whether a picture at 1 / scale of its size is too large to be read, or takes more than `room` bytes."""
    width, height = header.size_wh or (0, 0)
    if width * height > MOST_READ_PIXELS * scale * scale:
        return True
    if header.see_through or scale > 1:
        return False
    return width * height * decoding_bytes(header, scale, deep=False) > room


def _is_deep_allowed(header: Header, scale: int, room: int) -> bool:
    """Whether all bits of a pixel may be kept; a large picture of 16 bits is decoded to 8, one of more bits never."""
    width, height = header.size_wh or (0, 0)
    return header.depth_bytes > 2 or (scale == 1 and width * height * decoding_bytes(header) <= room)
