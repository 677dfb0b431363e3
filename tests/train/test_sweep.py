"""A sweep is independent trainings, which may be done one by one, and a table of them."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from digitreader.errors import DataError, UsageError
from digitreader.measure.data import DataPlace
from digitreader_train.recipes import RECIPES
from digitreader_train.run_folder import load_run
from digitreader_train.sweep import chosen, gather, read_sweep, write_report

Run = Callable[..., Any]

SWEEP = """\
recipes = ["tiny"]
seeds = [1, 7]
out = "sweep"

[all]
epochs = 2

[change."without negatives"]
recipe = "small"
negatives = 0
hidden = [8]
activation = "sigmoid"
"""


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Path]:
    monkeypatch.chdir(tmp_path)

    def write(text: str) -> Path:
        path = tmp_path / "mine.toml"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def test_each_row_is_trained_with_each_seed_into_a_folder_of_its_own(write: Callable[[str], Path]) -> None:
    runs = read_sweep(write(SWEEP))
    assert [(run.number, run.row, run.recipe.seed, run.out.as_posix()) for run in runs] == [
        (1, "tiny", 1, "sweep/tiny-seed1"),
        (2, "tiny", 7, "sweep/tiny-seed7"),
        (3, "without negatives", 1, "sweep/without-negatives-seed1"),
        (4, "without negatives", 7, "sweep/without-negatives-seed7"),
    ]
    changed = runs[2].recipe
    assert (changed.negatives, changed.hidden, changed.activation, changed.epochs) == (0.0, (8,), "sigmoid", 2)
    assert changed.features == RECIPES["small"].features
    assert chosen(runs, 3) == [runs[2]]
    assert chosen(runs, None) == runs
    with pytest.raises(UsageError, match="--only 5: the sweep has 4 runs"):
        chosen(runs, 5)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("recipes = [", "is not TOML"),
        ("recipe = 'tiny'", "unknown key 'recipe'"),
        ("seeds = [1]", "needs recipes"),
        ("recipes = ['huge']", "'huge' is not a recipe; choose one of tiny"),
        ("recipes = ['tiny']\nseeds = 3", "seeds is 3; give whole numbers"),
        ("recipes = ['tiny', 'tiny']", "would have the same run folder"),
        ("recipes = ['tiny']\n[all]\nseed = 3", "'seed' is not a setting of a recipe"),
        ("recipes = ['tiny']\n[all]\nepochs = 0", "epochs = 0 is not allowed; give something like 100"),
        ("recipes = ['tiny']\n[all]\nactivation = 'tanh'", "activation = 'tanh' is not allowed; give relu or sigmoid"),
        ("[change.a]\ncamera = 1", "None is not a recipe"),
    ],
)
def test_a_file_that_cannot_be_meant_is_refused(write: Callable[[str], Path], text: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        read_sweep(write(text))


def test_runs_are_trained_one_by_one_or_all_that_are_missing_and_reported(
    digitreader: Run, drawn_place: DataPlace, write: Callable[[str], Path], tmp_path: Path
) -> None:
    path = write('recipes = ["tiny"]\nseeds = [1, 2]\nout = "sweep"\n[all]\nhidden = [4]\n')
    line = ("train", "--sweep", path, "--quick", "--limit", "200", "--data", drawn_place.folder, "--any-digits")
    assert digitreader(*line, "--only", "2").status == 0
    folder = tmp_path / "sweep"
    assert [each.name for each in folder.iterdir()] == ["tiny-seed2"]
    record = load_run(folder / "tiny-seed2").record
    assert (record.repeat, record.recipe.seed) == ("digitreader train --sweep mine.toml --only 2", 2)
    before = (folder / "tiny-seed2" / "run.json").stat().st_mtime_ns
    ran = digitreader(*line)
    assert "run 2, tiny, seed 2: is done already, in sweep/tiny-seed2" in ran.err
    assert (folder / "tiny-seed2" / "run.json").stat().st_mtime_ns == before
    assert {row: [each.recipe.seed for each in records] for row, records in gather(folder).items()} == {"tiny": [1, 2]}
    ran = digitreader("report", folder)
    assert ran.out == (folder / "report.md").read_text()
    assert ran.out.splitlines()[2].startswith("| tiny | 2 | ")
    assert [row["seed"] for row in csv.DictReader((folder / "report.csv").read_text().splitlines())] == ["1", "2"]


def test_a_folder_without_runs_has_no_report(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="holds no runs"):
        write_report(tmp_path)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("tiny", "--only", "2"), "--only is for a sweep"),
        (("tiny", "--sweep", "a.toml"), "--sweep names the recipes; leave tiny out"),
        (("--sweep", "a.toml", "--seed", "2"), "--seed cannot be used with --sweep, whose file sets it"),
        (("--sweep", "none.toml"), "none.toml: the sweep cannot be read"),
    ],
)
def test_what_contradicts_itself_is_refused(digitreader: Run, arguments: tuple[str, ...], said: str) -> None:
    ran = digitreader("train", *arguments)
    assert (ran.status, ran.err.count("\n")) == (2, 1)
    assert said in ran.err
