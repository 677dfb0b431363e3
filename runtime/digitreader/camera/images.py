"""Picture files as arrays, never larger than is allowed."""

from __future__ import annotations

import functools
import os
import threading
from pathlib import Path
from typing import IO, NamedTuple, cast

import cv2
import numpy as np
import numpy.typing as npt

from digitreader.camera.image_header import (
    AVIF,
    GIF,
    HEIC,
    JPEG,
    WEBP,
    Header,
    is_cut_short,
    read_header,
    read_orientation,
)
from digitreader.camera.source import printable
from digitreader.errors import ImageError
from digitreader.host.messages import print_info
from digitreader.host.native_stderr import native_stderr_muted
from digitreader.values import ColourImage

ROWS = 64
"""Rows of a picture that are converted at once."""

LEAST_SPREAD = 32.0
"""Opaque pixels whose brightness varies less than this (standard deviation, of 255) are all ink."""


def compose_on_paper(image: npt.NDArray[np.uint8]) -> ColourImage:
    """Make a picture opaque.

    Args:
        image: (H, W), (H, W, 3) or (H, W, 4) uint8, BGR and then alpha (0 see-through, 255 opaque).

    Returns:
        (H, W, 3) uint8. Where little is opaque, or all of one shade, that is ink, and the paper is white under dark
        ink and black under light ink; where more is opaque, that is ink and its paper, which is continued.
    """
    if image.ndim == 2:
        return np.asarray(cv2.cvtColor(image, cv2.COLOR_GRAY2BGR), np.uint8)
    if image.shape[2] < 4:
        return image
    paper = _paper_shade(cv2.cvtColor(image, cv2.COLOR_BGRA2GRAY), image[:, :, 3])
    composed = np.empty((*image.shape[:2], 3), np.uint8)
    for first in range(0, len(image), ROWS):  # a few rows at a time, since 16 bits for all of them would take much
        colour, opacity = image[first : first + ROWS, :, :3], image[first : first + ROWS, :, 3:].astype(np.uint16)
        composed[first : first + ROWS] = (colour * opacity + paper * (255 - opacity) + 127) // 255
    return composed


def _paper_shade(gray: npt.NDArray[np.generic], alpha: npt.NDArray[np.uint8]) -> int:
    opaque = gray[alpha > 127]
    if opaque.size == 0:
        return 255
    is_light = float(opaque.mean()) > 127
    is_ink = opaque.size < alpha.size / 2 or float(opaque.std()) < LEAST_SPREAD
    return 255 if is_light != is_ink else 0


MAX_PIXELS = 100_000_000
"""A picture with more pixels is refused: no camera and no scanner at home gives as many."""

MOST_READ_PIXELS = 16_000_000
"""A picture with more pixels than this is read at half, a quarter or an eighth of its size."""

DECODING_BYTES, SHARE_OF_MEMORY = 290_000_000, 0.25
"""Bytes that a file and its decoding may take: this many, or that share of the machine's memory if it is less.

With what the process takes besides, that is less than 400 MB.
"""

MOST_FILE_BYTES = 200_000_000
"""A larger file is refused, and so is a pipe without end."""

SILENCE_S = 1.5
"""Seconds of waiting for a pipe before a message says that nothing is written into it."""

ENOUGH_SHORT_SIDE_PX = 1000
"""A JPEG is decoded at 1/2, 1/4 or 1/8 of its size while its short side stays at least this long."""

DEEPEST_BYTES = 4
"""Pictures with so many bytes for each value of a pixel, such as scientific TIFFs, are decoded in colour or in gray, or
not at all."""

KINDS = "a JPEG, PNG, GIF, BMP, WebP or TIFF picture"

_REDUCED = {2: cv2.IMREAD_REDUCED_COLOR_2, 4: cv2.IMREAD_REDUCED_COLOR_4, 8: cv2.IMREAD_REDUCED_COLOR_8}

