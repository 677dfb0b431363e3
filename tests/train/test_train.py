from __future__ import annotations

import csv
import dataclasses
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from digitreader.host.distribution import install_extra
from digitreader.measure.data import DataPlace
from digitreader.model.training_history import LEVELS, read_history
from digitreader_train.fit import snapshot_epochs
from digitreader_train.recipes import RECIPES, Activation, in_short
from digitreader_train.run_folder import load_run
from digitreader_train.train import TrainSettings, train

Run = Callable[..., Any]

PICTURES = ["confusion.png", "learning_curves.png", "mistakes.png", "neurons.png", "reliability.png"]


def train_briefly(place: DataPlace, out: Path, **changes: Any) -> None:
    brief = {"epochs": 2, "variants": 0, "negatives": 0.1}
    recipe = dataclasses.replace(in_short(RECIPES["tiny"]), **{**brief, **changes})
    train(TrainSettings(recipe, place, out, limit=300), say=lambda _: None)


@pytest.mark.parametrize("activation", ["relu", "sigmoid"])
def test_the_same_seed_gives_the_same_bytes_and_another_seed_others(
    drawn_place: DataPlace, tmp_path: Path, activation: Activation
) -> None:
    for name, seed in (("first", 5), ("again", 5), ("other", 6)):
        train_briefly(drawn_place, tmp_path / name / "run", activation=activation, seed=seed)
    contents = {
        name: [(tmp_path / name / "run" / file).read_bytes() for file in ("weights.npz", "history.csv", "run.json")]
        for name in ("first", "again", "other")
    }
    assert contents["first"] == contents["again"]
    assert contents["first"][0] != contents["other"][0]


def test_a_run_folder_has_everything(trained_run: Path) -> None:
    names = sorted(path.name for path in trained_run.iterdir() if path.is_file())
    assert names == sorted([*PICTURES, "history.csv", "model.keras", "run.json", "snapshots.npz", "weights.npz"])


def test_the_history_shows_the_network_from_its_random_beginning_to_the_weights_that_were_kept(
    trained_run: Path,
) -> None:
    history, run = read_history(trained_run / "snapshots.npz"), load_run(trained_run)
    assert history is not None
    assert [each.epoch for each in history.snapshots] == [0, 1, 2, 3, 5, 8, run.record.best_epoch]
    assert history.figures.shape == (20, 4)
    assert history.figures[run.record.best_epoch - 1, 3] == pytest.approx(run.record.validation_accuracy, abs=1e-5)
    weights, biases = history.snapshots[-1].layers[0]
    kept = run.weights["hidden_1.kernel"].T
    assert np.abs(weights - kept).max() <= np.abs(kept).max() / LEVELS / 2 + 1e-6
    assert biases == pytest.approx(run.weights["hidden_1.bias"], abs=1e-3)
    assert (trained_run / "snapshots.npz").stat().st_size < 60_000


def test_a_network_that_is_not_shown_pixels_keeps_no_history(drawn_place: DataPlace, tmp_path: Path) -> None:
    assert snapshot_epochs(RECIPES["small"]) == frozenset()
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "snapshots.npz").write_bytes(b"of another network")
    (tmp_path / "run" / "run.json").write_bytes(b"of another network")
    train_briefly(drawn_place, tmp_path / "run", features="directions")
    assert not (tmp_path / "run" / "snapshots.npz").exists()


def test_the_record_tells_how_to_repeat_the_run(trained_run: Path) -> None:
    record = load_run(trained_run).record
    assert record.repeat == "digitreader train tiny --activation relu --seed 1 --epochs 20 --any-digits"
    assert len(record.data) == 4
    assert (record.train_images, record.validation_images) == (1_500, 300)
    assert {"tensorflow", "tf-keras", "numpy"} <= set(record.versions)


def test_the_network_has_learned_to_read_digits_that_it_never_saw(trained_run: Path) -> None:
    # one of ten by chance
    assert load_run(trained_run).record.validation_accuracy > 0.9


