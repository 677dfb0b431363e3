"""`digitreader train`: learns the weights of a network and leaves a run folder."""

from __future__ import annotations

import argparse
import dataclasses
from pathlib import Path

from digitreader.commands.data_arguments import add_data_arguments, data_place
from digitreader.commands.extras import require_train_extra
from digitreader.commands.numbers import whole
from digitreader.commands.recipe_arguments import recipe_of

DESCRIPTION = """\
Train a network on MNIST and leave a run folder: the weights, run.json with all that is needed to repeat it, the
history, and pictures of what was learned. The same seed gives the same weights, to the bit.
"""

EXAMPLES = """\
examples:
  digitreader train tiny                          the 784-16-16-10 network, into runs/tiny
  digitreader train tiny --activation sigmoid --out runs/sigmoid
  digitreader train tiny --features pixels --out runs/pixels      as the well-known explanation has it
  digitreader train tiny --quick                  a few seconds, to see that everything works
  digitreader export runs/tiny                    what comes next
"""

QUICK_LIMIT = 12_000


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the command's arguments."""
    parser = subparsers.add_parser(
        "train",
        help="learn the weights of a network (workstation)",
        description=DESCRIPTION,
        epilog=EXAMPLES,
    )
    parser.add_argument("recipe", metavar="RECIPE", help="what to train: tiny or accurate")
    parser.add_argument("--activation", choices=("relu", "sigmoid"), help="of the hidden neurons (default: relu)")
    parser.add_argument(
        "--features",
        choices=("pixels", "directions"),
        help="what the network is shown: a glyph's 784 pixels, or as many numbers on how its strokes run "
        "(default: directions, which reads far better)",
    )
    parser.add_argument("--seed", type=whole(0), metavar="N", help="another seed gives another network (default: 1)")
    parser.add_argument("--epochs", type=whole(1), metavar="N", help="passes over the training images")
    parser.add_argument("--limit", type=whole(10), metavar="N", help="use only N training images")
    parser.add_argument(
        "--quick", action="store_true", help=f"seconds: {QUICK_LIMIT:,} images, no camera, no teacher, few epochs"
    )
    parser.add_argument("--out", type=Path, metavar="DIR", help="the run folder (default: runs/RECIPE)")
    add_data_arguments(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Train.

    Raises:
        MissingExtraError: TensorFlow is not installed.
        UsageError: there is no such recipe.
        DataError: no usable data.
        OutputError: the run folder may not be written.
    """
    require_train_extra("train")
    from digitreader_train.recipes import in_short

    recipe = recipe_of(args.recipe)
    recipe = in_short(recipe) if args.quick else recipe
    changes = {"activation": args.activation, "features": args.features, "seed": args.seed, "epochs": args.epochs}
    recipe = dataclasses.replace(recipe, **{name: value for name, value in changes.items() if value is not None})
    from digitreader_train.train import TrainSettings, train

    limit = args.limit or (QUICK_LIMIT if args.quick else None)
    train(TrainSettings(recipe, data_place(args), args.out or Path("runs") / recipe.name, limit, args.quick))
    return 0
