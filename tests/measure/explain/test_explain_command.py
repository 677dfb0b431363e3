"""`digitreader explain`, `digitreader models show` and `digitreader read --activations`, as people call them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

Run = Callable[..., Any]


def test_a_picture_is_explained_on_the_terminal(digitreader: Run, picture: Path) -> None:
    ran = digitreader("explain", picture, "--digit", 1)
    assert (ran.status, ran.err) == (0, "")
    assert ran.out.startswith("digit 1 of 2: a 4, ")


def test_the_picture_and_the_page_are_written_where_asked(digitreader: Run, picture: Path, tmp_path: Path) -> None:
    refused = digitreader("explain", picture, "--to", tmp_path / "out" / "deep")
    assert (refused.status, refused.out, (tmp_path / "out").exists()) == (1, "", False)
    (tmp_path / "out").mkdir()
    ran = digitreader("explain", picture, "--to", tmp_path / "out" / "deep")
    assert ran.status == 0
    figure = cv2.imread(str(tmp_path / "out" / "deep" / "explain.png"))
    assert figure is not None
    assert figure.shape == (930, 1280, 3)
    assert (tmp_path / "out" / "deep" / "explain.html").read_text().startswith("<!doctype html>")


def test_the_page_says_the_command_that_makes_it_again(digitreader: Run, picture: Path, tmp_path: Path) -> None:
    digitreader("explain", picture, "--digit", 2, "--against", 1, "--to", tmp_path)
    names = sorted(path.name for path in tmp_path.glob("explain*"))
    assert names == ["explain-2.html", "explain-2.png", "explain-overview.png"]
    command = "digitreader explain written.png --digit=2 --against=1 --model=tiny --to DIR"
    assert command in (tmp_path / "explain-2.html").read_text()


def test_a_neuron_is_named_by_its_layer_and_its_number(digitreader: Run, picture: Path) -> None:
    assert digitreader("explain", picture, "--neuron", "1.16").out.startswith("neuron 16 of hidden layer 1: ")
    output = digitreader("explain", picture, "--neuron", "output.9").out
    assert output.startswith("output for 9: ")
    assert "sigmoid(sum)" in output


@pytest.mark.parametrize("neuron", ["0.1", "1.17", "3.1", "1", "x.y", "1.0", "-1.1", "output.10", "output."])
def test_a_neuron_that_is_not_there_is_one_line_that_says_which_are(
    digitreader: Run, picture: Path, neuron: str
) -> None:
    ran = digitreader("explain", picture, f"--neuron={neuron}")
    assert ran.status == 2
    there_are = "there are 1.1 to 1.16, 2.1 to 2.16, output.0 to output.9"
    assert ran.err == f"digitreader: error: --neuron {neuron}: there is no such neuron; {there_are}\n"


def test_what_is_no_picture_or_has_no_digit_is_one_line(digitreader: Run, tmp_path: Path) -> None:
    text, blank = tmp_path / "text.png", tmp_path / "blank.png"
    text.write_text("no picture")
    cv2.imwrite(str(blank), np.full((100, 100), 255, np.uint8))
    for path, said in ((text, "text.png"), (blank, "no digit was read"), (tmp_path / "none.png", "none.png")):
        ran = digitreader("explain", path)
        assert ran.status != 0
        assert ran.out == ""
        assert said in ran.err
        assert ran.err.count("\n") == 1


def test_a_folder_that_cannot_be_written_to_is_one_line(digitreader: Run, picture: Path, tmp_path: Path) -> None:
    ran = digitreader("explain", picture, "--to", picture)
    assert ran.status == 1
    assert "cannot be written" in ran.err
    assert ran.err.count("\n") == 1


def test_the_weights_of_a_model_are_drawn(digitreader: Run, tmp_path: Path) -> None:
    ran = digitreader("models", "show", "tiny", "--to", tmp_path)
    assert ran.status == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "tiny-layer-1.png",
        "tiny-layer-2.png",
        "tiny-outputs.png",
    ]
    refused = digitreader("models", "show", "finder", "--to", tmp_path)
    assert (refused.status, refused.err.count("\n")) == (1, 1)


def test_json_lines_hold_the_ten_activations_where_asked_for(digitreader: Run, picture: Path, tmp_path: Path) -> None:
    ran = digitreader("read", picture, "--format", "jsonl", "--activations", "--output", f"jsonl:{tmp_path / 'all'}")
    for text in (ran.out, (tmp_path / "all").read_text()):
        digits = json.loads(text)["lines"][0]["digits"]
        assert [int(np.argmax(digit["activations"])) for digit in digits] == [4, 7]
        assert all(len(digit["activations"]) == 10 and max(digit["activations"]) <= 1 for digit in digits)
    plain = json.loads(digitreader("read", picture, "--format", "jsonl").out)
    assert "activations" not in plain["lines"][0]["digits"][0]


def test_activations_in_plain_text_are_refused(digitreader: Run, picture: Path) -> None:
    ran = digitreader("read", picture, "--activations")
    assert ran.status == 2
    assert ran.err == (
        "digitreader: error: --activations: only JSON Lines have them; add --format jsonl or --output jsonl:FILE\n"
    )
