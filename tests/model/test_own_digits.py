"""Own digits in the commands that read labelled ones: evaluate, score hands, verify."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from digitreader.measure.data import DataPlace, find_mnist

Run = Callable[..., Any]


@pytest.fixture
def mine(drawn_place: DataPlace, tmp_path: Path) -> dict[str, Path]:
    """Ninety drawn digits as class folders, dark on light, with six pictures that show none; and as an .npz."""
    drawn = find_mnist(drawn_place).read("test")
    images = np.zeros((90, 40, 40), np.uint8)
    images[:, :, 2:38] = drawn.images[:90]
    np.savez(tmp_path / "mine.npz", x=images, y=drawn.labels[:90])
    for place, (image, label) in enumerate(zip(images, drawn.labels[:90], strict=True)):
        folder = tmp_path / "mine" / str(label)
        folder.mkdir(parents=True, exist_ok=True)
        cv2.imwrite(str(folder / f"{place}.png"), 255 - image)
    (tmp_path / "mine" / "none").mkdir()
    for place in range(6):
        cv2.imwrite(str(tmp_path / "mine" / "none" / f"{place}.png"), scribble(place))
    return {"folders": tmp_path / "mine", "npz": tmp_path / "mine.npz"}


def scribble(seed: int) -> npt.NDArray[np.uint8]:
    points = np.random.default_rng(seed).integers(5, 35, (9, 2)).astype(np.int32)
    return np.asarray(cv2.polylines(np.full((40, 40), 255, np.uint8), [points], True, 0, 2), np.uint8)


def test_any_form_is_evaluated_with_the_same_result_and_what_is_no_digit_is_counted_apart(
    digitreader: Run, exported: Path, mine: dict[str, Path]
) -> None:
    model = ["--model", exported / "tiny.tflite", "--format", "json"]
    found = {form: digitreader("evaluate", path, *model) for form, path in mine.items()}
    assert [ran.status for ran in found.values()] == [0, 0]
    folders, archive = (json.loads(ran.out) for ran in found.values())
    assert folders.pop("none") == 6
    assert 0 <= folders.pop("none_accepted") <= 6
    assert folders == archive
    assert archive["n"] == 90
    assert "black on white" in found["folders"].err
    told = digitreader("evaluate", "--data", mine["folders"], *model[:2]).out
    assert "tiny on mine: 90 images" in told
    assert "of 6 are accepted as a digit" in told


def test_a_part_of_a_set_without_parts_is_the_seeded_one(
    digitreader: Run, exported: Path, mine: dict[str, Path]
) -> None:
    model = ["--model", exported / "tiny.tflite", "--format", "json"]
    counts = [
        json.loads(digitreader("evaluate", mine["npz"], *model, "--split", part).out)["n"]
        for part in ("train", "val", "test", "all")
    ]
    assert counts[3] == 90
    assert sum(counts[:3]) == 90
    assert 8 <= counts[2] <= 15


def test_other_hands_may_come_in_any_form(digitreader: Run, exported: Path, mine: dict[str, Path]) -> None:
    model = ["--model", exported / "tiny.tflite", "--format", "json"]
    found = [json.loads(digitreader("score", "hands", path, *model).out) for path in mine.values()]
    assert found[0] == found[1]
    assert found[0]["n"] == 90


@pytest.mark.parametrize("command", [["evaluate"], ["score", "hands"]])
def test_digits_named_twice_are_a_wrong_command_line(
    digitreader: Run, mine: dict[str, Path], command: list[str]
) -> None:
    ran = digitreader(*command, mine["npz"], "--data", mine["folders"])
    assert ran.status == 2
    assert "give one of them" in ran.err


def test_a_receipt_reads_the_digits_of_the_card(digitreader: Run, exported: Path, drawn_place: DataPlace) -> None:
    data = ["--data", drawn_place.folder, "--any-digits"]
    ran = digitreader("verify", exported / "tiny.tflite", *data)
    assert ran.status == 0
    assert "of 1,000 digits read right (test images), as the card says" in ran.out


def test_a_receipt_reads_other_digits_without_comparing(
    digitreader: Run, exported: Path, mine: dict[str, Path]
) -> None:
    ran = digitreader("verify", exported / "tiny.tflite", "--data", mine["npz"], "--format", "json")
    assert ran.status == 0
    assert "nothing to compare with" in json.loads(ran.out)["checks"]["digits"]["detail"]


def test_the_finder_reads_no_digits(digitreader: Run, mine: dict[str, Path]) -> None:
    ran = digitreader("verify", "finder", "--data", mine["npz"])
    assert ran.status == 2
    assert "does not read them" in ran.err
