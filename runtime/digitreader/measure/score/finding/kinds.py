"""The kinds of pictures by name."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np

from digitreader.drawing import Scene
from digitreader.errors import UsageError
from digitreader.measure.score.finding import forms_and_tables, handwriting, print_and_displays, without_digits
from digitreader.measure.score.finding.compose import Draw


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of pictures.

    Attributes:
        name: what `--kind` calls it.
        draw: draws one picture.
        digits: how many are about on one; 0 if there are none.
        lines: whether it counts that a line is read whole and by itself.
        typefaces: whether it is drawn with what typefaces there are, so that it differs from machine to machine.
    """

    name: str
    draw: Draw
    digits: int
    lines: bool = False
    typefaces: bool = False

    def pictures(self, digits: int, *, empty: int) -> int:
        """How many pictures have about this many digits; `empty` if the kind has no digits."""
        return -(-digits // self.digits) if self.digits else empty


KINDS: Mapping[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind("dark-rules", forms_and_tables.dark_rules, 18, lines=True),
        Kind("pressure", handwriting.pressure, 10, lines=True),
        Kind("sudoku", forms_and_tables.sudoku, 27, lines=True),
        Kind("sudoku-small", forms_and_tables.sudoku_small, 27, lines=True),
        Kind("sudoku-turned", forms_and_tables.sudoku_turned, 27, lines=True),
        Kind("form-row", forms_and_tables.form_row, 22, lines=True),
        Kind("touching-cells", forms_and_tables.touching_cells, 30, lines=True),
        Kind("red-felt", handwriting.red_felt, 96, lines=True),
        Kind("spacing-0.05", handwriting.overlapping, 6),
        Kind("spacing-0", handwriting.touching, 6),
        Kind("turned", handwriting.turned, 13, lines=True),
        Kind("digit-sheet", print_and_displays.digit_sheet, 5000),
        Kind("meter", print_and_displays.meter, 6, lines=True),
        *(
            Kind(name, print_and_displays.DRAW_BY_KIND[name], digits, lines=True, typefaces=True)
            for name, digits in (
                ("print", 18),
                ("print-small", 34),
                ("print-bold", 18),
                ("seven-segment", 4),
                ("wheels", 6),
            )
        ),
        Kind("small-9", partial(handwriting.small, height_px=9), 50, lines=True),
        Kind("small-11", partial(handwriting.small, height_px=11), 50, lines=True),
        Kind("small-13", partial(handwriting.small, height_px=13), 50, lines=True),
        Kind("small-16", partial(handwriting.small, height_px=16), 50, lines=True),
        Kind("cut-to-ink", print_and_displays.cut_to_ink, 1),
        Kind("coloured", handwriting.coloured, 10),
        Kind("hairlines", handwriting.hairlines, 2),
        Kind("open-strokes", handwriting.open_strokes, 10),
        Kind("table-rows", forms_and_tables.table_rows, 16, lines=True),
        Kind("slashes", handwriting.slashes, 13, lines=True),
        Kind("signs", handwriting.signs, 10, lines=True),
        Kind("words-and-digits", handwriting.words_and_digits, 6, lines=True),
        Kind("ones", handwriting.ones, 9, lines=True),
        Kind("words", without_digits.words, 0),
        Kind("textures", without_digits.textures, 0),
        Kind("empty-forms", without_digits.empty_forms, 0),
        Kind("scribbles", without_digits.scribbles, 0),
    )
}


def kinds_named(names: list[str], *, fonts: tuple[Path, ...] = ()) -> tuple[Kind, ...]:
    """The kinds of these names, each once; every kind if none is named.

    Args:
        names: of kinds.
        fonts: folders with more typefaces, for the kinds that are drawn with such.

    Raises:
        UsageError: there is no such kind, or no such folder.
    """
    missing = [folder for folder in fonts if not folder.is_dir()]
    if missing:
        raise UsageError(f"--fonts {missing[0]}: there is no such folder; give one with .ttf or .otf files")
    unknown = [name for name in names if name not in KINDS]
    if unknown:
        raise UsageError(f"--kind {unknown[0]}: there is no such kind; give one of {' '.join(KINDS)}")
    kinds = [KINDS[name] for name in dict.fromkeys(names or KINDS)]
    return tuple(_with_fonts(kind, fonts) if kind.typefaces else kind for kind in kinds)


def _with_fonts(kind: Kind, fonts: tuple[Path, ...]) -> Kind:
    return replace(kind, draw=partial(print_and_displays.DRAW_BY_KIND[kind.name], fonts=fonts))


def draw_kind(kind: Kind, count: int, *, seed: int) -> Iterator[Scene]:
    """Draw pictures of a kind one after another; each depends on the seed, the kind and its own number alone."""
    for number in range(count):
        yield kind.draw(np.random.default_rng((seed, zlib.crc32(kind.name.encode()), number)))
