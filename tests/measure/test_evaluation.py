from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from digitreader.measure.data import DataPlace
from digitreader.measure.evaluation import judge
from digitreader.model.accept import AcceptanceRule, accept

Run = Callable[..., Any]
Write = Callable[[Path, npt.NDArray[np.uint8]], Path]

KEYS = ["n", "accuracy", "ece", "accepted", "accuracy_accepted", "confusion"]


def lit(*digits: int, light: float = 0.999) -> npt.NDArray[np.float32]:
    """One row for each digit, in which its neuron alone is lit."""
    activations = np.full((len(digits), 10), 0.001, np.float32)
    activations[np.arange(len(digits)), digits] = light
    return activations


def test_accuracy_counts_the_strongest_neuron_even_where_it_is_not_accepted() -> None:
    activations = np.concatenate([lit(3), lit(5, light=0.01)])
    found = judge(activations, np.array([3, 5], np.uint8), AcceptanceRule(threshold=0.5))
    assert (found.n, found.accuracy, found.accepted, found.accuracy_accepted) == (2, 1.0, 1, 1.0)


def test_the_confusion_has_the_truth_in_rows_and_the_reading_in_columns() -> None:
    found = judge(lit(3, 3, 8), np.array([3, 5, 5], np.uint8), AcceptanceRule())
    assert found.confusion[3][3] == found.confusion[5][3] == found.confusion[5][8] == 1
    assert sum(map(sum, found.confusion)) == 3


def test_a_blank_image_is_misread_and_in_no_cell_of_the_confusion() -> None:
    inked = np.array([True, False])
    found = judge(lit(3, 0), np.array([3, 0], np.uint8), AcceptanceRule(), inked=inked)
    assert (found.n, found.accuracy, found.accepted) == (2, 0.5, 1)
    assert sum(map(sum, found.confusion)) == 1


def test_the_evidence_decides_what_is_accepted_and_the_confidence_is_what_is_calibrated() -> None:
    rows, labels = lit(3, 5, light=0.3), np.array([3, 5], np.uint8)
    plain, corrected = (judge(rows, labels, AcceptanceRule(0.4, none=none)) for none in (0.0, -5.0))
    assert (plain.accepted, corrected.accepted) == (0, 0)
    assert judge(rows, labels, AcceptanceRule(0.2, none=-5.0)).accepted == 2
    assert plain.ece > 0.6
    assert corrected.ece < 0.05


def test_what_is_accepted_is_what_accept_accepts() -> None:
    rows = np.random.default_rng(6).random((200, 10), np.float32) ** 6
    rule = AcceptanceRule(0.3, 1.4, -3.0)
    found = judge(rows, np.zeros(200, np.uint8), rule)
    assert found.accepted == sum(accept(row, rule) is not None for row in rows)
    assert 20 < found.accepted < 180


def test_where_nothing_is_accepted_no_accuracy_is_claimed() -> None:
    found = judge(lit(3, light=0.01), np.array([3], np.uint8), AcceptanceRule(threshold=0.5))
    assert (found.accepted, found.accuracy_accepted) == (0, 0.0)


@pytest.fixture
def pair(drawn_place: DataPlace) -> list[str | Path]:
    """The arguments that name the drawn test images."""
    folder = drawn_place.folder
    assert folder is not None
    return ["--images", folder / "t10k-images-idx3-ubyte", "--labels", folder / "t10k-labels-idx1-ubyte"]


def test_json_has_the_agreed_keys_and_the_figures_of_the_card(
    digitreader: Run, exported: Path, pair: list[str | Path]
) -> None:
    ran = digitreader("evaluate", "--model", exported / "tiny.tflite", *pair, "--format", "json")
    assert ran.status == 0
    found = json.loads(ran.out)
    assert list(found) == KEYS
    assert found["n"] == 1_000
    assert np.array(found["confusion"]).shape == (10, 10)
    card = json.loads((exported / "tiny.json").read_text())
    assert found["accuracy"] == card["measured"]["test"]["accuracy"]
    assert found["ece"] == pytest.approx(card["measured"]["test"]["ece"], abs=1e-6)


def test_text_is_for_people(digitreader: Run, exported: Path, pair: list[str | Path]) -> None:
    ran = digitreader("evaluate", "--model", exported / "tiny.tflite", *pair)
    assert ran.status == 0
    assert ran.out.startswith("tiny on t10k-images-idx3-ubyte: 1,000 images\naccuracy")
    assert "held back" in ran.out


def test_images_of_any_size_are_read_and_a_blank_one_is_no_crash(
    digitreader: Run, exported: Path, tmp_path: Path, write_idx: Write
) -> None:
    images = np.zeros((3, 90, 37), np.uint8)
    images[0, 10:80, 16:21] = 255
    images[1, 5:85, 4:33] = 255
    images[1, 20:70, 12:25] = 0
    arguments = [
        "--images", write_idx(tmp_path / "images", images),
        "--labels", write_idx(tmp_path / "labels", np.array([1, 0, 4], np.uint8)),
    ]  # fmt: skip
    ran = digitreader("evaluate", "--model", exported / "tiny.tflite", *arguments, "--format", "json")
    assert ran.status == 0
    found = json.loads(ran.out)
    assert found["n"] == 3
    assert sum(map(sum, found["confusion"])) == 2


def test_the_test_half_of_the_data_is_the_default(digitreader: Run, exported: Path, drawn_place: DataPlace) -> None:
    data = ["--data", drawn_place.folder, "--any-digits"]
    ran = digitreader("evaluate", "--model", exported / "tiny.tflite", *data, "--format", "json")
    assert ran.status == 0
    assert json.loads(ran.out)["n"] == 1_000


def test_images_without_labels_are_a_wrong_command_line(digitreader: Run, tmp_path: Path) -> None:
    ran = digitreader("evaluate", "--images", tmp_path / "images")
    assert ran.status == 2
    assert "--images and --labels belong together" in ran.err


def test_a_bad_file_is_one_clear_line(digitreader: Run, exported: Path, tmp_path: Path) -> None:
    (tmp_path / "images").write_text("nothing of the kind")
    arguments = ["--images", tmp_path / "images", "--labels", tmp_path / "labels"]
    ran = digitreader("evaluate", "--model", exported / "tiny.tflite", *arguments)
    assert ran.status == 1
    assert ran.out == ""
    assert ran.err.count("\n") == 1
    assert "need 00 00 08" in ran.err
