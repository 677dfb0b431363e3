from __future__ import annotations

import csv
import dataclasses
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from digitreader.host.files import write_atomically
from digitreader.measure.data import DataPlace
from digitreader_export import export
from digitreader_export.comparison.compare_run import CompareSettings, compare_run
from digitreader_export.comparison.exported import find_exported
from digitreader_export.errors import AccuracyLossError
from digitreader_export.variants import VARIANTS
from digitreader_train.recipes import RECIPES, in_short
from digitreader_train.run_folder import Run as TrainedRun
from digitreader_train.run_folder import load_run
from digitreader_train.train import TrainSettings, train

Run = Callable[..., Any]

PNG = b"\x89PNG\r\n\x1a\n"
FILES = ["compare.csv", "compare.md", "pareto.png"]


@pytest.fixture(scope="module")
def run_folder(trained_run: Path, drawn_place: DataPlace, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run with int8 and float32 in its export folder, to be copied by tests that change it."""
    folder = tmp_path_factory.mktemp("runs") / "tiny"
    shutil.copytree(trained_run, folder)
    compare_run(CompareSettings(folder, drawn_place, ("int8",)), say=lambda _: None)
    shutil.rmtree(folder / "compare")
    return folder


@pytest.fixture
def own_run(run_folder: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(run_folder, tmp_path / "tiny"))


@pytest.fixture
def arguments(drawn_place: DataPlace) -> list[str | Path]:
    assert drawn_place.folder is not None
    return ["--variant", "int8", "--data", drawn_place.folder, "--any-digits"]


def exports_in(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted((folder / "export").iterdir())}


def test_variants_that_are_not_exported_yet_are_exported_first(
    digitreader: Run, own_run: Path, arguments: list[str | Path]
) -> None:
    shutil.rmtree(own_run / "export")
    ran = digitreader("compare", own_run, *arguments)
    assert ran.status == 0
    assert "exporting first: float32 (not exported yet), int8 (not exported yet)" in ran.err
    assert {"tiny-float32.tflite", "tiny-int8.tflite"} <= set(exports_in(own_run))


def test_what_is_exported_already_is_taken_as_it_is(
    digitreader: Run, own_run: Path, arguments: list[str | Path]
) -> None:
    before = exports_in(own_run)
    ran = digitreader("compare", own_run, *arguments)
    assert ran.status == 0
    assert "exporting" not in ran.err
    assert exports_in(own_run) == before


def test_the_table_and_the_picture_are_left_in_the_run_folder(
    digitreader: Run, own_run: Path, arguments: list[str | Path]
) -> None:
    ran = digitreader("compare", own_run, *arguments)
    assert sorted(path.name for path in (own_run / "compare").iterdir()) == FILES
    assert f"digitreader: written: {own_run / 'compare' / 'compare.csv'}" in ran.err
    assert (own_run / "compare" / "pareto.png").read_bytes().startswith(PNG)
    rows = list(csv.DictReader((own_run / "compare" / "compare.csv").read_text(encoding="utf-8").splitlines()))
    assert [row["variant"] for row in rows] == ["float32", "int8"]
    assert rows[1]["in_integers"] == "all 4 in int8"


@pytest.mark.parametrize(("form", "file"), [("csv", "compare.csv"), ("markdown", "compare.md")])
def test_stdout_has_the_table_and_nothing_else(
    digitreader: Run, own_run: Path, arguments: list[str | Path], form: str, file: str
) -> None:
    ran = digitreader("compare", own_run, *arguments, "--format", form)
    assert ran.out == (own_run / "compare" / file).read_text(encoding="utf-8")


def test_json_for_programs_names_the_recommended_variant(
    digitreader: Run, own_run: Path, arguments: list[str | Path]
) -> None:
    told = json.loads(digitreader("compare", own_run, *arguments, "--format", "json").out)
    assert told["recommended"] == "int8"
    assert (told["test_digits"], told["validation_digits"]) == (1_000, 300)
    float32, int8 = told["variants"]
    assert (float32["agreement"], float32["us_1_ratio"]) == (1.0, 1.0)
    assert int8["accuracy_low"] < int8["accuracy"] <= int8["accuracy_high"]
    assert int8["agreement"] > 0.95
    assert int8["bytes"] < 0.35 * float32["bytes"]


def test_the_text_table_is_the_default(digitreader: Run, own_run: Path, arguments: list[str | Path]) -> None:
    out = digitreader("compare", own_run, *arguments).out
    assert out.splitlines()[1].split()[0] == "variant"
    assert "recommended: int8." in out


def test_all_variants_are_compared_where_none_is_named(drawn_place: DataPlace, tmp_path: Path) -> None:
    assert CompareSettings(tmp_path, drawn_place).wanted() == tuple(VARIANTS)


def test_float32_is_always_compared_and_the_table_keeps_its_order(drawn_place: DataPlace, tmp_path: Path) -> None:
    wanted = CompareSettings(tmp_path, drawn_place, ("qat", "dynamic", "qat")).wanted()
    assert wanted == ("float32", "dynamic", "qat")


@pytest.mark.parametrize(
    "recipe",
    [
        dataclasses.replace(in_short(RECIPES["tiny"]), activation="sigmoid", epochs=20, variants=0, batch=40),
        dataclasses.replace(in_short(RECIPES["accurate"]), epochs=1, variants=0, negatives=0.0),
    ],
    ids=["sigmoid", "accurate"],
)
def test_every_recipe_can_be_compared(recipe: Any, drawn_place: DataPlace, tmp_path: Path) -> None:
    folder = tmp_path / "run"
    train(TrainSettings(recipe, drawn_place, folder, limit=600), say=lambda _: None)
    comparison, left_out = compare_run(CompareSettings(folder, drawn_place, ("int8",)), say=lambda _: None)
    assert (comparison.recipe, left_out) == (recipe.name, ())
    assert (comparison.test_digits, comparison.validation_digits) == (1_000, 100)
    assert comparison.rows[1].arithmetic.full_integer


class TestWhatIsFound:
    @pytest.fixture
    def run(self, own_run: Path) -> TrainedRun:
        return load_run(own_run)

    def missing(self, run: TrainedRun) -> dict[str, str]:
        return dict(find_exported(run, ("float32", "int8")).missing)

    def test_both_models_fit_their_run(self, run: TrainedRun) -> None:
        found = find_exported(run, ("float32", "int8"))
        assert (list(found.subjects), dict(found.missing)) == (["float32", "int8"], {})

    def test_a_run_that_was_trained_again_needs_new_exports(self, run: TrainedRun) -> None:
        other = dataclasses.replace(run, record=dataclasses.replace(run.record, weights_sha256="0" * 64))
        assert self.missing(other) == {"float32": "made from other weights", "int8": "made from other weights"}

    def test_a_model_without_its_card_is_not_taken(self, run: TrainedRun) -> None:
        (run.folder / "export" / "tiny-int8.json").unlink()
        assert self.missing(run) == {"int8": "not exported yet"}

    def test_a_damaged_card_is_not_taken(self, run: TrainedRun) -> None:
        card = run.folder / "export" / "tiny-int8.json"
        card.write_bytes(card.read_bytes().replace(b'"seed": 1', b'"seed": 2'))
        assert self.missing(run) == {"int8": "its card is damaged or of another digitreader"}

    def test_a_damaged_model_is_not_taken(self, run: TrainedRun) -> None:
        model = run.folder / "export" / "tiny-int8.tflite"
        model.write_bytes(model.read_bytes()[:-1] + b"x")
        assert self.missing(run) == {"int8": "not the file that its card describes"}

    def test_a_model_under_another_name_is_not_taken(self, run: TrainedRun) -> None:
        for suffix in (".tflite", ".json"):
            (run.folder / "export" / f"tiny-float32{suffix}").rename(run.folder / "export" / f"tiny-int8{suffix}")
        assert self.missing(run)["int8"] == "the file there is float32"

    def test_the_model_that_is_shipped_needs_no_second_export(self, run: TrainedRun, exported: Path) -> None:
        for suffix in (".tflite", ".json"):
            shutil.copy(exported / f"tiny{suffix}", run.folder / "export")
        found = find_exported(run, ("float32", "qat"))
        assert (list(found.subjects), dict(found.missing)) == (["float32", "qat"], {})


def refuse(*refused: str) -> Callable[..., None]:
    """An export that refuses some variants for what they lose."""

    def export_but(settings: export.ExportSettings, say: object = None) -> None:
        raise AccuracyLossError("; ".join(f"tiny-{name}.tflite: reads 50.00 % of the test digits" for name in refused))

    return export_but


def test_a_variant_that_the_export_refuses_is_left_out_with_its_reason(
    digitreader: Run, own_run: Path, arguments: list[str | Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export, "export_run", refuse("uint8"))
    arguments[0:2] = ["--variant", "int8", "uint8"]
    ran = digitreader("compare", own_run, *arguments, "--format", "csv")
    assert ran.status == 1
    assert "left out: uint8: tiny-uint8.tflite: reads 50.00 % of the test digits" in ran.err
    assert [line.split(",")[0] for line in ran.out.splitlines()[1:]] == ["float32", "int8"]


def test_without_float32_there_is_no_comparison(
    digitreader: Run, own_run: Path, arguments: list[str | Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    (own_run / "export" / "tiny-float32.tflite").unlink()
    monkeypatch.setattr(export, "export_run", refuse("float32"))
    ran = digitreader("compare", own_run, *arguments)
    assert (ran.status, ran.out) == (1, "")
    assert "error: tiny-float32.tflite: reads 50.00 %" in ran.err
    assert not (own_run / "compare").exists()


def test_an_unknown_variant_is_one_line_that_names_the_known_ones(
    digitreader: Run, own_run: Path, arguments: list[str | Path]
) -> None:
    arguments[0:2] = ["--variant", "int4"]
    ran = digitreader("compare", own_run, *arguments)
    assert (ran.status, ran.out, ran.err.count("\n")) == (2, "", 1)
    assert "int4: no such variant" in ran.err
    assert all(variant in ran.err for variant in VARIANTS)


def test_an_incomplete_run_folder_is_one_line(digitreader: Run, own_run: Path, arguments: list[str | Path]) -> None:
    (own_run / "weights.npz").unlink()
    ran = digitreader("compare", own_run, *arguments)
    assert (ran.status, ran.out, ran.err.count("\n")) == (1, "", 1)
    assert "incomplete run folder, weights.npz cannot be read" in ran.err


def test_missing_data_is_one_line(digitreader: Run, own_run: Path, tmp_path: Path) -> None:
    ran = digitreader("compare", own_run, "--data", tmp_path / "nowhere")
    assert (ran.status, ran.out, ran.err.count("\n")) == (1, "", 1)
    assert "no such folder" in ran.err


def test_other_data_than_the_run_was_trained_on_is_refused(
    digitreader: Run, own_run: Path, drawn_place: DataPlace, tmp_path: Path
) -> None:
    assert drawn_place.folder is not None
    shutil.copytree(drawn_place.folder, tmp_path / "data")
    labels = tmp_path / "data" / "t10k-labels-idx1-ubyte"
    content = bytearray(labels.read_bytes())
    content[-1] = (content[-1] + 1) % 10
    labels.write_bytes(content)
    ran = digitreader("compare", own_run, "--data", tmp_path / "data", "--any-digits")
    assert (ran.status, ran.out, ran.err.count("\n")) == (1, "", 1)
    assert "is not what" in ran.err


def test_a_run_through_another_normalisation_is_refused(
    digitreader: Run, own_run: Path, arguments: list[str | Path]
) -> None:
    record = own_run / "run.json"
    record.write_text(record.read_text().replace('"normalisation": "', '"normalisation": "old-'))
    ran = digitreader("compare", own_run, *arguments)
    assert (ran.status, ran.out) == (1, "")
    assert "was trained through normalisation 'old-" in ran.err


def test_a_place_that_cannot_be_written_is_one_clear_error(
    digitreader: Run, own_run: Path, arguments: list[str | Path]
) -> None:
    write_atomically(own_run / "compare", b"a file")
    ran = digitreader("compare", own_run, *arguments)
    assert (ran.status, ran.out) == (1, "")
    assert "cannot be written" in ran.err.splitlines()[-1]
