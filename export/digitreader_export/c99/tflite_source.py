"""Writes NAME_tflite.h and NAME_tflite.c: the .tflite as an array, for TensorFlow Lite Micro."""

from __future__ import annotations

from collections.abc import Mapping

from digitreader.model.engine.engine import TensorForm
from digitreader.model.glyph.features import FeatureKind
from digitreader.model.tflite.graph import Graph
from digitreader_export.c99.text import INDENT, Words, fill

BYTES_PER_ROW = 16
GIVEN = {"pixels": "pixels", "directions": "features"}
RANGE = {"uint8": "0 to 255", "int8": "-128 to 127"}


def tflite_files(
    content: bytes, graph: Graph, pixels: TensorForm, words: Words, *, features: FeatureKind
) -> Mapping[str, str]:
    """Give NAME_tflite.h and NAME_tflite.c by their names."""
    kinds = dict.fromkeys(operator.kind for operator in graph.operators)
    filled = {
        **words,
        "size": f"{len(content)}",
        "bytes": _hexadecimal(content),
        "operator_count": f"{len(kinds)}",
        "adds": "\n".join(f" *     resolver.Add{kind.title().replace('_', '')}();" for kind in kinds),
        "pixels": f"{pixels.dtype} {GIVEN[features]} (1, 28, 28), {RANGE[pixels.dtype]},",
    }
    c = words["c"]
    return {f"{c}_tflite.{kind}": fill(f"tflite.{kind}", filled) for kind in ("h", "c")}


def _hexadecimal(content: bytes) -> str:
    rows = (content[first : first + BYTES_PER_ROW] for first in range(0, len(content), BYTES_PER_ROW))
    return "\n".join(INDENT + " ".join(f"0x{byte:02x}," for byte in row) for row in rows)
