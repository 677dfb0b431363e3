"""What a comparison says in sentences: what the digits can tell apart, what the columns mean, what to ship."""

from __future__ import annotations

from digitreader_export.comparison.measuring import COMPRESSION_LEVEL
from digitreader_export.comparison.report import REFERENCE, Comparison, Row
from digitreader_export.comparison.statistics import SIGNIFICANT
from digitreader_export.comparison.timing import METHOD


def verdict(row: Row, digits: int) -> str:
    """What the test digits say of a variant beside float32."""
    if row.variant == REFERENCE:
        return "what the others are compared with"
    if row.p >= SIGNIFICANT:
        return f"same as {REFERENCE} as far as {digits:,} digits can tell"
    return f"reads {'fewer' if row.lost > row.gained else 'more'} digits than {REFERENCE}"


def verdicts(comparison: Comparison) -> tuple[str, ...]:
    """The verdicts, each once, with the variants on which it falls."""
    of: dict[str, list[str]] = {}
    for row in comparison.rows:
        if row.variant != REFERENCE:
            of.setdefault(verdict(row, comparison.test_digits), []).append(row.variant)
    return tuple(f"{said}: {', '.join(names)}" for said, names in of.items())


def notes(comparison: Comparison) -> tuple[str, ...]:
    """What the variants and the columns mean."""
    chosen = "; ".join(f"{row.variant}: {row.settings}" for row in comparison.rows if row.settings)
    measured = (
        f"on {comparison.test_digits:,} test digits: accuracy with its 95 % confidence interval (Wilson), ECE in 15 "
        f"bins with each variant's own acceptance rule, and McNemar's exact test against {REFERENCE}"
    )
    integers = (
        "operators in integers: from the tensors that each reads and writes; a hybrid one has integer weights and "
        "rounds its input at every glyph"
    )
    return (
        *([f"settings: {chosen}"] if chosen else []),
        measured,
        f"zlib: the file at level {COMPRESSION_LEVEL}, as a download would be",
        integers,
        f"us: microseconds of LiteRT's bare invoke and multiples of {REFERENCE}'s; {METHOD}",
        "arena: most bytes of values alive at once for 1 glyph, each rounded up to 64 as TFLite's planner does",
    )


def advice(comparison: Comparison) -> str:
    """The recommendation in one line."""
    return f"recommended: {comparison.recommendation.name}. {comparison.recommendation.reason}"
