"""Families of typefaces: which files belong together, and which families are kept back for the test."""

from __future__ import annotations

import hashlib
import re

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

ALWAYS_HELD_BACK = ("dseg", "digital", "seven", "rubik", "notosans")
"""Families with one of these in their names are never learned: the displays, and the faces that OpenCV brings along."""
HELD_BACK_SHARE = 0.25


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


def is_held_back(family: str) -> bool:
    """Whether a family is kept for the test; the same on every machine, whatever other families it has."""
    if any(name in family for name in ALWAYS_HELD_BACK):
        return True
    first = hashlib.sha256(family.encode()).digest()[0]
    return first < HELD_BACK_SHARE * 256
