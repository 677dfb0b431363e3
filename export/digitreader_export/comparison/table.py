"""The comparison as a table: for a terminal and for a document."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass

from digitreader_export.comparison.report import REFERENCE, Comparison, Row
from digitreader_export.comparison.words import advice, notes, verdicts

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


def _cells(row: Row) -> tuple[str, ...]:
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


def _chance(row: Row) -> str:
    if row.variant == REFERENCE:
        return "-"
    return f"{row.p:.4f}" if row.p >= 0.0001 else "<0.0001"


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    columns = zip(_COLUMNS, cells, widths, strict=True)
    return "  ".join(cell.ljust(width) if each.words else cell.rjust(width) for each, cell, width in columns).rstrip()


def _piped(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
