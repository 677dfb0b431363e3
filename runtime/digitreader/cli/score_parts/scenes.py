"""`digitreader score scenes`: drawn sheets whose every digit is known."""

from __future__ import annotations

import argparse
import dataclasses
from typing import TYPE_CHECKING

from digitreader.cli.score_parts.arguments import (
    add_part,
    add_report_arguments,
    add_seed_argument,
    add_size_argument,
    whole_number,
)

if TYPE_CHECKING:
    from digitreader.measure.report import PartResult
    from digitreader.measure.score.scenes import Difficulty
    from digitreader.model import Model

DESCRIPTION = """\
Draw scenes with known digits, read them, and say why digits were not read: not found, cut wrongly (one box round
several digits, or one digit in several boxes), misread, rejected (found, but not accepted as a digit); and which digits
were invented if there is none. Digit accuracy is 1 - errors / digits by edit distance, as for photographs.

A preset says how hard the scenes are. --set NAME=VALUE changes single settings of it; a range is LEAST-MOST:
  digits=3-6 lines=1-2     digits in a line, and lines on a sheet
  groups=0.1               the chance that a line is written in two groups
  marks=0.1                the share of characters that are letters and operators
  pens=pencil,red          ballpoint gel felt marker pencil red blue green chalk
  pen_width=2 faintness=0.5
  papers=ruled,squared     white cream gray ruled squared board
  digit_height=0.05-0.1    of the frame's height
  spacing=-0.05            the gap between digits in digit heights; below 0 they touch; none: as the drawn hand writes
  folds=0.5 show_through=0.6 sheet_fill=0.8-1.0
  tilt_deg=15 perspective_deg=30
  light_falloff=0.6 shadow=0.5 blur_px=1.5 noise=10
  jpeg_quality=40          or none
"""

EXAMPLES = """\
examples:
  digitreader score scenes
  digitreader score scenes --difficulty hard --count 300 --report hard.html
  digitreader score scenes --set spacing=-0.05 --set pens=marker     digits that touch
  digitreader score scenes --set papers=board --set pens=chalk       a blackboard
"""


def add_parser(parts: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the part's arguments."""
    brief = "drawn sheets: not found, cut wrongly, misread, rejected, invented"
    parser = add_part(parts, "scenes", brief=brief, description=DESCRIPTION, examples=EXAMPLES)
    parser.add_argument(
        "--difficulty", choices=("easy", "medium", "hard"), default="medium", help="a preset (default: medium)"
    )
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        dest="knobs",
        metavar="KNOB=VALUE",
        help="change a setting; may be repeated",
    )
    parser.add_argument(
        "--count", type=whole_number("scenes", least=1), default=100, metavar="N", help="scenes (default: 100)"
    )
    add_seed_argument(parser)
    add_size_argument(parser)
    add_report_arguments(parser, pictures=12)
    parser.set_defaults(score=score)


def score(args: argparse.Namespace, model: Model) -> PartResult:
    """Draw and read the scenes.

    Raises:
        UsageError: there is no such setting, or the value is not possible.
    """
    from digitreader.measure.report import PartResult
    from digitreader.measure.score.scenes import PRESETS, ScenesPlan, scenes_sections, scenes_text, score_scenes, turned
    from digitreader.reading.pipeline import FrameReader

    difficulty = PRESETS[args.difficulty]
    for knob in args.knobs:
        difficulty = turned(difficulty, knob)
    name = " ".join([args.difficulty, *args.knobs])
    plan = ScenesPlan(difficulty, name, args.count, args.seed, args.size, args.pictures)
    measured, mistakes = score_scenes(FrameReader(model), plan)
    return PartResult(
        title=f"Scenes: {name}",
        figures=measured,
        text=scenes_text(measured, f"{model.facts.name}, {name}"),
        sections=lambda: scenes_sections(measured, mistakes, knobs=_knobs(difficulty)),
    )


def _knobs(difficulty: Difficulty) -> list[tuple[str, str]]:
    """Every setting of a drawn scene, with its current value."""
    from digitreader.measure.score.scenes import CHOICES, LIMITS

    values = {**dataclasses.asdict(difficulty.settings), "marks": difficulty.marks}
    return [(name, _written(values[name])) for name in [*CHOICES, *LIMITS]]


def _written(value: object) -> str:
    if isinstance(value, tuple):
        return (" " if isinstance(value[0], str) else " to ").join(map(str, value))
    return "none" if value is None else str(value)
