"""Opens damaged models in a process of its own, which a crash of LiteRT may end: python -m tests.fuzz.models."""

from __future__ import annotations

import argparse
import random
import sys
import warnings
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

import numpy as np

from digitreader.errors import DigitReaderError
from digitreader.model.card import SEAL, SEAL_BYTES, seal_of
from digitreader.model.engine import EngineName, make_engine
from digitreader.model.engine.choice import make_map_engine
from digitreader.model.load import load_model
from digitreader.model.own.engine import open_network
from digitreader.model.tflite.metadata import find_metadata
from digitreader.model.tflite.read import read_graph

ODD = tuple(bytes.fromhex(odd) for odd in ("0000c07f", "0000807f", "ffffff7f", "ffffffff", "00000000"))
"""Not a number, infinity, the largest number, -1 and 0, as a file has them."""

Open = Callable[[bytes, Path], object]


def open_sealed(content: bytes, path: Path) -> None:
    """A lone model of digitreader's own kind, whose seal fits whatever was changed in it, with both engines."""
    sealed = bytearray(content)
    with suppress(DigitReaderError):
        place = find_metadata(content, "a").get(SEAL)
        if place is not None and place.stop - place.start == SEAL_BYTES:
            sealed[place] = seal_of(content, place.start)
    path.write_bytes(sealed)
    _with_both(lambda engine: load_model(str(path), engine))
    glyphs = np.zeros((3, 28, 28), np.uint8)
    _with_both(lambda engine: make_engine(bytes(sealed), "a", engine).logits(glyphs))


def open_finder(content: bytes, path: Path) -> None:
    """A model that finds digits."""
    path.write_bytes(content)
    picture = np.zeros((64, 96, 3), np.uint8)
    make_map_engine(content, "a", "litert").maps(picture)


def open_own(content: bytes, path: Path) -> None:
    """A model of another maker."""
    path.write_bytes(content)
    network = open_network(content, "a", "litert")
    network.run(np.zeros((3, 784), network.form.input.dtype))


OPENERS: dict[str, Open] = {"sealed": open_sealed, "finder": open_finder, "own": open_own}


def damaged(content: bytes, places: Sequence[int], rng: random.Random) -> bytes:
    """The model with one or two changes; mostly it is still a .tflite.

    Args:
        content: the good model.
        places: where its scales and zero points lie, which half of the changes concern.
        rng: makes the choices.
    """
    changed = bytearray(content)
    for _ in range(rng.choice((1, 1, 2))):
        at = rng.choice(places) if places and rng.random() < 0.5 else _structural_place(content, rng)
        odd = rng.choice(ODD) if rng.random() < 0.5 else bytes([rng.choice((0, 1, 0x7F, 0x80, 0xFF))])
        changed[at : at + len(odd)] = odd
    return bytes(changed[: len(content)])


def places_of_scales(content: bytes) -> list[int]:
    """The first byte of each tensor's first scale and of its first zero point."""
    tensors = read_graph(content, "a").tensors
    vectors = [vector for tensor in tensors if len(tensor.scales) for vector in (tensor.scales, tensor.zero_points)]
    return [at for vector in vectors if (at := content.find(vector.tobytes())) > 0]


def _structural_place(content: bytes, rng: random.Random) -> int:
    """A place with zeros around it: weights have few, and all other parts of the file have many."""
    while content[(at := rng.randrange(4, len(content))) - 4 : at + 4].count(0) < 3:
        pass
    return at


def _with_both(step: Callable[[EngineName], object]) -> None:
    engines: tuple[EngineName, ...] = ("litert", "numpy")
    for engine in engines:
        with suppress(DigitReaderError):
            step(engine)


def main() -> int:
    """Open as many damaged models as asked for; the last one stays in its file, for whoever wants to know why."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kind", choices=OPENERS)
    parser.add_argument("model", type=Path)
    parser.add_argument("--rounds", type=int, required=True)
    parser.add_argument("--to", type=Path, required=True, help="the file for the damaged model")
    asked = parser.parse_args()
    content, rng = asked.model.read_bytes(), random.Random(asked.model.name)
    places = places_of_scales(content)
    warnings.simplefilter("error")
    for _ in range(asked.rounds):
        with suppress(DigitReaderError):
            OPENERS[asked.kind](damaged(content, places, rng), asked.to)
    return 0


if __name__ == "__main__":
    sys.exit(main())
