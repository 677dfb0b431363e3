"""The report of a training: the network layer by layer, the result, the error before and after, the next step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from digitreader.measure.data import DataPlace
from digitreader.measure.data.choice import open_digits
from digitreader_train.digits import LabelledGlyphs, load_half, load_test_digits, mnist_beside
from digitreader_train.network import activations_of
from digitreader_train.recipes import Recipe
from digitreader_train.run_folder import RunRecord
from digitreader_train.shown import shown


def describe_layers(recipe: Recipe) -> str:
    """Count the weights and biases of each layer and of the whole network."""
    names = [f"hidden {place}" for place in range(1, len(recipe.hidden) + 1)] + ["output"]
    kinds = [recipe.activation] * len(recipe.hidden) + ["sigmoid"]
    lines = [f"{'layer':10} {'neurons':>8} {'':8} {'weights':>18} {'biases':>8} {'parameters':>11}"]
    size = "28 x 28" if recipe.features == "pixels" else "8 x 14 x 7"
    lines.append(f"{recipe.features:10} {recipe.layers[0]:8,} {size:8}")
    steps = zip(names, kinds, recipe.layers, recipe.layers[1:], strict=False)
    for name, kind, before, neurons in steps:
        weights = f"{before} x {neurons} = {before * neurons:,}"
        lines.append(f"{name:10} {neurons:8,} {kind:8} {weights:>18} {neurons:8,} {(before + 1) * neurons:11,}")
    lines.append(f"{'all':10} {'':8} {'':8} {'':18} {'':8} {recipe.parameters:11,}")
    return "\n".join(lines)


def describe_result(record: RunRecord, folder: Path, pictures: Sequence[str]) -> str:
    """Say what was reached, where it lies, and what to do next."""
    judged_on = f"{record.validation_images:,} images that trained nothing; epoch {record.best_epoch}"
    return "\n".join(
        [
            "",
            f"validation accuracy  {record.validation_accuracy:.2%}  ({judged_on})",
            f"run folder           {folder}",
            f"pictures             {', '.join(pictures)}",
            f"next                 digitreader export {folder}",
        ]
    )


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
