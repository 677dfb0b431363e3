"""From a finder's run to a proven model file: export, card, receipt, loading, comparison."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from digitreader.errors import ModelFormatError
from digitreader.measure.data import DataPlace
from digitreader.model.finder_card import FinderCard, FinderFigures, FinderMeasured
from digitreader.model.load import load_finder
from digitreader_export.errors import AccuracyLossError
from digitreader_export.finder.compare import compare_finder, to_json, to_text
from digitreader_export.finder.convert import typical_scenes
from digitreader_export.finder.export import FinderExportSettings, export_finder, refuse_finder_loss
from digitreader_train.finder.network import build_finder

Run = Callable[..., Any]

FILES = ["README.md", "finder.json", "finder.tflite"]


@pytest.fixture
def finder_path(finder_exported: Path, tmp_path: Path) -> Path:
    """A copy of the model with its card beside it."""
    for name in ("finder.tflite", "finder.json"):
        shutil.copy(finder_exported / name, tmp_path / name)
    return tmp_path / "finder.tflite"


def card_of(path: Path) -> FinderCard:
    return FinderCard.from_bytes(path.with_suffix(".json").read_bytes(), path.name)


def test_glaring_scenes_do_not_calibrate() -> None:
    network = build_finder(32)
    rng = np.random.default_rng(1)
    plain, glaring = np.full((19, 32, 32, 3), 100, np.uint8), rng.choice([0, 255], (1, 32, 32, 3)).astype(np.uint8)
    kept = typical_scenes(network, np.concatenate([plain, glaring]))
    assert len(kept) >= 15  # equal scenes may differ in the last bit of their values
    assert (kept == 100).all()


def test_where_no_scene_is_typical_all_of_them_calibrate() -> None:
    network = build_finder(32)
    scenes = np.random.default_rng(1).integers(0, 256, (2, 32, 32, 3), np.uint8)
    np.testing.assert_array_equal(typical_scenes(network, scenes), scenes)


def test_two_exports_of_a_run_are_the_same_bytes(
    finder_exported: Path, finder_run: Path, drawn_place: DataPlace, tmp_path: Path
) -> None:
    export_finder(FinderExportSettings(finder_run, tmp_path / "again", drawn_place, calibration=6), say=lambda _: None)
    assert sorted(path.name for path in finder_exported.iterdir()) == FILES
    for name in FILES:
        assert (tmp_path / "again" / name).read_bytes() == (finder_exported / name).read_bytes(), name


def test_the_card_says_what_the_file_is_and_how_to_make_it_again(finder_path: Path) -> None:
    card, content = card_of(finder_path), finder_path.read_bytes()
    assert (card.sha256, card.size_bytes) == (hashlib.sha256(content).hexdigest(), len(content))
    assert (card.input.dtype, card.input.scale, card.input.zero_point) == ("uint8", float(np.float32(1 / 255)), 0)
    assert [form.dtype for form in card.outputs] == ["int8", "int8"]
    assert (card.calibration, card.measured.scenes) == (6, 6)
    assert card.repeat[0].startswith("digitreader train finder --seed 1 ")
    assert card.repeat[1] == "digitreader export finder --calibration 6 --any-digits"


@pytest.mark.parametrize("engine", ["litert", "numpy"])
def test_the_receipt_proves_the_integers_on_either_engine(digitreader: Run, finder_path: Path, engine: str) -> None:
    ran = digitreader("verify", finder_path, "--engine", engine)
    assert ran.status == 0
    passed = [line.split()[1] for line in ran.out.splitlines() if line.startswith("  pass ")]
    assert passed == ["card", "file", "form", "integers"]
    assert f"run by {engine}" in ran.out
    assert ran.out.splitlines()[-1] == "verified"


def test_a_loaded_finder_gives_geometry_and_maps_of_a_quarter_of_the_size(finder_path: Path) -> None:
    geometry, maps = load_finder(str(finder_path)).maps(np.zeros((64, 96, 3), np.uint8))
    assert (geometry.shape, maps.shape) == ((16, 24, 4), (16, 24, 10))


def test_a_damaged_file_is_one_clear_line(digitreader: Run, finder_path: Path) -> None:
    content = bytearray(finder_path.read_bytes())
    content[50_000] ^= 0x40
    finder_path.write_bytes(content)
    with pytest.raises(ModelFormatError, match=r"finder\.tflite: damaged or another file: sha256"):
        load_finder(str(finder_path))
    ran = digitreader("verify", finder_path)
    assert ran.status == 1
    assert "FAIL       file" in ran.out


def test_a_changed_card_is_one_clear_line(finder_path: Path) -> None:
    card = finder_path.with_suffix(".json")
    card.write_bytes(card.read_bytes().replace(b'"calibration": 6', b'"calibration": 7'))
    with pytest.raises(ModelFormatError, match="the card was changed after it was sealed"):
        load_finder(str(finder_path))


def test_a_card_of_a_model_that_reads_is_one_clear_line(finder_path: Path, repository: Path) -> None:
    shutil.copy(repository / "models" / "tiny.json", finder_path.with_suffix(".json"))
    with pytest.raises(ModelFormatError, match="is the card of a model that reads digits, need one that finds digits"):
        load_finder(str(finder_path))


def test_a_finder_does_not_read(digitreader: Run, finder_path: Path) -> None:
    ran = digitreader("read", "demo", "--frames", "1", "--model", finder_path)
    assert (ran.status, ran.err.count("\n")) == (1, 1)
    assert "is the card of a model that finds digits, need one that reads digits" in ran.err


def test_a_finder_without_its_card_is_one_clear_line(finder_path: Path) -> None:
    finder_path.with_suffix(".json").unlink()
    with pytest.raises(ModelFormatError, match=r"finder\.json: cannot be read .* needs its \.tflite and its \.json"):
        load_finder(str(finder_path))


def test_other_integers_than_the_card_s_are_told(digitreader: Run, finder_path: Path) -> None:
    card = card_of(finder_path)
    first = card.golden[0]._replace(answers=("0" * 64, card.golden[0].answers[1]))
    finder_path.with_suffix(".json").write_bytes(card._replace(golden=(first, *card.golden[1:])).to_bytes())
    ran = digitreader("verify", finder_path)
    assert ran.status == 1
    assert "1 of 3 golden pictures give other integers here than on the card (first: 407" in ran.out


def test_a_listed_finder_has_its_size_and_its_purpose(
    digitreader: Run, finder_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("digitreader.model.locate.model_folders", lambda: (finder_path.parent,))
    row = digitreader("models").out.splitlines()[1]
    assert row.split()[0] == "finder"
    assert f"{finder_path.stat().st_size:,}" in row
    assert "finds the digits of a picture" in row
    [plain] = json.loads(digitreader("models", "--format", "json").out)
    assert plain["bytes"] == finder_path.stat().st_size
    assert "## finder" in digitreader("models", "--format", "markdown").out


@pytest.mark.parametrize(("kept", "refused"), [(0.95, False), (0.98, False), (0.93, True)])
def test_a_point_may_be_lost(kept: float, refused: bool) -> None:
    had, has = (FinderFigures(1.0, 0.1, share, 0.9) for share in (0.955, kept))
    measured = FinderMeasured(10, 100, 0.3, had, has)
    if refused:
        with pytest.raises(AccuracyLossError, match=r"F1 of the digits found is 91\.48% where Keras has 92\.67%"):
            refuse_finder_loss("finder.tflite", measured)
    else:
        refuse_finder_loss("finder.tflite", measured)


def test_other_data_than_the_run_s_is_refused(
    digitreader: Run, finder_run: Path, drawn_place: DataPlace, tmp_path: Path
) -> None:
    assert drawn_place.folder is not None
    shutil.copytree(drawn_place.folder, tmp_path / "data")
    labels = tmp_path / "data" / "train-labels-idx1-ubyte"
    labels.write_bytes(labels.read_bytes()[:-1] + b"\x07")
    ran = digitreader("export", finder_run, "--out", tmp_path / "models", "--data", tmp_path / "data", "--any-digits")
    assert (ran.status, ran.err.count("\n")) == (1, 1)
    assert "its scenes were drawn with other data" in ran.err


@pytest.mark.parametrize("option", [["--variant", "int8"], ["--c", "firmware"], ["--sparsity", "0.5"], ["--all"]])
def test_what_is_for_digit_networks_alone_is_refused(digitreader: Run, finder_run: Path, option: list[str]) -> None:
    ran = digitreader("export", finder_run, *option)
    assert (ran.status, ran.err.count("\n")) == (2, 1)
    assert f"{option[0]} is not for a finder's run" in ran.err


def test_a_comparison_sets_the_variants_in_a_table(finder_run: Path, drawn_place: DataPlace, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(finder_run, tmp_path / "finder"))
    rows = compare_finder(folder, drawn_place)
    assert [row.variant for row in rows] == ["float32", "dynamic", "int8"]
    assert rows[2].file_bytes < 0.4 * rows[0].file_bytes
    assert all(row.frame_ms > 0 for row in rows)
    assert [line.split()[0] for line in to_text(rows).splitlines()] == ["variant", "float32", "dynamic", "int8"]
    assert [plain["variant"] for plain in json.loads(to_json(rows))] == [row.variant for row in rows]
    assert sorted(path.name for path in (folder / "compare").iterdir()) == ["compare.csv", "compare.md"]


def test_a_variant_that_a_finder_does_not_have_is_one_clear_line(digitreader: Run, finder_run: Path) -> None:
    ran = digitreader("compare", finder_run, "--variant", "qat")
    assert (ran.status, ran.err.count("\n")) == (2, 1)
    assert "qat: no such variant of a finder; choose from float32, dynamic, int8" in ran.err
