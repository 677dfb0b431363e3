"""`digitreader score finding`: kinds of pictures on which digits are hard to find, drawn with their truth."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from digitreader.cli.score_parts.arguments import add_part, add_report_arguments, add_seed_argument, whole_number

if TYPE_CHECKING:
    from digitreader.measure.report import PartResult
    from digitreader.model import Model

DESCRIPTION = """\
Draw kinds of pictures on which digits are hard to find, read them, and count for each kind: digits read right, lines
read right, and digits invented if there is none. For pictures without digits: how many have an invented digit. For
signs and letters among the digits: how many were read as a digit, and how many were skipped without a gap.

Kinds with digits:
  dark-rules               digits stand on rules as dark as the pen
  pressure                 a pencil or ball pen that presses here more and there less
  sudoku sudoku-small sudoku-turned
                           a table drawn with a marker on squared paper: large, small, turned by 20 degrees
  form-row touching-cells  printed cells, some empty; cells that share walls of 1 to 4 px
  red-felt                 twelve lines of red felt pen on 12 megapixels
  spacing-0.05 spacing-0   marker digits that run into each other, and that just touch
  turned                   a page turned by 90, 180 or 270 degrees
  digit-sheet              5,000 digits of 20 px, white on black, in one picture
  meter                    white digits on black wheels, print round them
  print print-small print-bold
                           printed digits among words and signs: 20 to 120 px high, 12 to 20 px, bold
  seven-segment            displays, dark on light or glowing, with unlit segments and letters
  wheels                   counter wheels in their windows; a wheel between two digits does not count
  small-9 small-11 small-13 small-16
                           fifty digits 9, 11, 13 or 16 pixels high
  cut-to-ink               one digit, white on black, without a margin
  coloured                 coloured ink on coloured paper, half of it of equal luma
  hairlines                digits 120 to 300 px high drawn 1 to 3 px wide
  open-strokes             4s and 5s whose strokes do not meet
  table-rows               3 to 7 digit heights between the digits of a row
  slashes signs            dates and fractions; brackets, operators, dots, commas, colons, percent signs
  words-and-digits         letters before, between and behind digits
  ones                     lines of 1s and other digits in upright and sloping hands
Kinds without digits:
  words textures empty-forms scribbles

Print, displays and wheels are drawn with typefaces and designs that no model learned from: OpenCV's own typefaces, the
system's, and those of --fonts. Another machine may have other typefaces.
"""

EXAMPLES = """\
examples:
  digitreader score finding --count 100
  digitreader score finding --kind dark-rules --kind pressure --report rules.html
  digitreader score finding --model accurate --format json | jq '.kinds[] | {kind, right_share}'
"""


def add_parser(parts: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the part's arguments."""
    brief = "kinds of pictures on which digits are hard to find: read right, invented"
    parser = add_part(parts, "finding", brief=brief, description=DESCRIPTION, examples=EXAMPLES)
    parser.add_argument(
        "--kind",
        action="append",
        default=[],
        dest="kinds",
        metavar="NAME",
        help="draw only this kind; may be repeated (default: all)",
    )
    parser.add_argument(
        "--count",
        type=whole_number("digits", least=1),
        default=500,
        metavar="N",
        help="about this many digits of each kind, in whole pictures (default: 500)",
    )
    parser.add_argument(
        "--empty",
        type=whole_number("pictures", least=1),
        default=250,
        metavar="N",
        help="pictures of each kind without digits (default: 250)",
    )
    parser.add_argument(
        "--fonts",
        type=Path,
        action="append",
        default=[],
        metavar="DIR",
        help="draw print with the .ttf and .otf files of this folder as well; may be repeated",
    )
    add_seed_argument(parser)
    add_report_arguments(parser, pictures=6)
    parser.set_defaults(score=score)


def score(args: argparse.Namespace, model: Model) -> PartResult:
    """Draw and read the pictures.

    Raises:
        UsageError: no such kind, or no such folder.
    """
    from digitreader.measure.report import PartResult
    from digitreader.measure.score.finding.kinds import kinds_named
    from digitreader.measure.score.finding.score import FindingPlan, finding_sections, finding_text, score_finding
    from digitreader.reading.pipeline import FrameReader

    plan = FindingPlan(
        kinds_named(args.kinds, fonts=tuple(args.fonts)), args.count, args.empty, args.seed, args.pictures
    )
    measured, mistakes = score_finding(FrameReader(model), plan)
    return PartResult(
        title="Finding",
        figures=measured,
        text=finding_text(measured, f"{model.facts.name} on pictures that are hard to find digits in"),
        sections=lambda: finding_sections(measured, mistakes),
    )
