from __future__ import annotations

import dataclasses

from digitreader_train.recipes import RECIPES
from digitreader_train.report import describe_layers


def test_tiny_has_13_002_weights_and_biases() -> None:
    assert RECIPES["tiny"].layers == (784, 16, 16, 10)
    assert RECIPES["tiny"].parameters == 13_002


def test_the_layers_are_counted_one_by_one() -> None:
    table = describe_layers(RECIPES["tiny"])
    for figure in ("784 x 16 = 12,544", "12,560", "16 x 16 = 256", "272", "16 x 10 = 160", "170", "13,002"):
        assert figure in table


def test_the_table_shows_any_number_of_hidden_layers() -> None:
    deep = dataclasses.replace(RECIPES["tiny"], hidden=(32, 16, 8))
    assert [line.split()[0] for line in describe_layers(deep).splitlines()] == [
        "layer", "pixels", "hidden", "hidden", "hidden", "output", "all",
    ]  # fmt: skip
