"""A training that begins with the weights of an exported finder."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from digitreader.errors import DataError
from digitreader.measure.data import DataPlace
from digitreader.model.locate import shipped_models
from digitreader_export.finder.lite_network import LiteNetwork
from digitreader_train.backend import seed_everything
from digitreader_train.finder.earlier import Earlier, read_earlier
from digitreader_train.finder.fit import to_real
from digitreader_train.finder.network import build_finder
from digitreader_train.finder.recipe import beginning_with
from digitreader_train.finder.run_record import load_finder_run
from digitreader_train.finder.scene import SIDE_PX
from digitreader_train.finder.train import FinderSettings, train_finder

Run = Callable[..., Any]


@pytest.fixture(scope="module")
def shipped() -> Earlier:
    return read_earlier(shipped_models()["finder"])


@pytest.fixture(scope="module")
def scenes() -> Any:
    rng = np.random.default_rng(4)
    blotches = rng.integers(0, 256, (4, SIDE_PX // 8, SIDE_PX // 8, 3), np.uint8)
    return blotches.repeat(8, axis=1).repeat(8, axis=2)


def test_the_network_answers_as_the_file_does(shipped: Earlier, scenes: Any) -> None:
    seed_everything(3)
    network = build_finder()
    shipped.give_weights(network, scenes)
    maps, geometry = network(to_real(scenes), training=False)
    lite_maps, lite_geometry = LiteNetwork(shipped.content, SIDE_PX, SIDE_PX)(scenes)
    # the file's layers are rounded to 8 bits, the network's are not
    assert np.corrcoef(np.ravel(maps), lite_maps.ravel())[0, 1] > 0.99
    assert np.corrcoef(np.ravel(geometry), lite_geometry.ravel())[0, 1] > 0.99


def test_the_network_learns_from_where_the_file_ended(shipped: Earlier, scenes: Any) -> None:
    network = build_finder()
    shipped.give_weights(network, scenes)
    still, learning = (np.ravel(network(to_real(scenes), training=way)[0]) for way in (False, True))
    assert np.corrcoef(still, learning)[0, 1] > 0.999


def test_a_training_begins_with_the_file_and_says_so(
    finder_settings: FinderSettings, finder_run: Path, shipped: Earlier, tmp_path: Path
) -> None:
    recipe = dataclasses.replace(beginning_with(finder_settings.recipe, shipped.sha256), epochs=1, warmup_steps=200)
    train_finder(
        dataclasses.replace(finder_settings, recipe=recipe, out=tmp_path / "on", earlier=shipped),
        say=lambda _: None,
    )
    record = load_finder_run(tmp_path / "on").record
    assert record.recipe.begins_with == shipped.sha256
    assert "--start-from finder.tflite" in record.repeat
    fresh = load_finder_run(finder_run).record
    assert fresh.recipe.begins_with == ""
    assert record.maps_loss < fresh.maps_loss


def test_a_run_that_began_at_random_has_no_entry(finder_run: Path) -> None:
    assert "begins_with" not in json.loads((finder_run / "run.json").read_text())["recipe"]


def test_another_network_is_refused(scenes: Any) -> None:
    other = read_earlier(shipped_models()["tiny"])
    with pytest.raises(DataError, match=r"tiny\.tflite: no finder of this form"):
        other.give_weights(build_finder(), scenes)


def test_a_file_that_is_not_there_is_one_clear_line(digitreader: Run, tmp_path: Path) -> None:
    ran = digitreader("train", "finder", "--start-from", tmp_path / "none.tflite")
    assert (ran.status, ran.err.count("\n")) == (1, 1)
    assert "none.tflite: No such file or directory; give a finder.tflite" in ran.err


def test_another_network_is_refused_before_scenes_are_drawn(
    digitreader: Run, drawn_place: DataPlace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    data = ["--data", drawn_place.folder, "--any-digits", "--quick", "--out", tmp_path / "run"]
    ran = digitreader("train", "finder", "--start-from", shipped_models()["tiny"], *data)
    assert (ran.status, ran.err.count("\n")) == (1, 1)
    assert "no finder of this form" in ran.err
    assert not (tmp_path / "cache").exists()


def test_only_the_finder_starts_from_a_file(digitreader: Run) -> None:
    ran = digitreader("train", "tiny", "--start-from", "finder.tflite")
    assert (ran.status, ran.err.count("\n")) == (2, 1)
    assert "--start-from is not for tiny" in ran.err
