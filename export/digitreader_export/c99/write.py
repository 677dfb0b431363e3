"""The entries: full-integer .tflite files become a library in C99, whole or not at all."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from digitreader import __version__
from digitreader.host.files import write_all_atomically
from digitreader.model.accept import AcceptanceRule
from digitreader.model.card import Golden
from digitreader.model.glyph.features import FeatureKind
from digitreader.model.tflite.read import read_graph
from digitreader_export.c99.chain import read_network
from digitreader_export.c99.compiling import compile_and_test
from digitreader_export.c99.decision import decision_of
from digitreader_export.c99.errors import NoCFormError
from digitreader_export.c99.golden_source import golden_file
from digitreader_export.c99.library import CSizes, example_files, manifest_files
from digitreader_export.c99.network_source import constant_bytes, network_files
from digitreader_export.c99.normaliser_source import WORK_BYTES, normaliser_files
from digitreader_export.c99.text import Words, fill, identifier
from digitreader_export.c99.tflite_source import tflite_files


@dataclass(frozen=True, slots=True)
class CSource:
    """A model that becomes C.

    Attributes:
        content: a full-integer .tflite, from one glyph to ten int8 or uint8 logits.
        name: the model's name; files and functions begin with it.
        rule: when its answers count as a digit.
        golden: inks with their glyphs and exact answers, of which the self-test is made.
        features: what the network is shown of a glyph.
    """

    content: bytes
    name: str
    rule: AcceptanceRule
    golden: Sequence[Golden]
    features: FeatureKind = "pixels"


def write_c(
    content: bytes,
    name: str,
    rule: AcceptanceRule,
    golden: Sequence[Golden],
    out: Path,
    *,
    features: FeatureKind = "pixels",
) -> CSizes:
    """Write one model as a library; arguments as in `CSource`, errors as in `write_library`."""
    return write_library([CSource(content, name, rule, golden, features)], out)[0]


def write_library(sources: Sequence[CSource], out: Path) -> tuple[CSizes, ...]:
    """Write models as one library of C99 into the folder `out`, which is made if it is missing; all files or none.

    Args:
        sources: the models, at least one.
        out: where library.properties, library.json, README.md, src and examples go.

    Raises:
        NoCFormError: a network that is not full integer, a rule that the C cannot express, or two models of one name.
        ModelFormatError: no .tflite, or a damaged one.
        CSelfTestError: compiled on this machine, the C does not give the golden answers.
        OutputError: the folder cannot be made or written to.
    """
    _check_names([source.name for source in sources])
    common = {f"src/{name}": text for name, text in normaliser_files().items()}
    files, sizes, words = dict(common), [], []
    for source in sources:
        of_model, size, named = _model_files(source, common)
        files.update(of_model)
        sizes.append(size)
        words.append(named)
    files.update(manifest_files(words))
    write_all_atomically({out / file: text.encode() for file, text in files.items()})
    return tuple(sizes)


def _check_names(names: Sequence[str]) -> None:
    stems = [identifier(name) for name in names]
    for name, stem in zip(names, stems, strict=True):
        if stems.count(stem) > 1:
            raise NoCFormError(f"{name}: two models would be called {stem} in C; export them into different folders")


def _model_files(source: CSource, common: Mapping[str, str]) -> tuple[Mapping[str, str], CSizes, Words]:
    file = f"{source.name}.tflite"
    graph = read_graph(source.content, file)
    network = read_network(graph, file)
    stem = identifier(source.name)
    words = {
        "name": re.sub(r"[^A-Za-z0-9_.+-]", "_", source.name),  # it goes into comments, which it must not end
        "c": stem,
        "C": stem.upper(),
        "logit_t": f"{network.output.dtype}_t",
        "version": __version__,
        "work": f"{WORK_BYTES:,}",
        "sha256": hashlib.sha256(source.content).hexdigest(),
    }
    decision = decision_of(source.rule, network.output, file)
    network_c = network_files(network, decision, words, features=source.features)
    golden_c = golden_file(source.golden, network.output, source.rule, words)
    tflite_c = tflite_files(source.content, graph, network.input, words, features=source.features)
    in_src = {**network_c, f"{stem}_read.c": fill("read.c", words)}
    reads = {
        **{f"src/{name}": text for name, text in in_src.items()},
        **{f"examples/{stem}_self_test/{name}": text for name, text in golden_c.items()},
    }
    compiled = compile_and_test({**common, **reads}, stem)
    size = CSizes(
        stem=stem,
        data=compiled.data if compiled else constant_bytes(network),
        code=compiled.code if compiled else None,
        normaliser=compiled.normaliser if compiled else None,
        tflite=len(source.content),
        golden=len(source.golden),
        compiler=compiled.compiler if compiled else "",
    )
    files = {**reads, **{f"src/{name}": text for name, text in tflite_c.items()}, **example_files(source.golden, words)}
    return files, size, words
