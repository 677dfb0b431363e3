"""Training on digits of the user's own: checked first, the same in every form, told as it was, and gone on from."""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from sklearn.datasets import load_digits

from digitreader.measure.data import DataPlace, LabelledImages, find_mnist
from digitreader.measure.data.choice import MnistImages, open_digits
from digitreader.measure.data.glyphs import normalise_images
from digitreader.model.card import ModelCard
from digitreader_train import digits as digits_module
from digitreader_train.digits import load_training_digits
from digitreader_train.keras_file import KERAS_FILE
from digitreader_train.network import activations_of, build_trained
from digitreader_train.own_digits import framed
from digitreader_train.recipes import RECIPES, continued, in_short
from digitreader_train.run_folder import RunRecord, load_run
from digitreader_train.start_weights import read_start_weights
from digitreader_train.train import TrainSettings, train

Run = Callable[..., Any]


def write_forms(digits: LabelledImages, folder: Path) -> dict[str, Path]:
    """Drawn digits as an .npz, and dark on light in class folders, each class counted by itself."""
    images = np.zeros((len(digits), 40, 40), np.uint8)
    images[:, :, 2:38] = digits.images
    np.savez(folder / "mine.npz", x=images, y=digits.labels)
    counts = [0] * 10
    for image, label in zip(images, digits.labels.tolist(), strict=True):
        path = folder / "mine" / str(label) / f"{counts[label]}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        assert cv2.imwrite(str(path), 255 - image)
        counts[label] += 1
    return {"npz": folder / "mine.npz", "folders": folder / "mine"}


