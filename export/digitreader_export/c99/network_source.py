"""Writes NAME.h and NAME.c: the constants of a network, and the integer code that runs it."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise

import numpy as np

from digitreader.model.glyph.features import DIVISOR, HALF_ROOT_OF_2, FeatureKind
from digitreader.model.glyph.normalise import NORMALISATION
from digitreader_export.c99.chain import PIXELS, Network
from digitreader_export.c99.decision import Decision
from digitreader_export.c99.layers import BYTE_OFFSET, SUM_LIMIT, DenseLayer
from digitreader_export.c99.text import INDENT, Words, array, fill, float_rows, number_rows

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


PICTURE_SIDE = 28
NUMBERS_PER_ROW = 16

STRUCT = """struct layer {
    const int8_t *weights;  /* of the first neuron, then of the second ... */
    const int32_t *biases;  /* one for each neuron */
    const uint32_t *scales; /* likewise, the bits of a float32 */
%s    uint16_t inputs;
    uint16_t neurons;
    uint8_t zero;  /* the byte that stands for 0 */
    uint8_t least; /* the smallest that comes out; zero with a relu */
};
"""
STRUCT_TABLE = "    const uint8_t *table;   /* the sigmoid of each byte, or 0 for none */\n"

ACTIVATE = """        if (layer->table) {
            outputs[neuron] = layer->table[outputs[neuron]];
        }
"""


def network_files(network: Network, decision: Decision, words: Words, *, features: FeatureKind) -> Mapping[str, str]:
    """Give NAME.h and NAME.c by their names."""
    sigmoid = any(layer.table is not None for layer in network.layers)
    signed = network.output.dtype == "int8"
    filled = {
        **words,
        "normalisation": NORMALISATION,
        **showing(features, words),
        "layers": "-".join(str(size) for size in (PIXELS, *(layer.neurons for layer in network.layers))),
        "stack": f"{_stack_bytes(network, features)}",
        "output_zero": f"{-network.output.zero_point:+d}".replace("+", "+ ").replace("-", "- "),
        "output_scale": f"{network.output.scale:.9g}",
        "threshold": f"{float(decision.threshold):.6g}",
        "threshold_numerator": f"{decision.threshold.numerator}",
        "threshold_denominator": f"{decision.threshold.denominator}",
        "none": f"{float(decision.none):.6g}",
        "none_bits": f"0x{int(decision.none.view(np.uint32)):08X}",
        "largest_sum": f"{max(layer.largest_sum() for layer in network.layers):,}",
        "sum_limit": f"{SUM_LIMIT:,}",
        "constants": _constants(network, decision, sigmoid=sigmoid),
        "activate": ACTIVATE if sigmoid else "",
        "buffers": _buffers(network, features),
        "calls": _calls(network, features),
        "logit_of_byte": f"(int8_t)(bytes[i] - {BYTE_OFFSET})" if signed else "bytes[i]",
        "logit_index": f"logits[i] + {BYTE_OFFSET}" if signed else "logits[i]",
        "logit_index0": f"logits[0] + {BYTE_OFFSET}" if signed else "logits[0]",
    }
    c = words["c"]
    return {f"{c}.h": fill("network.h", filled), f"{c}.c": fill("network.c", filled)}


def constant_bytes(network: Network) -> int:
    """How many bytes the arrays of NAME.c take, on any machine."""
    return 4 * 256 + sum(
        layer.weights.size + 8 * layer.neurons + (0 if layer.table is None else 256) for layer in network.layers
    )


def _constants(network: Network, decision: Decision, *, sigmoid: bool) -> str:
    parts = [_arrays(number, layer) for number, layer in enumerate(network.layers, 1)]
    parts.append(STRUCT % (STRUCT_TABLE if sigmoid else ""))
    parts += [_struct(number, layer, sigmoid=sigmoid) for number, layer in enumerate(network.layers, 1)]
    about = (
        "/*\n * What each logit adds to the sum of the odds, from the smallest logit to the largest:\n"
        " * (a / (1 - a)) ^ (1 / temperature), where a is its sigmoid.\n */\n"
    )
    parts.append(about + array("uint32_t", "odds_of_logit", 256, float_rows(decision.odds, per_row=8)))
    return "\n".join(parts)


def _arrays(number: int, layer: DenseLayer) -> str:
    count = f"{layer.neurons} * {layer.inputs}"
    parts = [
        f"/* layer {number}: {layer.inputs} values to {layer.neurons} neurons */\n",
        array("int8_t", f"weights_{number}", count, _weight_rows(layer)),
        array("int32_t", f"biases_{number}", layer.neurons, number_rows(layer.biases, per_row=8, width=9)),
        array(
            "uint32_t",
            f"scales_{number}",
            layer.neurons,
            float_rows(layer.scales, per_row=8 if np.ptp(layer.scales) == 0 else 1),
        ),
    ]
    if layer.table is not None:
        rows = number_rows(layer.table, per_row=NUMBERS_PER_ROW, width=4)
        parts.append(array("uint8_t", f"sigmoid_{number}", 256, rows))
    return "\n".join(parts).replace("*/\n\n", "*/\n", 1)


def _weight_rows(layer: DenseLayer) -> list[str]:
    # pixels lie as in the picture, so that a neuron's weights can be looked at as one
    per_row = PICTURE_SIDE if layer.inputs == PIXELS else NUMBERS_PER_ROW
    rows = []
    for neuron, weights in enumerate(layer.weights):
        rows += [f"{INDENT}/* neuron {neuron} */", *number_rows(weights, per_row=per_row, width=4)]
    return rows


def _struct(number: int, layer: DenseLayer, *, sigmoid: bool) -> str:
    pointers = {name: f"{name}_{number}" for name in ("weights", "biases", "scales")}
    if sigmoid:
        pointers["table"] = "0" if layer.table is None else f"sigmoid_{number}"
    numbers = {name: getattr(layer, name) for name in ("inputs", "neurons", "zero", "least")}
    rows = (", ".join(f".{name} = {value}" for name, value in fields.items()) for fields in (pointers, numbers))
    body = "".join(f"{INDENT}{row},\n" for row in rows)
    return f"static const struct layer layer_{number} = {{\n{body}}};\n"


def _stack_bytes(network: Network, features: FeatureKind) -> int:
    layers = sum(layer.neurons for layer in network.layers) + network.layers[-1].neurons
    return layers + (STACK if features != "pixels" else 0)


def _buffers(network: Network, features: FeatureKind) -> str:
    shown = [f"uint8_t features[{PIXELS}];"] if features != "pixels" else []
    hidden = [f"uint8_t hidden_{number}[{layer.neurons}];" for number, layer in enumerate(network.layers[:-1], 1)]
    return "\n".join(
        INDENT + line for line in (*shown, *hidden, f"uint8_t bytes[{network.layers[-1].neurons}];", "int i;\n")
    )


def _calls(network: Network, features: FeatureKind) -> str:
    first = "glyph" if features == "pixels" else "features"
    names = [first, *(f"hidden_{number}" for number in range(1, len(network.layers))), "bytes"]
    pairs = enumerate(pairwise(names), 1)
    return "\n".join(f"{INDENT}run_layer(&layer_{number}, {given}, {gives});" for number, (given, gives) in pairs)
