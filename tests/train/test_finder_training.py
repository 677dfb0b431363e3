"""The finder's training: repeatable to the bit, through a break as well."""

from __future__ import annotations

import csv
import dataclasses
import json
from collections.abc import Callable
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from digitreader.errors import DataError, OutputError
from digitreader_train.checkpoint import CHECKPOINT
from digitreader_train.finder.fit import expose
from digitreader_train.finder.practice import count_batches
from digitreader_train.finder.recipe import FINDER, Exposure, finder_in_short, learning_rate_at, with_scenes
from digitreader_train.finder.run_record import load_finder_run
from digitreader_train.finder.train import FinderSettings, train_finder

Run = Callable[..., Any]

FILES = ["history.csv", "learning_curves.png", "mistakes.png", "run.json", "scenes.png", "weights.npz"]


def train_into(folder: Path, settings: FinderSettings, **changes: Any) -> None:
    train_finder(dataclasses.replace(settings, out=folder, **changes), say=lambda _: None)


def test_a_run_folder_has_everything(finder_run: Path) -> None:
    assert sorted(path.name for path in finder_run.iterdir()) == FILES


def test_the_same_seed_gives_the_same_bytes(finder_run: Path, finder_settings: FinderSettings, tmp_path: Path) -> None:
    train_into(tmp_path / "again", finder_settings)
    for name in FILES:
        assert (tmp_path / "again" / name).read_bytes() == (finder_run / name).read_bytes(), name


def test_a_training_that_goes_on_after_a_break_gives_the_same_bytes(
    finder_run: Path, finder_settings: FinderSettings, tmp_path: Path, break_off: Run
) -> None:
    folder = tmp_path / "broken"
    break_off(lambda: train_into(folder, finder_settings), 1)
    with pytest.raises(OutputError, match="was broken off here; add --resume"):
        train_into(folder, finder_settings)
    train_into(folder, finder_settings, resume=True, tensorboard=tmp_path / "logs")
    for name in FILES:
        assert (folder / name).read_bytes() == (finder_run / name).read_bytes(), name
    assert not (folder / CHECKPOINT).exists()
    assert len(list((tmp_path / "logs").iterdir())) == 1


def test_the_record_says_how_it_was_trained(finder_run: Path) -> None:
    record = load_finder_run(finder_run).record
    assert record.repeat == "digitreader train finder --seed 1 --epochs 2 --scenes 12 --any-digits"
    assert (record.train_scenes, record.validation_scenes) == (12, 6)
    assert len(record.data) == 4
    assert record.remark == ""


def test_the_history_has_a_line_for_each_epoch(finder_run: Path) -> None:
    rows = list(csv.DictReader((finder_run / "history.csv").read_text().splitlines()))
    assert [row["epoch"] for row in rows] == ["1", "2"]
    # the record's is a mean over other batches, each of which divides by its own number of digits
    assert float(rows[-1]["val_maps_loss"]) == pytest.approx(load_finder_run(finder_run).record.maps_loss, rel=0.4)


@pytest.mark.parametrize("name", [name for name in FILES if name.endswith(".png")])
def test_each_picture_shows_something(finder_run: Path, name: str) -> None:
    picture = cv2.imread(str(finder_run / name))
    assert picture is not None
    assert len(np.unique(picture.reshape(-1, 3), axis=0)) > 50


def test_a_changed_run_is_refused(finder_run: Path, tmp_path: Path) -> None:
    for name in ("run.json", "weights.npz"):
        (tmp_path / name).write_bytes((finder_run / name).read_bytes())
    plain = json.loads((tmp_path / "run.json").read_text())
    (tmp_path / "run.json").write_text(json.dumps({**plain, "weights_sha256": "0"}))
    with pytest.raises(DataError, match=r"not the weights that run\.json describes"):
        load_finder_run(tmp_path)


def test_the_same_numbers_change_colours_the_same_way_and_others_otherwise() -> None:
    images = np.random.default_rng(1).integers(0, 256, (4, 8, 8, 3), np.uint8)
    first, again, other = (expose(images, Exposure(), np.random.default_rng(seed)) for seed in (7, 7, 8))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)
    assert first.shape == images.shape


def test_without_any_change_a_scene_stays_as_it_is() -> None:
    images = np.arange(192, dtype=np.uint8).reshape(1, 8, 8, 3)
    nothing = Exposure(inverted=0.0, gain=(1.0, 1.0), offset=0.0, gamma=0.0, gray=0.0, swapped=0.0)
    assert np.array_equal(expose(images, nothing, np.random.default_rng(1)), images)
    inverted = expose(images, dataclasses.replace(nothing, inverted=1.0), np.random.default_rng(1))
    assert np.array_equal(inverted, 255 - images)
    gray = expose(images, dataclasses.replace(nothing, gray=1.0), np.random.default_rng(1))
    assert (gray == gray[..., :1]).all()
    assert np.abs(gray[..., 0].astype(int) - images.astype(int).mean(axis=-1)).max() <= 1


def test_the_learning_rate_rises_and_falls() -> None:
    rates = [learning_rate_at(FINDER, step, 1_000) for step in range(1_000)]
    assert rates[0] < rates[100] < rates[FINDER.warmup_steps - 1]
    assert max(rates) < FINDER.learning_rate
    assert rates[FINDER.warmup_steps :] == sorted(rates[FINDER.warmup_steps :], reverse=True)
    assert FINDER.least_rate < rates[-1] < 2 * FINDER.least_rate


def test_the_shipped_recipe_draws_160_portions_of_500() -> None:
    assert (FINDER.portions, FINDER.portion, FINDER.validation_portions) == (160, 500, 3)
    assert count_batches([FINDER.portion] * FINDER.portions, FINDER.batch) == 2_500


def test_few_scenes_make_small_portions_and_batches() -> None:
    few = with_scenes(FINDER, 20)
    assert (few.portions, few.portion, few.batch) == (1, 20, 20)
    assert finder_in_short(FINDER).portions == 2


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["finder", "--activation", "relu"], "--activation is not for finder"),
        (["finder", "--limit", "20"], "--limit is not for finder"),
        (["tiny", "--scenes", "20"], "--scenes is not for tiny"),
        (["enormous"], "choose one of tiny, small, accurate, finder"),
    ],
)
def test_a_wrong_command_line_is_one_clear_line(digitreader: Run, arguments: list[str], says: str) -> None:
    ran = digitreader("train", *arguments)
    assert (ran.status, ran.err.count("\n")) == (2, 1)
    assert says in ran.err


def test_the_command_trains_and_says_what_comes_next(
    digitreader: Run, finder_settings: FinderSettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr("digitreader_train.finder.recipe.FINDER", finder_settings.recipe)
    data = ["--data", finder_settings.place.folder, "--any-digits"]
    ran = digitreader("train", "finder", *data, "--epochs", "1", "--out", tmp_path / "run")
    assert ran.status == 0
    assert "digits found" in ran.out
    assert f"digitreader export {tmp_path / 'run'}" in ran.out
    assert "drawing scenes: " in ran.err
    assert "training finder: " in ran.err


def test_a_drawing_process_that_is_ended_is_one_clear_error(
    finder_settings: FinderSettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def end(*_: object) -> None:
        raise BrokenProcessPool

    monkeypatch.setattr("digitreader_train.finder.practice._draw_missing", end)
    place = dataclasses.replace(finder_settings.place, cache=tmp_path / "cache")
    with pytest.raises(DataError, match="drawing scenes: a process was ended, most likely because memory ran out"):
        train_into(tmp_path / "run", finder_settings, place=place)