@pytest.fixture(scope="module")
def mine(drawn_place: DataPlace, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Three hundred drawn digits in two forms."""
    drawn = find_mnist(drawn_place).read("train")
    some = LabelledImages(drawn.images[:300], drawn.labels[:300], "mine")
    return write_forms(some, tmp_path_factory.mktemp("own"))


def train_briefly(source: Path, cache: Path, out: Path) -> RunRecord:
    recipe = dataclasses.replace(in_short(RECIPES["tiny"]), epochs=4, variants=1.0, negatives=0.1)
    return train(TrainSettings(recipe, DataPlace(source, cache), out), say=lambda _: None)


@pytest.fixture(scope="module")
def own_run(mine: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The run folder of a short training on the class folders."""
    folder = tmp_path_factory.mktemp("own-runs")
    train_briefly(mine["folders"], folder / "cache", folder / "run")
    return folder / "run"


def test_the_same_digits_in_another_form_and_order_give_the_same_weights(
    own_run: Path, mine: dict[str, Path], tmp_path: Path
) -> None:
    train_briefly(mine["npz"], tmp_path, tmp_path / "run")
    assert (tmp_path / "run" / "weights.npz").read_bytes() == (own_run / "weights.npz").read_bytes()
    records = load_run(tmp_path / "run").record, load_run(own_run).record
    assert list(records[0].data.values()) == list(records[1].data.values())


def test_the_record_speaks_of_the_digits_that_were_learned(own_run: Path) -> None:
    record = load_run(own_run).record
    assert record.trained_on.startswith("300 digits of mine (class folders), split by class: ")
    assert f"{record.train_images:,} learned from" in record.trained_on
    assert "--data mine" in record.repeat
    assert not record.any_digits


def test_plain_keras_opens_the_network_and_predicts_the_same(own_run: Path) -> None:
    import keras

    run = load_run(own_run)
    glyphs = np.random.default_rng(3).integers(0, 256, (20, 28, 28)).astype(np.uint8)
    network = keras.saving.load_model(own_run / KERAS_FILE)
    ours = activations_of(build_trained(run.record.recipe, run.weights), glyphs)
    np.testing.assert_allclose(network.predict(glyphs / 255, verbose=0), ours, atol=1e-6)  # floats in another order


def test_an_exported_card_and_its_page_speak_of_the_digits_too(
    own_run: Path, mine: dict[str, Path], tmp_path: Path
) -> None:
    from digitreader_export.export import ExportSettings, export_run

    export_run(
        ExportSettings(own_run, tmp_path / "out", DataPlace(mine["npz"], tmp_path), ("float32",)),
        say=lambda _: None,
    )
    card = ModelCard.from_bytes((tmp_path / "out" / "tiny-float32.json").read_bytes(), "card")
    assert card.trained_on == load_run(own_run).record.trained_on
    page = (tmp_path / "out" / "README.md").read_text(encoding="utf-8")
    assert f"`tiny-float32` was trained on {card.trained_on}" in page
    assert "Trained and tested on MNIST" not in page
    assert card.trained_on.endswith(f"{card.measured.test.n} to test")
    assert card.repeat[1] == "digitreader export run --variant float32 --data mine"


def test_other_digits_than_those_of_the_run_are_refused(own_run: Path, drawn_place: DataPlace, tmp_path: Path) -> None:
    from digitreader.errors import DataError
    from digitreader_export.run_digits import load_run_digits

    with pytest.raises(DataError, match=r"is not what .*run was trained on; give the same --data"):
        load_run_digits(load_run(own_run), dataclasses.replace(drawn_place, cache=tmp_path))


# --- going on from a network


@pytest.fixture
def rehearsal(drawn_place: DataPlace, monkeypatch: pytest.MonkeyPatch) -> None:
    """The drawn digits stand for MNIST."""
    monkeypatch.setattr(digits_module, "mnist_beside", lambda _: find_mnist(drawn_place))
    monkeypatch.setattr("digitreader_train.report.mnist_beside", lambda _: find_mnist(drawn_place))


@pytest.mark.usefixtures("rehearsal")
def test_a_training_goes_on_from_a_shipped_network_and_tells_before_and_after(
    mine: dict[str, Path], tmp_path: Path
) -> None:
    start = read_start_weights("tiny")
    recipe = dataclasses.replace(continued(RECIPES["tiny"]), epochs=3, variants=1.0, wild=0.0)
    said: list[str] = []
    place = DataPlace(mine["npz"], tmp_path)
    settings = TrainSettings(recipe, place, tmp_path / "run", start=start, rehearse=300)
    record = train(settings, say=said.append)
    assert (len(record.before), len(record.after)) == (2, 2)
    assert record.after[0] >= record.before[0] - 0.02
    assert record.before[0] > 0.8  # it read before: its weights are those of the network
    assert "your test digits" in said[-1]
    assert "MNIST's test images" in said[-1]
    assert record.started_from == ("tiny.tflite", start.sha256)
    assert "300 training digits of MNIST were rehearsed" in record.trained_on
    assert "--from tiny.tflite --rehearse 300" in record.repeat
    again = read_start_weights(str(tmp_path / "run"))
    np.testing.assert_array_equal(again.weights["digits.bias"], load_run(tmp_path / "run").weights["digits.bias"])


@pytest.mark.usefixtures("rehearsal")
def test_of_another_hand_half_the_errors_are_unlearned_and_what_was_known_is_kept(tmp_path: Path) -> None:
    """Digits of 43 people on 8x8 pixels, from the UCI repository, as scikit-learn has them."""
    other = load_digits()
    np.savez(tmp_path / "other.npz", x=other.images.astype(np.uint8), y=other.target)
    recipe = dataclasses.replace(continued(RECIPES["tiny"]), variants=1.0, wild=0.0, negatives=0.25)
    settings = TrainSettings(
        recipe,
        DataPlace(tmp_path / "other.npz", tmp_path),
        tmp_path / "run",
        start=read_start_weights("tiny"),
        rehearse=600,
    )
    record = train(settings, say=lambda _: None)
    assert 1 - record.after[0] <= (1 - record.before[0]) / 2
    assert record.after[1] > record.before[1] - 0.01  # a few hundred drawn digits stand for MNIST


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["tiny", "--from", "tiny"], "name them with --data"),
        (["tiny", "--from", "tiny", "--data", "d", "--hidden", "8"], "--hidden is set by the network"),
        (["tiny", "--from", "small", "--data", "d"], "train small or accurate --from small"),
        (["tiny", "--from", "finder", "--data", "d"], "finder --start-from goes on from it"),
        (["finder", "--from", "tiny", "--data", "d"], "for the finder use --start-from"),
        (["tiny", "--rehearse", "5"], "name one with --from"),
        (["tiny", "--hidden", "0"], "need 1 to 6 layers"),
        (["tiny", "--hidden", "a,b"], "invalid"),
    ],
)
def test_what_cannot_be_meant_is_a_wrong_command_line(digitreader: Run, words: list[str], says: str) -> None:
    ran = digitreader("train", *words)
    assert ran.status == 2
    assert says in ran.err
    assert ran.err.count("\n") == 1


