"""Compares the test error before and after further training, on the user's digits and on MNIST's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from digitreader.measure.data import DataPlace
from digitreader.measure.data.choice import open_digits
from digitreader_train.digits import LabelledGlyphs, load_half, load_test_digits, mnist_beside
from digitreader_train.network import activations_of
from digitreader_train.shown import shown


@dataclass(frozen=True, slots=True, eq=False)
class TestSets:
    """Test digits as features, by their names."""

    digits: Mapping[str, LabelledGlyphs]

    def take(self, network: Any) -> dict[str, float]:
        """The share of each that a network reads right."""
        shares = {}
        for name, glyphs in self.digits.items():
            read = activations_of(network, glyphs.glyphs).argmax(axis=1)
            shares[name] = round(float((read == glyphs.labels).mean()), 6)
        return shares


def load_test_sets(place: DataPlace, features: Any, *, rehearsed: bool) -> TestSets:
    """Load the test digits of the data, and MNIST's where it was rehearsed.

    Raises:
        DataError: there are none.
    """
    opened = open_digits(place, quietly=True)
    exams = {"your test digits": load_test_digits(opened, place.cache)}
    if rehearsed:
        exams["MNIST's test images"] = load_half(mnist_beside(place), "test", place.cache)
    return TestSets({name: shown(glyphs, features) for name, glyphs in exams.items()})


def before_after_text(start: str, before: Mapping[str, float], after: Mapping[str, float]) -> str:
    """The change for people."""
    lines = ["", f"{'read right':24}{start:>16}{'trained on':>14}"]
    lines += [f"{name:24}{before[name]:16.2%}{after[name]:14.2%}" for name in before]
    return "\n".join(lines)
