"""What the features of marks count is found again where it is known, and things are told apart by the truth."""

from __future__ import annotations

import runpy
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from digitreader.data import DataPlace, find_mnist
from digitreader.demo import Scene
from digitreader.marks.features import COUNT
from digitreader.model.load import load_model
from digitreader.pipeline import Reader
from digitreader.score.finding.kinds import KINDS, draw_kind
from digitreader_export.finder import weigh_marks
from digitreader_export.finder.mark_lines import mnist_lines
from digitreader_export.finder.weigh_marks import CLASSES, Judged, fit_marks, judge_picture, main, written_weights


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader(load_model("accurate"))


def test_the_class_that_each_feature_speaks_for_is_found() -> None:
    rng = np.random.default_rng(3)
    classes = rng.integers(0, len(CLASSES), 3_000)
    features = rng.normal(0, 0.3, (3_000, COUNT))
    features[:, 0] = 1.0
    features[np.arange(3_000), 1 + classes] += 3.0
    weights = fit_marks([Judged(features, classes, np.ones(3_000))])
    assert weights.shape == (len(CLASSES), COUNT)
    assert (weights[:, 1 : 1 + len(CLASSES)].argmax(axis=0) == np.arange(len(CLASSES))).all()


def test_a_class_of_which_there_was_none_is_never_told() -> None:
    rng = np.random.default_rng(3)
    features = np.concatenate([np.ones((200, 1)), rng.normal(0, 1, (200, COUNT - 1))], axis=1)
    weights = fit_marks([Judged(features, (features[:, 1] > 0).astype(np.int64), np.ones(200))])
    assert ((features @ weights.T).argmax(axis=1) < 2).all()


def test_slashes_and_digits_are_told_apart_by_the_truth(reader: Reader) -> None:
    shown = next(draw_kind(KINDS["slashes"], 1, seed=3))
    judged = judge_picture(reader, shown)
    classes = [CLASSES[number] for each in judged for number in each.classes]
    # the things of a line are judged twice: beside what was read, and beside what are digits
    assert classes.count("digit") >= 2 * 0.8 * len(shown.boxes)
    assert classes.count("/") >= 2 * 0.6 * len(shown.marks)


def test_the_written_weights_are_read_again(tmp_path: Path) -> None:
    weights = np.round(np.random.default_rng(1).normal(0, 1, (len(CLASSES), COUNT)), 3)
    (tmp_path / "weights.py").write_text(written_weights(weights))
    read = runpy.run_path(str(tmp_path / "weights.py"))
    assert read["CLASSES"] == CLASSES
    assert np.array_equal(np.array(read["WEIGHTS"]), weights)


def test_lines_in_mnists_hands_have_their_truth(mnist_dir: Path, tmp_path: Path) -> None:
    digits = find_mnist(DataPlace(mnist_dir, tmp_path)).read("train")
    first, second = mnist_lines(digits, 2, seed=5)
    assert first.truth.replace(" ", "").replace("\n", "") == "".join(str(each.digit) for each in first.boxes)
    again = next(mnist_lines(digits, 1, seed=5))
    assert np.array_equal(first.image, again.image)
    assert not np.array_equal(first.image, second.image)


def test_the_command_writes_the_weights(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def few(_: DataPlace, share: float) -> list[tuple[str, int, Iterator[Scene]]]:
        assert share < 0.1
        return [("slashes", 2, draw_kind(KINDS["slashes"], 2, seed=3))]

    monkeypatch.setattr(weigh_marks, "drawn_pictures", few)
    main(["--few", "--out", str(tmp_path / "weights.py")])
    assert np.array(runpy.run_path(str(tmp_path / "weights.py"))["WEIGHTS"]).shape == (len(CLASSES), COUNT)
