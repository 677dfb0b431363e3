from __future__ import annotations

import dataclasses
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from digitreader.errors import DataError, OutputError
from digitreader.measure.data import DataPlace
from digitreader_train.checkpoint import CHECKPOINT
from digitreader_train.recipes import RECIPES, Recipe, in_short
from digitreader_train.train import TrainSettings, train

Run = Callable[..., Any]

EPOCHS, BROKEN_AFTER = 8, 7  # of eight epochs the last two may be kept, so that the break comes between these


def recipe(seed: int = 5) -> Recipe:
    brief = in_short(RECIPES["tiny"])
    return dataclasses.replace(brief, epochs=EPOCHS, variants=0, negatives=0.1, seed=seed)


def train_briefly(place: DataPlace, out: Path, **changes: Any) -> None:
    settings = TrainSettings(recipe(), place, out, limit=300)
    train(dataclasses.replace(settings, **changes), say=lambda _: None)


@pytest.fixture(scope="module")
def broken_off(drawn_place: DataPlace, tmp_path_factory: pytest.TempPathFactory, break_off: Run) -> Path:
    """The folder of a training that was broken off, which stays as it is."""
    folder = tmp_path_factory.mktemp("resume") / "broken"
    break_off(lambda: train_briefly(drawn_place, folder), BROKEN_AFTER)
    return folder


@pytest.fixture
def broken(broken_off: Path, tmp_path: Path) -> Path:
    """A copy of that folder."""
    return shutil.copytree(broken_off, tmp_path / "broken")


@pytest.fixture(scope="module")
def whole(drawn_place: DataPlace, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a training with `resume` but without a checkpoint; TensorBoard's logs are in `logs` beside it."""
    folder = tmp_path_factory.mktemp("resume") / "whole"
    train_briefly(drawn_place, folder, resume=True, tensorboard=folder.with_name("logs"))
    return folder


def test_a_training_that_goes_on_after_a_break_gives_the_same_bytes_and_leaves_no_checkpoint(
    drawn_place: DataPlace, broken: Path, whole: Path
) -> None:
    train_briefly(drawn_place, broken, resume=True)
    for name in ("weights.npz", "history.csv", "snapshots.npz"):
        assert (broken / name).read_bytes() == (whole / name).read_bytes(), name
    assert not (broken / CHECKPOINT).exists()


def test_a_broken_training_is_not_overwritten_by_mistake(drawn_place: DataPlace, broken: Path) -> None:
    with pytest.raises(OutputError, match="was broken off here; add --resume to go on"):
        train_briefly(drawn_place, broken)


def test_a_checkpoint_of_other_settings_is_refused(drawn_place: DataPlace, broken: Path) -> None:
    with pytest.raises(DataError, match="of a training with other settings or data"):
        train_briefly(drawn_place, broken, resume=True, recipe=recipe(seed=6))


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"nothing"])
def test_a_damaged_checkpoint_is_one_clear_error(drawn_place: DataPlace, broken: Path, content: bytes) -> None:
    (broken / CHECKPOINT).write_bytes(content)
    with pytest.raises(DataError, match=r"checkpoint\.npz: damaged .*delete this file to start again"):
        train_briefly(drawn_place, broken, resume=True)


def test_without_a_checkpoint_resuming_begins_with_the_first_epoch(whole: Path) -> None:
    assert (whole / "run.json").is_file()
    assert len((whole / "history.csv").read_text().splitlines()) == 1 + EPOCHS


def test_tensorboard_gets_the_figures_of_each_epoch(whole: Path) -> None:
    import tensorflow as tf

    (file,) = whole.with_name("logs").iterdir()
    events = [event for event in tf.compat.v1.train.summary_iterator(str(file)) if event.summary.value]
    told = [(event.step, event.summary.value[0].tag) for event in events]
    assert {step for step, _ in told} == set(range(1, EPOCHS + 1))
    assert {tag for _, tag in told} == {"loss", "accuracy", "val_loss", "val_accuracy"}


def test_a_log_folder_that_is_a_file_is_one_clear_error(drawn_place: DataPlace, tmp_path: Path) -> None:
    (tmp_path / "logs").write_text("")
    with pytest.raises(OutputError, match=r"logs: cannot take logs \(File exists\); give another --tensorboard"):
        train_briefly(drawn_place, tmp_path / "run", tensorboard=tmp_path / "logs")
