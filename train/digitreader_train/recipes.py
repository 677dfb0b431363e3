"""Recipes: every setting that decides which weights a training gives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from digitreader.values import GLYPH_SIDE

Activation = Literal["relu", "sigmoid"]

VALIDATION_IMAGES = 5_000


@dataclass(frozen=True, slots=True)
class Recipe:
    """How one network is made and trained.

    Attributes:
        name: what the user calls it.
        purpose: what the model is for, in one sentence.
        hidden: neurons of each hidden layer.
        activation: of the hidden layers.
        seed: of the first weights and of the order of the images.
        epochs: passes over the training images.
        batch: images per step.
        learning_rate: at its highest; from there it falls to 0 along half a cosine.
        warmup_epochs: in which it rises from 0; without them some relu neurons die in the first steps.
        weight_decay: the share of each weight that a step takes away, per unit of learning rate.
        variants: how many variants of each digit, by another hand and pen, are learned beside it.
        negatives: how many glyphs that are no digits are learned, for each digit.
    """

    name: str
    purpose: str
    hidden: tuple[int, ...]
    activation: Activation
    seed: int
    epochs: int
    batch: int
    learning_rate: float
    warmup_epochs: int = 0
    weight_decay: float = 0.0
    variants: int = 0
    negatives: float = 0.0

    @property
    def layers(self) -> tuple[int, ...]:
        """Neurons per layer, the pixels first."""
        return (GLYPH_SIDE * GLYPH_SIDE, *self.hidden, 10)

    @property
    def parameters(self) -> int:
        """Weights and biases of all layers."""
        return sum((before + 1) * neurons for before, neurons in zip(self.layers, self.layers[1:], strict=False))


RECIPES: Mapping[str, Recipe] = {
    "tiny": Recipe(
        name="tiny",
        purpose="the network that the well-known explanation draws, small enough to look into",
        hidden=(16, 16),
        activation="relu",
        seed=1,
        epochs=30,
        batch=100,
        learning_rate=2e-3,
        warmup_epochs=1,
        weight_decay=0.05,
        variants=2,
        negatives=0.33,
    ),
    "accurate": Recipe(
        name="accurate",
        purpose="reads more and invents less, where a quarter of a megabyte and a tenth of a millisecond do not matter",
        hidden=(256, 128),
        activation="relu",
        seed=1,
        epochs=24,
        batch=100,
        learning_rate=1e-3,
        warmup_epochs=1,
        weight_decay=0.05,
        variants=4,
        negatives=1.0,
    ),
}
