"""Recipes: every setting that decides which weights a training gives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from digitreader.model.glyph.features import FeatureKind
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
        wild: how many variants of each digit by hands further off, some of few pixels.
        hands: how many digits in forms that MNIST lacks, for each digit.
        camera: how many times each digit is photographed, and taken as the finder cuts it out.
        negatives: how many glyphs that are not digits are learned, for each digit.
        teacher: how far the beliefs of a large teacher are learned in place of the labels, 0 to 1; 0 is without one.
        letters: how many times each letter of foreign alphabets is learned as no digit, where an archive is there.
        typefaces: how many times each letter of the scripts that typefaces draw.
        scenes: how many times the digits are shown in the finder's scenes, and taken as the finder cuts them out.
        printed: how many digits in print, on displays and on counters' wheels are drawn for each digit, and taken as
            the finder cuts them out.
        damaged: how many bad pictures are made of each digit; a quarter of them shows no digit.
        digits: how many times the digits themselves are learned in an epoch, beside what is made from them.
        features: what the network is shown of a glyph: 784 numbers of either kind.
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
    variants: float = 0.0
    wild: float = 0.0
    hands: float = 0.0
    camera: float = 0.0
    negatives: float = 0.0
    letters: float = 0.0
    teacher: float = 0.0
    features: FeatureKind = field(default="pixels", metadata={"later": True})
    typefaces: float = field(default=0.0, metadata={"later": True})
    digits: float = field(default=1.0, metadata={"later": True})
    scenes: float = field(default=0.0, metadata={"later": True})
    printed: float = field(default=0.0, metadata={"later": True})
    damaged: float = field(default=0.0, metadata={"later": True})

    @property
    def layers(self) -> tuple[int, ...]:
        """Neurons per layer, what goes in first."""
        return (GLYPH_SIDE * GLYPH_SIDE, *self.hidden, 10)

    @property
    def parameters(self) -> int:
        """Weights and biases of all layers."""
        return sum((before + 1) * neurons for before, neurons in zip(self.layers, self.layers[1:], strict=False))


def in_short(recipe: Recipe) -> Recipe:
    """The recipe with little practice, which takes a minute: to see that everything works, or for a few digits."""
    return replace(
        recipe,
        epochs=3,
        variants=min(recipe.variants, 1.0),
        wild=0.0,
        hands=0.0,
        camera=0.0,
        negatives=min(recipe.negatives, 0.33),
        letters=0.0,
        typefaces=0.0,
        scenes=0.0,
        printed=0.0,
        damaged=0.0,
        digits=1.0,
        teacher=0.0,
    )


def continued(recipe: Recipe) -> Recipe:
    """The recipe for going on from weights that are trained: fewer and smaller steps, without the teacher.

    What the practice of MNIST's digits has taught stays by rehearsal; only pens and negatives are made of the new ones.
    """
    return replace(
        in_short(recipe),
        epochs=CONTINUED_EPOCHS,
        learning_rate=CONTINUED_RATE * recipe.learning_rate,
        variants=3.0,
        wild=1.0,
        negatives=1.0,
        digits=4.0,
    )


def rehearsing(recipe: Recipe) -> Recipe:
    """What is made of MNIST's digits while they are rehearsed."""
    return replace(in_short(recipe), variants=0.5, negatives=0.5)


CONTINUED_EPOCHS, CONTINUED_RATE = 12, 0.25
REHEARSED = 20_000
"""Digits of MNIST that are learned beside others, so that they are not forgotten."""

LESSONS: Mapping[str, float] = {
    "variants": 3.0,
    "wild": 4.0,
    "hands": 2.0,
    "camera": 0.25,
    "negatives": 2.0,
    "letters": 15.0,
    "typefaces": 15.0,
    "scenes": 1.0,
    "printed": 1.0,
    "teacher": 0.8,
}
"""What all learn from. `accurate` alone has room for bad pictures: 16 neurons in a layer read other digits worse with
them. So it has a teacher of its own, and `tiny` and `small` share one."""

RECIPES: Mapping[str, Recipe] = {
    "tiny": Recipe(
        name="tiny",
        purpose="the network that the well-known explanation draws: 784 pixels in, one neuron a pixel",
        hidden=(16, 16),
        activation="relu",
        seed=1,
        epochs=100,
        batch=256,
        learning_rate=2e-3,
        warmup_epochs=1,
        weight_decay=0.05,
        features="pixels",
        digits=5.0,
        **LESSONS,
    ),
    "small": Recipe(
        name="small",
        purpose="as small as the network that the well-known explanation draws, and shown how the strokes run",
        hidden=(16, 16),
        activation="relu",
        seed=1,
        epochs=40,
        batch=128,
        learning_rate=2e-3,
        warmup_epochs=1,
        weight_decay=0.05,
        features="directions",
        **LESSONS,
    ),
    "accurate": Recipe(
        name="accurate",
        purpose="reads more and invents less, where half a megabyte and a fifth of a millisecond do not matter",
        hidden=(512, 128),
        activation="relu",
        seed=1,
        epochs=16,
        batch=256,
        learning_rate=1.5e-3,
        warmup_epochs=1,
        weight_decay=0.05,
        features="directions",
        damaged=2.0,
        **LESSONS,
    ),
}
