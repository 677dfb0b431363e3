"""Turns every form of picture into a frame: a path, an address, bytes, an open file, a Pillow picture, an array."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from digitreader.api.arrays import Channels, picture_of_array
from digitreader.api.fetching import ADDRESS, ADDRESS_IN_A_PATH, WEB, fetch_picture
from digitreader.api.page_pictures import KeptPicture
from digitreader.camera.source import escape_controls, printable
from digitreader.camera.stored_pixels import turn_upright
from digitreader.errors import ImageError
from digitreader.values import ColourImage, Frame, GrayImage

TAKEN = (
    "a file's path, a web address, the bytes of a picture file, a file that is open for reading bytes, a Pillow "
    "picture, or an array"
)
ORIENTATION = 0x0112
"""The EXIF tag for the orientation of a picture."""


def picture_from(given: object, *, channels: Channels = "bgr", place: str = "") -> KeptPicture:
    """Recognise the form of a picture and prepare it for reading.

    Args:
        given: one of the forms in `TAKEN`; if a file has several pages, the first one is used.
        channels: the order of an array's colours.
        place: its place in a list, such as ``[3]``; part of the name of a picture that has no name.

    Raises:
        ImageError: it is not a picture, or an array of another form; the error's `source` is the name.
    """
    try:
        return _picture_from(given, channels, place)
    except ImageError as error:
        error.source = error.source or _name_of(given, place)
        raise


def _name_of(given: object, place: str) -> str:
    if isinstance(given, str | os.PathLike):
        text = os.fspath(given)
        return printable(os.fsdecode(text)) or f"picture{place}"
    return f"array{place}" if isinstance(given, np.ndarray) else f"picture{place}"


def _picture_from(given: object, channels: Channels, place: str) -> KeptPicture:
    if given is None:
        which = f"the picture {place}" if place else "the picture"
        raise ImageError(f"{which} is None: reading it failed? cv2.imread gives None for a file that it cannot read")
    if isinstance(given, str | os.PathLike):
        return _named(given)
    if isinstance(given, bytes | bytearray | memoryview):
        return KeptPicture(bytes(given), f"bytes{place}")
    if isinstance(given, np.ndarray):
        return _of_array(given, f"array{place}", channels)
    if _is_pillow(given):
        return _of_pillow(given, place)
    read = getattr(given, "read", None)
    if callable(read):
        return _of_file(given, read, place)
    if hasattr(given, "__array__"):
        return _of_array(np.asarray(given), f"array{place}", channels)
    raise ImageError(f"the picture is of the type {type(given).__name__}; give {TAKEN}{_hint(given)}")


def _hint(given: object) -> str:
    if isinstance(given, int | np.integer):
        return "; read camera by its number with digitreader.read(number)"
    if isinstance(given, list | tuple):
        return "; a list inside a list is not read"
    return ""


def _named(given: str | os.PathLike[Any]) -> KeptPicture:
    text = os.fspath(given)
    if isinstance(text, bytes):
        text = os.fsdecode(text)
    if not text:
        raise ImageError(f"the name of the picture is empty; give {TAKEN}")
    if "\0" in text:
        shown = escape_controls(printable(text))
        raise ImageError(f"{shown}: has a NUL character, which no file name has; check how the name was made")
    if WEB.match(text):
        return KeptPicture(fetch_picture(text), printable(text))
    path = Path(text)
    if ADDRESS.match(text) and not path.exists():
        raise ImageError(f"{printable(text)}: is not a picture's web address; read streams with digitreader.read")
    if ADDRESS_IN_A_PATH.match(text) and not path.exists():
        raise ImageError("an address in a Path has lost one of its slashes; give addresses as text")
    name = printable(text)
    if path.is_dir():
        raise ImageError(f"{name}: is a folder; read its pictures with digitreader.read, or give a list of them")
    _refuse_videos(path, name)
    return KeptPicture(path, name)


def _refuse_videos(path: Path, name: str) -> None:
    from digitreader.camera.image_header import is_video

    if path.is_file() and is_video(path):
        raise ImageError(f"{name}: is a video; read it with digitreader.read")


def _of_array(array: npt.NDArray[Any], name: str, channels: Channels) -> KeptPicture:
    return _in_memory(picture_of_array(array, f"the {name}", channels=channels), name)


def _in_memory(image: ColourImage | GrayImage, name: str) -> KeptPicture:
    return KeptPicture(Frame(image, name), name)


def _of_file(given: object, read: Callable[[], object], place: str) -> KeptPicture:
    said = getattr(given, "name", None)
    called = printable(said) if isinstance(said, str) and said else f"file{place}"
    try:
        data = read()
    except (OSError, ValueError) as error:  # ValueError: it is closed
        raise ImageError(f"{called}: cannot be read ({error}); give a file that is open for reading bytes") from error
    if isinstance(data, bytes | bytearray | memoryview):
        return KeptPicture(bytes(data), called)
    if hasattr(data, "close") and hasattr(data, "send"):  # a coroutine, which would warn that it was never awaited
        data.close()
        raise ImageError(f"{called}: its read() is asynchronous; give await file.read(), or its .file")
    raise ImageError(f"{called}: is open for text; open it for bytes: open(name, 'rb')")


def _is_pillow(given: object) -> bool:
    module = sys.modules.get("PIL.Image")  # a program with such a picture has imported it
    return module is not None and isinstance(given, module.Image)


def _of_pillow(given: Any, place: str) -> KeptPicture:
    called = printable(str(getattr(given, "filename", "") or "")) or f"picture{place}"
    try:
        array, channels = _pixels_of(given)
        turn = int(given.getexif().get(ORIENTATION, 1))
    except OSError as error:  # Pillow decodes only now
        raise ImageError(f"{called}: is damaged or cut short; save or copy this picture again") from error
    except ValueError as error:
        raise ImageError(f"{called}: Pillow cannot give its pixels ({error}); open it again") from error
    image = picture_of_array(array, f"the picture {called}", channels=channels)
    return _in_memory(image if turn == 1 else turn_upright(image, turn), called)


def _pixels_of(given: Any) -> tuple[npt.NDArray[Any], Channels]:
    """The pixels of a Pillow picture, as an array of an allowed form, and the order of its colours."""
    mode = str(given.mode)
    if mode in {"1", "L"}:
        return np.asarray(given), "rgb"
    if mode.startswith("I"):  # 16 bits; Pillow stores some such pictures in 32
        return np.asarray(given).clip(0, 65535).astype(np.uint16), "rgb"
    if mode == "F":
        return np.clip(np.nan_to_num(np.asarray(given, np.float32)) / np.float32(255), 0, 1), "rgb"
    see_through = mode in {"RGBA", "LA", "PA", "La", "RGBa"} or "transparency" in given.info
    return np.asarray(given.convert("RGBA" if see_through else "RGB")), "rgb"
