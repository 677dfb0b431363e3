"""The one entry: a full-integer .tflite becomes C99, whole or not at all."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from pathlib import Path

from digitreader import __version__
from digitreader.accept import AcceptanceRule
from digitreader.features import FeatureKind
from digitreader.files import write_together
from digitreader.model.golden import Golden
from digitreader.tflite.read import read_graph
from digitreader_export.c99.chain import read_network
from digitreader_export.c99.compiling import compile_and_test
from digitreader_export.c99.decision import decision_of
from digitreader_export.c99.golden_source import golden_file
from digitreader_export.c99.network_source import constant_bytes, network_files
from digitreader_export.c99.sizes import CSizes
from digitreader_export.c99.text import identifier
from digitreader_export.c99.tflite_source import tflite_files


def write_c(
    content: bytes,
    name: str,
    rule: AcceptanceRule,
    golden: Sequence[Golden],
    out: Path,
    *,
    features: FeatureKind = "pixels",
) -> CSizes:
    """Write a network as C99 into the folder `out`, which is made where it is missing; five files or none.

    Args:
        content: a full-integer .tflite, from one glyph to ten int8 or uint8 logits.
        name: the model's name; files and functions begin with it.
        rule: when its answers count as a digit.
        golden: glyphs with their exact answers, of which the self-test is made.
        features: what the network is shown of a glyph.
        out: where NAME.h, NAME.c, NAME_tflite.h, NAME_tflite.c and NAME_golden.c go.

    Raises:
        NoCFormError: a network that is not full integer, or a rule that the C cannot express.
        ModelFormatError: no .tflite, or a damaged one.
        CSelfTestError: compiled on this machine, the C does not give the golden answers.
        OutputError: the folder cannot be made or written to.
    """
    source = f"{name}.tflite"
    graph = read_graph(content, source)
    network = read_network(graph, source)
    stem = identifier(name)
    words = {
        "name": re.sub(r"[^A-Za-z0-9_.+-]", "_", name),  # it goes into comments, which it must not end
        "c": stem,
        "C": stem.upper(),
        "logit_t": f"{network.output.dtype}_t",
        "version": __version__,
        "sha256": hashlib.sha256(content).hexdigest(),
    }
    network_c = network_files(network, decision_of(rule, network.output, source), words, features=features)
    golden_c = golden_file(golden, network.output, rule, words)
    compiled = compile_and_test({**network_c, **golden_c}, stem)
    files = {**network_c, **golden_c, **tflite_files(content, graph, network.input, words, features=features)}
    write_together({out / file: text.encode() for file, text in files.items()})
    return CSizes(
        stem=stem,
        data=compiled.data if compiled else constant_bytes(network),
        code=compiled.code if compiled else None,
        tflite=len(content),
        golden=len(golden),
        compiler=compiled.compiler if compiled else "",
    )
