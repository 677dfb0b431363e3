"""The typefaces that a machine has: those to learn from, and those kept back for the test."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

import cv2

from digitreader.drawing.families import family_of
from digitreader.drawing.typeface import BOLD, PLAIN, Typeface, draw_glyph
from digitreader.drawing.typeface_proof import BUILT_IN, has_digits

SYSTEM_FOLDERS = (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"), Path("/usr/share/texmf/fonts"))
ENDINGS = (".ttf", ".otf")


def built_in_typefaces() -> tuple[Typeface, ...]:
    """The faces that OpenCV brings along; all are kept back for the test."""
    plain = [Typeface(name, family, name, False, name == "italic", 1.0, PLAIN) for name, family in BUILT_IN.items()]
    bold = [replace(face, name=f"{face.name}-bold", bold=True, weight=BOLD) for face in plain[:2]]
    return tuple(_measured(face) for face in (*plain, *bold))


def find_typefaces(folders: Iterable[Path] = (), *, system: bool = False) -> tuple[Typeface, ...]:
    """Every typeface with ten ordinary digits, in the order of their names; OpenCV's own come first.

    Args:
        folders: are searched to their depths for .ttf and .otf files; of two of a name, the first counts.
        system: searches `SYSTEM_FOLDERS` as well.
    """
    places = (*folders, *(SYSTEM_FOLDERS if system else ()))
    files: dict[str, Path] = {}
    for path in (path for folder in places for path in sorted(Path(folder).rglob("*"))):
        if path.suffix.lower() in ENDINGS:
            files.setdefault(path.stem, path)
    return (*built_in_typefaces(), *(face for _, path in sorted(files.items()) for face in _of_file(path)))


def learned(typefaces: Iterable[Typeface]) -> tuple[Typeface, ...]:
    """Those that may be practised with."""
    return tuple(face for face in typefaces if not face.held_back)


def held_back(typefaces: Iterable[Typeface]) -> tuple[Typeface, ...]:
    """Those kept for the test, without the displays."""
    return tuple(face for face in typefaces if face.held_back and not face.segments)


def displays(typefaces: Iterable[Typeface]) -> tuple[Typeface, ...]:
    """Those that are drawn like seven-segment displays; they are kept for the test."""
    return tuple(face for face in typefaces if face.segments)


def _measured(face: Typeface) -> Typeface:
    return replace(face, digit_height=max(0.1, draw_glyph(face, "0", size_px=100).ink.shape[0] / 100))


def _of_file(path: Path) -> Iterator[Typeface]:
    """The typeface of a file, if there is one and it has ordinary digits."""
    name = path.stem.lower()
    bold = any(word in name for word in ("bold", "black", "heavy"))
    italic = any(word in name for word in ("italic", "oblique", "slanted"))
    try:
        face = _measured(Typeface(path.stem, family_of(path.stem), str(path), bold, italic, 1.0))
        if has_digits(face):
            yield face
    except cv2.error:
        return
