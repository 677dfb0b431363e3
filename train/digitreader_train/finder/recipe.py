"""The finder's recipe: every setting that decides which weights its training gives."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace

from digitreader_train.finder.practice import PORTION


@dataclass(frozen=True, slots=True)
class Exposure:
    """How the colours of a scene are changed each time that it is learned from.

    Attributes:
        inverted: the share of scenes whose light and dark are swapped.
        gain: least and greatest factor of each colour channel.
        offset: the most that is added to or taken from all channels, of 1.
        gamma: the most by which the logarithm of the gamma differs from 0.
        gray: the share of scenes without colour.
        swapped: the share of batches whose red and blue are swapped.
    """

    inverted: float = 0.12
    gain: tuple[float, ...] = (0.75, 1.1)
    offset: float = 0.06
    gamma: float = 0.3
    gray: float = 0.15
    swapped: float = 0.5


@dataclass(frozen=True, slots=True)
class FinderRecipe:
    """How the finder's network is trained.

    Attributes:
        name: what the user calls it.
        purpose: what the model is for, in one sentence.
        seed: of the scenes, the first weights, the order of the scenes and their exposure.
        epochs: passes over the scenes.
        scenes: how many are drawn to learn from; rounded up to whole portions.
        portion: scenes that are drawn and kept together.
        validation_scenes: how many are drawn to judge each epoch; none is learned from.
        validation_seed: of these; fixed, so that no seed of a training can choose its own examiners.
        batch: scenes per step.
        learning_rate: at its highest; from there it falls to nearly 0 along half a cosine.
        least_rate: added to it, so that it never is 0.
        warmup_steps: in which it rises from 0.
        clip_norm: the greatest length of all gradients together.
        exposure: how the colours are changed.
        begins_with: sha256 of the exported finder whose weights are the first; empty where they are random.
    """

    name: str = "finder"
    purpose: str = "finds the digits of a picture, for the other models to read"
    seed: int = 1
    epochs: int = 8
    scenes: int = 80_000
    portion: int = PORTION
    validation_scenes: int = 1_500
    validation_seed: int = 999
    batch: int = 32
    learning_rate: float = 3e-3
    least_rate: float = 1e-5
    warmup_steps: int = 200
    clip_norm: float = 10.0
    exposure: Exposure = field(default_factory=Exposure)
    begins_with: str = field(default="", metadata={"later": True})

    @property
    def portions(self) -> int:
        """Portions to learn from."""
        return math.ceil(self.scenes / self.portion)

    @property
    def validation_portions(self) -> int:
        """Portions to judge by."""
        return math.ceil(self.validation_scenes / self.validation_portion)

    @property
    def validation_portion(self) -> int:
        """Scenes in each of these."""
        return min(PORTION, self.validation_scenes)


FINDER = FinderRecipe()
"""The recipe of the shipped model."""

QUICK_SCENES, QUICK_EPOCHS = 192, 2
LATER_RATE = 1.5e-3
"""The highest learning rate of a training that begins where another ended."""


def finder_in_short(recipe: FinderRecipe) -> FinderRecipe:
    """The recipe with so few scenes that it takes a minute: to see that everything works."""
    brief = replace(recipe, epochs=QUICK_EPOCHS, portion=QUICK_SCENES // 2, validation_scenes=QUICK_SCENES // 2)
    return with_scenes(brief, QUICK_SCENES)


def with_scenes(recipe: FinderRecipe, scenes: int) -> FinderRecipe:
    """The recipe with so many scenes to learn from; of few scenes, the portions and batches are smaller too."""
    return replace(recipe, scenes=scenes, portion=min(recipe.portion, scenes), batch=min(recipe.batch, scenes))


def beginning_with(recipe: FinderRecipe, sha256: str) -> FinderRecipe:
    """The recipe with the weights of an exported finder as the first; it learns in smaller steps, to forget less."""
    return replace(recipe, begins_with=sha256, learning_rate=LATER_RATE)


def learning_rate_at(recipe: FinderRecipe, step: int, steps: int) -> float:
    """The learning rate of a step, counted from 0, of so many in all."""
    rising = min(1.0, (step + 1) / recipe.warmup_steps)
    falling = 0.5 + 0.5 * math.cos(math.pi * min(1.0, step / steps))
    return recipe.learning_rate * rising * falling + recipe.least_rate
