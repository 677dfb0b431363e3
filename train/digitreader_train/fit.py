"""Fits a network to the training digits; the validation digits choose the epoch that is kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from digitreader.progress import ProgressBar
from digitreader_train.backend import keras, seed_everything
from digitreader_train.batches import steps_per_epoch, training_batches, validation_batches
from digitreader_train.callbacks import BestEpoch, ShowProgress
from digitreader_train.digits import LabelledGlyphs
from digitreader_train.losses import accuracy, digit_or_none
from digitreader_train.network import build_network, logits_of, silence_unseen_pixels, wake_neurons
from digitreader_train.practice import Practice
from digitreader_train.recipes import Recipe

SETTLED_SHARE = 0.75
"""Of the epochs, after which the learning rate is so low that what is learned stays."""

STEPS_AT_ONCE = 50
"""Steps that TensorFlow runs without coming back to Python: fast, and the bar still moves."""


@dataclass(frozen=True, slots=True)
class Epoch:
    """One pass over the practice glyphs: mean loss and share of right answers, and both on the validation digits.

    To see no digit where there is none is a right answer.
    """

    epoch: int
    loss: float
    accuracy: float
    val_loss: float
    val_accuracy: float


@dataclass(frozen=True, slots=True, eq=False)
class Fitted:
    """A trained Keras network with its history.

    Attributes:
        network: the Sequential with its ten sigmoid neurons.
        history: one entry an epoch.
        best_epoch: counted from 1, the one whose weights the network has.
    """

    network: Any
    history: tuple[Epoch, ...]
    best_epoch: int


def fit(recipe: Recipe, practice: Practice, validation: LabelledGlyphs, *, label: str = "") -> Fitted:
    """Train a network; the same recipe and glyphs give the same weights, to the bit.

    Args:
        recipe: the network and how it learns.
        practice: what it learns from, as the network is shown it.
        validation: digits that choose the epoch that is kept, likewise.
        label: what the progress bar says; the recipe's name where it is empty.
    """
    seed_everything(recipe.seed)
    network = build_network(recipe)
    silence_unseen_pixels(network, practice.glyphs)
    if recipe.activation == "relu":
        wake_neurons(network, practice.glyphs)
    logits = logits_of(network)
    steps = steps_per_epoch(practice, recipe)
    compile_network(logits, recipe, steps=steps)
    best = BestEpoch(after=int(SETTLED_SHARE * recipe.epochs))
    with ProgressBar(f"training {label or recipe.name}", steps * recipe.epochs) as bar:
        told = logits.fit(
            training_batches(practice, recipe),
            epochs=recipe.epochs,
            steps_per_epoch=steps,
            validation_data=validation_batches(validation),
            callbacks=[best, ShowProgress(bar, recipe.epochs)],
            verbose=0,
        )
    return Fitted(network, _history(told.history, recipe.epochs), best.epoch)


def compile_network(logits: Any, recipe: Recipe, *, steps: int, at_once: int = STEPS_AT_ONCE) -> None:
    """Give the network without its sigmoid the loss and the recipe's learning rate.

    Args:
        steps: make an epoch.
        at_once: steps that run without coming back to Python, and so to the callbacks.
    """
    optimizer = keras.optimizers.Adam(learning_rate(recipe, steps=steps), weight_decay=recipe.weight_decay or None)
    optimizer.exclude_from_weight_decay(var_names=["bias"])
    logits.compile(
        optimizer,
        digit_or_none,
        metrics=[accuracy],
        steps_per_execution=min(at_once, steps),
    )


def learning_rate(recipe: Recipe, *, steps: int) -> Any:
    """Rise to the recipe's learning rate over its warm-up, then fall to 0 along half a cosine."""
    warmup = min(recipe.warmup_epochs, recipe.epochs - 1) * steps
    return keras.optimizers.schedules.CosineDecay(
        0.0 if warmup else recipe.learning_rate,
        recipe.epochs * steps - warmup,
        warmup_target=recipe.learning_rate if warmup else None,
        warmup_steps=warmup,
    )


def _history(columns: dict[str, Sequence[float]], epochs: int) -> tuple[Epoch, ...]:
    names = ("loss", "accuracy", "val_loss", "val_accuracy")
    return tuple(Epoch(place + 1, **{name: float(columns[name][place]) for name in names}) for place in range(epochs))
