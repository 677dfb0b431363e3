"""How large the C is, and what is said about it."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class CSizes:
    """What was written, in bytes.

    Attributes:
        stem: with which the names of all files begin, and those of all functions.
        data: the constants of the network.
        code: its functions; None where it was not compiled here.
        tflite: the array for TensorFlow Lite Micro.
        golden: how many golden glyphs the self-test has.
        compiler: that measured code and data and whose self-test passed; empty where there is none.
    """

    stem: str
    data: int
    code: int | None
    tflite: int
    golden: int
    compiler: str = ""


def describe_c(sizes: CSizes, out: Path) -> str:
    """Say what was written to `out`, how large it is, and how to try it."""
    stem = sizes.stem
    if sizes.code is None:
        code, tested = "code not measured: no working C compiler (cc, size) here", "not run"
    else:
        code = f"{sizes.code:,} of code ({sizes.compiler})"
        tested = "all pass, compiled and run here"
    files = {
        f"{stem}.c, .h": f"{sizes.data:,} bytes of data, {code}",
        f"{stem}_golden.c": f"self-test of {sizes.golden} golden glyphs: {tested}",
        f"{stem}_tflite.c, .h": f"{sizes.tflite:,} bytes, the .tflite for TensorFlow Lite Micro",
    }
    width = max(map(len, files))
    lines = [f"C99     {out}", *(f"  {file:{width}}  {what}" for file, what in files.items())]
    # with the folder spelt out even where it is the current one, in which no shell looks for programs
    network, program = (shlex.quote(f"{out}/{name}") for name in (stem, f"{stem}_golden"))
    return "\n".join([*lines, f"next    cc -std=c99 {network}.c {program}.c -o {program} && {program}"])
