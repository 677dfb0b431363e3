"""What the C shows its network of a glyph: the pixels as they are, or features that it works out first."""

from __future__ import annotations

from digitreader.model.glyph.features import DIVISOR, HALF_ROOT_OF_2, FeatureKind
from digitreader_export.c99.template import Words, fill
from digitreader_export.c99.text import INDENT

STACK = 784 + 4 * 8 * 7
"""Bytes of the features, and of the sums from which a row of them is made."""

SAYS = """ * WHAT THE NETWORK IS SHOWN
 * Not the pixels but eight maps of how the strokes run, which ${c}_logits works out itself. Only who runs the .tflite
 * elsewhere, in TensorFlow Lite Micro, calls ${c}_features, and gives the network what comes out.
 *
"""

DECLARES = """/* What the network is shown of a glyph; for a network that runs elsewhere, ${c}_logits needs no help. */
void ${c}_features(const uint8_t glyph[${C}_PIXELS], uint8_t features[${C}_PIXELS]);

"""


def showing(features: FeatureKind, words: Words) -> Words:
    """The words of the templates that have to do with it."""
    if features == "pixels":
        return dict.fromkeys(("shown", "declares_features", "show", "show_call"), "")
    numbers = {
        "half_root": f"{HALF_ROOT_OF_2[0]}",
        "half_root_of": f"{1 << HALF_ROOT_OF_2[1]}",
        "divisor": f"{DIVISOR}",
    }
    return {
        "shown": _named(SAYS, words),
        "declares_features": _named(DECLARES, words),
        "show": fill("directions.c", {**words, **numbers}),
        "show_call": f"{INDENT}{words['c']}_features(glyph, features);\n",
    }


def _named(text: str, words: Words) -> str:
    return text.replace("${c}", words["c"]).replace("${C}", words["C"])
