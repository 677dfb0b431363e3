"""Reports what was found of each kind: a table as lines, and a page with pictures of the mistakes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from digitreader.score.causes_told import said_of, shown_outcome
from digitreader.score.finding.measure import FindingScore, KindScore
from digitreader.score.report.elements import Html, Shown, bar, figures, gallery, section, table
from digitreader.score.scenes.measure import Mistake
from digitreader.score.told import percent

HEAD = (
    "kind",
    "pictures",
    "digits",
    "read right",
    "lines right",
    "invented",
    "pictures with invented",
    "marks as digits",
    "marks passed over",
)
NONE = "-"
_BOXES_NOTE = "Green: where the digit really is. Orange: what was read there and nearby."
_LINES_NOTE = "A line is right if all its digits were read in their order and nothing else with them."


def finding_text(score: FindingScore, title: str) -> str:
    """The figures as lines: a table with a row for each kind, and the pictures without digits together."""
    rows = [HEAD, *(_cells(kind) for kind in score.kinds)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = [_aligned(row, widths) for row in rows]
    return "\n".join([f"{title}: {len(score.kinds)} kinds, seed {score.seed}", *lines, *_empty_lines(score)])


def _cells(kind: KindScore) -> tuple[str, ...]:
    right = NONE if kind.right_share is None else percent(kind.right_share)
    lines = NONE if kind.lines_right_share is None else percent(kind.lines_right_share)
    share = NONE if kind.digits else percent(kind.pictures_with_invented / max(kind.pictures, 1))
    told, joined = (
        percent(count / kind.marks) if kind.marks else NONE for count in (kind.marks_told, kind.marks_joined)
    )
    return kind.kind, f"{kind.pictures:,}", f"{kind.digits:,}", right, lines, f"{kind.invented:,}", share, told, joined


def _aligned(row: Sequence[str], widths: Sequence[int]) -> str:
    first, *others = (
        cell.ljust(width) if at == 0 else cell.rjust(width)
        for at, (cell, width) in enumerate(zip(row, widths, strict=True))
    )
    return "  ".join([first, *others])


def _empty_lines(score: FindingScore) -> list[str]:
    empty = score.without_digits
    if empty.share is None:
        return []
    said = f"{empty.with_invented:,} with an invented digit ({percent(empty.share)})"
    return [f"pictures without digits: {empty.pictures:,}, {said}"]


def finding_sections(score: FindingScore, mistakes: Mapping[str, Sequence[Mistake]]) -> list[str]:
    """The page's sections."""
    digits, right = sum(kind.digits for kind in score.kinds), sum(kind.right for kind in score.kinds)
    empty = score.without_digits
    cards = []
    if digits:
        cards.append((percent(right / digits), "read right", f"{right:,} of {digits:,} digits"))
    if empty.share is not None:
        remark = f"{empty.with_invented:,} of {empty.pictures:,} pictures without digits"
        cards.append((percent(empty.share), "pictures with an invented digit", remark))
    rows: list[Sequence[str | Html]] = [(*_cells(kind), bar(kind.right_share or 0.0)) for kind in score.kinds]
    wrong = [(kind, [_shown(mistake) for mistake in mistakes[kind.kind]]) for kind in score.kinds]
    return [
        figures(*cards),
        section("Every kind", table((*HEAD, ""), rows), note=_LINES_NOTE),
        *(section(kind.kind, gallery(shown), note=_note(kind, len(shown))) for kind, shown in wrong if shown),
    ]


def _note(kind: KindScore, shown: int) -> str:
    causes = ", ".join(f"{cause} {count:,}" for cause, count in kind.causes.items() if count)
    return f"{causes}; the first {shown:,} are shown. {_BOXES_NOTE}"


def _shown(mistake: Mistake) -> Shown:
    said = f"<b>{said_of(mistake.outcome)}</b><br>{mistake.outcome.cause}, picture {mistake.number}"
    return shown_outcome(mistake.outcome, mistake.image, mistake.readings, Html(said))
