"""Fuzzing that is guided by which branches an input takes: `make fuzz`, or python -m tests.fuzz.guided --seconds 600.

An input that ends in anything but one line of ours, takes longer than 10 seconds or more than 400 MB is written to
out/fuzz/, and the run ends with a status that is not 0. Needs atheris, which has wheels for Linux on x86-64.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["digitreader"]):
    from digitreader.errors import DigitReaderError

    from .inputs import KINDS

CORPUS = Path(__file__).parent / "corpus"
"""In a folder for each kind: inputs that take branches which the good one does not."""

HANG_S, MOST_MB, MOST_INPUT_BYTES = 10, 400, 40_000


def main() -> int:
    """Fuzz one kind of input, or all of them, each input's first byte choosing its kind; the status to exit with."""
    asked = _arguments()
    if asked.work is not None:
        fuzz(asked)
    with tempfile.TemporaryDirectory() as work:
        # libFuzzer ends its process, so that nothing would be cleaned up behind it
        command = [sys.executable, "-m", "tests.fuzz.guided", *sys.argv[1:], "--work", work]
        return subprocess.run(command, check=False).returncode


def fuzz(asked: argparse.Namespace) -> None:
    """Fuzz in this process, which ends with it."""
    names = sorted(KINDS) if asked.kind is None else [asked.kind]
    found = asked.work / "inputs"
    for folder in (asked.to, found):
        folder.mkdir(parents=True, exist_ok=True)
    for place, name in enumerate(names):
        for number, data in enumerate(seeds(name)):
            (found / f"{name}-{number}").write_bytes(bytes([place]) + data)
    options = [f"-max_total_time={asked.seconds}", f"-timeout={HANG_S}", f"-rss_limit_mb={MOST_MB}", "-verbosity=0"]
    options += [f"-max_len={MOST_INPUT_BYTES}", f"-artifact_prefix={asked.to}/", "-seed=1"]
    atheris.Setup([sys.argv[0], *options, str(found)], _target(names, asked.work))
    atheris.Fuzz()


def seeds(name: str) -> list[bytes]:
    """What a kind's runs begin with: a good input, and those that were kept."""
    kept = sorted((CORPUS / name.strip(".")).glob("*"))
    return [KINDS[name][0](), *(path.read_bytes() for path in kept)]


def _target(names: list[str], folder: Path) -> Callable[[bytes], None]:
    def attempt(data: bytes) -> None:
        if not data:
            return
        read = KINDS[names[data[0] % len(names)]][1]
        try:
            with contextlib.redirect_stderr(io.StringIO()):
                read(data[1:], folder)
        except DigitReaderError as error:
            if "\n" in str(error):
                raise AssertionError(f"more than one line: {error}") from error

    return attempt


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kind", choices=sorted(KINDS), help="one kind of input; default: all")
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--to", type=Path, default=Path("out/fuzz"), help="where inputs go that are not borne")
    parser.add_argument("--work", type=Path, help="where inputs stay that take new branches; default: nowhere")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
