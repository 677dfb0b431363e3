"""`digitreader score photos`: reads photographs whose digits are known."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from digitreader.cli.score_parts.arguments import add_part, add_report_arguments

if TYPE_CHECKING:
    from digitreader.measure.report import PartResult
    from digitreader.model import Model

DESCRIPTION = """\
Read the photographs of a folder and compare with its truth.csv, which has the columns file, truth (the digits in
reading order, spaces and line breaks as you like; empty if there are none), kind and difficulty. A digit missed, added
or misread is one error (edit distance); digit accuracy is 1 - errors / digits.
"""

EXAMPLES = """\
examples:
  digitreader score photos photos/
  digitreader score photos photos/ --model accurate --report photos.html
  digitreader score photos photos/ --format json | jq .total.digit_accuracy
"""


def add_parser(parts: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the part's arguments."""
    brief = "photographs with a truth.csv: digit accuracy by kind and difficulty"
    parser = add_part(parts, "photos", brief=brief, description=DESCRIPTION, examples=EXAMPLES)
    parser.add_argument("folder", type=Path, metavar="FOLDER", help="a folder of pictures with a truth.csv")
    add_report_arguments(parser)
    parser.set_defaults(score=score)


def score(args: argparse.Namespace, model: Model) -> PartResult:
    """Read the photographs.

    Raises:
        DataError: the truth is missing or not valid.
        ImageError: a picture cannot be read.
    """
    from digitreader.measure.report import PartResult
    from digitreader.measure.score.photos import photos_sections, photos_text, read_truth, score_photos
    from digitreader.reading.pipeline import FrameReader

    measured, seen = score_photos(FrameReader(model), read_truth(args.folder))
    return PartResult(
        title=f"Photographs: {args.folder.resolve().name}",
        figures=measured,
        text=photos_text(measured, f"{model.facts.name} on {args.folder}"),
        sections=lambda: photos_sections(measured, seen),
    )
