"""Writes what makes the C a library: manifests, examples, README; and says how large the C is."""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from digitreader import __version__
from digitreader.model.card import Golden
from digitreader_export.c99.normaliser_source import STEM, WORK_BYTES
from digitreader_export.c99.normaliser_source import STEM as NORMALISER
from digitreader_export.c99.text import Words, fill, number_rows

EXAMPLE = "7"
"""What the example reads, where the model has it among its golden inks."""


def manifest_files(models: Sequence[Words]) -> Mapping[str, str]:
    """Give library.properties, library.json and README.md by their names.

    Args:
        models: the words of each model.
    """
    stems = [words["c"] for words in models]
    filled = {
        **models[0],
        "library": "digitreader" if len(models) > 1 else f"digitreader-{models[0]['c'].replace('_', '-')}",
        "version": __version__,
        "names": ", ".join(words["name"] for words in models),
        "includes": ",".join(f"{stem}.h" for stem in stems),
        "work": f"{WORK_BYTES:,}",
        "self_tests": "\n".join(self_test_command(stem, ".") for stem in stems),
    }
    return {
        "library.properties": fill("library.properties", filled),
        "library.json": json.dumps(_platformio(filled, stems), indent=2) + "\n",
        "README.md": fill("library_readme.md", filled),
    }


def example_files(golden: Sequence[Golden], words: Words) -> Mapping[str, str]:
    """Give the two sketches of a model by their paths in the library.

    Args:
        golden: its golden inks, at least one.
        words: of the model.
    """
    read = next((each for each in golden if each.shows == EXAMPLE), golden[0])
    ink = read.ink_pixels()
    rows = number_rows(ink.ravel(), per_row=ink.shape[1], width=3)
    size = {"height": f"{ink.shape[0]}", "width": f"{ink.shape[1]}"}
    shows = read.shows if read.shows.isalnum() else "mark"  # it goes into a comment, which it must not end
    filled = {**words, **size, "ink": "\n".join(rows), "shows": shows}
    c = words["c"]
    return {
        f"examples/{c}_reads/{c}_reads.ino": fill("reads.ino", filled),
        f"examples/{c}_self_test/{c}_self_test.ino": fill("self_test.ino", words),
    }


def source_files(stem: str) -> tuple[str, ...]:
    """What is compiled to read with a model, by its path in the library."""
    return f"src/{STEM}.c", f"src/{stem}.c", f"src/{stem}_read.c"


def self_test_command(stem: str, folder: str) -> str:
    """How the self-test of a model is compiled and run on the host, from this folder of the library on."""
    sources = [*source_files(stem), f"examples/{stem}_self_test/{stem}_golden.c"]
    program = f"{folder}/{stem}_golden"
    named = " ".join(f"{folder}/{source}" for source in sources)
    return f"cc -std=c99 -I{folder}/src {named} -lm -o {program} && {program}"


def _platformio(filled: Words, stems: Sequence[str]) -> Mapping[str, object]:
    examples = [f"{stem}_{kind}" for stem in stems for kind in ("reads", "self_test")]
    return {
        "name": filled["library"],
        "version": filled["version"],
        "description": f"Reads one handwritten digit from its ink, on the board: {filled['names']}.",
        "keywords": ["digits", "handwriting", "neural network", "tinyml"],
        "authors": [{"name": "The digitreader authors"}],
        "license": "MIT",
        "frameworks": "*",
        "platforms": "*",
        "headers": filled["includes"].split(","),
        "build": {"srcDir": "src", "includeDir": "src"},
        "examples": [{"name": name, "base": f"examples/{name}", "files": [f"{name}.ino"]} for name in examples],
    }


@dataclass(frozen=True, slots=True)
class CSizes:
    """What was written, in bytes.

    Attributes:
        stem: with which the names of all files begin, and those of all functions.
        data: the constants of the network.
        code: its functions; None if it was not compiled here.
        normaliser: both of the normaliser; likewise.
        tflite: the array for TensorFlow Lite Micro.
        golden: how many golden inks the self-test has.
        compiler: that measured code and data and whose self-test passed; empty if there is none.
    """

    stem: str
    data: int
    code: int | None
    normaliser: int | None
    tflite: int
    golden: int
    compiler: str = ""


def describe_c(library: Sequence[CSizes], out: Path) -> str:
    """Say what was written to `out`, how large it is, and how to try it."""
    files = {key: what for sizes in library for key, what in _files(sizes).items()}
    width = max(map(len, files))
    lines = [f"C99     {out}", *(f"  {file:{width}}  {what}" for file, what in files.items())]
    # with the folder spelt out even where it is the current one, in which no shell looks for programs
    folder, stem = shlex.quote(str(out)), library[0].stem
    return "\n".join([*lines, f"next    {self_test_command(stem, folder)}"])


def _files(sizes: CSizes) -> Mapping[str, str]:
    stem = sizes.stem
    if sizes.code is None:
        code = normaliser = "not measured: no working C compiler (cc, size) here"
        code, tested = f"code {code}", "not run"
    else:
        code, tested = f"{sizes.code:,} of code ({sizes.compiler})", "all pass, compiled and run here"
        normaliser = f"{sizes.normaliser:,} bytes, and {WORK_BYTES:,} of RAM while it works"
    return {
        f"src/{NORMALISER}.c, .h": normaliser,
        f"src/{stem}.c, .h": f"{sizes.data:,} bytes of data, {code}",
        f"src/{stem}_tflite.c, .h": f"{sizes.tflite:,} bytes, the .tflite for TensorFlow Lite Micro",
        f"examples/{stem}_reads": "reads a digit, for Arduino and PlatformIO",
        f"examples/{stem}_self_test": f"self-test of {sizes.golden} golden inks: {tested}",
    }
