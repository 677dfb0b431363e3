"""Draws pictures of each kind, reads them and counts what was found and read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from digitreader.demo import Scene
from digitreader.pipeline import Reader
from digitreader.progress import ProgressBar
from digitreader.score.edit_distance import digits_of
from digitreader.score.finding.kinds import Kind, draw_kind
from digitreader.score.finding.marks import MarkCounts, count_marks
from digitreader.score.scenes.causes import CAUSES
from digitreader.score.scenes.measure import Mistake, judge
from digitreader.score.told import share_of
from digitreader.values import Frame, Page


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
        right_share: 0..1 of the digits; None where there are none.
        lines: how many lines there are; None where it does not count how they are set.
        lines_right_share: 0..1 of the lines, those that were read whole, in their order, and with nothing else in
            them; None where `lines` is.
        causes: why digits were not read, and what was invented, by `CAUSES`.
        invented: digits read where none is.
        marks: signs and letters in the digits' lines.
        marks_told: those of them on which a digit was read.
        marks_joined: those that were not seen at all: the digits at both their sides were read as one number.
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
        share: 0..1 of the pictures; None where none was drawn.
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

    def add(self, shown: Scene, page: Page, reader: Reader) -> None:
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


def score_finding(reader: Reader, plan: FindingPlan) -> tuple[FindingScore, dict[str, list[Mistake]]]:
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
