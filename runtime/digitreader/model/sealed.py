"""Cards as sealed JSON: the last field of a card is the sha256 of all the others, so that any change is noticed."""

from __future__ import annotations

import hashlib
import json
from typing import TypeVar

from digitreader.errors import ModelFormatError
from digitreader.model.plain import Plain, canonical_json, from_plain, to_plain

READER_CARD, FINDER_CARD = "digitreader-card-2", "digitreader-finder-card-1"
"""The formats of cards: of models that read digits, and of those that find them."""

KINDS = {READER_CARD: "reads digits", FINDER_CARD: "finds digits"}

SEAL = "card_sha256"

Record = TypeVar("Record")


def write_sealed(card: object) -> bytes:
    """Write a card as canonical JSON; its last field is the sha256 of all the others."""
    return _seal(canonical_json(to_plain(card)).encode())


def read_sealed(kind: type[Record], card_format: str, content: bytes, source: str) -> Record:
    """Read a card.

    Args:
        kind: the record that it becomes.
        card_format: the only format that is taken.
        content: of the file.
        source: names it in messages.

    Raises:
        ModelFormatError: no card, a card of another format, or one of which any byte was changed.
    """
    fields = _parse(content, source)
    if fields.get("format") != card_format:
        raise _another_format(fields.get("format"), card_format, source)
    fields.pop(SEAL, None)
    try:
        card = from_plain(kind, fields)
    except ValueError as error:
        raise ModelFormatError(f"{source}: damaged card ({error}); rerun digitreader export") from error
    if _seal(content[:-SEAL_BYTES] + b"\n}") != content:
        raise ModelFormatError(
            f"{source}: the card was changed after it was sealed ({SEAL} does not fit); rerun digitreader export"
        )
    return card


def format_of(content: bytes) -> str:
    """The format that a card names; empty where it is none."""
    try:
        return str(_parse(content, "").get("format", ""))
    except ModelFormatError:
        return ""


def _another_format(found: Plain, wanted: str, source: str) -> ModelFormatError:
    if isinstance(found, str) and found in KINDS:
        return ModelFormatError(
            f"{source}: is the card of a model that {KINDS[found]}, need one that {KINDS[wanted]}; "
            "digitreader models lists them"
        )
    return ModelFormatError(
        f"{source}: card format is {found!r}, this digitreader knows {wanted!r}; "
        "rerun digitreader export, or install the digitreader that wrote it"
    )


def _seal(body: bytes) -> bytes:
    """Add, as the last field of a canonical JSON object, the sha256 of the object without it."""
    return body[:-2] + f',\n "{SEAL}": "{hashlib.sha256(body).hexdigest()}"\n}}\n'.encode()


SEAL_BYTES = len(_seal(b"{\n}")) - len(b"{")
"""How much of a sealed card is its last field and what closes the object."""


def _parse(content: bytes, source: str) -> dict[str, Plain]:
    try:
        fields = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise ModelFormatError(f"{source}: the card is not JSON ({error}); rerun digitreader export") from error
    if not isinstance(fields, dict):
        raise ModelFormatError(f"{source}: the card is not a JSON object; rerun digitreader export")
    return fields
