"""What the making of every variant starts from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from digitreader.host.progress import ProgressBar
from digitreader_export.fine_tuning import fine_tune
from digitreader_export.settings import VariantSettings
from digitreader_export.tunings import FineTuning
from digitreader_train.backend import seed_everything
from digitreader_train.digits import LabelledGlyphs
from digitreader_train.network import build_trained, logits_of
from digitreader_train.practice import Practice
from digitreader_train.run_folder import Run


@dataclass(frozen=True, slots=True, eq=False)
class Workshop:
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
