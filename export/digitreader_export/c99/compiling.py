"""Compiles the written C with this machine's compiler: its size, and whether it gives the golden answers."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from digitreader_export.c99.errors import CSelfTestError
from digitreader_export.c99.normaliser_source import STEM as NORMALISER

FLAGS = ("-std=c99", "-Os")
CODE, DATA = (".text",), (".rodata", ".data", ".bss")


@dataclass(frozen=True, slots=True)
class Compiled:
    """What the compiler made of it.

    Attributes:
        compiler: its version, flags and target.
        code: bytes of instructions of the network.
        data: bytes of constants of the network.
        normaliser: bytes of both of the normaliser.
    """

    compiler: str
    code: int
    data: int
    normaliser: int


def compile_and_test(files: Mapping[str, str], stem: str) -> Compiled | None:
    """Compile a model and the normaliser, measure them, and run the model's self-test.

    Args:
        files: the C of both by its path in the library.
        stem: of the model.

    Returns:
        what was measured; None if this machine has no compiler that can make and run a program.

    Raises:
        CSelfTestError: the program ran and a golden glyph failed.
    """
    compiler, size = shutil.which("cc") or shutil.which("gcc"), shutil.which("size")
    if compiler is None or size is None:
        return None
    try:
        with tempfile.TemporaryDirectory() as folder:
            return _compile_and_test(Path(folder), files, stem, compiler, size)
    except (subprocess.CalledProcessError, OSError, ValueError):
        # a compiler without its headers, a `size` of another kind, a folder that is full or from which nothing may run
        return None


def _compile_and_test(folder: Path, files: Mapping[str, str], stem: str, compiler: str, size: str) -> Compiled:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    sources = [name for name in files if name.endswith(".c")]
    _run(folder, compiler, *FLAGS, "-Isrc", "-c", *sources)
    network = _sections(_run(folder, size, "-A", "-d", f"{stem}.o"))
    normaliser = _sections(_run(folder, size, "-A", "-d", f"{NORMALISER}.o"))
    _run(folder, compiler, *(f"{Path(name).stem}.o" for name in sources), "-o", "self-test", "-lm")
    _self_test(folder / "self-test")
    version = _run(folder, compiler, "-dumpfullversion", "-dumpversion").strip()
    target = _run(folder, compiler, "-dumpmachine").strip()
    named = f"{Path(compiler).name} {version} {FLAGS[-1]}, {target}"
    both = _total(normaliser, CODE) + _total(normaliser, DATA)
    return Compiled(named, code=_total(network, CODE), data=_total(network, DATA), normaliser=both)


def _run(folder: Path, *command: str) -> str:
    ran = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True)  # noqa: S603
    return ran.stdout


def _self_test(program: Path) -> None:
    ran = subprocess.run([program], capture_output=True, text=True, check=False)  # noqa: S603
    if ran.returncode:
        last = (ran.stdout.strip().splitlines() or [f"exit status {ran.returncode}"])[-1]
        raise CSelfTestError(
            f"{program.name}: {last} when compiled here, so nothing is written; report this with the model"
        )


def _sections(listing: str) -> Mapping[str, int]:
    """Read what ``size -A -d`` prints: a section, its bytes and its address in each line."""
    rows = (line.split() for line in listing.splitlines())
    return {row[0]: int(row[1]) for row in rows if len(row) == 3 and row[0].startswith(".")}


def _total(sections: Mapping[str, int], kinds: tuple[str, ...]) -> int:
    total = sum(size for name, size in sections.items() if name.startswith(kinds))
    if not total:
        raise ValueError(f"no {' or '.join(kinds)} among {', '.join(sections)}")
    return total
