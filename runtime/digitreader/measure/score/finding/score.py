"""How well each kind is read, and the report of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Self

import numpy as np

from digitreader.drawing import DigitBox, Scene
from digitreader.drawing.scene import MarkBox
from digitreader.host.progress import ProgressBar
from digitreader.measure.edit_distance import digits_of
from digitreader.measure.report import Html, Shown, bar, figures, gallery, percent, section, share_of, table
from digitreader.measure.score.causes import CAUSES, said_of, shown_outcome
from digitreader.measure.score.finding.kinds import Kind, draw_kind
from digitreader.measure.score.scenes import Mistake, judge
from digitreader.reading.pipeline import FrameReader
from digitreader.reading.tracks import overlaps
from digitreader.values import Box, Frame, Page, grown

ON_IT = 0.5
"""A digit was read on a mark if they share this part of the smaller of the two ..."""
ON_DIGIT = 0.4
"""... and on a digit if they share this part of their union."""
PAD = 0.08
"""Boxes are widened by this many digit heights: a 1 is so narrow that one pixel would separate two equal boxes."""


@dataclass(frozen=True, slots=True)
class MarkCounts:
    """How many marks there are, how many were read as a digit, and how many were skipped without a gap."""

    there: int = 0
    told: int = 0
    joined: int = 0

    def __add__(self, other: Self) -> MarkCounts:
        return MarkCounts(self.there + other.there, self.told + other.told, self.joined + other.joined)


def count_marks(shown: Scene, page: Page) -> MarkCounts:
    """What became of a scene's marks.

    Args:
        shown: with the marks that are there.
        page: what was read of it.
    """
    if not shown.marks or not shown.boxes:
        return MarkCounts()
    read = [(line, each.group, each.box) for line, row in enumerate(page.lines) for each in row.readings]
    boxes = [box for _, _, box in read]
    pad_px = max(1, round(PAD * sorted(each.box.height for each in shown.boxes)[len(shown.boxes) // 2]))
    places = [_number_at(each.box, boxes, pad_px) for each in shown.boxes]
    free = [box for at, box in enumerate(boxes) if at not in places]
    told = [any(_on(box, mark.box) for box in free) for mark in shown.marks]
    numbers = [None if at is None else read[at][:2] for at in places]
    joined = [
        not is_told and _are_joined(mark, shown.boxes, numbers) for mark, is_told in zip(shown.marks, told, strict=True)
    ]
    return MarkCounts(len(shown.marks), sum(told), sum(joined))


def _number_at(box: Box, boxes: Sequence[Box], pad_px: int) -> int | None:
    """Which of the boxes lies on a digit."""
    if not boxes:
        return None
    shares = overlaps([grown(box, pad_px, pad_px)], [grown(each, pad_px, pad_px) for each in boxes])[0]
    return int(shares.argmax()) if shares.max() >= ON_DIGIT else None


def _on(box: Box, mark: Box) -> bool:
    across = min(box.x + box.width, mark.x + mark.width) - max(box.x, mark.x)
    down = min(box.y + box.height, mark.y + mark.height) - max(box.y, mark.y)
    smaller = max(1, min(box.width * box.height, mark.width * mark.height))
    return across > 0 and down > 0 and across * down >= ON_IT * smaller


def _are_joined(mark: MarkBox, digits: Sequence[DigitBox], numbers: Sequence[tuple[int, int] | None]) -> bool:
    """Whether the digits at both sides of a mark were read as of one number."""
    middle = mark.box.x + mark.box.width / 2
    row = [(each.box.x + each.box.width / 2, at) for at, each in enumerate(digits) if each.line == mark.line]
    before, after = (
        max((pair for pair in row if pair[0] < middle), default=None),
        min((pair for pair in row if pair[0] >= middle), default=None),
    )
    if before is None or after is None:
        return False
    return numbers[before[1]] is not None and numbers[before[1]] == numbers[after[1]]


@dataclass(frozen=True, slots=True)
class FindingPlan:
    """Which pictures are drawn.

    Attributes:
        kinds: at least one.
        digits: about how many of each kind that has digits.
        empty: how many pictures of each kind without digits.
        pictures: how many mistakes of each kind are kept to be shown.
    """

    kinds: tuple[Kind, ...]
    digits: int = 500
    empty: int = 250
    seed: int = 0
    pictures: int = 6


@dataclass(frozen=True, slots=True)
class KindScore:
    """What became of the pictures of one kind.

    Attributes:
        right: digits that were found, cut, accepted and read right.
        right_share: 0..1 of the digits; None if there are none.
        lines: how many lines there are; None if it does not count how they are set.
        lines_right_share: 0..1 of the lines, those that were read whole, in their order, and with nothing else in
            them; None if `lines` is.
        causes: how many digits were not read, or were invented, by `CAUSES`.
        invented: how many digits were read at places without a digit.
        marks: signs and letters in the digits' lines.
        marks_told: those of them on which a digit was read.
        marks_joined: those that were not noticed: the digits on both sides of them were read as one number.
        pictures_with_invented: pictures with at least one of them.
    """

    kind: str
    pictures: int
    digits: int
    right: int
    right_share: float | None
    lines: int | None
    lines_right_share: float | None
    causes: dict[str, int]
    invented: int
    pictures_with_invented: int
    marks: int = 0
    marks_told: int = 0
    marks_joined: int = 0


@dataclass(frozen=True, slots=True)
class WithoutDigits:
    """All pictures of kinds without digits.

    Attributes:
        with_invented: how many of them have a digit that was read where none is.
        share: 0..1 of the pictures; None if none was drawn.
    """

    pictures: int
    with_invented: int
    share: float | None


@dataclass(frozen=True, slots=True)
class FindingScore:
    """What became of every kind's pictures."""

    seed: int
    kinds: tuple[KindScore, ...]
    without_digits: WithoutDigits


