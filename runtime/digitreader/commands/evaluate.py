"""`digitreader evaluate`: how well a model reads labelled images."""

from __future__ import annotations

import argparse
import dataclasses
import json
from pathlib import Path
from typing import TYPE_CHECKING

from digitreader.commands.data_arguments import add_data_arguments, data_place
from digitreader.commands.model_arguments import add_model_arguments, load_named_model
from digitreader.errors import UsageError

if TYPE_CHECKING:
    from digitreader.data import LabelledImages
    from digitreader.model.evaluation import Evaluation

DESCRIPTION = """\
Read labelled images with a model, each taken through the runtime's own normalisation, and say how many are right,
how well the confidences are calibrated, and what is mixed up. A blank image counts as misread.
"""

EXAMPLES = """\
examples:
  digitreader evaluate                            the shipped model on MNIST's 10,000 test images
  digitreader evaluate --model runs/tiny/export/tiny.tflite --format json
  digitreader evaluate --images mine-images.idx.gz --labels mine-labels.idx.gz
                                                  any IDX pair, plain or gzipped: (N, H, W) white ink on black
"""


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the command's arguments."""
    parser = subparsers.add_parser(
        "evaluate",
        help="how well a model reads labelled images",
        description=DESCRIPTION,
        epilog=EXAMPLES,
    )
    add_model_arguments(parser)
    parser.add_argument("--images", type=Path, metavar="FILE", help="IDX file of images (N, H, W) uint8")
    parser.add_argument("--labels", type=Path, metavar="FILE", help="IDX file of their digits (N,) uint8")
    parser.add_argument(
        "--split",
        choices=("test", "train"),
        default="test",
        help="without --images: this half of MNIST (default: test)",
    )
    parser.add_argument("--format", choices=("text", "json"), default="text", help="how to print it (default: text)")
    add_data_arguments(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Evaluate.

    Raises:
        UsageError: only one of the two files is given.
        DataError: no usable images.
        ModelFormatError: the model is refused.
    """
    if (args.images is None) != (args.labels is None):
        raise UsageError("--images and --labels belong together; give both or neither")
    from digitreader.model.evaluation import evaluate

    model = load_named_model(args)
    digits = _read_digits(args)
    evaluation = evaluate(model, digits)
    if args.format == "json":
        print(json.dumps(dataclasses.asdict(evaluation)))
    else:
        print(describe(evaluation, f"{model.facts.name} on {digits.name}"))
    return 0


def _read_digits(args: argparse.Namespace) -> LabelledImages:
    from digitreader.data import find_mnist, read_labelled_images

    if args.images is not None:
        return read_labelled_images(args.images, args.labels)
    return find_mnist(data_place(args)).read(args.split)


def describe(evaluation: Evaluation, title: str) -> str:
    """Say what an evaluation found, for people."""
    accepted = f"{evaluation.accepted:,}, of which {evaluation.accuracy_accepted:.2%} right"
    lines = [
        f"{title}: {evaluation.n:,} images",
        f"accuracy           {evaluation.accuracy:7.2%}",
        f"calibration error  {evaluation.ece:7.2%}  (expected, 15 bins)",
        f"accepted           {accepted}; {evaluation.n - evaluation.accepted:,} held back",
        "",
        "truth   read as " + "".join(f"{digit:6}" for digit in range(10)),
    ]
    for truth, counts in enumerate(evaluation.confusion):
        cells = "".join(f"{count or '.':>6}" for count in counts)
        lines.append(f"{truth:5}           {cells}  {_share(counts[truth], sum(counts))}")
    return "\n".join(lines)


def _share(part: int, whole: int) -> str:
    return f"{part / whole:7.1%}" if whole else f"{'none':>7}"