# EXIF's orientation -> how to turn the stored picture upright; 1 is upright
_TURNS: dict[int, tuple[int | None, int | None]] = {
    2: (1, None),
    3: (None, cv2.ROTATE_180),
    4: (0, None),
    5: (1, cv2.ROTATE_90_COUNTERCLOCKWISE),
    6: (None, cv2.ROTATE_90_CLOCKWISE),
    7: (1, cv2.ROTATE_90_CLOCKWISE),
    8: (None, cv2.ROTATE_90_COUNTERCLOCKWISE),
}


class DecodedImage(NamedTuple):
    """A decoded picture.

    Attributes:
        image: (H, W, 3) uint8 BGR.
        scale: pixels of the stored picture per pixel of `image`: 1, 2, 4 or 8.
    """

    image: ColourImage
    scale: float = 1.0


def read_image(path: Path) -> DecodedImage:
    """Read a picture file; of several pages the first one.

    Raises:
        ImageError: the file is missing, unreadable, empty, no picture, damaged, cut short or too large.
    """
    return decode_image(read_bytes(path), name=printable(path))


def read_bytes(path: Path) -> bytearray:
    """Read a whole picture file.

    Raises:
        ImageError: the file is missing, cannot be read or is larger than `MOST_FILE_BYTES`.
    """
    waiting = threading.Timer(SILENCE_S, print_info, [f"{printable(path)}: waiting until something is written to it"])
    waiting.daemon = True
    try:
        if path.is_fifo():
            waiting.start()
        with path.open("rb") as file:
            return read_bounded(file, printable(path))
    except OSError as error:
        raise ImageError(f"{printable(path)}: cannot be read ({error.strerror}); give {KINDS}") from error
    finally:
        waiting.cancel()


def read_bounded(file: IO[bytes], name: str) -> bytearray:
    """Read what a file or a pipe holds, in pieces, so that one without an end takes no memory beyond the limit.

    Returns:
        What was read, which is never held twice.

    Raises:
        ImageError: it is larger than `MOST_FILE_BYTES`.
        OSError: it cannot be read.
    """
    content = bytearray()
    while piece := file.read(1 << 20):
        if not content and not piece.strip(b"\0"):
            raise ImageError(f"{name}: is not a picture; give {KINDS}")
        content += piece
        if len(content) > MOST_FILE_BYTES:
            raise ImageError(f"{name}: has more than {MOST_FILE_BYTES // 1_000_000} MB; make the picture smaller")
    return content


def decode_image(data: bytes | bytearray, *, name: str) -> DecodedImage:
    """Decode the bytes of a picture file; EXIF orientation is obeyed, transparency laid on contrasting paper.

    Args:
        data: the whole file; of several pages the first one is decoded.
        name: what errors call it.

    Raises:
        ImageError: empty, no picture, damaged, cut short or too large.
    """
    if not data:
        raise ImageError(f"{name}: is empty; give {KINDS}")
    header = read_header(data)
    if header is not None and header.kind == HEIC:
        raise ImageError(f"{name}: is a HEIC picture, which cannot be decoded here; convert it to JPEG")
    if header is None:
        raise ImageError(f"{name}: is not a picture; give {KINDS}")
    if header.size_wh is None or 0 in header.size_wh or is_cut_short(data, header.kind):
        raise damaged(name)
    room = decoding_budget() - len(data)
    scale = _scale_for(header, name, len(data))
    try:
        image = _decode(data, see_through=header.see_through, deep=_is_deep_allowed(header, scale, room), scale=scale)
        if image is None and header.depth_bytes >= DEEPEST_BYTES:
            image = _decode_deep_gray(data)
    except MemoryError:
        raise ImageError(f"{name}: takes more memory than there is; make it smaller") from None
    if image is None:
        raise _refused(name, header)
    return DecodedImage(image, float(scale))


