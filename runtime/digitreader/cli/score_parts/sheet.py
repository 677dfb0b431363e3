"""`digitreader score sheet`: a printed test sheet that somebody filled in, before this camera and in this light."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from digitreader.cli.score_parts.arguments import add_part, add_report_arguments
from digitreader.errors import DataError, DigitReaderError
from digitreader.host.messages import print_error

if TYPE_CHECKING:
    from digitreader.measure.report import PartResult
    from digitreader.measure.sheet.score import SeenSheet
    from digitreader.model import Model
    from digitreader.reading.pipeline import FrameReader

DESCRIPTION = """\
Read photographs of test sheets (digitreader sheet) that were filled in by hand, and say why digits were not read: not
found, cut wrongly (one box round several digits, or one digit in several boxes), misread, rejected (found, but not
accepted as a digit); and which digits were invented if there is none. A sheet is found by its corner marks, in any
direction, and its printed code says which numbers it asked for; empty numbers do not count. A picture without a sheet,
or with an empty one, is reported, and the others are read.

SOURCE is one or more pictures, folders of pictures, cameras or videos. Of a camera or video the sharpest of the first
frames that show the sheet is used.
"""

EXAMPLES = """\
examples:
  digitreader score sheet photo.jpg
  digitreader score --sheet photo.jpg                      the same
  digitreader score sheet 0 --report sheet.html            held under camera 0
  digitreader score sheet photos/ --model accurate --format json
"""


def add_parser(parts: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the part's arguments."""
    brief = "a printed sheet that you filled in: your camera, light and handwriting"
    parser = add_part(parts, "sheet", brief=brief, description=DESCRIPTION, examples=EXAMPLES)
    parser.add_argument("sources", nargs="+", metavar="SOURCE", help="pictures, folders, cameras or videos of sheets")
    add_report_arguments(parser, pictures=24)
    parser.set_defaults(score=score)


def score(args: argparse.Namespace, model: Model) -> PartResult:
    """Read the sheets.

    A source that shows no test sheet, or cannot be read, is reported, and the others are read.

    Raises:
        SheetNotFoundError: none shows a test sheet that is filled in.
        DataError: the only one shows an empty sheet.
        SourceError: the only one cannot be read.
    """
    from digitreader.camera import expand
    from digitreader.measure.report import PartResult
    from digitreader.measure.sheet.score import sheet_sections, sheet_text, total_of
    from digitreader.reading.pipeline import FrameReader

    reader = FrameReader(model)
    specs = [spec for source in args.sources for spec in expand(source)]
    seen = list(_see_all(reader, specs))
    measured = total_of(seen)
    return PartResult(
        title=f"Test sheet: {', '.join(dict.fromkeys(each.score.sheet for each in seen))}",
        figures=measured,
        text=sheet_text(measured, f"{model.facts.name} on test sheets"),
        sections=lambda: sheet_sections(measured, seen, pictures=args.pictures),
        failed=len(seen) < len(specs),
    )


def _see_all(reader: FrameReader, specs: Sequence[str]) -> Iterator[SeenSheet]:
    failures = 0
    for spec in specs:
        try:
            yield _see(reader, spec)
        except DigitReaderError as error:
            if len(specs) == 1:
                raise
            failures += 1
            print_error(str(error))
    if failures == len(specs):
        from digitreader.measure.sheet.straighten import SheetNotFoundError

        raise SheetNotFoundError(f"none of the {failures} sources shows a filled-in test sheet; see above what to do")


def _see(reader: FrameReader, spec: str) -> SeenSheet:
    from digitreader.camera import open_source
    from digitreader.measure.sheet.score import photographed, see_sheet

    with open_source(spec) as source:
        seen = see_sheet(reader, photographed(source), source=source.name)
    if not seen.numbers:
        raise DataError(
            f"{source.name}: sheet {seen.score.sheet} is empty; copy its numbers by hand into the boxes, with a pen "
            "that can be seen well, and photograph it again"
        )
    return seen
