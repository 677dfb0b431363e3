"""Which digits a command takes from what the user named."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from digitreader.errors import DataError
from digitreader.measure.data import DataPlace, LabelledImages, mnist
from digitreader.measure.data.choice import MnistImages, OwnDigits, open_digits, take_part
from digitreader.measure.data.own import recognise
from digitreader.measure.data.own.digit_set import NONE

Write = Callable[..., Path]
IMAGES = np.random.default_rng(5).integers(0, 2, (60, 8, 8)).astype(np.uint8) * 255
LABELS = np.arange(60, dtype=np.uint8) % 10


def own_digits(tmp_path: Path, **arrays: Any) -> OwnDigits:
    np.savez(tmp_path / "mine.npz", **arrays)
    opened = open_digits(DataPlace(tmp_path / "mine.npz", tmp_path / "cache"), quietly=True)
    assert isinstance(opened, OwnDigits)
    return opened


def test_a_model_is_judged_by_the_test_part_that_the_digits_came_with(tmp_path: Path) -> None:
    opened = own_digits(tmp_path, x_train=IMAGES[:40], y_train=LABELS[:40], x_test=IMAGES[40:], y_test=LABELS[40:])
    assert len(take_part(opened, None, {})[0]) == 20


def test_a_model_is_judged_by_all_digits_that_it_has_not_seen(tmp_path: Path) -> None:
    assert len(take_part(own_digits(tmp_path, x=IMAGES, y=LABELS), None, {})[0]) == 60


def test_a_model_that_was_trained_on_the_digits_is_judged_by_those_split_off_and_it_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    opened = own_digits(tmp_path, x=IMAGES, y=LABELS)
    assert len(take_part(opened, None, opened.sha256)[0]) == len(opened.parts["test"]) < 60
    assert "mine.npz: the model was trained on it; the test part is read" in capsys.readouterr().err


def test_a_part_without_a_digit_is_refused(tmp_path: Path) -> None:
    nothing = np.full(20, NONE, np.uint8)
    opened = own_digits(tmp_path, x_train=IMAGES[:40], y_train=LABELS[:40], x_test=IMAGES[40:], y_test=nothing)
    with pytest.raises(DataError, match=r"mine\.npz: its test part holds no digit; give more pictures"):
        take_part(opened, "test", {})


def test_mnist_has_no_part_of_another_name() -> None:
    whole = MnistImages({}, {}, Path("mnist.npz"))
    with pytest.raises(DataError, match="MNIST has the parts train and test, not val"):
        take_part(whole, "val", {})


def test_the_missing_half_of_mnist_is_named() -> None:
    half = MnistImages({"test": LabelledImages(IMAGES, LABELS, "MNIST test images")}, {}, Path("half.npz"))
    assert len(take_part(half, "test", {})[0]) == 60
    with pytest.raises(DataError, match=r"half\.npz: has MNIST's other half, not its train images; give both"):
        take_part(half, "train", {})


@pytest.mark.parametrize("is_mnist", [True, False])
def test_digits_in_another_order_are_mnist_only_if_the_files_beside_them_are(
    tmp_path: Path, write_idx: Write, monkeypatch: pytest.MonkeyPatch, is_mnist: bool
) -> None:
    """Forty and twenty random pictures stand for MNIST's halves."""
    (tmp_path / "mnist").mkdir()
    for stem, places in (("train", slice(40)), ("t10k", slice(40, 60))):
        write_idx(tmp_path / "mnist" / f"{stem}-images-idx3-ubyte", IMAGES[places])
        write_idx(tmp_path / "mnist" / f"{stem}-labels-idx1-ubyte", LABELS[places])
    if is_mnist:
        hashes = mnist.find_mnist(DataPlace(tmp_path / "mnist", tmp_path, any_digits=True)).sha256
        monkeypatch.setattr(mnist, "MNIST_SHA256", hashes)
        monkeypatch.setattr(recognise, "MNIST_SHA256", hashes)
    monkeypatch.setattr(recognise, "COUNTS", {"train": 40, "test": 20})
    np.savez(tmp_path / "mine.npz", x=IMAGES[:39:-1], y=LABELS[:39:-1])
    opened = open_digits(DataPlace(tmp_path / "mine.npz", tmp_path, mnist=tmp_path / "mnist"), quietly=True)
    assert isinstance(opened, MnistImages if is_mnist else OwnDigits)
    digits, _ = take_part(opened, None, {})
    assert digits.labels[0] == (LABELS[40] if is_mnist else LABELS[59])  # MNIST is read in its own order
