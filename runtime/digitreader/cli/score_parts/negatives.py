"""`digitreader score negatives`: counts marks that are wrongly taken for digits."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from digitreader.cli.arguments import add_data_arguments, data_place
from digitreader.cli.score_parts.arguments import (
    add_part,
    add_report_arguments,
    add_seed_argument,
    number_between,
    whole_number,
)
from digitreader.errors import UsageError

if TYPE_CHECKING:
    from digitreader.measure.report import PartResult
    from digitreader.measure.score.negatives import Digits
    from digitreader.model import Model

DESCRIPTION = """\
Show a model marks that are not digits, and count how many it takes for digits:
  FILE.npz   x (N, H, W) uint8, white ink (255) on black; an array alphabet (N,), if present, names their classes
  FOLDER     pictures without digits, read as `digitreader read` does
  nothing    letters, operators, scribbles and blots that the demo's hands draw
"""

EXAMPLES = """\
examples:
  digitreader score negatives                                  drawn marks
  digitreader score negatives nondigits56.npz --keep 0.99      also at the threshold that keeps 99 % of MNIST's digits
  digitreader score negatives textures/ --report textures.html
"""


def add_parser(parts: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the part's arguments."""
    brief = "marks that are not digits: the share that is taken for digits"
    parser = add_part(parts, "negatives", brief=brief, description=DESCRIPTION, examples=EXAMPLES)
    parser.add_argument(
        "place", type=Path, nargs="?", metavar="FILE.npz|FOLDER", help="marks that are not digits; see above"
    )
    parser.add_argument(
        "--count",
        type=whole_number("marks", least=1),
        default=2000,
        metavar="N",
        help="number of marks to draw if no file or folder is given (default: 2000)",
    )
    parser.add_argument(
        "--keep",
        type=number_between("share of digits", 0, 1),
        metavar="SHARE",
        help="also count at the threshold that accepts this share of MNIST's test digits, such as 0.99",
    )
    add_seed_argument(parser)
    add_data_arguments(parser, own=False)
    add_report_arguments(parser, pictures=24)
    parser.set_defaults(score=score)


def score(args: argparse.Namespace, model: Model) -> PartResult:
    """Read marks that are not digits.

    Raises:
        UsageError: ``--keep`` for whole pictures.
        DataError: the archive is not usable, or MNIST is not there.
        SourceError: the folder has no pictures, or one cannot be read.
    """
    if args.place is not None and args.place.is_dir():
        return _score_folder(args, model)
    from digitreader.measure.report import PartResult
    from digitreader.measure.score.negatives import (
        draw_negatives,
        negatives_sections,
        negatives_text,
        read_negatives,
        score_negatives,
        shown_ink,
    )

    keep = _digits_to_keep(args)
    drawn = args.place is None
    negatives = draw_negatives(args.count, seed=args.seed) if drawn else read_negatives(args.place)
    measured, mistaken = score_negatives(model, negatives, pictures=args.pictures, keep=keep)
    return PartResult(
        title=f"Not a digit: {negatives.name}",
        figures=measured,
        text=negatives_text(measured, f"{model.facts.name} on {negatives.name}"),
        sections=lambda: negatives_sections(measured, [shown_ink(each) for each in mistaken]),
    )


def _score_folder(args: argparse.Namespace, model: Model) -> PartResult:
    from digitreader.camera.folder import pictures_in
    from digitreader.measure.report import PartResult
    from digitreader.measure.score.negatives import (
        PICTURE_TILE_PX,
        negatives_sections,
        negatives_text,
        score_pictures,
        shown_picture,
    )
    from digitreader.reading.pipeline import FrameReader

    if args.keep is not None:
        raise UsageError("--keep is for inks, which have one confidence each; leave it out for a folder of pictures")
    name = args.place.resolve().name
    measured, mistaken = score_pictures(FrameReader(model), pictures_in(args.place), name)
    shown = mistaken[: args.pictures]
    return PartResult(
        title=f"Not a digit: {name}",
        figures=measured,
        text=negatives_text(measured, f"{model.facts.name} on {args.place}"),
        sections=lambda: negatives_sections(measured, [shown_picture(p) for p in shown], tile_px=PICTURE_TILE_PX),
    )


def _digits_to_keep(args: argparse.Namespace) -> Digits | None:
    if args.keep is None:
        return None
    from digitreader.measure.data import find_mnist
    from digitreader.measure.score.negatives import Digits

    return Digits(find_mnist(data_place(args)).read("test"), args.keep)
