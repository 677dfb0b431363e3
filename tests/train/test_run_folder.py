from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from digitreader.errors import DataError, OutputError
from digitreader_train.run_folder import check_run_folder, load_run, pack_weights


@pytest.fixture
def run(trained_run: Path, tmp_path: Path) -> Path:
    """A copy of a run folder, to be damaged."""
    return Path(shutil.copytree(trained_run, tmp_path / "run"))


def test_a_run_is_read_as_it_was_written(run: Path) -> None:
    assert load_run(run).record.recipe.name == "tiny"
    assert sum(array.size for array in load_run(run).weights.values()) == 13_002


@pytest.mark.parametrize("name", ["run.json", "weights.npz"])
def test_an_incomplete_run_folder_is_refused(run: Path, name: str) -> None:
    (run / name).unlink()
    with pytest.raises(DataError, match=f"incomplete run folder, {name} cannot be read .*rerun digitreader train"):
        load_run(run)


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no such run folder"):
        load_run(tmp_path / "nowhere")


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"format": "another"}', b"\xff", b"[" * 100_000])
def test_a_damaged_record_is_refused(run: Path, content: bytes) -> None:
    (run / "run.json").write_bytes(content)
    with pytest.raises(DataError, match=r"run.json: damaged"):
        load_run(run)


def test_weights_of_another_run_are_refused(run: Path) -> None:
    content = bytearray((run / "weights.npz").read_bytes())
    content[1_000] ^= 1
    (run / "weights.npz").write_bytes(content)
    with pytest.raises(DataError, match=r"not the weights that run\.json describes"):
        load_run(run)


def test_weights_of_another_shape_are_refused(run: Path) -> None:
    record = json.loads((run / "run.json").read_text())
    record["recipe"]["hidden"] = [16, 8]
    (run / "run.json").write_text(json.dumps(record))
    with pytest.raises(DataError, match=r"has weights .*need"):
        load_run(run)


def test_the_same_weights_are_the_same_bytes() -> None:
    weights = {"a.kernel": np.arange(6, dtype=np.float32).reshape(2, 3)}
    assert pack_weights(weights) == pack_weights(dict(weights))


def test_a_folder_of_other_things_is_not_overwritten(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(OutputError, match="is not a run and is not replaced"):
        check_run_folder(tmp_path)


def test_a_file_is_no_run_folder(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="cannot be a run folder"):
        check_run_folder(tmp_path / "file")


def test_an_older_run_and_an_empty_folder_may_be_replaced(run: Path, tmp_path: Path) -> None:
    check_run_folder(run)
    check_run_folder(tmp_path / "new" / "folder")
