"""The comparison as a table and in sentences: for a terminal and for a document."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass

from digitreader_export.comparison.measuring import COMPRESSION_LEVEL
from digitreader_export.comparison.report import REFERENCE, Comparison, VariantRow
from digitreader_export.comparison.statistics import SIGNIFICANT
from digitreader_export.comparison.timing import METHOD


def verdict(row: VariantRow, digits: int) -> str:
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


PICTURE = "pareto.png"


@dataclass(frozen=True, slots=True)
class _Column:
    """One column: its heading in two lines, and whether its cells are words."""

    above: str
    below: str
    words: bool = False


_COLUMNS = (
    _Column("", "variant", words=True),
    _Column("accuracy %", "(95 % interval)"),
    _Column("same as", f"{REFERENCE} %"),
    _Column("ECE", "%"),
    _Column("file", "bytes"),
    _Column("zlib", "bytes"),
    _Column("operators", "in integers", words=True),
    _Column("1 glyph", "us"),
    _Column("32 glyphs", "us"),
    _Column("arena", "bytes"),
    _Column("McNemar", "p"),
)


def to_text(comparison: Comparison) -> str:
    """The table for a terminal, with what it says below it."""
    rows = [_cells(row) for row in comparison.rows]
    widths = [max(map(len, (each.above, each.below, *cells))) for each, *cells in zip(_COLUMNS, *rows, strict=True)]
    lines = [_line(cells, widths) for cells in ([each.above for each in _COLUMNS], [each.below for each in _COLUMNS])]
    lines += [_line(cells, widths) for cells in rows]
    said = [*verdicts(comparison), "", *notes(comparison), "", advice(comparison)]
    folded = [fold for sentence in said for fold in textwrap.wrap(sentence, sum(widths) + 20) or [""]]
    return "\n".join([*lines, "", *folded])


def to_markdown(comparison: Comparison) -> str:
    """The table for a document, with the picture and what they say."""
    chosen = comparison.recommendation.name
    rows = [_cells(row) for row in comparison.rows]
    lines = [
        f"# {comparison.recipe}: what each variant costs",
        "",
        advice(comparison).replace(chosen, f"**{chosen}**", 1),
        "",
        _piped([f"{each.above} {each.below}".strip() for each in _COLUMNS]),
        _piped(["---" if each.words else "---:" for each in _COLUMNS]),
        *(_piped([f"**{cells[0]}**" if cells[0] == chosen else cells[0], *cells[1:]]) for cells in rows),
        "",
        *(f"- {sentence}" for sentence in (*verdicts(comparison), *notes(comparison))),
        "",
        f"![test accuracy against bytes]({PICTURE})",
    ]
    return "\n".join(lines) + "\n"


def _cells(row: VariantRow) -> tuple[str, ...]:
    return (
        row.variant,
        f"{100 * row.accuracy:.2f} ({100 * row.interval.low:.2f}-{100 * row.interval.high:.2f})",
        f"{100 * row.agreement:.2f}",
        f"{100 * row.ece:.2f}",
        f"{row.file_bytes:,}",
        f"{row.compressed_bytes:,}",
        str(row.arithmetic),
        f"{row.times.one_us:.1f} ({row.slowness.one_us:.2f}x)",
        f"{row.times.batch_us:.1f} ({row.slowness.batch_us:.2f}x)",
        f"{row.arena_bytes:,}",
        _chance(row),
    )


def _chance(row: VariantRow) -> str:
    if row.variant == REFERENCE:
        return "-"
    return f"{row.p:.4f}" if row.p >= 0.0001 else "<0.0001"


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    columns = zip(_COLUMNS, cells, widths, strict=True)
    return "  ".join(cell.ljust(width) if each.words else cell.rjust(width) for each, cell, width in columns).rstrip()


def _piped(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
