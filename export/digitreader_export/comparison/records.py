"""The comparison as records for programs: JSON and CSV, with the same names in both."""

from __future__ import annotations

import csv
import io
import json

from digitreader_export.comparison.report import Comparison, VariantRow
from digitreader_export.comparison.table import verdict
from digitreader_export.comparison.timing import METHOD

DECIMALS = 6

Record = dict[str, str | int | float | bool]


def to_csv(comparison: Comparison) -> str:
    """One line a variant under a line of names; shares are 0..1."""
    records = records_of(comparison)
    text = io.StringIO()
    writer = csv.DictWriter(text, list(records[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows({name: _spelled(value) for name, value in record.items()} for record in records)
    return text.getvalue()


def to_json(comparison: Comparison) -> str:
    """One object: the variants as in the CSV, the recommendation and its reason, and how it was measured."""
    return json.dumps(
        {
            "recipe": comparison.recipe,
            "test_digits": comparison.test_digits,
            "validation_digits": comparison.validation_digits,
            "timing": METHOD,
            "variants": records_of(comparison),
            "recommended": comparison.recommendation.name,
            "reason": comparison.recommendation.reason,
        },
        indent=1,
    )


def records_of(comparison: Comparison) -> tuple[Record, ...]:
    """One record a variant."""
    return tuple(_record(row, comparison) for row in comparison.rows)


def _record(row: VariantRow, comparison: Comparison) -> Record:
    return {
        "variant": row.variant,
        "settings": row.settings,
        "accuracy": round(row.accuracy, DECIMALS),
        "accuracy_low": round(row.interval.low, DECIMALS),
        "accuracy_high": round(row.interval.high, DECIMALS),
        "agreement": round(row.agreement, DECIMALS),
        "ece": round(row.ece, DECIMALS),
        "bytes": row.file_bytes,
        "compressed_bytes": row.compressed_bytes,
        "in_integers": str(row.arithmetic),
        "operators": row.arithmetic.operators,
        "integer_operators": row.arithmetic.integer,
        "hybrid_operators": row.arithmetic.hybrid,
        "us_1": round(row.times.one_us, 3),
        "us_1_ratio": round(row.slowness.one_us, 3),
        "us_32": round(row.times.batch_us, 3),
        "us_32_ratio": round(row.slowness.batch_us, 3),
        "arena_bytes": row.arena_bytes,
        "lost": row.lost,
        "gained": row.gained,
        "mcnemar_p": float(f"{row.p:.4g}"),
        "validation_accuracy": round(row.validation_accuracy, DECIMALS),
        "validation_ece": round(row.validation_ece, DECIMALS),
        "verdict": verdict(row, comparison.test_digits),
        "recommended": row.variant == comparison.recommendation.name,
    }


def _spelled(value: str | float | bool) -> str | float:
    # JSON's words, so that a program reads both alike
    return str(value).lower() if isinstance(value, bool) else value
