"""Trains every trial with every seed and writes the table down as it grows."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from digitreader.errors import UsageError
from digitreader.host.files import write_all_atomically
from digitreader.measure.data import DataPlace
from digitreader.model.accept import AcceptanceRule, evidence_of
from digitreader.model.glyph.features import FeatureKind, features_of
from digitreader.model.sealed_json import to_plain
from digitreader.values import Features
from digitreader_train.ablation.plan import Trial, trials_of
from digitreader_train.ablation.table import TrainingResult, TrialRow, describe, to_csv, to_markdown
from digitreader_train.curriculum import practice_for
from digitreader_train.digits import LabelledGlyphs, load_training_digits
from digitreader_train.fit import fit
from digitreader_train.network import activations_of
from digitreader_train.practice import Practice, Task
from digitreader_train.practice.negatives import draw_negatives
from digitreader_train.practice.practice import practice_parts
from digitreader_train.recipes import Recipe
from digitreader_train.shown import shown

KEPT_SHARE = 0.99
JUDGING_SEED = (77, 0)
"""Of the negatives that judge; those of the practice have another."""
JUDGES = 2_000

Say = Callable[[str], None]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class AblationSettings:
    """The settings from the command line.

    Attributes:
        recipe: with the user's changes in it.
        place: where the data is.
        out: the folder for the table.
        seeds: how many trainings of each trial.
        limit: use only this many training images; all if None.
        only: do this training alone, counted from 1, trial by trial and in each seed by seed; all if None.
    """

    recipe: Recipe
    place: DataPlace
    out: Path
    seeds: int = 5
    limit: int | None = None
    only: int | None = None


@dataclass(frozen=True, slots=True, eq=False)
class _Lesson:
    """What all trials of networks that are shown the same share."""

    practice: Practice
    validation: LabelledGlyphs
    negatives: Features


@dataclass(frozen=True, slots=True, eq=False)
class _Bench:
    """What all trials share; the lessons are by what the network is shown, `kinds` names the kind of each glyph."""

    lessons: Mapping[FeatureKind, _Lesson]
    kinds: npt.NDArray[np.str_]


def ablate(settings: AblationSettings, say: Say = print) -> tuple[TrialRow, ...]:
    """Train each trial with each seed; the table is written after each trial.

    What each training reached is kept in a file of its own, so that they may be done one by one, and on several
    machines; what an earlier call has done with the same settings is not done again.

    Returns:
        a row for each trial; none if only one training was asked for.

    Raises:
        DataError: no usable data.
        OutputError: the folder cannot be written to.
        UsageError: there is no training of this number.
    """
    pairs = [(trial, seed) for trial in trials_of(settings.recipe) for seed in range(1, settings.seeds + 1)]
    kept = ResultFiles(settings.out / "trainings", settings.recipe, settings.limit)
    if settings.only is not None and settings.only > len(pairs):
        raise UsageError(f"--only {settings.only}: there are {len(pairs)} trainings, 1 to {len(pairs)}")
    wanted = pairs if settings.only is None else [pairs[settings.only - 1]]
    missing = any(kept.outcome(*pair) is None for pair in wanted)
    bench = _prepare(settings) if missing else None
    rows: dict[str, list[TrainingResult]] = {}
    for trial, seed in wanted:
        outcome = kept.outcome(trial, seed)
        if outcome is None and bench is not None:
            outcome = _train(trial, seed, bench)
            kept.keep(trial, seed, outcome)
        if outcome is not None:
            rows.setdefault(trial.name, []).append(outcome)
        if settings.only is None and seed == settings.seeds:
            _write(settings.out, [TrialRow(name, tuple(outcomes)) for name, outcomes in rows.items()])
            say(describe(TrialRow(trial.name, tuple(rows[trial.name]))))
    return (
        () if settings.only is not None else tuple(TrialRow(name, tuple(outcomes)) for name, outcomes in rows.items())
    )


class ResultFiles:
    """The results of trainings, one file each.

    Args:
        folder: of the files.
        recipe: the whole one; what was reached with another is not that of this one.
        limit: as in `AblationSettings`.
    """

    def __init__(self, folder: Path, recipe: Recipe, limit: int | None) -> None:
        self._folder = folder
        self._of = {"recipe": to_plain(recipe), "limit": limit}

    def outcome(self, trial: Trial, seed: int) -> TrainingResult | None:
        """What a training has reached; None if it has not been done."""
        try:
            kept = json.loads(self._path(trial, seed).read_bytes())
        except (OSError, ValueError):
            return None
        same = kept.pop("of", None) == json.loads(json.dumps(self._of))
        return TrainingResult(**kept) if same else None

    def keep(self, trial: Trial, seed: int, outcome: TrainingResult) -> None:
        """Keep what a training has reached."""
        self._folder.mkdir(parents=True, exist_ok=True)
        content = json.dumps({**dataclasses.asdict(outcome), "of": self._of}) + "\n"
        write_all_atomically({self._path(trial, seed): content.encode()})

    def _path(self, trial: Trial, seed: int) -> Path:
        return self._folder / f"{trial.name.replace(' ', '-').replace(',', '')}-seed{seed}.json"


def _prepare(settings: AblationSettings) -> _Bench:
    # what the user's own set calls no digit is not an ingredient of a recipe
    digits = dataclasses.replace(load_training_digits(settings.place, limit=settings.limit), others=None)
    parts = practice_parts(settings.recipe, digits.train, settings.place)
    kinds = np.concatenate([np.full(len(part), name) for name, part in parts.items()])
    judged = Task(digits.validation.images[:JUDGES], digits.validation.labels[:JUDGES], JUDGING_SEED)
    practice = practice_for(dataclasses.replace(settings.recipe, features="pixels", digits=1.0), digits, settings.place)
    negatives = draw_negatives(judged).glyphs
    shown_kinds = {trial.recipe.features for trial in trials_of(settings.recipe)}
    lessons = {
        kind: _Lesson(shown(practice, kind), shown(digits.validation, kind), features_of(negatives, kind))
        for kind in sorted(shown_kinds)
    }
    return _Bench(lessons, kinds)


def _train(trial: Trial, seed: int, bench: _Bench) -> TrainingResult:
    lesson = bench.lessons[trial.recipe.features]
    some = without(lesson.practice, np.isin(bench.kinds, list(trial.kinds)))
    practice = some.with_first(int(np.count_nonzero(bench.kinds == "digits")), times=round(trial.recipe.digits))
    recipe = dataclasses.replace(trial.recipe, seed=seed)
    network = fit(recipe, practice, lesson.validation, label=f"{trial.name}, seed {seed}").network
    activations = activations_of(network, lesson.validation.glyphs)
    right = activations.argmax(axis=1) == lesson.validation.labels
    answers = (activations, activations_of(network, lesson.negatives))
    sure, taken = (evidence_of(each, AcceptanceRule()).max(axis=1) for each in answers)
    return TrainingResult(float(right.mean()), float((taken >= np.quantile(sure, 1 - KEPT_SHARE)).mean()))


def without(practice: Practice, left_out: Mask) -> Practice:
    """The practice without some of its glyphs."""
    beliefs = None if practice.beliefs is None else practice.beliefs[~left_out]
    return Practice(practice.glyphs[~left_out], practice.labels[~left_out], beliefs)


def _write(folder: Path, rows: list[TrialRow]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    write_all_atomically(
        {folder / "ablation.csv": to_csv(rows).encode(), folder / "ablation.md": to_markdown(rows).encode()}
    )
