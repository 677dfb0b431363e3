"""Reads picture files into arrays of limited size."""

from __future__ import annotations

from pathlib import Path
from typing import IO, NamedTuple, cast

import cv2
import numpy as np
import numpy.typing as npt

from digitreader.camera.image_header import HEIC, Header, is_cut_short, read_header, read_orientation
from digitreader.camera.picture_memory import MOST_READ_PIXELS, check_pixels, choose_decoding, decoding_bytes
from digitreader.camera.source import printable
from digitreader.camera.stored_pixels import compose_on_paper, to_8_bits, turn_upright
from digitreader.errors import ImageError
from digitreader.host.native_stderr import native_stderr_muted
from digitreader.host.waiting import pipe_announced
from digitreader.values import ColourImage

MOST_FILE_BYTES = 200_000_000
"""A larger file is refused, and so is an endless pipe."""

DEEPEST_BYTES = 4
"""Pictures with this many bytes for each value of a pixel, such as scientific TIFFs, are tried in colour and in gray;
OpenCV refuses some of them in both."""

KINDS = "a JPEG, PNG, GIF, BMP, WebP or TIFF picture"

_REDUCED = {2: cv2.IMREAD_REDUCED_COLOR_2, 4: cv2.IMREAD_REDUCED_COLOR_4, 8: cv2.IMREAD_REDUCED_COLOR_8}


class DecodedImage(NamedTuple):
    """A decoded picture.

    Attributes:
        image: (H, W, 3) uint8 BGR.
        scale: pixels of the stored picture per pixel of `image`: 1, 2, 4 or 8.
    """

    image: ColourImage
    scale: float = 1.0


def read_image(path: Path) -> DecodedImage:
    """Read a picture file; if it has several pages, the first one.

    Raises:
        ImageError: the file is missing, unreadable, empty, no picture, damaged, cut short or too large.
    """
    return decode_image(read_bytes(path), name=printable(path))


def read_bytes(path: Path) -> bytearray:
    """Read a whole picture file.

    Raises:
        ImageError: the file is missing, cannot be read or is larger than `MOST_FILE_BYTES`.
    """
    try:
        with pipe_announced(path), path.open("rb") as file:
            return read_bounded(file, printable(path))
    except OSError as error:
        raise ImageError(f"{printable(path)}: cannot be read ({error.strerror}); give {KINDS}") from error


def read_bounded(file: IO[bytes], name: str) -> bytearray:
    """Read a file or a pipe in pieces, so that an endless one takes no more memory than the limit.

    Returns:
        All bytes, which are never held twice.

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
    """Decode the bytes of a picture file: it is turned upright by EXIF, and transparent parts get a contrasting ground.

    Args:
        data: the whole file; if it has several pages, the first one is decoded.
        name: its name in errors.

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
    scale, deep = choose_decoding(header, name, len(data))
    try:
        image = _decode(data, see_through=header.see_through, deep=deep, scale=scale)
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
        name: its name in errors.
        held: other bytes that are in memory meanwhile.

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


def _decode(data: bytes | bytearray, *, see_through: bool, deep: bool, scale: int) -> ColourImage | None:
    stored = np.frombuffer(data, np.uint8)
    try:
        with native_stderr_muted():
            if see_through:
                return _decode_see_through(stored, scale)
            flags = _REDUCED.get(scale, cv2.IMREAD_COLOR | (cv2.IMREAD_ANYDEPTH if deep else 0))
            # from a path OpenCV would accept a JPEG that is cut short and give its upper half; from memory it refuses
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
    # OpenCV keeps alpha only if it does not turn the picture, so the turning is done here
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
