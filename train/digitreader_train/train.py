"""A training from its settings to its run folder: the one place that knows the order."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from digitreader.measure.data import DataPlace
from digitreader.model.glyph.normalise import NORMALISATION
from digitreader.model.sealed_json import to_plain
from digitreader_train.checkpoint import CheckpointFile
from digitreader_train.curriculum import practice_for
from digitreader_train.digits import TrainingDigits, load_training_digits, validation_of
from digitreader_train.fit import FittedNetwork, Kept, fit
from digitreader_train.keras_file import KERAS_FILE, keras_bytes
from digitreader_train.network import activations_of, build_trained, get_weights
from digitreader_train.practice.extra import TIMES, read_extra
from digitreader_train.practice.printed import families_practised
from digitreader_train.recipes import RECIPES, Recipe
from digitreader_train.report import TestSets, before_after_text, describe_layers, describe_result, load_test_sets
from digitreader_train.run_folder import (
    HISTORY,
    RUN_FORMAT,
    SNAPSHOTS,
    RunRecord,
    check_run_folder,
    history_csv,
    pack_snapshots,
    pack_weights,
    write_run,
)
from digitreader_train.shown import shown
from digitreader_train.start_weights import StartWeights
from digitreader_train.tensorboard import check_log_folder
from digitreader_train.versions import installed_versions

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class TrainSettings:
    """The settings from the command line.

    Attributes:
        recipe: with the user's changes in it.
        place: where the data is.
        out: the run folder.
        limit: use only this many training images; all if None.
        quick: the recipe is one in short.
        resume: go on from the checkpoint in the run folder, if there is one.
        tensorboard: the folder of TensorBoard's logs; None writes none.
        start: the network to go on from; None begins with random weights.
        rehearse: this many digits of MNIST are learned beside the others.
        extra: a folder of corrections that are learned from too; None for none.
        repeat: the command that does it again; where it is empty, it is made of the others.
    """

    recipe: Recipe
    place: DataPlace
    out: Path
    limit: int | None = None
    quick: bool = False
    resume: bool = False
    tensorboard: Path | None = None
    start: StartWeights | None = None
    rehearse: int = 0
    extra: Path | None = None
    repeat: str = ""


def train(settings: TrainSettings, say: Say = print, *, digits: TrainingDigits | None = None) -> RunRecord:
    """Train a network and leave its run folder.

    Args:
        settings: what to train, on what, to where.
        say: takes each paragraph of the result.
        digits: what `load_training_digits` gives for these settings, where it was loaded before.

    Raises:
        DataError: no usable data or corrections, or a checkpoint that does not fit.
        OutputError: the run folder may not be written, or holds a training that was broken off.
    """
    from digitreader_train.pictures import draw_pictures

    check_run_folder(settings.out)
    check_log_folder(settings.tensorboard)
    extra = None if settings.extra is None else read_extra(settings.extra)
    digits = digits or load_training_digits(settings.place, limit=settings.limit, rehearse=settings.rehearse)
    if extra is not None:
        digits = replace(digits, files_sha256={**digits.files_sha256, "extra": extra.sha256})
        say(f"{len(extra.practice)} corrections are learned from too, each {TIMES} times")
    kept = _what_is_kept(settings, digits)
    say(describe_layers(settings.recipe))
    repeated = None if extra is None else extra.repeated()
    practice = practice_for(settings.recipe, digits, settings.place, extra=repeated)
    validation = shown(validation_of(digits), settings.recipe.features)
    exams, before = _examine_before(settings)
    beginning = None if settings.start is None else settings.start.weights
    fitted = fit(settings.recipe, practice, validation, kept=kept, beginning=beginning)
    trained = get_weights(fitted.network)
    weights = pack_weights(trained)
    after = {} if exams is None else exams.take(fitted.network)
    record = make_record(settings, digits, fitted, weights, before=before, after=after)
    activations = activations_of(fitted.network, validation.glyphs)
    pictures = draw_pictures(settings.recipe, fitted, validation_of(digits), activations)
    files = {HISTORY: history_csv(fitted.history), KERAS_FILE: keras_bytes(settings.recipe, trained), **pictures}
    files |= {SNAPSHOTS: pack_snapshots(settings.recipe, fitted)} if fitted.snapshots else {}
    (settings.out / SNAPSHOTS).unlink(missing_ok=True)  # of another network that was trained into this folder
    write_run(settings.out, record, weights, files)
    if kept.checkpoints is not None:
        kept.checkpoints.remove()
    say(describe_result(record, settings.out, tuple(pictures)))
    if settings.start is not None:
        say(before_after_text(settings.start.name, before, after))
    return record


def _examine_before(settings: TrainSettings) -> tuple[TestSets | None, dict[str, float]]:
    if settings.start is None:
        return None, {}
    exams = load_test_sets(settings.place, settings.recipe.features, rehearsed=settings.rehearse > 0)
    return exams, exams.take(build_trained(settings.recipe, settings.start.weights))


def _what_is_kept(settings: TrainSettings, digits: TrainingDigits) -> Kept:
    decides = {"recipe": settings.recipe, "limit": settings.limit, "data": digits.files_sha256, "by": NORMALISATION}
    if settings.start is not None:
        decides |= {"start": settings.start.sha256, "rehearsed": settings.rehearse}
    checkpoints = CheckpointFile(settings.out, to_plain(decides))
    return Kept(checkpoints, checkpoints.start(resume=settings.resume), settings.tensorboard)


def make_record(
    settings: TrainSettings,
    digits: TrainingDigits,
    fitted: FittedNetwork,
    weights: bytes,
    *,
    before: Mapping[str, float],
    after: Mapping[str, float],
) -> RunRecord:
    """Collect everything that is needed to train the same weights again."""
    return RunRecord(
        format=RUN_FORMAT,
        repeat=settings.repeat or repeat_command(settings, digits.about),
        recipe=settings.recipe,
        limit=settings.limit,
        any_digits=not digits.is_mnist and not digits.about,
        data=dict(digits.files_sha256),
        normalisation=NORMALISATION,
        train_images=len(digits.train),
        validation_images=digits.validation_images,
        best_epoch=fitted.best_epoch,
        validation_accuracy=round(fitted.history[fitted.best_epoch - 1].val_accuracy, 6),
        weights_sha256=hashlib.sha256(weights).hexdigest(),
        versions=installed_versions(),
        typefaces=families_practised() if settings.recipe.printed else (),
        trained_on=digits.about,
        started_from=() if settings.start is None else (settings.start.name, settings.start.sha256),
        rehearsed=settings.rehearse,
        before=tuple(before.values()),
        after=tuple(after.values()),
    )


def repeat_command(settings: TrainSettings, about: str = "") -> str:
    """The command that trains the same weights again; folders outside the working folder are not named.

    Args:
        settings: of the training.
        about: what the digits are, where they are the user's own.
    """
    recipe = settings.recipe
    words = [f"digitreader train {recipe.name}", *_network_words(settings)]
    words += [f"--seed {recipe.seed}", f"--epochs {recipe.epochs}"]
    words += [f"--data {settings.place.folder.name}"] if about and settings.place.folder is not None else []
    words += ["--quick"] if settings.quick else []
    words += [f"--limit {settings.limit}"] if settings.limit is not None else []
    words += [f"--extra {settings.extra.as_posix()}"] if settings.extra and not settings.extra.is_absolute() else []
    words += ["--any-digits"] if settings.place.any_digits else []
    words += [] if settings.out.is_absolute() else [f"--out {settings.out.as_posix()}"]
    return " ".join(words)


def _network_words(settings: TrainSettings) -> list[str]:
    """The words that say what network it is: its own layers, or another one that it goes on from."""
    recipe, plain = settings.recipe, RECIPES[settings.recipe.name]
    if settings.start is not None:
        return [f"--from {settings.start.name} --rehearse {settings.rehearse}"]
    words = [f"--activation {recipe.activation}"]
    words += [f"--features {recipe.features}"] if recipe.features != plain.features else []
    words += [f"--hidden {','.join(map(str, recipe.hidden))}"] if recipe.hidden != plain.hidden else []
    return words
