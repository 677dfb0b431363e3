"""`digitreader train`: learns the weights of a network and leaves a run folder."""

from __future__ import annotations

import argparse
import dataclasses
from pathlib import Path

from digitreader.commands.data_arguments import add_data_arguments, data_place
from digitreader.commands.extras import require_train_extra
from digitreader.errors import UsageError

DESCRIPTION = """\
Train a network on MNIST and leave a run folder: the weights, run.json with all that is needed to repeat it, the
history, and pictures of what was learned. The same seed gives the same weights, to the bit.
"""

EXAMPLES = """\
examples:
  digitreader train tiny                          the 784-16-16-10 network, into runs/tiny
  digitreader train tiny --activation sigmoid --out runs/sigmoid
  digitreader train tiny --quick                  a few seconds, to see that everything works
  digitreader export runs/tiny                    what comes next
"""

QUICK_EPOCHS, QUICK_LIMIT = 3, 12_000


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the command's arguments."""
    parser = subparsers.add_parser(
        "train",
        help="learn the weights of a network (workstation)",
        description=DESCRIPTION,
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("recipe", metavar="RECIPE", help="what to train: tiny or accurate")
    parser.add_argument("--activation", choices=("relu", "sigmoid"), help="of the hidden neurons (default: relu)")
    parser.add_argument("--seed", type=_whole(0), metavar="N", help="another seed gives another network (default: 1)")
    parser.add_argument("--epochs", type=_whole(1), metavar="N", help="passes over the training images")
    parser.add_argument("--limit", type=_whole(10), metavar="N", help="use only N training images")
    parser.add_argument("--quick", action="store_true", help=f"{QUICK_EPOCHS} epochs of {QUICK_LIMIT:,} images")
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
    from digitreader_train.recipes import RECIPES

    if args.recipe not in RECIPES:
        raise UsageError(f"{args.recipe}: no such recipe; choose one of {', '.join(RECIPES)}")
    epochs = args.epochs or (QUICK_EPOCHS if args.quick else None)
    changes = {"activation": args.activation, "seed": args.seed, "epochs": epochs}
    recipe = dataclasses.replace(
        RECIPES[args.recipe], **{name: value for name, value in changes.items() if value is not None}
    )
    from digitreader_train.train import TrainSettings, train

    limit = args.limit or (QUICK_LIMIT if args.quick else None)
    train(TrainSettings(recipe, data_place(args), args.out or Path("runs") / recipe.name, limit))
    return 0


class _whole:  # noqa: N801 # argparse names the type in its message
    def __init__(self, least: int) -> None:
        self._least = least

    def __call__(self, text: str) -> int:
        number = int(text)
        if number < self._least:
            raise argparse.ArgumentTypeError(f"{number} is too small; give at least {self._least}")
        return number

    def __repr__(self) -> str:
        return "whole number"
