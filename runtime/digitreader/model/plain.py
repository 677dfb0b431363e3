"""Frozen data classes to plain JSON values and back, and the one way in which they are written down."""

from __future__ import annotations

import dataclasses
import functools
import json
import types
import typing
from collections.abc import Mapping
from typing import Any, TypeVar

Plain = None | bool | int | float | str | list["Plain"] | dict[str, "Plain"]
"""What JSON can say."""

Record = TypeVar("Record")


def to_plain(value: object) -> Plain:
    """Turn data classes, mappings and sequences into dicts and lists; the fields keep their order.

    Raises:
        TypeError: a value that JSON cannot say.
    """
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if dataclasses.is_dataclass(value):
        return {field.name: to_plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {str(key): to_plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [to_plain(item) for item in value]
    raise TypeError(f"{type(value).__name__} has no plain form")


def from_plain(kind: type[Record], plain: Plain) -> Record:
    """Build a data class from what `to_plain` made of it.

    Raises:
        ValueError: a field is missing, unknown or of another type.
    """
    built: Record = _build(kind, plain, kind.__name__)
    return built


def canonical_json(plain: Plain) -> str:
    """Write JSON in one fixed way: indented by one space, a list of numbers or words on a single line."""
    return _write(plain, "\n")


def _build(kind: Any, plain: Plain, place: str) -> Any:
    if dataclasses.is_dataclass(kind):
        return _build_record(kind, plain, place)
    origin = typing.get_origin(kind)
    if origin is tuple:
        if not isinstance(plain, list):
            raise _misfit(place, "a list", plain)
        return tuple(_build(typing.get_args(kind)[0], item, place) for item in plain)
    if origin in (dict, Mapping):
        if not isinstance(plain, dict):
            raise _misfit(place, "an object", plain)
        return plain
    if origin is typing.Literal:
        if plain not in typing.get_args(kind):
            raise _misfit(place, " or ".join(map(str, typing.get_args(kind))), plain)
        return plain
    kinds = _scalar_kinds(kind)
    if type(plain) not in kinds:
        raise _misfit(place, " or ".join(sorted(item.__name__ for item in kinds)), plain)
    return plain


def _build_record(kind: Any, plain: Plain, place: str) -> Any:
    if not isinstance(plain, dict):
        raise _misfit(place, "an object", plain)
    names = [field.name for field in dataclasses.fields(kind)]
    odd = sorted(set(names) ^ set(plain))
    if odd:
        raise ValueError(f"{place}: {odd[0]} is {'missing' if odd[0] in names else 'unknown'}")
    kinds = _field_kinds(kind)
    return kind(**{name: _build(kinds[name], plain[name], f"{place}.{name}") for name in names})


# both are asked again for each golden glyph of a card, and typing answers slowly
@functools.cache
def _field_kinds(kind: Any) -> dict[str, Any]:
    return typing.get_type_hints(kind)


@functools.cache
def _scalar_kinds(kind: Any) -> frozenset[Any]:
    union = typing.get_origin(kind) in (types.UnionType, typing.Union)
    kinds = frozenset(typing.get_args(kind) if union else (kind,))
    return kinds | {int} if float in kinds else kinds


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
