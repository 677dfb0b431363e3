from __future__ import annotations

import csv
import dataclasses
import io
import json

import pytest

from digitreader_export.comparison.records import to_csv, to_json
from digitreader_export.comparison.report import Comparison, VariantRow
from digitreader_export.comparison.table import to_markdown, to_text

NAMES = ["float32", "dynamic", "int8", "qat", "pruned"]


def row_of(comparison: Comparison, variant: str) -> VariantRow:
    return next(row for row in comparison.rows if row.variant == variant)


def with_p(comparison: Comparison, variant: str, **changes: float) -> Comparison:
    rows = [
        dataclasses.replace(row, **changes) if row.variant == variant else row  # type: ignore[arg-type] # counts
        for row in comparison.rows
    ]
    return dataclasses.replace(comparison, rows=tuple(rows))


def test_a_row_sets_a_variant_beside_float32(comparison: Comparison) -> None:
    row = row_of(comparison, "qat")
    assert (row.accuracy, row.lost, row.gained, row.agreement) == (0.978, 3, 1, 0.996)
    assert row.p == 0.625
    assert (row.times.one_us, row.slowness.one_us, row.slowness.batch_us) == (0.25, 0.125, 0.125)


def test_a_row_knows_both_halves(comparison: Comparison) -> None:
    row = row_of(comparison, "pruned")
    assert (row.accuracy, row.validation_accuracy, row.validation_ece) == (0.94, 0.94, 0.02)
    assert row.interval.low < 0.94 < row.interval.high


def test_the_text_table_has_a_line_for_each_variant_in_columns(comparison: Comparison) -> None:
    lines = to_text(comparison).split("\n\n")[0].splitlines()
    assert [line.split()[0] for line in lines[2:]] == NAMES
    cells = "int8 98.00 (96.93-98.70) 100.00 2.00 17,000 13,000 all 5 in int8 0.5 (0.25x) 10.0 (0.25x) 1,664 1.0000"
    assert " ".join(lines[4].split()) == cells
    ends = {line.rindex(")") for line in lines[2:]}
    assert len(ends) == 1, "the numbers of a column end in one place"


def test_the_text_fits_the_table(comparison: Comparison) -> None:
    lines = to_text(comparison).splitlines()
    assert max(map(len, lines)) <= 132


def test_what_the_digits_cannot_tell_apart_is_said_in_words(comparison: Comparison) -> None:
    said = to_text(comparison).splitlines()
    assert "same as float32 as far as 1,000 digits can tell: dynamic, int8, qat" in said
    assert "reads fewer digits than float32: pruned" in said
    assert "float32" not in [line.split(": ")[-1] for line in said]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"p": 0.05}, "same as float32 as far as 1,000 digits can tell"),
        ({"p": 0.049, "lost": 9, "gained": 1}, "reads fewer digits than float32"),
        ({"p": 0.049, "lost": 1, "gained": 9}, "reads more digits than float32"),
    ],
)
def test_the_verdict_turns_at_one_in_twenty(comparison: Comparison, changes: dict[str, float], words: str) -> None:
    record = json.loads(to_json(with_p(comparison, "qat", **changes)))["variants"][3]
    assert record["verdict"] == words


@pytest.mark.parametrize(("p", "shown"), [(0.0002, "0.0002"), (0.00009, "<0.0001"), (0.0, "<0.0001")])
def test_a_tiny_p_is_not_shown_as_none(comparison: Comparison, p: float, shown: str) -> None:
    lines = to_text(with_p(comparison, "pruned", p=p)).splitlines()
    assert lines[6].split()[-1] == shown


def test_float32_is_not_tested_against_itself(comparison: Comparison) -> None:
    assert to_text(comparison).splitlines()[2].split()[-1] == "-"


def test_the_text_says_how_it_was_measured_and_what_to_ship(comparison: Comparison) -> None:
    text = " ".join(to_text(comparison).split())
    for said in (
        "on 1,000 test digits: accuracy with its 95 % confidence interval (Wilson)",
        "zlib: the file at level 9",
        "one thread, models in turn, the quickest of 100 rounds",
        "each rounded up to 64",
        "settings: int8: calibration 50",
        "recommended: int8. Asked for, on 1,000 validation digits:",
    ):
        assert said in text


def test_the_markdown_is_a_table_whose_rows_have_as_many_cells_as_its_head(comparison: Comparison) -> None:
    table = [line for line in to_markdown(comparison).splitlines() if line.startswith("|")]
    assert len(table) == 2 + len(NAMES)
    assert {line.count("|") for line in table} == {12}
    assert table[1] == "| --- | ---: | ---: | ---: | ---: | ---: | --- | ---: | ---: | ---: | ---: |"


def test_the_markdown_marks_the_recommended_one_and_shows_the_picture(comparison: Comparison) -> None:
    markdown = to_markdown(comparison)
    assert "| **int8** | 98.00" in markdown
    assert markdown.count("**") == 4
    assert "recommended: **int8**." in markdown
    assert "](pareto.png)" in markdown
    assert markdown.endswith("\n")


def test_the_csv_has_a_line_for_each_variant(comparison: Comparison) -> None:
    rows = list(csv.DictReader(io.StringIO(to_csv(comparison))))
    assert [row["variant"] for row in rows] == NAMES
    assert [row["recommended"] for row in rows] == ["false", "false", "true", "false", "false"]
    pruned = rows[4]
    assert (pruned["accuracy"], pruned["bytes"], pruned["compressed_bytes"]) == ("0.94", "17010", "9000")
    assert (pruned["lost"], pruned["gained"], pruned["mcnemar_p"]) == ("40", "0", "1.819e-12")


def test_the_json_has_the_same_figures_as_the_csv(comparison: Comparison) -> None:
    told = json.loads(to_json(comparison))
    rows = list(csv.DictReader(io.StringIO(to_csv(comparison))))
    spelled = [{name: str(value).lower() for name, value in record.items()} for record in told["variants"]]
    assert spelled == [{name: value.lower() for name, value in row.items()} for row in rows]


def test_the_json_says_what_is_recommended_and_why(comparison: Comparison) -> None:
    told = json.loads(to_json(comparison))
    assert (told["recipe"], told["recommended"], told["test_digits"]) == ("tiny", "int8", 1_000)
    assert told["reason"].startswith("Asked for")
    assert "quickest of" in told["timing"]
