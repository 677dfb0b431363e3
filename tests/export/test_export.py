from __future__ import annotations

import dataclasses
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from digitreader.errors import DataError, OutputError
from digitreader.measure.data import DataPlace
from digitreader.model.card import Figures, Measured, ModelCard
from digitreader_export import convert
from digitreader_export.errors import AccuracyLossError
from digitreader_export.export import ExportSettings, export_run
from digitreader_export.measuring import refuse_loss
from digitreader_train.recipes import RECIPES, in_short
from digitreader_train.train import TrainSettings, train

Run = Callable[..., Any]

FILES = [
    "README.md",
    "tiny-float32-reliability.png",
    "tiny-float32.history.npz",
    "tiny-float32.json",
    "tiny-float32.tflite",
    "tiny-reliability.png",
    "tiny.history.npz",
    "tiny.json",
    "tiny.tflite",
]


def read_card(path: Path) -> ModelCard:
    return ModelCard.from_bytes(path.read_bytes(), str(path))


def silently(_: str) -> None:
    """Says nothing."""


def test_an_export_leaves_both_models_with_their_cards_and_diagrams(exported: Path) -> None:
    assert sorted(path.name for path in exported.iterdir()) == FILES


def test_two_exports_of_a_run_are_the_same_bytes(
    exported: Path, trained_run: Path, drawn_place: DataPlace, tmp_path: Path
) -> None:
    export_run(ExportSettings(trained_run, tmp_path / "again", drawn_place), say=silently)
    for name in FILES:
        assert (tmp_path / "again" / name).read_bytes() == (exported / name).read_bytes(), name


def test_the_integer_model_is_a_quarter_of_the_float_model(exported: Path) -> None:
    integer, whole = (read_card(exported / name) for name in ("tiny.json", "tiny-float32.json"))
    assert integer.size_bytes < 0.35 * whole.size_bytes
    assert (integer.quantization.input.dtype, integer.quantization.output.dtype) == ("uint8", "int8")
    assert (whole.quantization.input.dtype, whole.quantization.variant) == ("float32", "float32")


def test_the_card_says_how_it_compares_with_keras(exported: Path) -> None:
    for name in ("tiny.json", "tiny-float32.json"):
        measured = read_card(exported / name).measured
        assert measured.test.n == measured.keras_test.n == 1_000
        assert measured.keras_test.accuracy - measured.test.accuracy <= 0.003
    assert read_card(exported / "tiny-float32.json").measured.agreement == 1.0


def test_the_card_says_how_to_repeat_it(exported: Path) -> None:
    train_command, export_command = read_card(exported / "tiny.json").repeat
    assert train_command == "digitreader train tiny --activation relu --seed 1 --epochs 20 --any-digits"
    assert export_command == "digitreader export tiny --any-digits"


def test_the_diagram_is_a_picture_of_its_own_for_each_model(exported: Path) -> None:
    integer, whole = (cv2.imread(str(exported / f"{name}-reliability.png")) for name in ("tiny", "tiny-float32"))
    assert integer is not None
    assert whole is not None
    assert integer.shape == whole.shape
    assert not np.array_equal(integer, whole)


def test_the_rules_of_the_shipped_models_correct_for_how_rarely_a_glyph_is_no_digit(repository: Path) -> None:
    for name in ("tiny.json", "accurate.json"):
        assert -8 <= read_card(repository / "models" / name).acceptance.none < 0


def test_golden_glyphs_are_the_ten_digits_and_marks_that_are_none(exported: Path) -> None:
    golden = read_card(exported / "tiny.json").golden
    assert [each.shows for each in golden[:10]] == list("0123456789")
    assert len(golden) == 14
    assert all(isinstance(number, int) for each in golden for number in each.output)


def test_sigmoid_neurons_are_exported_as_well(drawn_place: DataPlace, tmp_path: Path) -> None:
    recipe = dataclasses.replace(in_short(RECIPES["tiny"]), activation="sigmoid", epochs=40, variants=0)
    train(TrainSettings(recipe, drawn_place, tmp_path / "run"), say=silently)
    settings = ExportSettings(tmp_path / "run", tmp_path / "models", drawn_place, ("int8",))
    export_run(settings, say=silently)
    card = read_card(tmp_path / "models" / "tiny-int8.json")
    assert card.recipe["activation"] == "sigmoid"
    assert card.repeat[1].endswith("--variant int8 --any-digits")


