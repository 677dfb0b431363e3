"""Sealed JSON: cards and receipts that contain a checksum of their own text."""

from __future__ import annotations

import dataclasses
import functools
import hashlib
import json
import math
import types
import typing
from collections.abc import Callable, Mapping
from typing import Annotated, Any, TypeVar

from digitreader.errors import ModelFormatError

Plain = None | bool | int | float | str | list["Plain"] | dict[str, "Plain"]
"""Values that JSON can express."""

Record = TypeVar("Record")


class Limits(typing.NamedTuple):
    """The least and the greatest value of a field; so a card holds no nonsense, whoever sealed it."""

    least: float
    most: float


Share = Annotated[float, Limits(0, 1)]
"""A share in 0..1."""
Count = Annotated[int, Limits(0, 1e12)]
"""A number of things."""
Loss = Annotated[float, Limits(0, 1e6)]
"""A loss of a network."""


def to_plain(value: object) -> Plain:
    """Turn records, mappings and sequences into dicts and lists; the fields keep their order.

    A field that was added later is left out if it has its default, so that records without it stay the same to the
    byte. In a data class these are the fields with ``later`` in their `metadata`, in a named tuple those with a
    default.

    Raises:
        TypeError: JSON cannot express a value.
    """
    if value is None or isinstance(value, bool | int | float | str):
        return value
    kind: Any = type(value)
    if names := _names_of(kind):
        fields, later = {name: getattr(value, name) for name in names}, _later_defaults(kind)
        return {name: to_plain(item) for name, item in fields.items() if name not in later or item != later[name]}
    if isinstance(value, Mapping):
        return {str(key): to_plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [to_plain(item) for item in value]
    raise TypeError(f"{type(value).__name__} has no plain form")


def from_plain(kind: type[Record], plain: Plain) -> Record:
    """Build a record from the result of `to_plain`.

    Raises:
        ValueError: a field is missing that was not added later, or a field is unknown or of another type.
    """
    built: Record = _build(kind, plain, kind.__name__)
    return built


def canonical_json(plain: Plain) -> str:
    """Write JSON in one fixed form: indented by one space, with lists of numbers or words on one line."""
    return _write(plain, "\n")


def _build(kind: Any, plain: Plain, place: str) -> Any:
    return _builder(kind)(plain, place)


# cached: it is called for each number of a card, for the same few kinds, and `typing` is slow
@functools.cache
def _builder(kind: Any) -> Callable[[Plain, str], Any]:
    origin, inner = typing.get_origin(kind), typing.get_args(kind)
    if _names_of(kind):
        return functools.partial(_build_record, kind, typing.get_type_hints(kind, include_extras=True))
    if origin is tuple:
        return functools.partial(_build_tuple, inner[0])
    if origin in (dict, Mapping):
        return _take_mapping
    if origin is typing.Literal:
        return functools.partial(_take_word, inner)
    return _scalar_builder(kind, origin, inner)


def _scalar_builder(kind: Any, origin: Any, inner: tuple[Any, ...]) -> Callable[[Plain, str], Any]:
    if origin is Annotated:
        return functools.partial(_build_within, *inner)
    if limited := [each for each in inner if typing.get_origin(each) is Annotated]:
        return functools.partial(_build_or_none, limited[0])
    kinds = frozenset(inner if origin in (types.UnionType, typing.Union) else (kind,))
    return functools.partial(_take_scalar, kinds | {int} if float in kinds else kinds)


def _build_record(kind: Any, kinds: Mapping[str, Any], plain: Plain, place: str) -> Any:
    if not isinstance(plain, dict):
        raise _misfit(place, "an object", plain)
    names = set(_names_of(kind))
    odd = sorted((names - _later_defaults(kind).keys() - plain.keys()) | (plain.keys() - names))
    if odd:
        raise ValueError(f"{place}: {odd[0]} is {'missing' if odd[0] in names else 'unknown'}")
    return kind(**{name: _build(kinds[name], plain[name], f"{place}.{name}") for name in plain})


# cached: it is called for each golden glyph of a card
@functools.cache
def _names_of(kind: Any) -> tuple[str, ...]:
    """The fields of a record in their order; none if it is not a kind of record."""
    if dataclasses.is_dataclass(kind):
        return tuple(field.name for field in dataclasses.fields(kind))
    return getattr(kind, "_fields", ())


@functools.cache
def _later_defaults(kind: Any) -> Mapping[str, Any]:
    if not dataclasses.is_dataclass(kind):
        defaults: Mapping[str, Any] = kind._field_defaults
        return defaults
    return {field.name: field.default for field in dataclasses.fields(kind) if field.metadata.get("later")}


def _build_within(kind: Any, limits: Limits, plain: Plain, place: str) -> Any:
    built = _build(kind, plain, place)
    if not limits.least <= built <= limits.most:
        raise _misfit(place, f"{limits.least:g} to {limits.most:g}", plain)
    return built


def _build_or_none(kind: Any, plain: Plain, place: str) -> Any:
    return None if plain is None else _build(kind, plain, place)


def _build_tuple(kind: Any, plain: Plain, place: str) -> tuple[Any, ...]:
    if not isinstance(plain, list):
        raise _misfit(place, "a list", plain)
    return tuple(_build(kind, item, place) for item in plain)


def _take_mapping(plain: Plain, place: str) -> Plain:
    if not isinstance(plain, dict):
        raise _misfit(place, "an object", plain)
    return plain


def _take_word(words: tuple[Any, ...], plain: Plain, place: str) -> Plain:
    if plain not in words:
        raise _misfit(place, " or ".join(map(str, words)), plain)
    return plain


def _take_scalar(kinds: frozenset[Any], plain: Plain, place: str) -> Plain:
    # for isinstance a bool is an int, but here it is not a number
    if type(plain) not in kinds:
        raise _misfit(place, " or ".join(sorted(item.__name__ for item in kinds)), plain)
    return plain


def _misfit(place: str, wanted: str, plain: Plain) -> ValueError:
    return ValueError(f"{place}: is {json.dumps(plain)[:40]}, need {wanted}")


def _write(plain: Plain, newline: str) -> str:
    inner = newline + " "
    if isinstance(plain, dict) and plain:
        items = [f"{json.dumps(key)}: {_write(item, inner)}" for key, item in plain.items()]
        return "{" + inner + f",{inner}".join(items) + newline + "}"
    if isinstance(plain, list) and any(isinstance(item, list | dict) for item in plain):
        return "[" + inner + f",{inner}".join(_write(item, inner) for item in plain) + newline + "]"
    return json.dumps(plain)


READER_CARD, FINDER_CARD, OWN_CARD = "digitreader-card-2", "digitreader-finder-card-1", "digitreader-own-card-1"
"""The formats of cards: of models that read digits, of models that find them, and of a user's own models."""

KINDS = {READER_CARD: "reads digits", FINDER_CARD: "finds digits", OWN_CARD: "reads digits, of your own"}

SEAL = "card_sha256"


def write_sealed(card: object) -> bytes:
    """Write a card as canonical JSON; its last field is the sha256 of all the others."""
    return _seal(canonical_json(to_plain(card)).encode())


def read_sealed(kind: type[Record], card_format: str, content: bytes, source: str) -> Record:
    """Read a card.

    Args:
        kind: the class of the record.
        card_format: the only accepted format.
        content: the bytes of the file.
        source: names it in messages.

    Raises:
        ModelFormatError: it is not a card, has another format, or a byte of it was changed.
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
            f"{source}: the card was changed after it was sealed ({SEAL} does not match); rerun digitreader export"
        )
    return card


def format_of(content: bytes) -> str:
    """The format that a card names; empty if it is not a card."""
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
"""The length of a card's last field and of the end of the object."""


def _refuse_constant(word: str) -> float:
    raise ValueError(f"{word} is not a number")


def _bounded_int(digits: str) -> int:
    number = int(digits)  # more than 4,300 digits are a ValueError
    if not -(1 << 63) <= number < 1 << 63:
        raise ValueError(f"{digits[:20]}... has more than 64 bits")
    return number


def _finite_float(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise ValueError(f"the number {digits[:20]} is too large")
    return number


def _parse(content: bytes, source: str) -> dict[str, Plain]:
    try:
        fields = json.loads(content, parse_constant=_refuse_constant, parse_int=_bounded_int, parse_float=_finite_float)
    except (ValueError, RecursionError) as error:
        raise ModelFormatError(f"{source}: the card is not JSON ({error}); rerun digitreader export") from error
    if not isinstance(fields, dict):
        raise ModelFormatError(f"{source}: the card is not a JSON object; rerun digitreader export")
    return fields
