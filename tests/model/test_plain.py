from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

import pytest

from digitreader.model.sealed_json import canonical_json, from_plain, to_plain


@dataclass(frozen=True)
class Leaf:
    """A record inside another."""

    share: float
    kind: Literal["round", "long"]


@dataclass(frozen=True)
class Tree:
    """A record of everything that a card may hold."""

    name: str
    height: int | None
    leaves: tuple[Leaf, ...]
    rings: tuple[int | float, ...]
    notes: Mapping[str, Any]


@dataclass(frozen=True)
class Grown:
    """A record with a field that the first ones did not have."""

    share: float = 0.5
    moss: float = field(default=0.0, metadata={"later": True})


class Light(NamedTuple):
    """A record that is quickly made, with a field that the first ones did not have."""

    share: float
    moss: float = 0.0


TREE = Tree("oak", None, (Leaf(0.5, "round"), Leaf(1, "long")), (1, 2.5), {"seen": "today"})


def test_a_record_comes_back_from_its_plain_form_equal() -> None:
    assert from_plain(Tree, json.loads(canonical_json(to_plain(TREE)))) == TREE


@pytest.mark.parametrize("kind", [Grown, Light])
def test_a_later_field_is_written_only_where_it_says_something(kind: type[Grown | Light]) -> None:
    assert to_plain(kind(0.25)) == {"share": 0.25}
    assert to_plain(kind(0.25, 2.0)) == {"share": 0.25, "moss": 2.0}


@pytest.mark.parametrize("kind", [Grown, Light])
def test_a_later_field_may_be_missing_and_no_other(kind: type[Grown | Light]) -> None:
    assert from_plain(kind, {"share": 0.25}) == kind(0.25, 0.0)
    assert from_plain(kind, {"share": 0.25, "moss": 2.0}) == kind(0.25, 2.0)
    with pytest.raises(ValueError, match=f"{kind.__name__}: share is missing"):
        from_plain(kind, {"moss": 2.0})
    with pytest.raises(ValueError, match=rf"{kind.__name__}.moss: is \"much\", need float"):
        from_plain(kind, {"share": 0.25, "moss": "much"})


def test_lists_of_numbers_stay_on_one_line() -> None:
    assert canonical_json({"a": [1, 2], "b": [[3]], "c": {}, "d": []}) == (
        '{\n "a": [1, 2],\n "b": [\n  [3]\n ],\n "c": {},\n "d": []\n}'
    )


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"name": 3}, "Tree.name: is 3, need str"),
        ({"height": "tall"}, 'Tree.height: is "tall", need NoneType or int'),
        ({"height": True}, "Tree.height: is true"),
        ({"leaves": {}}, "Tree.leaves: is {}, need a list"),
        ({"leaves": [4]}, "Tree.leaves: is 4, need an object"),
        ({"leaves": [{"share": 1.0, "kind": "square"}]}, "Tree.leaves.kind: is .*need round or long"),
        ({"notes": []}, r"Tree.notes: is \[\], need an object"),
        ({"age": 9}, "Tree: age is unknown"),
    ],
)
def test_what_does_not_fit_is_named(change: dict[str, Any], says: str) -> None:
    plain = to_plain(TREE)
    assert isinstance(plain, dict)
    with pytest.raises(ValueError, match=says):
        from_plain(Tree, {**plain, **change})


def test_what_json_cannot_say_is_refused() -> None:
    with pytest.raises(TypeError, match="set has no plain form"):
        to_plain({1})
