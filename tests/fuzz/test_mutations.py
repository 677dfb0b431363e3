"""Thousands of damaged inputs of every kind: each is read or refused in one line, by an error of ours."""

from __future__ import annotations

import os
import random
from contextlib import suppress
from pathlib import Path

import pytest

from digitreader.errors import DigitReaderError
from digitreader.model.card import ModelFacts

from .inputs import KINDS

ROUNDS = int(os.environ.get("FUZZ_ROUNDS", "150"))
"""For each kind of input; more of them find more: FUZZ_ROUNDS=20000 takes minutes."""


def mutated(data: bytes, rng: random.Random) -> bytes:
    """A few bytes changed, taken out, doubled or cut off."""
    content = bytearray(data)
    for _ in range(rng.randint(1, 6)):
        at, length = rng.randrange(len(content) or 1), rng.choice((1, 2, 4, 16))
        what = rng.randrange(5)
        if what == 0:
            content[at : at + length] = rng.randbytes(length)
        elif what == 1:
            content[at : at + length] = rng.choice((b"\0", b"\xff", b"\x7f", b"\x80")) * length
        elif what == 2:
            del content[at : at + length]
        elif what == 3:
            content[at:at] = content[at : at + 64]
        elif rng.random() < 0.2:
            del content[at:]
    return bytes(content)


@pytest.mark.parametrize("kind", KINDS)
def test_a_damaged_input_is_read_or_refused_in_one_line(kind: str, tmp_path: Path) -> None:
    make, read = KINDS[kind]
    data, rng = make(), random.Random(kind)
    for _ in range(ROUNDS):
        given = mutated(data, rng)
        with suppress(DigitReaderError):
            read(given, tmp_path)


@pytest.mark.parametrize("odd", [b"{}", b"[]", b'{"format": "digitreader-facts-1", "seed": NaN}', b"[" * 99_999])
def test_facts_that_are_none_are_refused(odd: bytes) -> None:
    with pytest.raises(DigitReaderError):
        ModelFacts.from_bytes(odd, "a")
