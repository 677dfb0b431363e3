"""`digitreader evaluate`: measures how well a model reads labelled images."""

from __future__ import annotations

import argparse
import dataclasses
import json
from pathlib import Path
from typing import TYPE_CHECKING

from digitreader.cli.arguments import add_data_arguments, add_model_arguments, data_place, load_named_model
from digitreader.errors import UsageError

if TYPE_CHECKING:
    from digitreader.measure.data import LabelledImages
    from digitreader.measure.data.own.digit_set import Images
    from digitreader.measure.evaluation import Evaluation
    from digitreader.model import Model

DESCRIPTION = """\
Read labelled images with a model, each taken through the runtime's own normalisation, and say how many are right, how
well the confidences are calibrated, and which digits are mixed up. A blank image counts as misread. If your own digits
have a test part, or the model was trained on them, only the test part is read.
"""

EXAMPLES = """\
examples:
  digitreader evaluate                            the shipped model on MNIST's 10,000 test images
  digitreader evaluate --model runs/tiny/export/tiny.tflite --format json
  digitreader evaluate mine/                      your digits: folders 0 to 9 of pictures, CSV, .npz or IDX files
  digitreader evaluate test.csv --model small
  digitreader evaluate mine/ --split train        the part that a training on them learns from
  digitreader evaluate --images mine-images.idx.gz --labels mine-labels.idx.gz
                                                  any IDX pair, plain or gzipped: (N, H, W) white ink on black
"""


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the command's arguments."""
    parser = subparsers.add_parser(
        "evaluate",
        help="measure how well a model reads labelled images",
        description=DESCRIPTION,
        epilog=EXAMPLES,
    )
    parser.add_argument("source", type=Path, nargs="?", metavar="SOURCE", help="your digits, as --data takes them")
    add_model_arguments(parser)
    parser.add_argument("--images", type=Path, metavar="FILE", help="IDX file of images (N, H, W) uint8")
    parser.add_argument("--labels", type=Path, metavar="FILE", help="IDX file of their digits (N,) uint8")
    parser.add_argument(
        "--split",
        choices=("test", "train", "val", "all"),
        help="without --images: this half of MNIST, or part of your digits (default: test, or all if there is none)",
    )
    parser.add_argument("--format", choices=("text", "json"), default="text", help="how to print it (default: text)")
    add_data_arguments(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Evaluate.

    Raises:
        UsageError: only one of the two files is given, or digits are named twice.
        DataError: no usable images.
        ModelFormatError: the model is refused.
    """
    if (args.images is None) != (args.labels is None):
        raise UsageError("--images and --labels belong together; give both or neither")
    from digitreader.measure.evaluation import count_accepted, evaluate

    if sum(given is not None for given in (args.images, args.source, args.data)) > 1:
        raise UsageError("SOURCE, --data and --images are three ways to name digits; give one of them")
    model = load_named_model(args)
    digits, others = _read_digits(args, model)
    evaluation = evaluate(model, digits)
    taken = count_accepted(model, others) if len(others) else 0
    none = {"none": len(others), "none_accepted": taken} if len(others) else {}
    if args.format == "json":
        print(json.dumps({**dataclasses.asdict(evaluation), **none}))
    else:
        print(describe(evaluation, f"{model.facts.name} on {digits.name}", **none))
    return 0


def _read_digits(args: argparse.Namespace, model: Model) -> tuple[LabelledImages, Images]:
    """The digits, and the pictures without a digit."""
    from digitreader.measure.data import read_labelled_images
    from digitreader.measure.data.choice import open_digits, take_part

    if args.images is not None:
        digits = read_labelled_images(args.images, args.labels)
        return digits, digits.images[:0]
    args.data = args.source or args.data
    from digitreader.model.card import ModelCard

    trained_on = model.card.data if isinstance(model.card, ModelCard) else {}
    return take_part(open_digits(data_place(args)), args.split, trained_on)


def describe(evaluation: Evaluation, title: str, *, none: int = 0, none_accepted: int = 0) -> str:
    """The results of an evaluation as text for people.

    Args:
        evaluation: the results.
        title: the first line, with the names of model and data.
        none: how many pictures without a digit were read as well.
        none_accepted: how many of them were taken for digits.
    """
    accepted = f"{evaluation.accepted:,}, of which {evaluation.accuracy_accepted:.2%} right"
    lines = [
        f"{title}: {evaluation.n:,} images",
        f"accuracy           {evaluation.accuracy:7.2%}",
        f"calibration error  {evaluation.ece:7.2%}  (expected, 15 bins)",
        f"accepted           {accepted}; {evaluation.n - evaluation.accepted:,} held back",
        *([f"no digits          {none_accepted:,} of {none:,} are accepted as a digit"] if none else []),
        "",
        "truth   read as " + "".join(f"{digit:6}" for digit in range(10)),
    ]
    for truth, counts in enumerate(evaluation.confusion):
        cells = "".join(f"{count or '.':>6}" for count in counts)
        lines.append(f"{truth:5}           {cells}  {_share(counts[truth], sum(counts))}")
    return "\n".join(lines)


def _share(part: int, whole: int) -> str:
    return f"{part / whole:7.1%}" if whole else f"{'none':>7}"
