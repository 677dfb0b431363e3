"""Draws scenes, reads them and counts what went wrong, by cause."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from digitreader.demo import Scene, scene
from digitreader.pipeline import Reader
from digitreader.progress import with_progress
from digitreader.quarter_turns import boxes_found
from digitreader.score.edit_distance import digits_of, errors_between
from digitreader.score.scenes.causes import CAUSES, Cause, Outcome, outcomes_of
from digitreader.score.scenes.difficulty import Difficulty
from digitreader.score.scenes.sheets import draw_writing
from digitreader.score.told import share_of
from digitreader.values import ColourImage, Frame, Page, Reading


@dataclass(frozen=True, slots=True)
class ScenesPlan:
    """Which scenes are drawn.

    Attributes:
        name: what the difficulty is called.
        size_wh: of each, in pixels.
        pictures: how many errors of each cause are kept to be shown.
    """

    difficulty: Difficulty
    name: str = ""
    count: int = 100
    seed: int = 0
    size_wh: tuple[int, int] = (640, 480)
    pictures: int = 12


@dataclass(frozen=True, slots=True)
class ScenesScore:
    """What became of the scenes' digits.

    Attributes:
        digits: how many there are.
        right: how many were found, cut, accepted and read right.
        causes: why the others were not, and what was invented, by `CAUSES`.
        errors: by edit distance over the texts, spaces left out.
        digit_accuracy: 1 - errors / digits.
        exact: scenes without an error.
        right_by_digit: the share of each digit, 0 to 9, that was read right; None where there is none.
    """

    difficulty: str
    scenes: int
    seed: int
    digits: int
    right: int
    causes: dict[str, int]
    errors: int
    digit_accuracy: float
    exact: int
    right_by_digit: tuple[float | None, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Mistake:
    """Something that went wrong, with the scene that it went wrong in."""

    outcome: Outcome
    image: ColourImage
    readings: tuple[Reading, ...]
    number: int


@dataclass(slots=True)
class _Tally:
    """What has been counted so far."""

    keep: int
    causes: dict[Cause, int] = field(default_factory=lambda: dict.fromkeys(("right", *CAUSES), 0))
    errors: int = 0
    exact: int = 0
    there: list[int] = field(default_factory=lambda: [0] * 10)
    right: list[int] = field(default_factory=lambda: [0] * 10)
    mistakes: dict[Cause, list[Mistake]] = field(default_factory=lambda: {cause: [] for cause in CAUSES})

    def add(self, outcome: Outcome, mistake: Mistake) -> None:
        self.causes[outcome.cause] += 1
        if outcome.truth is not None:
            self.there[outcome.truth] += 1
            self.right[outcome.truth] += outcome.cause == "right"
        kept = self.mistakes.get(outcome.cause)
        if kept is not None and len(kept) < self.keep:
            kept.append(mistake)

    def score(self, plan: ScenesPlan) -> ScenesScore:
        digits = sum(self.there)
        return ScenesScore(
            difficulty=plan.name,
            scenes=plan.count,
            seed=plan.seed,
            digits=digits,
            right=self.causes["right"],
            causes={cause: self.causes[cause] for cause in CAUSES},
            errors=self.errors,
            digit_accuracy=1 - share_of(self.errors, digits),
            exact=self.exact,
            right_by_digit=tuple(r / n if n else None for r, n in zip(self.right, self.there, strict=True)),
        )


def draw_scenes(plan: ScenesPlan) -> Iterator[Scene]:
    """Draw the scenes one after another; each depends on the seed and its own number alone."""
    for number in range(plan.count):
        rng = np.random.default_rng((plan.seed, number))
        text = draw_writing(plan.difficulty, rng)
        yield scene(text, size_wh=plan.size_wh, settings=plan.difficulty.settings, rng=rng)


def score_scenes(reader: Reader, plan: ScenesPlan) -> tuple[ScenesScore, dict[Cause, list[Mistake]]]:
    """Read every scene, with a progress bar.

    Returns:
        The score, and by cause the first mistakes with their pictures.

    Raises:
        UsageError: scenes smaller than 32x32.
    """
    tally = _Tally(keep=plan.pictures)
    drawn = with_progress(draw_scenes(plan), label="reading scenes", total=plan.count)
    for number, shown in enumerate(drawn):
        page = reader.read_upright(Frame(shown.image, f"scene {number}"))
        readings = [reading for line in page.lines for reading in line.readings]
        read = "".join(str(reading.digit) for reading in readings)
        errors = errors_between(digits_of(shown.truth), read)
        tally.errors += errors
        tally.exact += not errors
        for outcome in judge(shown, page, reader):
            tally.add(outcome, Mistake(outcome, shown.image, tuple(readings), number))
    return tally.score(plan), tally.mistakes


def judge(shown: Scene, page: Page, reader: Reader) -> list[Outcome]:
    """What became of a scene's digits; the finder is asked again what it found, accepted or not."""
    readings = [reading for line in page.lines for reading in line.readings]
    return outcomes_of(shown.boxes, readings, boxes_found(reader.finder.digits, shown.image, page.turned_deg))
