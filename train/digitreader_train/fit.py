"""Fits a network to the training digits; the validation digits choose the epoch that is kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from digitreader.host.progress import ProgressBar
from digitreader_train.backend import keras, seed_everything
from digitreader_train.batches import steps_per_epoch, training_batches, validation_batches
from digitreader_train.callbacks import BestEpoch, KeepEpoch, ShowProgress, TakeSnapshots, restore_network
from digitreader_train.checkpoint import Checkpoint, CheckpointFile
from digitreader_train.digits import LabelledGlyphs
from digitreader_train.network import (
    Weights,
    accuracy,
    build_network,
    build_trained,
    digit_or_none,
    logits_of,
    silence_unseen_pixels,
    wake_neurons,
)
from digitreader_train.practice import Practice
from digitreader_train.recipes import Recipe
from digitreader_train.tensorboard import EpochLog

SETTLED_SHARE = 0.75
"""Of the epochs, after which the learning rate is so low that what is learned stays."""

SNAPSHOTS, SNAPSHOT_SHARE = 5, 0.4
"""Epochs of a training of `tiny` that are kept for pictures, from the first to this share of all; and the last."""

MOST_SHOWN_PARAMETERS = 20_000

STEPS_AT_ONCE = 50
"""Steps that TensorFlow runs without coming back to Python: fast, and the bar still moves."""


@dataclass(frozen=True, slots=True)
class Epoch:
    """One pass over the practice glyphs: mean loss and share of right answers, and both on the validation digits.

    To see no digit if there is none is a right answer.
    """

    epoch: int
    loss: float
    accuracy: float
    val_loss: float
    val_accuracy: float


@dataclass(frozen=True, slots=True, eq=False)
class Kept:
    """What a training saves after each epoch, and its start.

    Attributes:
        checkpoints: takes a checkpoint.
        start: the checkpoint to go on from; None begins with the first epoch.
        tensorboard: the folder of TensorBoard's logs; None writes none.
    """

    checkpoints: CheckpointFile | None = None
    start: Checkpoint | None = None
    tensorboard: Path | None = None


@dataclass(frozen=True, slots=True, eq=False)
class FittedNetwork:
    """A trained Keras network with its history.

    Attributes:
        network: the Sequential with its ten sigmoid neurons.
        history: one entry an epoch.
        best_epoch: counted from 1, the one whose weights the network has.
        snapshots: kernels and biases in turn, as they were after a few epochs; 0 is before the first.
    """

    network: Any
    history: tuple[Epoch, ...]
    best_epoch: int
    snapshots: Mapping[int, Sequence[npt.NDArray[np.float32]]] = field(default_factory=dict)


def fit(
    recipe: Recipe,
    practice: Practice,
    validation: LabelledGlyphs,
    *,
    label: str = "",
    kept: Kept | None = None,
    beginning: Weights | None = None,
) -> FittedNetwork:
    """Train a network; the same recipe and glyphs give the same weights, to the bit, with a break or without.

    Args:
        recipe: the network and how it learns.
        practice: what it learns from, as the network is shown it.
        validation: digits that choose the epoch that is kept, likewise.
        label: what the progress bar says; the recipe's name where it is empty.
        kept: what is kept after each epoch; nothing if it is None.
        beginning: weights to go on from; random ones where it is None.
    """
    kept = kept or Kept()
    seed_everything(recipe.seed)
    network = _begin(recipe, practice) if beginning is None else build_trained(recipe, beginning)
    logits = logits_of(network)
    steps = steps_per_epoch(practice, recipe)
    compile_network(logits, recipe, steps=steps)
    best, done = BestEpoch(after=int(SETTLED_SHARE * recipe.epochs)), 0
    if kept.start is not None:
        restore_network(logits, kept.start)
        best.restore(kept.start)
        done = kept.start.epochs
    title = f"training {label or recipe.name}"
    with EpochLog(kept.tensorboard) as log, ProgressBar(title, steps * (recipe.epochs - done)) as bar:
        snapshots = TakeSnapshots(snapshot_epochs(recipe), kept.start)
        keep = KeepEpoch(best, snapshots, kept.checkpoints, log, kept.start)
        logits.fit(
            training_batches(practice, recipe, skipped=steps * done),
            initial_epoch=done,
            epochs=recipe.epochs,
            steps_per_epoch=steps,
            validation_data=validation_batches(validation),
            callbacks=[best, ShowProgress(bar, recipe.epochs), snapshots, keep],
            verbose=0,
        )
    return FittedNetwork(network, _history(keep.history), best.epoch, snapshots.taken)


def snapshot_epochs(recipe: Recipe) -> frozenset[int]:
    """The epochs whose weights are kept to be looked at; none of a network larger than `tiny`, or not shown pixels.

    They lie close together at first, when most is learned.
    """
    if recipe.features != "pixels" or recipe.parameters > MOST_SHOWN_PARAMETERS:
        return frozenset()
    last = max(1.0, SNAPSHOT_SHARE * recipe.epochs)
    return frozenset({0, *np.geomspace(1.0, last, SNAPSHOTS).round().astype(int).tolist()})


def _begin(recipe: Recipe, practice: Practice) -> Any:
    network = build_network(recipe)
    silence_unseen_pixels(network, practice.glyphs)
    if recipe.activation == "relu":
        wake_neurons(network, practice.glyphs)
    return network


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


def _history(figures: Sequence[Mapping[str, float]]) -> tuple[Epoch, ...]:
    names = ("loss", "accuracy", "val_loss", "val_accuracy")
    return tuple(Epoch(place, **{name: each[name] for name in names}) for place, each in enumerate(figures, 1))
