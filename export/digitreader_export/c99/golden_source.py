"""Writes NAME_golden.c: the golden glyphs as a program that tests the C wherever it runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from digitreader.accept import AcceptanceRule, accept
from digitreader.engines.form import TensorForm
from digitreader.model.golden import Golden
from digitreader.model.sigmoid import sigmoid
from digitreader_export.c99.chain import DIGITS
from digitreader_export.c99.errors import NoCFormError
from digitreader_export.c99.template import Words, fill
from digitreader_export.c99.text import INDENT, number_rows, quoted

PICTURE_SIDE = 28
NO_DIGIT = -1


def golden_file(golden: Sequence[Golden], output: TensorForm, rule: AcceptanceRule, words: Words) -> Mapping[str, str]:
    """Give NAME_golden.c by its name.

    Raises:
        NoCFormError: there are no golden glyphs, or their answers are not those of a network of this form.
    """
    _check_answers(golden, output, words["name"])
    filled = {
        **words,
        "count": f"{len(golden)}",
        "shows": "\n".join(f"{INDENT}{quoted(each.shows)}," for each in golden),
        "glyphs": "\n".join(_glyph(each) for each in golden),
        "logits": "\n".join(_row(each.output) for each in golden),
        "digits": "\n".join(number_rows([_digit(each, output, rule) for each in golden], per_row=16, width=2)),
    }
    return {f"{words['c']}_golden.c": fill("golden.c", filled)}


def _check_answers(golden: Sequence[Golden], output: TensorForm, name: str) -> None:
    if not golden:
        raise NoCFormError(f"{name}: has no golden glyphs to test the C with; export the run again")
    limits = np.iinfo(output.dtype)
    for each in golden:
        whole = all(isinstance(number, int) and limits.min <= number <= limits.max for number in each.output)
        if not whole or len(each.output) != DIGITS:
            raise NoCFormError(
                f"{name}: golden glyph {each.shows} is answered by {each.output}, need ten {output.dtype} logits"
            )


def _glyph(golden: Golden) -> str:
    rows = number_rows(golden.glyph_pixels().ravel(), per_row=PICTURE_SIDE, width=3)
    return "\n".join([f"{INDENT}{{", *(INDENT + row for row in rows), f"{INDENT}}},"])


def _row(numbers: Sequence[int | float]) -> str:
    return f"{INDENT}{{" + ", ".join(f"{number:4d}" for number in map(int, numbers)) + "},"


def _digit(golden: Golden, output: TensorForm, rule: AcceptanceRule) -> int:
    verdict = accept(sigmoid(output.to_real(np.array(golden.output))), rule)
    return NO_DIGIT if verdict is None else verdict.digit
