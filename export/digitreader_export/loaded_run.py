"""A run loaded for export: its digits and weights, and the further training of its network."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from digitreader.host.progress import ProgressBar
from digitreader_export.settings import FineTuning, VariantSettings
from digitreader_train.backend import seed_everything
from digitreader_train.batches import steps_per_epoch, training_batches, validation_batches
from digitreader_train.callbacks import BestEpoch, ShowProgress
from digitreader_train.digits import LabelledGlyphs
from digitreader_train.fit import STEPS_AT_ONCE, compile_network
from digitreader_train.network import build_trained, logits_of
from digitreader_train.practice import Practice
from digitreader_train.recipes import Recipe
from digitreader_train.run_folder import Run


def fine_tune(
    logits: Any,
    recipe: Recipe,
    practice: Practice,
    validation: LabelledGlyphs,
    *,
    tuning: FineTuning,
    bar: ProgressBar,
    callbacks: Sequence[Any] = (),
) -> None:
    """Train `logits`, a Keras network that ends in logits, in place.

    Args:
        recipe: how it was trained before.
        practice: what it learned from.
        validation: digits that choose the epoch that is kept.
        tuning: how it trains on.
        bar: counts the steps.
        callbacks: further ones of Keras.
    """
    recipe = dataclasses.replace(
        recipe,
        epochs=tuning.epochs,
        warmup_epochs=0,
        learning_rate=recipe.learning_rate * tuning.learning_rate_share,
    )
    steps = steps_per_epoch(practice, recipe)
    compile_network(logits, recipe, steps=steps, at_once=1 if tuning.one_step_at_a_time else STEPS_AT_ONCE)
    logits.fit(
        training_batches(practice, recipe),
        epochs=tuning.epochs,
        steps_per_epoch=steps,
        validation_data=validation_batches(validation),
        callbacks=[*callbacks, *([BestEpoch()] if tuning.keep_best else []), ShowProgress(bar, tuning.epochs)],
        verbose=0,
    )


def steps_of(recipe: Recipe, practice: Practice, *tunings: FineTuning) -> int:
    """How many steps these fine-tunings take together."""
    return sum(tuning.epochs for tuning in tunings) * steps_per_epoch(practice, recipe)


@dataclass(frozen=True, slots=True, eq=False)
class LoadedRun:
    """A trained run with what it learned from, as its network is shown it.

    Attributes:
        run: the training.
        practice: what it learned from.
        validation: digits that choose the epochs that are kept.
        settings: the user's choices.
    """

    run: Run
    practice: Practice
    validation: LabelledGlyphs
    settings: VariantSettings

    def trained_logits(self) -> Any:
        """The trained Keras network without its sigmoid; seeds everything, so that no variant depends on another."""
        seed_everything(self.run.record.recipe.seed)
        return logits_of(build_trained(self.run.record.recipe, self.run.weights))

    def fine_tune(self, logits: Any, tuning: FineTuning, bar: ProgressBar, *callbacks: Any) -> None:
        """Train a network in place on what the run learned from."""
        recipe = self.run.record.recipe
        fine_tune(logits, recipe, self.practice, self.validation, tuning=tuning, bar=bar, callbacks=callbacks)
