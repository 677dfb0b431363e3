"""Scenes drawn by chance in three difficulties."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from digitreader.drawing import MARK_TEMPLATES, PAPERS, PENS, DemoSettings, Scene, scene
from digitreader.drawing.scene import draw_text
from digitreader.errors import UsageError
from digitreader.host.progress import with_progress
from digitreader.measure.edit_distance import digits_of, errors_between
from digitreader.measure.report import (
    NOTHING,
    Html,
    Shown,
    counted,
    figures,
    percent,
    section,
    share_of,
    sides,
    stack,
    table,
)
from digitreader.measure.score.causes import (
    CAUSES,
    Cause,
    Outcome,
    cause_galleries,
    cause_lines,
    digit_table,
    outcomes_of,
    said_of,
    shown_outcome,
)
from digitreader.reading.pipeline import FrameReader
from digitreader.reading.rotation import boxes_found
from digitreader.values import ColourImage, Frame, Page, Reading

NONE = "none"


@dataclass(frozen=True, slots=True)
class Difficulty:
    """How hard it is to read.

    Attributes:
        settings: the settings of the demo camera.
        marks: the share of characters that are letters and operators, written among the digits.
    """

    settings: DemoSettings
    marks: float = 0.0


PRESETS: Mapping[str, Difficulty] = {
    "easy": Difficulty(
        DemoSettings(
            pens=("felt", "gel", "marker"),
            papers=("white",),
            folds=0.0,
            tilt_deg=2.0,
            perspective_deg=6.0,
            light_falloff=0.15,
            shadow=0.05,
            noise=2.0,
        )
    ),
    "medium": Difficulty(DemoSettings(), marks=0.05),
    "hard": Difficulty(
        DemoSettings(
            lines=(1, 4),
            digits=(3, 8),
            pens=("ballpoint", "gel", "pencil", "blue", "red", "green"),
            faintness=0.25,
            papers=("white", "gray", "cream", "ruled", "ruled", "squared", "squared"),
            digit_height=(0.07, 0.14),
            folds=0.5,
            show_through=0.4,
            sheet_fill=(0.7, 1.0),
            tilt_deg=10.0,
            perspective_deg=28.0,
            light_falloff=0.6,
            shadow=0.45,
            blur_px=0.9,
            noise=6.0,
            jpeg_quality=60,
        ),
        marks=0.12,
    ),
}

LIMITS: Mapping[str, tuple[float, float]] = {
    "digits": (1, 20),
    "lines": (1, 12),
    "groups": (0, 1),
    "pen_width": (0.2, 4),
    "faintness": (0, 1),
    "digit_height": (0.02, 0.8),
    "spacing": (-0.5, 3),
    "folds": (0, 1),
    "show_through": (0, 1),
    "sheet_fill": (0.3, 2),
    "tilt_deg": (0, 45),
    "perspective_deg": (0, 60),
    "light_falloff": (0, 1),
    "shadow": (0, 1),
    "blur_px": (0, 10),
    "noise": (0, 60),
    "jpeg_quality": (1, 100),
    "marks": (0, 0.9),
}
"""The limits of each setting that is a number or a pair of numbers."""

CHOICES: Mapping[str, Iterable[str]] = {"pens": PENS, "papers": PAPERS}
"""The possible names for each setting that is a list of names."""

PAIRS = frozenset({"digits", "lines", "digit_height", "sheet_fill"})
WHOLE = frozenset({"digits", "lines", "jpeg_quality"})
OPTIONAL = frozenset({"spacing", "jpeg_quality"})


def turned(difficulty: Difficulty, knob: str) -> Difficulty:
    """Change one setting.

    Args:
        difficulty: the settings before.
        knob: ``noise=8``, ``digit_height=0.05-0.1``, ``pens=pencil,red``, ``spacing=none``.

    Raises:
        UsageError: there is no such setting, or the value is not possible.
    """
    name, equals, text = (part.strip() for part in knob.partition("="))
    if not equals or name not in {*LIMITS, *CHOICES}:
        known = " ".join([*LIMITS, *CHOICES])
        raise UsageError(f"{knob!r}: no such setting; give NAME=VALUE, where NAME is one of {known}")
    value: Any = _names(name, text) if name in CHOICES else _number_or_pair(name, text)
    if name == "marks":
        return replace(difficulty, marks=value)
    changes: dict[str, Any] = {name: value}
    return replace(difficulty, settings=replace(difficulty.settings, **changes))


def _names(name: str, text: str) -> tuple[str, ...]:
    given, known = tuple(text.split(",")), CHOICES[name]
    unknown = [each for each in given if each not in known]
    if unknown:
        raise UsageError(f"{name}={text}: there is no {unknown[0]!r}; give some of {','.join(known)}")
    return given


def _number_or_pair(name: str, text: str) -> Any:
    if name in OPTIONAL and text == NONE:
        return None
    low, high = LIMITS[name]
    kind: Callable[[str], float] = int if name in WHOLE else float
    parts = text.split("-") if name in PAIRS else [text]
    try:
        values = [kind(part) for part in parts]
    except ValueError:
        values = []
    if len(values) not in (1, 2) or not all(low <= value <= high for value in values) or values != sorted(values):
        wanted = "a number, or two as in LEAST-MOST," if name in PAIRS else "a number"
        also = f", or {NONE}" if name in OPTIONAL else ""
        raise UsageError(f"{name}={text}: give {wanted} from {low:g} to {high:g}{also}")
    return (values[0], values[-1]) if name in PAIRS else values[0]


def draw_writing(difficulty: Difficulty, rng: np.random.Generator) -> str:
    """Draw the lines for one sheet; each digit but the first is replaced by a mark as often as `marks` says."""
    text = draw_text(difficulty.settings, rng)
    kinds = list(MARK_TEMPLATES)
    first = True
    written = []
    for character in text:
        replaced = character.isdigit() and not first and rng.random() < difficulty.marks
        first = first and not character.isdigit()
        written.append(kinds[int(rng.integers(len(kinds)))] if replaced else character)
    return "".join(written)


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
        causes: how many digits were not read, or were invented, by `CAUSES`.
        errors: by edit distance over the texts, spaces left out.
        digit_accuracy: 1 - errors / digits.
        exact: scenes without an error.
        right_by_digit: the share of each digit, 0 to 9, that was read right; None if there is none.
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


def score_scenes(reader: FrameReader, plan: ScenesPlan) -> tuple[ScenesScore, dict[Cause, list[Mistake]]]:
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


def judge(shown: Scene, page: Page, reader: FrameReader) -> list[Outcome]:
    """What became of a scene's digits; the finder is asked again what it found, accepted or not."""
    readings = [reading for line in page.lines for reading in line.readings]
    return outcomes_of(shown.boxes, readings, boxes_found(reader.finder.digits, shown.image, page.turned_deg))