# --- before TensorFlow


def test_data_that_is_wrong_is_told_before_tensorflow_and_leaves_no_run_folder(
    digitreader: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "bad.csv").write_text("Dear Sir, or Madam\n")
    monkeypatch.setitem(sys.modules, "digitreader_train.train", None)  # would import TensorFlow
    ran = digitreader("train", "tiny", "--data", tmp_path / "bad.csv", "--out", tmp_path / "run")
    assert ran.status == 1
    assert "need a label and n x n pixels" in ran.err
    assert ran.err.count("\n") == 1
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize("command", ["export", "compare"])
def test_an_export_and_a_comparison_look_at_the_data_first(
    digitreader: Run, tmp_path: Path, command: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "digitreader_train.finder.run_record", None)
    ran = digitreader(command, tmp_path, "--data", tmp_path / "nowhere")
    assert ran.status == 1
    assert "no such folder or file" in ran.err


def test_too_few_digits_are_refused(mine: dict[str, Path], tmp_path: Path, digitreader: Run) -> None:
    with np.load(mine["npz"]) as arrays:
        np.savez(tmp_path / "few.npz", x=arrays["x"][:12], y=arrays["y"][:12])
    ran = digitreader("train", "tiny", "--data", tmp_path / "few.npz", "--out", tmp_path / "run")
    assert ran.status == 1
    assert "digits to train on, need at least 20" in ran.err


def test_a_limit_normalises_only_what_is_used(
    drawn_place: DataPlace, mine: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    normalised: list[int] = []

    def counting(images: Any, *, label: str) -> Any:
        normalised.append(len(images))
        return normalise_images(images, label=label)

    monkeypatch.setattr(digits_module, "normalise_images", counting)
    for place in (dataclasses.replace(drawn_place, cache=tmp_path), DataPlace(mine["npz"], tmp_path)):
        digits = load_training_digits(place, limit=60)
        assert (len(digits.train), len(digits.validation)) == (60, 10)
    assert sum(normalised) == 140


def test_mnist_in_another_form_is_known_again(mnist_dir: Path, tmp_path: Path) -> None:
    test = find_mnist(DataPlace(mnist_dir, tmp_path)).read("test")
    np.savez(tmp_path / "mnist.npz", x_test=test.images, y_test=test.labels)
    opened = open_digits(DataPlace(tmp_path / "mnist.npz", tmp_path))
    assert isinstance(opened, MnistImages)
    np.testing.assert_array_equal(opened.read("test").labels, test.labels)
    order = np.random.default_rng(2).permutation(10_000)
    np.savez(tmp_path / "mnist.npz", x_test=test.images[order], y_test=test.labels[order])
    again = open_digits(DataPlace(tmp_path / "mnist.npz", tmp_path, mnist=mnist_dir))
    assert isinstance(again, MnistImages)
    np.testing.assert_array_equal(again.read("test").images, test.images)
    changed = test.labels.copy()
    changed[0] = (changed[0] + 1) % 10
    np.savez(tmp_path / "mnist.npz", x_test=test.images, y_test=changed)
    assert not open_digits(DataPlace(tmp_path / "mnist.npz", tmp_path, mnist=mnist_dir)).is_mnist


def test_pictures_are_framed_as_mnists_are() -> None:
    images = np.zeros((2, 90, 90), np.uint8)
    images[0, 5:65, 70:80] = 255
    frames = framed(images)
    rows, columns = np.nonzero(frames[0])
    assert (rows.min(), rows.max()) == (4, 23)
    assert (columns.min() + columns.max()) / 2 == pytest.approx(13.5, abs=0.5)
    assert not frames[1].any()
