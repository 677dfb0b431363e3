"""What the features of marks count is found again where it is known, and things are told apart by the truth."""

from __future__ import annotations

import runpy
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from digitreader.drawing import Scene
from digitreader.measure.data import DataPlace, find_mnist
from digitreader.measure.score.finding.kinds import KINDS, draw_kind
from digitreader.model.load import load_model
from digitreader.reading.mark_features import COUNT
from digitreader.reading.pipeline import FrameReader
from digitreader.reading.small_networks import SmallNetworks
from digitreader_export.finder import weigh_marks
from digitreader_export.finder.small_networks import FittedWeights, Labels, Numbers, fit_networks, written_weights
from digitreader_export.finder.weigh_marks import CLASSES, FIT, judge_picture, main, mnist_lines


def told_classes(fitted: FittedWeights, features: Numbers) -> Labels:
    """The class that the fitted networks find most likely for each of some features."""
    networks = SmallNetworks(fitted.means.tolist(), fitted.spreads.tolist(), [
        (inner.tolist(), outer.tolist()) for inner, outer in fitted.networks
    ])  # fmt: skip
    return np.asarray(networks.chances_of(features).argmax(axis=1), np.int64)


@pytest.fixture(scope="module")
def reader() -> FrameReader:
    return FrameReader(load_model("accurate"))


def test_the_class_that_each_feature_speaks_for_is_found() -> None:
    rng = np.random.default_rng(3)
    classes = rng.integers(0, len(CLASSES), 3_000)
    features = rng.normal(0, 0.3, (3_000, COUNT))
    features[:, 0] = 1.0
    features[np.arange(3_000), 1 + classes] += 3.0
    assert (told_classes(fit_networks(features, classes, len(CLASSES), FIT), features) == classes).mean() > 0.95


def test_a_class_of_which_there_was_none_is_never_told() -> None:
    rng = np.random.default_rng(3)
    features = np.concatenate([np.ones((200, 1)), rng.normal(0, 1, (200, COUNT - 1))], axis=1)
    fitted = fit_networks(features, (features[:, 1] > 0).astype(np.int64), len(CLASSES), FIT)
    assert (told_classes(fitted, features) < 2).all()


def test_slashes_and_digits_are_told_apart_by_the_truth(reader: FrameReader) -> None:
    shown = next(draw_kind(KINDS["slashes"], 1, seed=3))
    judged = judge_picture(reader, shown)
    classes = [CLASSES[number] for each in judged for number in each.classes]
    # the things of a line are judged twice: beside what was read, and beside what are digits
    assert classes.count("digit") >= 2 * 0.8 * len(shown.boxes)
    assert classes.count("/") >= 2 * 0.6 * len(shown.marks)


def test_the_written_weights_are_read_again(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    layers = [rng.normal(0, 1, shape).round(3) for shape in ((5, COUNT + 1), (len(CLASSES), 6))]
    fitted = FittedWeights(
        rng.normal(0, 1, COUNT).round(4), rng.uniform(1, 2, COUNT).round(4), [(layers[0], layers[1])]
    )
    (tmp_path / "weights.py").write_text(written_weights("Numbers.", fitted, CLASSES))
    read = runpy.run_path(str(tmp_path / "weights.py"))
    assert read["CLASSES"] == CLASSES
    assert np.array_equal(read["MEANS"], fitted.means)
    assert np.array_equal(read["SPREADS"], fitted.spreads)
    assert [np.array_equal(one, other) for one, other in zip(read["NETWORKS"][0], layers, strict=True)] == [True, True]


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
    inner, outer = runpy.run_path(str(tmp_path / "weights.py"))["NETWORKS"][0]
    assert (np.shape(inner)[1], np.shape(outer)[0]) == (COUNT + 1, len(CLASSES))
