"""`digitreader score hands`: other people's digits."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from digitreader.commands.data_arguments import add_data_arguments, data_place
from digitreader.commands.score_parts.arguments import add_as_frames_argument, add_part, add_telling_arguments
from digitreader.errors import UsageError

if TYPE_CHECKING:
    from digitreader.data import LabelledImages
    from digitreader.model import Model
    from digitreader.score.told import Told

DESCRIPTION = """\
Read labelled digits of any origin, each taken through the runtime's own normalisation: how many are right, how many are
accepted, and whether a confidence of 90 % is right nine times in ten. A blank image counts as misread.
With --as-frames the digits are laid on paper as dark ink about 60 pixels high, twelve to a picture of 640x480, and each
picture is read as `digitreader read` reads a frame: the finder and the network. Counted are digits read right, misread,
and lost (not found, or not accepted), and readings that were invented.
"""

EXAMPLES = """\
examples:
  digitreader score hands semeion.npz                x (N, H, W) uint8, white ink (255) on black, and y the digits
  digitreader score hands semeion.npz --as-frames
  digitreader score hands --images mine-images.idx.gz --labels mine-labels.idx.gz --report mine.html
  digitreader score hands                            MNIST's test images
"""


def add_parser(parts: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the part's arguments."""
    brief = "other people's digits: accuracy, calibration, share accepted"
    parser = add_part(parts, "hands", brief=brief, description=DESCRIPTION, examples=EXAMPLES)
    parser.add_argument("archive", type=Path, nargs="?", metavar="FILE.npz", help="an archive with x and y")
    parser.add_argument("--images", type=Path, metavar="FILE", help="IDX file of images (N, H, W) uint8, plain or .gz")
    parser.add_argument("--labels", type=Path, metavar="FILE", help="IDX file of their digits (N,) uint8")
    add_as_frames_argument(parser)
    add_data_arguments(parser)
    add_telling_arguments(parser, pictures=24)
    parser.set_defaults(score=score)


def score(args: argparse.Namespace, model: Model) -> Told:
    """Read the digits.

    Raises:
        UsageError: only one of the two files is given, or an archive beside them.
        DataError: no usable images.
    """
    judge = _score_as_frames if args.as_frames else _score_glyphs
    return judge(_read_digits(args), model, args.pictures)


def _score_glyphs(digits: LabelledImages, model: Model, pictures: int) -> Told:
    from digitreader.score.hands.measure import score_hands
    from digitreader.score.hands.tell import hands_sections, hands_text
    from digitreader.score.told import Told

    measured, misread, rejected = score_hands(model, digits, pictures=pictures)
    return Told(
        title=f"Other hands: {digits.name}",
        figures=measured,
        text=hands_text(measured, f"{model.facts.name} on {digits.name}"),
        sections=lambda: hands_sections(measured, misread, rejected),
    )


def _score_as_frames(digits: LabelledImages, model: Model, pictures: int) -> Told:
    from digitreader.pipeline import Reader
    from digitreader.score.as_frames.hands import score_hands_as_frames
    from digitreader.score.as_frames.report import hands_sections, hands_text
    from digitreader.score.told import Told

    measured, misread, lost = score_hands_as_frames(Reader(model), digits, pictures=pictures)
    return Told(
        title=f"Other hands: {digits.name}, laid on paper",
        figures=measured,
        text=hands_text(measured, f"{model.facts.name} on {digits.name}"),
        sections=lambda: hands_sections(measured, misread, lost),
    )


def _read_digits(args: argparse.Namespace) -> LabelledImages:
    from digitreader.data import find_mnist, read_labelled_images

    if (args.images is None) != (args.labels is None):
        raise UsageError("--images and --labels belong together; give both or neither")
    if args.images is not None and args.archive is not None:
        raise UsageError(f"{args.archive} and --images are two sets; give one of them")
    if args.images is not None:
        return read_labelled_images(args.images, args.labels)
    if args.archive is not None:
        from digitreader.score.archive import labelled_images_in

        return labelled_images_in(args.archive)
    return find_mnist(data_place(args)).read("test")
