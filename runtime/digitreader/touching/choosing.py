"""Touching: whether wide ink is one digit or several, judged by how well its pieces read."""

from __future__ import annotations

from collections.abc import Sequence

from digitreader.touching.cutting import Span

GAIN = 0.12
"""How much better than the whole the pieces must read on the average before ink is cut."""
PIECE_COST = 0.1
"""How much better each further piece must make the average: the halves of an 8 read as a 3 and a 1."""


def best_pieces(spans: Sequence[Span], confidences: Sequence[float]) -> tuple[list[int], float]:
    """The row of spans from the left edge to the right edge that reads best.

    Args:
        confidences: 0..1, how sure the reading of each span is.

    Returns:
        The indices of the chosen spans from left to right, and their mean confidence weighed by width; ([], 0.0)
        where no row of spans covers the ink.
    """
    if not spans:
        return [], 0.0
    end = max(span.last for span in spans)
    cost = PIECE_COST * (max(s.box.x + s.box.width for s in spans) - min(s.box.x for s in spans))
    # what is in doubt is counted: what is sure would count more the more the pieces' boxes overlap
    best: dict[int, tuple[float, list[int]]] = {0: (0.0, [])}
    for cut in range(1, end + 1):
        ways = [
            (best[span.first][0] + (1 - confidence) * span.box.width + cost, [*best[span.first][1], index])
            for index, (span, confidence) in enumerate(zip(spans, confidences, strict=True))
            if span.last == cut and span.first in best
        ]
        if ways:
            best[cut] = min(ways, key=lambda way: way[0])
    if end not in best:
        return [], 0.0
    chosen = best[end][1]
    widths = [spans[index].box.width for index in chosen]
    score = sum(confidences[index] * width for index, width in zip(chosen, widths, strict=True))
    return chosen, score / max(1, sum(widths))


def pieces_that_read_better(
    spans: Sequence[Span], confidences: Sequence[float], *, whole: float, threshold: float
) -> list[int]:
    """The spans to read in place of the whole, or nothing where it is better read whole.

    Args:
        confidences: 0..1, how sure the reading of each span is.
        whole: the same for the uncut ink.
        threshold: every piece must read at least this surely.
    """
    chosen, score = best_pieces(spans, confidences)
    if len(chosen) < 2 or score < whole + GAIN:
        return []
    return chosen if all(confidences[index] >= threshold for index in chosen) else []
