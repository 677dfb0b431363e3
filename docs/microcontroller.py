# ruff: noqa: INP001  a script, no package
"""Measure flash, RAM and stack of the shipped models on a Cortex-M4: `python docs/microcontroller.py` prints the table.

It needs Debian's gcc-arm-none-eabi, libnewlib-arm-none-eabi and binutils-arm-none-eabi.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

from digitreader.cli.export_c import source_of
from digitreader_export.c99 import write_library
from digitreader_export.c99.library import source_files

GCC, SIZE = "arm-none-eabi-gcc", "arm-none-eabi-size"
MODELS = ("tiny", "small", "accurate")
CPU = ("-mcpu=cortex-m4", "-mthumb", "-mfloat-abi=hard", "-mfpu=fpv4-sp-d16")
FLAGS = (*CPU, "-std=c99", "-Os", "-ffunction-sections", "-fdata-sections", "-fstack-usage")
LINK = ("--specs=nano.specs", "--specs=nosys.specs", "-Wl,--gc-sections", "-lm")

EMPTY = "int main(void) { return 0; }\n"
READING = """\
#include "{stem}.h"

static struct digitreader_work work;
const uint8_t *volatile ink;
volatile uint16_t side;
volatile int digit;
uint16_t per_mille;

int main(void)
{{
    digit = {stem}_read(&work, ink, side, side, side, &per_mille);
    return 0;
}}
"""


class Sizes(NamedTuple):
    """Bytes that a program takes more than an empty one.

    Attributes:
        flash: code and constants.
        ram: variables, the work of the normalisation included.
        stack: of all functions together, which is more than they ever take at once.
    """

    flash: int
    ram: int
    stack: int


def measure(model: str) -> Sizes:
    """Compile and link a program that reads with a shipped model."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (written,) = write_library([source_of(model)], folder)
        empty = _linked(folder, EMPTY, ())
        reading = _linked(folder, READING.format(stem=written.stem), source_files(written.stem))
        used = [line.split("\t") for path in folder.glob("reading-*.su") for line in path.read_text().splitlines()]
    stack = sum(int(size) for place, size, _ in used if not place.startswith("main.c"))
    return Sizes(*(more - less for more, less in zip(reading, empty, strict=True)), stack)


def compiler() -> str:
    """The compiler and its version."""
    version = subprocess.run([GCC, "-dumpfullversion"], capture_output=True, text=True, check=True)  # noqa: S603
    return f"{GCC} {version.stdout.strip()}"


def row(model: str, sizes: Sizes) -> str:
    """A row of the table."""
    return f"| `{model}` | {sizes.flash:,} | {sizes.ram:,} | {sizes.stack:,} |"


def _linked(folder: Path, program: str, sources: tuple[str, ...]) -> tuple[int, int]:
    """Flash and RAM of a program, as ``arm-none-eabi-size`` gives them."""
    (folder / "main.c").write_text(program)
    command = [GCC, *FLAGS, "-Isrc", "main.c", *sources, *LINK, "-o", "reading"]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)  # noqa: S603
    listed = subprocess.run([SIZE, "reading"], cwd=folder, capture_output=True, text=True, check=True)  # noqa: S603
    text, data, bss = map(int, listed.stdout.splitlines()[1].split()[:3])
    return text + data, data + bss


if __name__ == "__main__":
    sys.stdout.write(f"{compiler()} {' '.join(FLAGS)}\n\n")
    sys.stdout.write("".join(row(model, measure(model)) + "\n" for model in MODELS))