def decode_frame(data: bytes) -> ColourImage | None:
    """Decode one picture of a camera, (H, W, 3) uint8 BGR; None if it is damaged or larger than any camera's."""
    header = read_header(data)
    if header is None or header.size_wh is None or header.size_wh[0] * header.size_wh[1] > MOST_READ_PIXELS:
        return None
    if is_cut_short(data, header.kind):
        return None
    try:
        check_pixels(header.size_wh, "", bytes_per_pixel=decoding_bytes(header))
        return _decode(data, see_through=False, deep=False, scale=1)
    except (ImageError, MemoryError):
        return None


def decode_as_stored(data: bytes, *, name: str, held: int = 0) -> npt.NDArray[np.uint8]:
    """Decode the bytes of a picture file without turning it, and with its transparency.

    Args:
        data: the whole file.
        name: what errors call it.
        held: bytes that are held besides.

    Returns:
        (H, W), (H, W, 3) or (H, W, 4) uint8, BGR and then alpha.

    Raises:
        ImageError: damaged, cut short or too large.
    """
    header = read_header(data)
    if header is None or header.size_wh is None or is_cut_short(data, header.kind):
        raise damaged(name)
    check_pixels(header.size_wh, name, bytes_per_pixel=decoding_bytes(header), held=held + len(data))
    try:
        with native_stderr_muted():
            image = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    except cv2.error:
        image = None
    if image is None:
        raise _refused(name, header)
    return to_8_bits(image)


def _refused(name: str, header: Header) -> ImageError:
    """The error for a picture that its decoder refuses, by what its header says."""
    if header.depth_bytes < DEEPEST_BYTES:
        return damaged(name)
    bits = 8 * header.depth_bytes
    return ImageError(
        f"{name}: has {bits} bits for each value, which cannot be read here; save the picture with 8 or 16 bits"
    )


def damaged(name: str) -> ImageError:
    """The error for a picture that its decoder refuses."""
    return ImageError(f"{name}: is damaged or cut short; save or copy this picture again")


