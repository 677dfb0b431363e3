"""`digitreader score hands`: other people's digits."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from digitreader.cli.arguments import add_data_arguments, data_place
from digitreader.cli.score_parts.arguments import add_as_frames_argument, add_part, add_report_arguments
from digitreader.errors import UsageError

if TYPE_CHECKING:
    from digitreader.measure.data import LabelledImages
    from digitreader.measure.report import PartResult
    from digitreader.model import Model

DESCRIPTION = """\
Read labelled digits of any origin, each taken through the runtime's own normalisation: how many are right, how many are
accepted, and whether a confidence of 90 % is right nine times in ten. A blank image counts as misread.
With --as-frames the digits are laid on paper as dark ink about 60 pixels high, twelve to a picture of 640x480, and each
picture is read as `digitreader read` reads a frame: the finder and the network. Counted are digits read right, misread,
and lost (not found, or not accepted), and readings that were invented.
"""

EXAMPLES = """\
examples:
  digitreader score hands semeion.npz                x (N, H, W) the pictures, and y the digits
  digitreader score hands mine/                      folders 0 to 9 of pictures; CSV and IDX files are taken as well
  digitreader score hands semeion.npz --as-frames
  digitreader score hands --images mine-images.idx.gz --labels mine-labels.idx.gz --report mine.html
  digitreader score hands                            MNIST's test images
"""


def add_parser(parts: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the part's arguments."""
    brief = "other people's digits: accuracy, calibration, share accepted"
    parser = add_part(parts, "hands", brief=brief, description=DESCRIPTION, examples=EXAMPLES)
    forms = "class folders, CSV, .npz or IDX files (digitreader data --help)"
    parser.add_argument("source", type=Path, nargs="?", metavar="SOURCE", help=forms)
    parser.add_argument("--images", type=Path, metavar="FILE", help="IDX file of images (N, H, W) uint8, plain or .gz")
    parser.add_argument("--labels", type=Path, metavar="FILE", help="IDX file of their digits (N,) uint8")
    add_as_frames_argument(parser)
    add_data_arguments(parser)
    add_report_arguments(parser, pictures=24)
    parser.set_defaults(score=score)


def score(args: argparse.Namespace, model: Model) -> PartResult:
    """Read the digits.

    Raises:
        UsageError: only one of the two files is given, or digits are named twice.
        DataError: no usable images.
    """
    judge = _score_as_frames if args.as_frames else _score_glyphs
    return judge(_read_digits(args, model), model, args.pictures)


def _score_glyphs(digits: LabelledImages, model: Model, pictures: int) -> PartResult:
    from digitreader.measure.report import PartResult
    from digitreader.measure.score.hands import hands_sections, hands_text, score_hands

    measured, misread, rejected = score_hands(model, digits, pictures=pictures)
    return PartResult(
        title=f"Other hands: {digits.name}",
        figures=measured,
        text=hands_text(measured, f"{model.facts.name} on {digits.name}"),
        sections=lambda: hands_sections(measured, misread, rejected),
    )


def _score_as_frames(digits: LabelledImages, model: Model, pictures: int) -> PartResult:
    from digitreader.measure.report import PartResult
    from digitreader.measure.score.as_frames import score_hands_as_frames
    from digitreader.measure.score.as_frames_report import hands_sections, hands_text
    from digitreader.reading.pipeline import FrameReader

    measured, misread, lost = score_hands_as_frames(FrameReader(model), digits, pictures=pictures)
    return PartResult(
        title=f"Other hands: {digits.name}, laid on paper",
        figures=measured,
        text=hands_text(measured, f"{model.facts.name} on {digits.name}"),
        sections=lambda: hands_sections(measured, misread, lost),
    )


def _read_digits(args: argparse.Namespace, model: Model) -> LabelledImages:
    from digitreader.measure.data import read_labelled_images
    from digitreader.measure.data.choice import open_digits, take_part

    if (args.images is None) != (args.labels is None):
        raise UsageError("--images and --labels belong together; give both or neither")
    if sum(given is not None for given in (args.images, args.source, args.data)) > 1:
        raise UsageError("SOURCE, --data and --images are three ways to name digits; give one of them")
    if args.images is not None:
        return read_labelled_images(args.images, args.labels)
    args.data = args.source or args.data
    from digitreader.model.card import ModelCard

    trained_on = model.card.data if isinstance(model.card, ModelCard) else {}
    return take_part(open_digits(data_place(args)), None, trained_on)[0]
