"""Writes NAME_golden.c: the golden inks as a program that tests the C wherever it runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from digitreader.model.accept import AcceptanceRule, accept, confidences_of
from digitreader.model.card import Golden
from digitreader.model.checks import sigmoid
from digitreader.model.engine.engine import TensorForm
from digitreader.values import Glyph, Ink
from digitreader_export.c99.chain import DIGITS
from digitreader_export.c99.errors import NoCFormError
from digitreader_export.c99.text import INDENT, Words, array, fill, number_rows, quoted


class Shape(NamedTuple):
    """A bar and a slanting stroke, as a 7 has them.

    Attributes:
        width: of the picture, in pixels.
        height: likewise.
        pen: how thick both strokes are; of the slanting one the half.
        strength: of its ink, 1 to 255.
        checksum: FNV-1a of its glyph, 32 bits.
    """

    width: int
    height: int
    pen: int
    strength: int
    checksum: int


SHAPES = (
    Shape(1, 1, 1, 255, 0x347423E1),
    Shape(1, 9, 1, 255, 0xB7904A65),
    Shape(7, 9, 1, 90, 0xEC8D063E),
    Shape(14, 20, 2, 255, 0xA40478CD),
    Shape(40, 40, 1, 200, 0x467017CF),
    Shape(30, 40, 6, 255, 0x1974F777),
    Shape(80, 40, 5, 255, 0xDC3FD299),
    Shape(80, 80, 3, 255, 0x880F0F10),
    Shape(40, 120, 4, 31, 0x405F3A59),
    Shape(97, 61, 9, 255, 0xB5C4C5D9),
    Shape(60, 150, 1, 255, 0x11D1BF14),
)
"""Smaller than the working size and as large, twice and three times as large, and what divides by nothing."""


def draw_shape(shape: Shape) -> Ink:
    """Draw it, as the C of the self-test does, (height, width) uint8."""
    y, x = np.mgrid[: shape.height, : shape.width]
    away = np.abs((shape.width - 1 - x) * shape.height - y * shape.width)
    return np.where((y < shape.pen) | (away < shape.pen * shape.height), shape.strength, 0).astype(np.uint8)


def checksum_of(glyph: Glyph) -> int:
    """FNV-1a of its pixels."""
    checksum = 2166136261
    for pixel in glyph.tobytes():
        checksum = (checksum ^ pixel) * 16777619 % 2**32
    return checksum


NO_DIGIT = -1


def golden_file(golden: Sequence[Golden], output: TensorForm, rule: AcceptanceRule, words: Words) -> Mapping[str, str]:
    """Give NAME_golden.c by its name.

    Raises:
        NoCFormError: there are no golden inks, or their answers are not those of a network of this form.
    """
    _check_answers(golden, output, words["name"])
    filled = {
        **words,
        "count": f"{len(golden)}",
        "shape_count": f"{len(SHAPES)}",
        "largest_shape": f"{max(shape.width * shape.height for shape in SHAPES)}",
        "shows": "\n".join(f"{INDENT}{quoted(each.shows)}," for each in golden),
        "inks": "\n".join(_pictures(number, each) for number, each in enumerate(golden, 1)),
        "golden": "\n".join(_case(number, each, output, rule) for number, each in enumerate(golden, 1)),
        "shapes": "\n".join(_shape(shape) for shape in SHAPES),
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


def _pictures(number: int, golden: Golden) -> str:
    """Its ink and its glyph as arrays, a row of pixels in each line."""
    pictures = {"ink": golden.ink_pixels(), "glyph": golden.glyph_pixels()}
    return "\n".join(
        array("uint8_t", f"{kind}_{number}", pixels.size, number_rows(pixels.ravel(), per_row=pixels.shape[1], width=3))
        for kind, pixels in pictures.items()
    )


def _case(number: int, golden: Golden, output: TensorForm, rule: AcceptanceRule) -> str:
    """What must become of it: width, height, digit, confidence, logits."""
    height, width = golden.ink_pixels().shape
    activations = sigmoid(output.to_real(np.array(golden.output)))
    verdict, surest = accept(activations, rule), confidences_of(activations, rule).max()
    digit, per_mille = NO_DIGIT if verdict is None else verdict.digit, round(1000 * float(surest))
    logits = ", ".join(f"{answer:4d}" for answer in map(int, golden.output))
    fields = f"{width:3d}, {height:3d}, {digit:2d}, {per_mille:4d}, {{{logits}}}, ink_{number}, glyph_{number}"
    return f"{INDENT}{{{fields}}},"


def _shape(shape: Shape) -> str:
    checksum = f"UINT32_C(0x{shape.checksum:08X})"
    return f"{INDENT}{{{shape.width:3d}, {shape.height:3d}, {shape.pen}, {shape.strength:3d}, {checksum}}},"