def scenes_text(score: ScenesScore, title: str) -> str:
    """The figures as lines."""
    return "\n".join(
        [
            f"{title}: {score.scenes:,} scenes with {score.digits:,} digits, seed {score.seed}",
            f"digit accuracy  {score.digit_accuracy:7.2%}   {counted(score.errors, 'error')} by edit distance",
            f"read right      {share_of(score.right, score.digits):7.2%}   {score.right:,} digits",
            f"scenes exact    {share_of(score.exact, score.scenes):7.2%}   {score.exact:,} scenes",
            *cause_lines(score.causes),
        ]
    )


def scenes_sections(
    score: ScenesScore, mistakes: Mapping[Cause, Sequence[Mistake]], *, knobs: Sequence[tuple[str, str]]
) -> list[str]:
    """The page's sections."""
    pictures = {cause: [_shown(mistake) for mistake in mistakes[cause]] for cause in CAUSES}
    return [
        figures(
            (
                percent(score.digit_accuracy),
                "digit accuracy",
                f"{counted(score.errors, 'error')}: wrong, missing and invented digits",
            ),
            (
                percent(share_of(score.right, score.digits)),
                "read right",
                f"{score.right:,} of {score.digits:,} digits that are there",
            ),
            (percent(share_of(score.exact, score.scenes)), "scenes exact", f"{score.exact:,} of {score.scenes:,}"),
        ),
        section("Every digit", stack({"right": score.right, **score.causes}), note=_STACK_NOTE),
        section("What went wrong", *cause_galleries(score.causes, pictures), note=_BOXES_NOTE, none=NOTHING),
        section(
            "Which digits, and how hard the scenes were", sides(digit_table(score.right_by_digit), table(KNOBS, knobs))
        ),
    ]


KNOBS = ("setting", "value")
_STACK_NOTE = "Each digit that is there has one outcome; what was invented comes on top of them."
_BOXES_NOTE = "Green: where the digit really is. Orange: what was read there and nearby."


def _shown(mistake: Mistake) -> Shown:
    caption = Html(f"<b>{said_of(mistake.outcome)}</b><br>scene {mistake.number}")
    return shown_outcome(mistake.outcome, mistake.image, mistake.readings, caption)