def test_the_history_has_a_line_for_each_epoch(trained_run: Path) -> None:
    rows = list(csv.DictReader((trained_run / "history.csv").read_text().splitlines()))
    assert [int(row["epoch"]) for row in rows] == list(range(1, 21))
    best = max(rows[15:], key=lambda row: (float(row["val_accuracy"]), -float(row["val_loss"])))
    assert int(best["epoch"]) == load_run(trained_run).record.best_epoch


@pytest.mark.parametrize("name", PICTURES)
def test_each_picture_shows_something(trained_run: Path, name: str) -> None:
    picture = cv2.imread(str(trained_run / name))
    assert picture is not None
    assert min(picture.shape[:2]) > 200
    assert len(np.unique(picture.reshape(-1, 3), axis=0)) > 50


def test_the_command_trains_prints_the_layers_and_says_what_comes_next(
    digitreader: Run, drawn_place: DataPlace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)
    data = ["--data", drawn_place.folder, "--any-digits"]
    ran = digitreader("train", "tiny", *data, "--quick", "--epochs", "1", "--limit", "120")
    assert ran.status == 0
    assert "13,002" in ran.out
    assert "validation accuracy" in ran.out
    assert "digitreader export runs/tiny" in ran.out
    repeat = (
        "digitreader train tiny --activation relu --seed 1 --epochs 1 --quick --limit 120 --any-digits --out runs/tiny"
    )
    assert json.loads((tmp_path / "runs" / "tiny" / "run.json").read_text())["repeat"] == repeat
    assert "training tiny: " in ran.err


def test_a_network_may_be_shown_what_another_recipe_is_not(
    digitreader: Run, drawn_place: DataPlace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)
    data = ["--data", drawn_place.folder, "--any-digits"]
    ran = digitreader("train", "tiny", *data, "--features", "directions", "--quick", "--epochs", "1", "--limit", "120")
    assert ran.status == 0
    record = load_run(tmp_path / "runs" / "tiny").record
    assert record.recipe.features == "directions"
    assert "--features directions" in record.repeat


def test_without_a_recipe_the_network_of_the_explanation_is_trained(
    digitreader: Run, drawn_place: DataPlace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)
    data = ["--data", drawn_place.folder, "--any-digits"]
    ran = digitreader("train", *data, "--quick", "--epochs", "1", "--limit", "120")
    assert ran.status == 0
    assert "28 x 28" in ran.out
    recipe = load_run(tmp_path / "runs" / "tiny").record.recipe
    assert (recipe.name, recipe.features, recipe.layers) == ("tiny", "pixels", (784, 16, 16, 10))


@pytest.mark.parametrize(
    ("arguments", "status", "says"),
    [
        (["enormous"], 2, "enormous: no such recipe; choose one of tiny"),
        (["tiny", "--epochs", "0"], 2, "0 is too small"),
        (["tiny", "--activation", "tanh"], 2, "'tanh' is not a choice"),
        (["tiny", "--data", "nowhere"], 1, "nowhere: no such folder"),
    ],
)
def test_a_wrong_command_line_is_one_clear_line(
    digitreader: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], status: int, says: str
) -> None:
    monkeypatch.chdir(tmp_path)
    ran = digitreader("train", *arguments)
    assert ran.status == status
    assert ran.err.count("\n") == 1
    assert says in ran.err


def test_data_that_is_not_mnist_is_refused_unless_it_is_meant(
    digitreader: Run, drawn_place: DataPlace, tmp_path: Path
) -> None:
    ran = digitreader("train", "tiny", "--data", drawn_place.folder, "--out", tmp_path / "run")
    assert ran.status == 1
    assert "is not MNIST's" in ran.err


def test_without_tensorflow_the_extra_is_named(digitreader: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("digitreader.cli.arguments.find_spec", lambda name: None if name == "tensorflow" else "here")
    for command in (["train", "tiny"], ["export", "runs/tiny"]):
        ran = digitreader(*command)
        assert ran.status == 1
        assert f"needs tensorflow, which is not installed; {install_extra('train')}" in ran.err