@dataclass(slots=True)
class _Tally:
    """What has been counted of one kind so far."""

    kind: Kind
    keep: int
    pictures: int = 0
    causes: Counter[str] = field(default_factory=Counter)
    lines: int = 0
    lines_right: int = 0
    with_invented: int = 0
    marks: MarkCounts = field(default_factory=MarkCounts)
    mistakes: list[Mistake] = field(default_factory=list)

    def add(self, shown: Scene, page: Page, reader: FrameReader) -> None:
        readings = tuple(reading for line in page.lines for reading in line.readings)
        outcomes = judge(shown, page, reader)
        self.causes.update(outcome.cause for outcome in outcomes)
        self.with_invented += any(outcome.cause == "invented" for outcome in outcomes)
        wanted = [digits_of(line) for line in shown.truth.split("\n") if line]
        self.lines += len(wanted)
        self.lines_right += lines_in_order(wanted, [digits_of(line.text) for line in page.lines])
        wrong = [outcome for outcome in outcomes if outcome.cause != "right"]
        room = self.keep - len(self.mistakes)
        self.mistakes += [Mistake(outcome, shown.image, readings, self.pictures) for outcome in wrong[:room]]
        self.marks = self.marks + count_marks(shown, page)
        self.pictures += 1

    def score(self) -> KindScore:
        causes: dict[str, int] = {cause: self.causes[cause] for cause in CAUSES}
        digits = self.causes.total() - causes["invented"]
        lines = self.lines if self.kind.lines else None
        return KindScore(
            kind=self.kind.name,
            pictures=self.pictures,
            digits=digits,
            right=self.causes["right"],
            right_share=share_of(self.causes["right"], digits) if digits else None,
            lines=lines,
            lines_right_share=None if lines is None else share_of(self.lines_right, lines),
            causes=causes,
            invented=causes["invented"],
            pictures_with_invented=self.with_invented,
            marks=self.marks.there,
            marks_told=self.marks.told,
            marks_joined=self.marks.joined,
        )


def score_finding(reader: FrameReader, plan: FindingPlan) -> tuple[FindingScore, dict[str, list[Mistake]]]:
    """Read every picture of every kind, with a progress bar.

    Returns:
        The score, and by the kind's name its first mistakes with their pictures.
    """
    counts = {kind.name: kind.pictures(plan.digits, empty=plan.empty) for kind in plan.kinds}
    scores, mistakes = [], {}
    with ProgressBar("reading", sum(counts.values())) as bar:
        for kind in plan.kinds:
            bar.relabel(f"reading {kind.name}")
            tally = _Tally(kind, plan.pictures)
            for shown in draw_kind(kind, counts[kind.name], seed=plan.seed):
                page = reader.read_upright(Frame(shown.image, f"{kind.name} {tally.pictures}"))
                tally.add(shown, page, reader)
                bar.advance()
            scores.append(tally.score())
            mistakes[kind.name] = tally.mistakes
        bar.relabel("reading pictures")
    return FindingScore(plan.seed, tuple(scores), without_digits_in(scores)), mistakes


def without_digits_in(scores: Sequence[KindScore]) -> WithoutDigits:
    """Add up the kinds that have no digits."""
    empty = [score for score in scores if not score.digits]
    pictures = sum(score.pictures for score in empty)
    invented = sum(score.pictures_with_invented for score in empty)
    return WithoutDigits(pictures, invented, share_of(invented, pictures) if pictures else None)


def lines_in_order(truth: Sequence[str], read: Sequence[str]) -> int:
    """How many lines of one text are also in the other, whole and in the same order.

    Source: the longest common subsequence; Wagner and Fischer, "The string-to-string correction problem", 1974.
    """
    most = np.zeros((len(truth) + 1, len(read) + 1), np.int64)
    for row, line in enumerate(truth):
        for column, other in enumerate(read):
            together = most[row, column] + (line == other)
            most[row + 1, column + 1] = max(together, most[row, column + 1], most[row + 1, column])
    return int(most[-1, -1])


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