def test_a_model_that_loses_more_than_is_allowed_is_not_written(
    digitreader: Run, trained_run: Path, drawn_place: DataPlace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # a calibration set without ink leaves the converter no idea of how large the values grow
    monkeypatch.setattr(convert, "choose_calibration_set", lambda *_, **__: np.zeros((1, 28, 28), np.uint8))
    arguments = ["--out", tmp_path / "models", "--variant", "int8", "--data", drawn_place.folder, "--any-digits"]
    ran = digitreader("export", trained_run, *arguments)
    assert ran.status == 1
    assert "more than the 0.3 allowed, so it is not written" in ran.err
    assert not (tmp_path / "models").exists()


@pytest.mark.parametrize(("kept", "refused"), [(0.977, False), (0.9770001, False), (0.9769, True), (0.5, True)])
def test_three_tenths_of_a_point_may_be_lost(kept: float, refused: bool) -> None:
    file, keras = (Figures(10_000, accuracy, 0.0) for accuracy in (kept, 0.98))
    measured = Measured(file, file, keras, agreement=0.99, accepted=0.99, confusion=())
    if refused:
        with pytest.raises(AccuracyLossError, match=r"a.tflite: reads .* of the test digits where Keras reads 98.00%"):
            refuse_loss("a.tflite", measured)
    else:
        refuse_loss("a.tflite", measured)


def test_the_command_prints_the_comparison_and_says_what_comes_next(
    digitreader: Run, trained_run: Path, drawn_place: DataPlace, tmp_path: Path
) -> None:
    arguments = ["--out", tmp_path / "models", "--variant", "int8", "--data", drawn_place.folder, "--any-digits"]
    ran = digitreader("export", trained_run, *arguments)
    assert ran.status == 0
    assert "Keras network" in ran.out
    assert f"digitreader verify {tmp_path / 'models' / 'tiny-int8.tflite'}" in ran.out


def test_an_incomplete_run_folder_is_one_clear_line(digitreader: Run, trained_run: Path, tmp_path: Path) -> None:
    shutil.copytree(trained_run, tmp_path / "run")
    (tmp_path / "run" / "weights.npz").unlink()
    ran = digitreader("export", tmp_path / "run")
    assert ran.status == 1
    assert ran.err.count("\n") == 1
    assert "incomplete run folder, weights.npz cannot be read" in ran.err


def test_a_run_through_another_normalisation_is_refused(
    trained_run: Path, drawn_place: DataPlace, tmp_path: Path
) -> None:
    shutil.copytree(trained_run, tmp_path / "run")
    record = tmp_path / "run" / "run.json"
    record.write_text(record.read_text().replace('"normalisation": "', '"normalisation": "old-'))
    with pytest.raises(DataError, match="was trained through normalisation 'old-"):
        export_run(ExportSettings(tmp_path / "run", tmp_path / "models", drawn_place), say=silently)


def test_other_data_than_the_run_was_trained_on_is_refused(
    trained_run: Path, drawn_place: DataPlace, tmp_path: Path
) -> None:
    assert drawn_place.folder is not None
    shutil.copytree(drawn_place.folder, tmp_path / "data")
    labels = tmp_path / "data" / "train-labels-idx1-ubyte"
    content = bytearray(labels.read_bytes())
    content[-1] = (content[-1] + 1) % 10
    labels.write_bytes(content)
    place = DataPlace(tmp_path / "data", drawn_place.cache, any_digits=True)
    with pytest.raises(DataError, match=r"is not what .* was trained on"):
        export_run(ExportSettings(trained_run, tmp_path / "models", place), say=silently)


def test_a_folder_that_cannot_be_written_is_one_clear_error(
    trained_run: Path, drawn_place: DataPlace, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="cannot be written"):
        export_run(ExportSettings(trained_run, tmp_path / "file", drawn_place, ("int8",)), say=silently)
