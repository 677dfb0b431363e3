"""Writes NAME_golden.c: the golden inks as a program that tests the C wherever it runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from digitreader.model.accept import AcceptanceRule, accept, confidences_of
from digitreader.model.card import Golden
from digitreader.model.checks import sigmoid
from digitreader.model.engine.engine import TensorForm
from digitreader_export.c99.chain import DIGITS
from digitreader_export.c99.errors import NoCFormError
from digitreader_export.c99.golden_shapes import SHAPES, Shape
from digitreader_export.c99.template import Words, fill
from digitreader_export.c99.text import INDENT, array, number_rows, quoted

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
