"""Picture files as arrays, never larger than is allowed."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple, cast

import cv2
import numpy as np
import numpy.typing as npt

from digitreader.camera.image_header import HEIC, JPEG, Header, read_header, read_orientation
from digitreader.camera.source import printable
from digitreader.errors import ImageError
from digitreader.host.native_stderr import native_stderr_muted
from digitreader.values import ColourImage

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
    colour, alpha = image[:, :, :3], image[:, :, 3:]
    opacity = alpha.astype(np.uint16)
    paper = _paper_shade(cv2.cvtColor(image, cv2.COLOR_BGRA2GRAY), alpha[:, :, 0])
    return ((colour * opacity + paper * (255 - opacity) + 127) // 255).astype(np.uint8)


def _paper_shade(gray: npt.NDArray[np.generic], alpha: npt.NDArray[np.uint8]) -> int:
    opaque = gray[alpha > 127]
    if opaque.size == 0:
        return 255
    is_light = float(opaque.mean()) > 127
    is_ink = opaque.size < alpha.size / 2 or float(opaque.std()) < LEAST_SPREAD
    return 255 if is_light != is_ink else 0


MAX_PIXELS = 100_000_000
"""More than this (300 MB decoded) is refused: a Pi would run out of memory."""

ENOUGH_SHORT_SIDE_PX = 1000
"""A JPEG is decoded at 1/2, 1/4 or 1/8 of its size while its short side stays at least this long."""

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


def read_bytes(path: Path) -> bytes:
    """Read a whole picture file.

    Raises:
        ImageError: the file is missing or cannot be read.
    """
    try:
        return path.read_bytes()
    except OSError as error:
        raise ImageError(f"{printable(path)}: cannot be read ({error.strerror}); give {KINDS}") from error


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
    scale = _scale_for(header, name) if header is not None else 1
    image = _decode(data, see_through=header is not None and header.see_through, scale=scale)
    if image is None and header is None:
        raise ImageError(f"{name}: is not a picture; give {KINDS}")
    if image is None:
        raise damaged(name)
    return DecodedImage(image, float(scale))


def decode_as_stored(data: bytes, *, name: str) -> npt.NDArray[np.uint8]:
    """Decode the bytes of a picture file without turning it, and with its transparency.

    Args:
        data: the whole file.
        name: what errors call it.

    Returns:
        (H, W), (H, W, 3) or (H, W, 4) uint8, BGR and then alpha.

    Raises:
        ImageError: damaged, cut short or too large.
    """
    header = read_header(data)
    if header is not None and header.size_wh is not None:
        check_pixels(header.size_wh, name)
    try:
        with native_stderr_muted():
            image = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    except cv2.error:
        image = None
    if image is None:
        raise damaged(name)
    return to_8_bits(image)


def damaged(name: str) -> ImageError:
    """The error for a picture that its decoder refuses."""
    return ImageError(f"{name}: is damaged or cut short; save or copy this picture again")


def check_pixels(size_wh: tuple[int, int], name: str, *, scale: int = 1) -> None:
    """Refuse a picture before it is decoded.

    Args:
        size_wh: as stored, in pixels.
        name: what the error calls it.
        scale: it is decoded at 1 / scale of its size.

    Raises:
        ImageError: it would take too much memory.
    """
    width, height = size_wh
    if width * height > MAX_PIXELS * scale * scale:
        limit = MAX_PIXELS // 1_000_000
        raise ImageError(f"{name}: has {width}x{height} pixels, need at most {limit} million; make it smaller")


def _scale_for(header: Header, name: str) -> int:
    if header.size_wh is None:
        return 1
    width, height = header.size_wh
    fitting = [scale for scale in (8, 4, 2) if min(width, height) >= scale * ENOUGH_SHORT_SIDE_PX]
    scale = fitting[0] if fitting and header.kind == JPEG else 1
    check_pixels(header.size_wh, name, scale=scale)
    return scale


def _decode(data: bytes | bytearray, *, see_through: bool, scale: int) -> ColourImage | None:
    stored = np.frombuffer(data, np.uint8)
    try:
        with native_stderr_muted():
            if see_through:
                return _decode_see_through(stored)
            flags = _REDUCED.get(scale, cv2.IMREAD_COLOR | cv2.IMREAD_ANYDEPTH)
            # from a path OpenCV would hand on the upper half of a JPEG that is cut short; from memory it refuses
            image = cv2.imdecode(stored, flags)
    except cv2.error:
        return None
    return None if image is None else to_8_bits(image)


def _decode_see_through(stored: npt.NDArray[np.uint8]) -> ColourImage | None:
    # OpenCV keeps alpha only together with the orientation as stored, so the turning is done here
    decoded, kinds, blocks = cv2.imdecodeWithMetadata(stored, flags=cv2.IMREAD_UNCHANGED)
    image = cast("npt.NDArray[np.generic] | None", decoded)  # OpenCV's type stubs leave out its None
    if image is None:
        return None
    opaque = compose_on_paper(to_8_bits(image))
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
    """Bring a picture of any depth to 8 bits.

    Args:
        image: any shape; 16-bit pictures often hold 10, 12 or 14 bits, so their brightest pixel decides the shift.
    """
    if image.dtype == np.uint8:
        return np.asarray(image, np.uint8)
    if image.dtype == np.uint16:
        deep = image.astype(np.uint16, copy=False)
        return (deep >> max(int(deep.max()).bit_length() - 8, 0)).astype(np.uint8)
    known = np.nan_to_num(image.astype(np.float32), posinf=0.0, neginf=0.0)
    low, high = float(known.min()), float(known.max())
    return ((known - low) * (255 / max(high - low, 1e-9))).astype(np.uint8)
