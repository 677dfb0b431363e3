"""What the installed product answers on the machine that runs this, as one JSON object for `check` to compare.

Its arguments are a folder that `check` has filled, and `--demo` to read the demo camera too. In the folder are:
    both: pictures that both engines read, and `litert`, larger ones that LiteRT alone reads.
    inks.npz: (h, w) uint8 each, and `glyphs.npy`, (N, 28, 28) uint8, what they became where `check` runs.
    canvases.npy: (N, H, W, 3) uint8, what the finder's network is shown.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib.util
import io
import json
import platform
import sys
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from digitreader.cli.main import main as digitreader
from digitreader.model.glyph.features import features_of
from digitreader.model.glyph.normalise import normalise_glyphs
from digitreader.model.load import load_finder, load_model

ENGINES = ("litert", "numpy")
READERS, FINDER = ("tiny", "small", "accurate"), "finder"
DEMO = ("demo", "--frames", "56", "--region", "80,245,300,160")
"""The demo camera until its first number is announced, and the part of its picture with that number's second line."""


def main() -> None:
    """Print the answers."""
    folder = Path(sys.argv[1])
    with np.load(folder / "inks.npz") as inks:
        made = normalise_glyphs([inks[name] for name in inks.files])
    glyphs = np.load(folder / "glyphs.npy")
    print(
        json.dumps(
            {
                "machine": platform.machine(),
                "python": platform.python_version(),
                "installed": {each.name: each.version for each in metadata.distributions()},
                "receipts": receipts(),
                "glyphs_off_by": np.abs(made.astype(int) - glyphs).max(axis=(1, 2)).tolist(),
                "integers": integers(glyphs, np.load(folder / "canvases.npy")),
                "pages": pages(folder),
                "demo": said("read", *DEMO, "--no-config").split() if "--demo" in sys.argv else [],
                "tensorflow": importlib.util.find_spec("tensorflow") is not None or "tensorflow" in sys.modules,
            }
        )
    )


def said(*arguments: str) -> str:
    """What the command prints, whatever its exit status."""
    with contextlib.redirect_stdout(io.StringIO()) as stdout:
        digitreader(arguments)
    return stdout.getvalue()


def receipts() -> dict[str, dict[str, str]]:
    """`verify` of each shipped network with each engine: what came of each link."""
    told = {}
    for name in (*READERS, FINDER):
        for engine in ENGINES:
            receipt = json.loads(said("verify", name, "--engine", engine, "--format", "json"))
            told[f"{name} {engine}"] = {link: check["state"] for link, check in receipt["checks"].items()}
    return told


def integers(glyphs: npt.NDArray[np.uint8], canvases: npt.NDArray[np.uint8]) -> dict[str, list[str]]:
    """The raw outputs of each network with each engine, one digest for each thing shown."""
    told = {}
    for engine in ENGINES:
        for name in READERS:
            model = load_model(name, engine)  # type: ignore[arg-type]
            rows = model.engine.integers(features_of(glyphs, model.facts.features))
            told[f"{name} {engine}"] = [digest(row) for row in rows]
        finder = load_finder(FINDER, engine)  # type: ignore[arg-type]
        told[f"{FINDER} {engine}"] = [digest(*finder.integers(canvas)) for canvas in canvases]
    return told


def pages(folder: Path) -> dict[str, Any]:
    """What is read in each picture with each engine: the lines, each digit with its box and confidence."""
    told: dict[str, Any] = {}
    for engine, pictures in {"litert": ("both", "litert"), "numpy": ("both",)}.items():
        for kind in pictures:
            printed = said("read", str(folder / kind), "--engine", engine, "--format", "jsonl", "--no-config")
            for page in map(json.loads, printed.splitlines()):
                told[f"{Path(page['source']).name} {engine}"] = page["lines"]
    return told


def digest(*arrays: npt.NDArray[Any]) -> str:
    """A short name for the numbers of arrays."""
    return hashlib.sha256(b"".join(each.tobytes() for each in arrays)).hexdigest()[:16]


if __name__ == "__main__":
    main()
