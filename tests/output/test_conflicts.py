"""Outputs that would spoil one another are refused, and tables of earlier runs are kept."""

from __future__ import annotations

from pathlib import Path

import pytest

from digitreader.errors import OutputError, UsageError
from digitreader.output.conflicts import check_files, check_twice
from digitreader.output.kinds import RunFacts as Run
from digitreader.output.kinds import parse_place
from digitreader.output.opening import closing_sinks, open_places
from digitreader.output.settings import OutputSettings, Place

from .recorded import frame, opened, page, run_through


@pytest.mark.parametrize(
    ("first", "second", "what"),
    [
        ("mqtt://me@broker", "mqtt://broker:1883/digitreader", "broker"),
        ("https://host/geheim", "https://host/geheim", "webhook"),
        ("pictures:out", "pictures:out", "folder"),
        ("video:a.avi", "video:a.avi", "video"),
        ("window", "window", "window"),
    ],
)
def test_what_would_be_told_everything_twice_is_refused_without_secrets(first: str, second: str, what: str) -> None:
    with pytest.raises(UsageError, match=f"the same {what} is named twice") as caught:
        check_twice([parse_place(first), parse_place(second)])
    assert "geheim" not in str(caught.value)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("mqtt://broker/one", "mqtt://broker/two"),
        ("mqtt://broker", "mqtts://broker"),
        ("https://host/a", "https://host/b"),
        ("pictures:a", "pictures:b"),
        ("run:true", "run:true"),
    ],
)
def test_what_only_looks_alike_may_be_named(first: str, second: str) -> None:
    check_twice([parse_place(first), parse_place(second)])


@pytest.mark.parametrize("kind", ["text", "jsonl", "csv", "events", "video"])
def test_each_output_that_is_a_file_has_a_file_of_its_own(kind: str, tmp_path: Path) -> None:
    file = tmp_path / "one.avi"
    with pytest.raises(UsageError, match=r"one\.avi is named twice"):
        check_files([Place("text", str(file)), Place(kind, str(file))], [])
    file.touch()
    with pytest.raises(OutputError, match=r"one\.avi: this run reads the file"):
        check_files([Place(kind, str(file))], [str(file)])


def test_a_table_with_other_columns_is_kept_and_a_new_one_begun(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table = Place("csv", str(tmp_path / "a.csv"))
    run_through(opened(table), "1")
    before = (tmp_path / "a.csv").read_text()
    for _ in range(2):  # the second run adds to the new one
        sinks = open_places(OutputSettings((table,), name="desk"), Run(inputs=(), named=False, expecting=True))
        with closing_sinks(sinks, 10):
            sinks[0].frame(page("2"), frame())
    assert (tmp_path / "a.1.csv").read_text() == before
    columns = {line.count(",") for line in (tmp_path / "a.csv").read_text().splitlines()}
    assert columns == {11}
    assert capsys.readouterr().err.count("kept as a.1.csv") == 1


def test_a_table_with_other_columns_that_cannot_be_renamed_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError

    (tmp_path / "a.csv").write_text("name,phone\n")
    monkeypatch.setattr(Path, "rename", refuse)
    with pytest.raises(OutputError, match="choose another file"):
        opened(Place("csv", str(tmp_path / "a.csv")))
    assert (tmp_path / "a.csv").read_text() == "name,phone\n"
