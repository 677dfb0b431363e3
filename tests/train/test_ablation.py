"""An ablation leaves one ingredient out at a time and says what that costs, over several seeds."""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from digitreader.errors import UsageError
from digitreader.measure.data import DataPlace
from digitreader_train.ablation import AblationSettings, ablate
from digitreader_train.ablation.ablate import without
from digitreader_train.ablation.plan import WHOLE, Trial, trials_of
from digitreader_train.ablation.table import TrainingResult, TrialRow, to_csv, to_markdown
from digitreader_train.practice import Practice
from digitreader_train.recipes import RECIPES, in_short

Run = Callable[..., Any]


def test_each_ingredient_is_left_out_once_and_then_all_of_them() -> None:
    recipe = dataclasses.replace(in_short(RECIPES["small"]), variants=1, negatives=0.3, teacher=0.5)
    trials = trials_of(recipe)
    assert [(trial.name, trial.recipe.features, trial.recipe.teacher, set(trial.kinds)) for trial in trials] == [
        (WHOLE, "directions", 0.5, set()),
        ("shown pixels", "pixels", 0.5, set()),
        ("without the teacher", "directions", 0.0, set()),
        ("without variants by other pens", "directions", 0.5, {"variants"}),
        ("without drawn negatives", "directions", 0.5, {"negatives"}),
        ("the digits alone", "directions", 0.0, {"variants", "negatives"}),
    ]


def test_what_is_left_out_is_gone_from_glyphs_labels_and_beliefs() -> None:
    glyphs = np.arange(3, dtype=np.uint8)[:, None, None] * np.ones((1, 28, 28), np.uint8)
    practice = Practice(glyphs, np.arange(3, dtype=np.uint8), np.eye(3, 11, dtype=np.float16))
    rest = without(practice, np.array([False, True, False]))
    assert rest.glyphs[:, 0, 0].tolist() == rest.labels.tolist() == [0, 2]
    assert rest.beliefs is not None
    assert rest.beliefs.argmax(axis=1).tolist() == [0, 2]


def test_the_table_gives_mean_and_standard_deviation() -> None:
    rows = [TrialRow(WHOLE, (TrainingResult(0.98, 0.2), TrainingResult(0.99, 0.3)))]
    assert to_markdown(rows).splitlines()[2] == "| the whole recipe | 98.50 ± 0.71 % | 25.00 ± 7.07 % |"
    assert to_csv(rows).splitlines()[1:] == [
        '"the whole recipe",1,0.980000,0.200000',
        '"the whole recipe",2,0.990000,0.300000',
    ]


def test_a_single_seed_has_no_spread() -> None:
    assert "50.00 ± 0.00 %" in to_markdown([TrialRow("one", (TrainingResult(0.5, 0.0),))])


def test_every_trial_is_trained_with_every_seed(drawn_place: DataPlace, tmp_path: Path) -> None:
    recipe = dataclasses.replace(in_short(RECIPES["small"]), epochs=2, variants=0, negatives=0.5)
    said: list[str] = []
    rows = ablate(AblationSettings(recipe, drawn_place, tmp_path / "out", seeds=2, limit=300), said.append)
    assert [row.name for row in rows] == [WHOLE, "shown pixels", "without drawn negatives", "the digits alone"]
    assert all(len(row.outcomes) == 2 for row in rows)
    assert rows[0].outcomes[0] != rows[0].outcomes[1]
    # without negatives these two are the same trainings
    assert rows[2].outcomes == rows[3].outcomes
    assert rows[0].outcomes != rows[1].outcomes
    assert len(said) == 4
    assert (tmp_path / "out" / "ablation.md").read_text() == to_markdown(rows)
    assert len((tmp_path / "out" / "ablation.csv").read_text().splitlines()) == 1 + 8


def test_trainings_may_be_done_one_by_one_and_what_is_done_is_gathered(
    drawn_place: DataPlace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trained: list[tuple[str, int]] = []

    def train(trial: Trial, seed: int, bench: object) -> TrainingResult:
        trained.append((trial.name, seed))
        return TrainingResult(0.9 + seed / 100, 0.1)

    module = sys.modules[ablate.__module__]  # whose name is that of the function, too
    monkeypatch.setattr(module, "_prepare", lambda _: object())
    monkeypatch.setattr(module, "_train", train)
    recipe = dataclasses.replace(in_short(RECIPES["tiny"]), variants=0)
    settings = AblationSettings(recipe, drawn_place, tmp_path, seeds=2)
    assert ablate(dataclasses.replace(settings, only=2), lambda _: None) == ()
    assert trained == [(WHOLE, 2)]
    assert not (tmp_path / "ablation.md").exists()
    rows = ablate(settings, lambda _: None)
    assert trained[1:3] == [(WHOLE, 1), ("without drawn negatives", 1)]
    assert [outcome.accuracy for outcome in rows[0].outcomes] == [0.91, 0.92]
    assert len(trained) == len(set(trained)) == 6
    other = dataclasses.replace(settings, recipe=dataclasses.replace(recipe, epochs=1))
    ablate(other, lambda _: None)
    assert len(trained) == 12  # what another recipe has reached does not count
    with pytest.raises(UsageError, match="--only 7: there are 6 trainings"):
        ablate(dataclasses.replace(settings, only=7), lambda _: None)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [(["enormous"], "enormous: no such recipe"), (["tiny", "--seeds", "0"], "0 is too small")],
)
def test_a_wrong_command_line_is_one_clear_line(digitreader: Run, arguments: list[str], says: str) -> None:
    ran = digitreader("ablate", *arguments)
    assert ran.status == 2
    assert says in ran.err
    assert ran.err.count("\n") == 1
