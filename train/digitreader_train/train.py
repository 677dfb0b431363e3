"""A training from its settings to its run folder: the one place that knows the order."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from digitreader.data import DataPlace
from digitreader.model.plain import to_plain
from digitreader.normalise import NORMALISATION
from digitreader_train.checkpoint import CheckpointFile
from digitreader_train.curriculum import practice_for
from digitreader_train.digits import TrainingDigits, load_training_digits
from digitreader_train.fit import Fitted, Kept, fit
from digitreader_train.network import activations_of, get_weights
from digitreader_train.practice.printed import families_practised
from digitreader_train.recipes import RECIPES, Recipe
from digitreader_train.report import describe_layers, describe_result
from digitreader_train.run_folder import (
    HISTORY,
    RUN_FORMAT,
    RunRecord,
    check_run_folder,
    history_csv,
    pack_weights,
    write_run,
)
from digitreader_train.shown import shown
from digitreader_train.tensorboard import check_log_folder
from digitreader_train.versions import installed_versions

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class TrainSettings:
    """What the command line asks for.

    Attributes:
        recipe: with the user's changes in it.
        place: where the data is.
        out: the run folder.
        limit: use only so many training images; all where None.
        quick: the recipe is one in short.
        resume: go on from the checkpoint in the run folder, where there is one.
        tensorboard: the folder of TensorBoard's logs; None writes none.
    """

    recipe: Recipe
    place: DataPlace
    out: Path
    limit: int | None = None
    quick: bool = False
    resume: bool = False
    tensorboard: Path | None = None


def train(settings: TrainSettings, say: Say = print) -> RunRecord:
    """Train a network and leave its run folder.

    Args:
        settings: what to train, on what, to where.
        say: takes each paragraph of the result.

    Raises:
        DataError: no usable data, or a checkpoint that does not fit.
        OutputError: the run folder may not be written, or holds a training that was broken off.
    """
    from digitreader_train.pictures import draw_pictures

    check_run_folder(settings.out)
    check_log_folder(settings.tensorboard)
    digits = load_training_digits(settings.place, limit=settings.limit)
    kept = _what_is_kept(settings, digits)
    say(describe_layers(settings.recipe))
    practice = practice_for(settings.recipe, digits, settings.place)
    validation = shown(digits.validation, settings.recipe.features)
    fitted = fit(settings.recipe, practice, validation, kept=kept)
    weights = pack_weights(get_weights(fitted.network))
    record = make_record(settings, digits, fitted, weights)
    activations = activations_of(fitted.network, validation.glyphs)
    pictures = draw_pictures(settings.recipe, fitted, digits.validation, activations)
    write_run(settings.out, record, weights, {HISTORY: history_csv(fitted.history), **pictures})
    if kept.checkpoints is not None:
        kept.checkpoints.remove()
    say(describe_result(record, settings.out, tuple(pictures)))
    return record


def _what_is_kept(settings: TrainSettings, digits: TrainingDigits) -> Kept:
    decides = {"recipe": settings.recipe, "limit": settings.limit, "data": digits.files_sha256, "by": NORMALISATION}
    checkpoints = CheckpointFile(settings.out, to_plain(decides))
    return Kept(checkpoints, checkpoints.start(resume=settings.resume), settings.tensorboard)


def make_record(settings: TrainSettings, digits: TrainingDigits, fitted: Fitted, weights: bytes) -> RunRecord:
    """Collect everything that is needed to train the same weights again."""
    return RunRecord(
        format=RUN_FORMAT,
        repeat=repeat_command(settings),
        recipe=settings.recipe,
        limit=settings.limit,
        any_digits=not digits.is_mnist,
        data=dict(digits.files_sha256),
        normalisation=NORMALISATION,
        train_images=len(digits.train),
        validation_images=len(digits.validation),
        best_epoch=fitted.best_epoch,
        validation_accuracy=round(fitted.history[fitted.best_epoch - 1].val_accuracy, 6),
        weights_sha256=hashlib.sha256(weights).hexdigest(),
        versions=installed_versions(),
        typefaces=families_practised() if settings.recipe.printed else (),
    )


def repeat_command(settings: TrainSettings) -> str:
    """The command that trains the same weights again; folders outside the working folder are not named."""
    recipe = settings.recipe
    words = [f"digitreader train {recipe.name} --activation {recipe.activation}"]
    words += [f"--seed {recipe.seed}", f"--epochs {recipe.epochs}"]
    words += [f"--features {recipe.features}"] if recipe.features != RECIPES[recipe.name].features else []
    words += ["--quick"] if settings.quick else []
    words += [f"--limit {settings.limit}"] if settings.limit is not None else []
    words += ["--any-digits"] if settings.place.any_digits else []
    words += [] if settings.out.is_absolute() else [f"--out {settings.out.as_posix()}"]
    return " ".join(words)
