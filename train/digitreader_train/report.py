"""The report of a training: the network layer by layer, the result, and the next step."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from digitreader_train.recipes import Recipe
from digitreader_train.run_folder import RunRecord


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
