"""Quantization-aware fine-tuning with tensorflow-model-optimization: the network learns to live with its rounding."""

from __future__ import annotations

import dataclasses
from typing import Any

from digitreader.progress import ProgressBar
from digitreader.quiet import native_stderr_muted
from digitreader_train.backend import seed_everything
from digitreader_train.batches import steps_per_epoch, training_batches, validation_batches
from digitreader_train.callbacks import BestEpoch, ShowProgress
from digitreader_train.digits import LabelledGlyphs
from digitreader_train.fit import compile_network
from digitreader_train.network import build_trained, logits_of
from digitreader_train.practice import Practice
from digitreader_train.run_folder import Run

with native_stderr_muted():
    import tensorflow_model_optimization as tfmot

EPOCHS = 3
LEARNING_RATE_SHARE = 0.02
"""Of the training's own learning rate: only the rounding is new to the network."""


def fine_tune_quantized(run: Run, practice: Practice, validation: LabelledGlyphs) -> Any:
    """Train a few epochs more with every weight and value rounded as the integers will be.

    Args:
        run: the training.
        practice: what it learned from.
        validation: digits that choose the epoch that is kept.

    Returns:
        a Keras network that ends in logits and carries its quantization.
    """
    recipe = dataclasses.replace(
        run.record.recipe, epochs=EPOCHS, warmup_epochs=0,
        learning_rate=run.record.recipe.learning_rate * LEARNING_RATE_SHARE,
    )  # fmt: skip
    seed_everything(recipe.seed)
    quantized = tfmot.quantization.keras.quantize_model(logits_of(build_trained(recipe, run.weights)))
    steps = steps_per_epoch(practice, recipe)
    compile_network(quantized, recipe, steps=steps)
    with ProgressBar("quantization-aware fine-tuning", steps * EPOCHS) as bar:
        quantized.fit(
            training_batches(practice, recipe),
            epochs=EPOCHS,
            steps_per_epoch=steps,
            validation_data=validation_batches(validation),
            callbacks=[BestEpoch(), ShowProgress(bar, EPOCHS)],
            verbose=0,
        )
    return quantized