def check_pixels(
    size_wh: tuple[int, int], name: str, *, scale: int = 1, bytes_per_pixel: float = 6.2, held: int = 0
) -> None:
    """Refuse a picture before it is decoded.

    Args:
        size_wh: as stored, in pixels.
        name: what the error calls it.
        scale: it is decoded at 1 / scale of its size.
        bytes_per_pixel: what decoding takes at this scale, for each stored pixel.
        held: bytes that are held besides, such as the file.

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


@functools.cache
def decoding_budget() -> int:
    """How many bytes decoding a picture may take on this machine."""
    try:
        memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (ValueError, OSError, AttributeError):  # where the system does not say
        return DECODING_BYTES
    return min(DECODING_BYTES, round(memory * SHARE_OF_MEMORY))


def decoding_bytes(header: Header, scale: int = 1, *, deep: bool = True) -> float:
    """Bytes that OpenCV takes for each stored pixel, as measured: the picture twice, and more for some formats.

    Args:
        header: of the picture.
        scale: it is decoded at 1 / scale of its size.
        deep: all bits of a pixel are kept.
    """
    depth = header.depth_bytes if deep else 1
    channels = 4 if header.see_through else 3
    extra = {WEBP: 4.0, GIF: 4.0, AVIF: 6.0}.get(header.kind, 0.2)
    if scale == 1:
        # numbers of more than 16 bits are brought to 8 through several pictures of their own size
        pictures = 2.0 if depth <= 2 else 5.0
        return pictures * channels * depth + extra + header.buffer_bytes
    if header.kind == JPEG:
        return 6.2 / scale**2 + 0.3 + header.buffer_bytes
    # the whole picture is there together with the buffer, and then with the smaller one
    return max(4.2, 3.0 + header.buffer_bytes) + extra


def _scale_for(header: Header, name: str, held: int) -> int:
    width, height = header.size_wh or (0, 0)
    room = decoding_budget() - held
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
    return scale


def _is_too_large(header: Header, scale: int, room: int) -> bool:
    """Whether a picture at 1 / scale of its size is too large to be read, or takes more than `room` bytes."""
    width, height = header.size_wh or (0, 0)
    if width * height > MOST_READ_PIXELS * scale * scale:
        return True
    if header.see_through or scale > 1:
        return False
    return width * height * decoding_bytes(header, scale, deep=False) > room


def _is_deep_allowed(header: Header, scale: int, room: int) -> bool:
    """Whether all bits of a pixel are kept; a large picture of 16 bits is decoded to 8 at once, of more never."""
    width, height = header.size_wh or (0, 0)
    return header.depth_bytes > 2 or (scale == 1 and width * height * decoding_bytes(header) <= room)


def _decode(data: bytes | bytearray, *, see_through: bool, deep: bool, scale: int) -> ColourImage | None:
    stored = np.frombuffer(data, np.uint8)
    try:
        with native_stderr_muted():
            if see_through:
                return _decode_see_through(stored, scale)
            flags = _REDUCED.get(scale, cv2.IMREAD_COLOR | (cv2.IMREAD_ANYDEPTH if deep else 0))
            # from a path OpenCV would pass on the upper half of a JPEG that is cut short; from memory it refuses
            image = cv2.imdecode(stored, flags)
    except cv2.error:
        return None
    return None if image is None else to_8_bits(image)


def _decode_deep_gray(data: bytes | bytearray) -> ColourImage | None:
    """A gray picture of 32 bits or more, which OpenCV does not give in colour."""
    try:
        with native_stderr_muted():
            image = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_ANYDEPTH | cv2.IMREAD_GRAYSCALE)
    except cv2.error:
        return None
    return None if image is None else np.asarray(cv2.cvtColor(to_8_bits(image), cv2.COLOR_GRAY2BGR), np.uint8)


def _decode_see_through(stored: npt.NDArray[np.uint8], scale: int) -> ColourImage | None:
    # OpenCV keeps alpha only together with the orientation as stored, so the turning is done here
    decoded, kinds, blocks = cv2.imdecodeWithMetadata(stored, flags=cv2.IMREAD_UNCHANGED)
    image = cast("npt.NDArray[np.generic] | None", decoded)  # OpenCV's type stubs leave out its None
    if image is None:
        return None
    image = to_8_bits(image)
    if scale > 1:
        image = cv2.resize(image, None, fx=1 / scale, fy=1 / scale, interpolation=cv2.INTER_AREA)
    opaque = compose_on_paper(np.asarray(image, np.uint8))
    exif = next((block for kind, block in zip(kinds, blocks, strict=True) if kind == cv2.IMAGE_METADATA_EXIF), None)
    return opaque if exif is None else turn_upright(opaque, read_orientation(exif.tobytes()))


def turn_upright(image: ColourImage, orientation: int) -> ColourImage:
    """Turn and flip a stored picture as EXIF's orientation says.

    Args:
        image: (H, W, 3) uint8.
        orientation: 1 (upright) to 8; any other counts as upright.
    """
    flip, turn = _TURNS.get(orientation, (None, None))
    flipped = image if flip is None else cv2.flip(image, flip)
    return np.asarray(flipped if turn is None else cv2.rotate(flipped, turn), np.uint8)


def to_8_bits(image: npt.NDArray[np.generic]) -> npt.NDArray[np.uint8]:
    """Convert a picture of any bit depth to 8 bits.

    Args:
        image: any shape; 16-bit pictures often hold 10, 12 or 14 bits, so their brightest pixel decides the shift.
    """
    if image.dtype == np.uint8:
        return np.asarray(image, np.uint8)
    if image.dtype == np.uint16:
        shift = max(int(image.max()).bit_length() - 8, 0)
        levels = np.empty(image.shape, np.uint8)
        for first in range(0, len(image), ROWS):
            levels[first : first + ROWS] = np.asarray(image[first : first + ROWS], np.uint16) >> shift
        return levels
    known = np.nan_to_num(image.astype(np.float32), posinf=0.0, neginf=0.0)
    low, high = float(known.min()), float(known.max())
    return ((known - low) * (255 / max(high - low, 1e-9))).astype(np.uint8)
