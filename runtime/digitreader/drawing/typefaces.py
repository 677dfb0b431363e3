"""Typefaces: those to learn from, and those kept back for the test."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import cv2
import numpy as np

from digitreader.values import Ink

STYLE_WORDS = (
    "extracondensed", "semicondensed", "condensed", "extrabold", "semibold", "demibold", "ultralight", "extralight",
    "smallcaps", "narrow", "display", "regular", "italic", "oblique", "medium", "light", "black", "heavy", "roman",
    "bold", "thin", "book", "caps",
)  # fmt: skip
"""What a file's name adds to its family's, without "-" before it."""

KIN: tuple[tuple[str, str], ...] = (
    *((name, "helvetica") for name in ("arimo", "liberationsans", "nimbussans", "texgyreheros", "freesans", "aerial")),
    *((name, "helvetica") for name in ("sansu", "sanscu")),
    *((name, "times") for name in ("tinos", "liberationserif", "nimbusrom", "texgyretermes", "freeserif", "stix")),
    *((name, "times") for name in ("xits", "tymes", "doulos", "romau")),
    *((name, "courier") for name in ("nimbusmono", "texgyrecursor", "freemono", "courier", "monou")),
    *((name, "liberationmono") for name in ("cousine", "liberationmono")),
    *((name, "palatino") for name in ("p052", "texgyrepagella", "palladio", "pallu")),
    *((name, "bookman") for name in ("urwbookman", "texgyrebonum", "bookman", "booku")),
    *((name, "schoolbook") for name in ("c059", "texgyreschola", "schoolbook", "schou")),
    *((name, "avantgarde") for name in ("urwgothic", "texgyreadventor", "gothu")),
    *((name, "chancery") for name in ("z003", "texgyrechorus", "chancery")),
    *((name, "lato") for name in ("lato", "carlito")),
    *((name, "vera") for name in ("dejavu", "bitstreamvera", "veranda", "hack", "arev")),
    *((name, name) for name in ("notoserif", "averia", "roboto", "inter", "dseg", "opendyslexic", "linlibertine")),
    *((name, "notosans") for name in ("noto", "opensans", "droidsans")),
    *((name, "latinmodern") for name in ("lm", "jsmath", "cmu")),
    *((name, "paratype") for name in ("ptc", "ptf", "ptm", "ptn", "pts")),
    *((name, name) for name in ("linbiolinum", "firacode", "fantasque", "leaguemono", "jetbrainsmono", "junicode")),
    *((name, name) for name in ("nanumsquare", "nanumgothic", "anonymousp", "abecedario", "elle", "babe", "beteckna")),
    *((name, name) for name in ("oxygen", "karla", "verana", "ocr", "ipa", "amiri", "gfsneohellenic", "okolaks")),
    *((name, name) for name in ("spleen", "fanwood", "gentium")),
    *((name, "monoid") for name in ("monoid", "monoisome")),
)
"""How a name begins, and the family it is counted to: those with the same digits must not be learned and tested."""

ALWAYS_HELD_OUT = ("dseg", "digital", "seven", "rubik", "notosans")
"""Families with one of these in their names are never learned: the displays, and the faces that OpenCV brings along."""
HELD_OUT_SHARE = 0.25


def family_of(stem: str) -> str:
    """The family of a typeface, in small letters.

    Args:
        stem: the name of its file without the ending, as ``DejaVuSans-BoldOblique``.
    """
    whole = re.sub(r"[^a-z0-9]", "", stem.lower())
    for start, family in KIN:
        if whole.startswith(start):
            return family
    if "adf" in whole:
        return whole[: whole.index("adf")]
    name = re.sub(r"[^a-z]", "", stem.lower().split("-")[0].split("_")[0]) or whole
    shorter = _without_style(name)
    while shorter != name:
        name, shorter = shorter, _without_style(shorter)
    return name


def _without_style(name: str) -> str:
    for word in STYLE_WORDS:
        if name.endswith(word) and len(name) > len(word) + 1:
            return name.removesuffix(word)
    return name


def is_held_out(family: str) -> bool:
    """Whether a family is kept for the test; the same on every machine, whatever other families it has."""
    if any(name in family for name in ALWAYS_HELD_OUT):
        return True
    first = hashlib.sha256(family.encode()).digest()[0]
    return first < HELD_OUT_SHARE * 256


PLAIN, BOLD = 400, 800
"""The weights of OpenCV's own faces."""


@dataclass(frozen=True, slots=True, order=True)
class Typeface:
    """One typeface.

    Attributes:
        name: of its file, without the ending.
        family: as `family_of` has it.
        source: what `cv2.FontFace` opens: a path, or the name of a built-in face.
        bold: its name says so.
        italic: its name says so.
        digit_height: of a 0, as a share of the size that it is asked for in.
        weight: 100 to 1000 for a face that has several weights in one file; 0 as the file says.
    """

    name: str
    family: str
    source: str
    bold: bool
    italic: bool
    digit_height: float
    weight: int = 0

    @property
    def held_out(self) -> bool:
        """Whether its family is kept for the test."""
        return is_held_out(self.family)

    @property
    def segments(self) -> bool:
        """Whether it is drawn like a seven-segment display."""
        return any(name in self.family for name in ("dseg", "digital", "seven"))


