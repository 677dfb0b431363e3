"""How large the C is, and what is said about it."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from digitreader_export.c99.library import self_test_command
from digitreader_export.c99.normaliser_source import STEM as NORMALISER
from digitreader_export.c99.normaliser_source import WORK_BYTES


@dataclass(frozen=True, slots=True)
class CSizes:
    """What was written, in bytes.

    Attributes:
        stem: with which the names of all files begin, and those of all functions.
        data: the constants of the network.
        code: its functions; None where it was not compiled here.
        normaliser: both of the normaliser; likewise.
        tflite: the array for TensorFlow Lite Micro.
        golden: how many golden inks the self-test has.
        compiler: that measured code and data and whose self-test passed; empty where there is none.
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
