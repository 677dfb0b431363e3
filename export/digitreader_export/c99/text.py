"""Text of C: templates that are filled in, and numbers in rows."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from importlib.resources import files
from string import Template
from typing import Any

import numpy as np
import numpy.typing as npt

from digitreader_export.c99.layers import float_bits

Words = Mapping[str, str]
"""What stands for each ``$word`` of a template."""


def fill(name: str, words: Words) -> str:
    """Fill the template of this name."""
    text = (files("digitreader_export.c99") / "templates" / name).read_text(encoding="utf-8")
    return Template(text).substitute(words)


INDENT = "    "


def identifier(name: str) -> str:
    """Turn a model's name into the start of C names: letters, digits and single underscores, a letter first."""
    plain = re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")
    return plain if plain[:1].isalpha() else f"model_{plain}".rstrip("_")


def quoted(text: str) -> str:
    """A C string."""
    letters = (letter if letter.isascii() and letter.isprintable() else "?" for letter in text)
    return '"' + "".join(f"\\{letter}" if letter in '"\\?' else letter for letter in letters) + '"'


def number_rows(numbers: Sequence[int] | npt.NDArray[Any], *, per_row: int, width: int) -> list[str]:
    """Lay numbers out in aligned rows, each one followed by a comma."""
    words = [f"{int(number):{width}d}," for number in numbers]
    return [INDENT + "".join(words[first : first + per_row]) for first in range(0, len(words), per_row)]


def float_rows(numbers: npt.NDArray[np.float32], *, per_row: int) -> list[str]:
    """Lay positive float32 numbers out as their bits; the last of each row is said in decimals beside it."""
    rows = []
    for first in range(0, len(numbers), per_row):
        row = numbers[first : first + per_row]
        words = " ".join(f"0x{bits:08X}," for bits in float_bits(row))
        rows.append(f"{INDENT}{words} /* {row[-1]:.6g} */")
    return rows


def array(kind: str, name: str, count: int | str, rows: Iterable[str]) -> str:
    """The definition of a constant array."""
    body = "\n".join(rows)
    return f"static const {kind} {name}[{count}] = {{\n{body}\n}};\n"