@dataclass(frozen=True, slots=True, eq=False)
class TypefaceGlyph:
    """One sign as a typeface draws it.

    Attributes:
        ink: (h, w) uint8, white on black, cut to what is drawn; empty for a space.
        left: from the pen's place to the ink's left edge, in pixels.
        top: from the baseline up to the ink's top edge, in pixels.
        advance: how far the pen moves on.
    """

    ink: Ink
    left: int
    top: int
    advance: int


def draw_glyph(typeface: Typeface, sign: str, *, size_px: float) -> TypefaceGlyph:
    """Draw one sign.

    Args:
        typeface: with which.
        sign: one character.
        size_px: the typeface's size; a digit is `digit_height` times so high.
    """
    size = max(2, round(size_px))
    origin = (size, 2 * size)
    # The canvas is wide enough that nothing wraps
    canvas = np.zeros((3 * size, 6 * size, 3), np.uint8)
    after, inked = cv2.putText(canvas, sign, origin, (255, 255, 255), _face(typeface.source), size, typeface.weight)
    if typeface.weight not in {0, PLAIN}:
        # OpenCV keeps the weight, also for what it draws with its own face in place of what a file lacks
        cv2.putText(canvas.copy(), sign, origin, (0, 0, 0), _face(typeface.source), size, PLAIN)
    ink = np.ascontiguousarray(np.asarray(inked, np.uint8)[:, :, 0])
    x, y, width, height = cv2.boundingRect(ink)
    cut = np.ascontiguousarray(ink[y : y + height, x : x + width])
    return TypefaceGlyph(cut, x - origin[0], origin[1] - y, int(after[0]) - origin[0])


@cache
def _face(source: str) -> cv2.FontFace:
    return cv2.FontFace(source)


BUILT_IN = {"sans": "rubik", "italic": "rubik", "uni": "notosans"}
"""OpenCV's own faces and their families."""
WEIGHTS = (0, PLAIN, BOLD)
"""The weights in which OpenCV may draw what a file lacks; 0 is the finest."""
DIGITS = "0123456789"
PROOF_PX = 48
FULLEST = 0.8
"""A digit covers less of its box than this; a box of a missing glyph or white on black covers more."""
NO_SEVEN_SEGMENTS = ("14", "Weather", "CHAN")
"""Display typefaces with these in their names draw letters of fourteen segments, the weather, or faces."""
FEWEST_ALIKE = 6
"""So many of the ten must be most like the same digit of one of OpenCV's faces."""


def has_digits(typeface: Typeface) -> bool:
    """Whether a typeface draws ten different digits of the ordinary form, and draws them itself.

    OpenCV draws what a file lacks with its own face "sans", so that a file without digits seems to have them.
    """
    inks = [draw_glyph(typeface, sign, size_px=PROOF_PX).ink for sign in DIGITS]
    if (
        any(min(ink.shape) < 2 or ink.mean() > FULLEST * 255 for ink in inks)
        or len({ink.tobytes() for ink in inks}) < 10
    ):
        return False
    if typeface.source not in BUILT_IN and any(ink.tobytes() in _substitutes() for ink in inks):
        return False
    if typeface.segments:
        return not any(other in typeface.name for other in NO_SEVEN_SEGMENTS)
    alike = [int(np.argmax(np.max(_templates() @ _template(ink), axis=0))) for ink in inks]
    return sum(found == digit for digit, found in enumerate(alike)) >= FEWEST_ALIKE


@cache
def _substitutes() -> frozenset[bytes]:
    faces = [
        Typeface(name, family, name, False, False, 1.0, weight)
        for name, family in BUILT_IN.items()
        for weight in WEIGHTS
    ]
    return frozenset(draw_glyph(face, sign, size_px=PROOF_PX).ink.tobytes() for face in faces for sign in DIGITS)


@cache
def _templates() -> np.ndarray:
    """(3, 10, N) float32, the ten digits of the built-in faces."""
    faces = [Typeface(name, family, name, False, False, 1.0, PLAIN) for name, family in BUILT_IN.items()]
    rows = [[_template(draw_glyph(face, sign, size_px=PROOF_PX).ink) for sign in DIGITS] for face in faces]
    return np.array(rows, np.float32)


def _template(ink: Ink) -> np.ndarray:
    """An ink made comparable: in a square, unsharp, of mean 0 and length 1."""
    side = max(ink.shape)
    square = np.zeros((side, side), np.uint8)
    top, left = (side - ink.shape[0]) // 2, (side - ink.shape[1]) // 2
    square[top : top + ink.shape[0], left : left + ink.shape[1]] = ink
    small = cv2.GaussianBlur(cv2.resize(square, (20, 20), interpolation=cv2.INTER_AREA), (0, 0), 1.2)
    flat = small.astype(np.float32).ravel() - small.mean()
    return np.asarray(flat / (np.linalg.norm(flat) + 1e-6), np.float32)


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
    return tuple(face for face in typefaces if not face.held_out)


def held_out(typefaces: Iterable[Typeface]) -> tuple[Typeface, ...]:
    """Those kept for the test, without the displays."""
    return tuple(face for face in typefaces if face.held_out and not face.segments)


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
