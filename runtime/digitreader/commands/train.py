"""`digitreader train`: learns the weights of a network and leaves a run folder."""

from __future__ import annotations

import argparse
import dataclasses
import os
from pathlib import Path
from typing import Any

from digitreader.commands.data_arguments import add_data_arguments, data_place
from digitreader.commands.extras import require_train_extra
from digitreader.commands.model_arguments import EXPLAINED
from digitreader.commands.numbers import whole
from digitreader.commands.recipe_arguments import recipe_of
from digitreader.errors import UsageError

DESCRIPTION = """\
Train a network and leave a run folder: the weights, run.json with all that is needed to repeat it, the history, and
pictures of what was learned. tiny, small and accurate learn to read digits from MNIST; finder learns to find them, on
scenes that are drawn with MNIST's digits. The same seed gives the same weights, to the bit, and so does a training that
was broken off and goes on with --resume; of the finder, on processors of one kind.
"""

EXAMPLES = """\
examples:
  digitreader train tiny                          the 784-16-16-10 network, into runs/tiny
  digitreader train tiny --activation sigmoid --out runs/sigmoid
  digitreader train small                         as small, shown how the strokes run: a third of the errors
  digitreader train tiny --quick                  a few seconds, to see that everything works
  digitreader train finder                        draws 80,000 scenes, then learns for about an hour
  digitreader train finder --start-from finder.tflite    begins with the weights of an exported one
  digitreader train finder --resume               goes on after the last finished epoch
  digitreader train tiny --tensorboard logs       with the figures of each epoch for TensorBoard
  digitreader export runs/tiny                    what comes next
"""

QUICK_LIMIT = 12_000
FINDER = "finder"


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the command's arguments."""
    parser = subparsers.add_parser(
        "train",
        help="learn the weights of a network (workstation)",
        description=DESCRIPTION,
        epilog=EXAMPLES,
    )
    parser.add_argument(
        "recipe",
        nargs="?",
        default=EXPLAINED,
        metavar="RECIPE",
        help="what to train: tiny, small, accurate or finder (default: %(default)s)",
    )
    parser.add_argument("--activation", choices=("relu", "sigmoid"), help="of the hidden neurons (default: relu)")
    parser.add_argument(
        "--features",
        choices=("pixels", "directions"),
        help="what the network is shown: a glyph's 784 pixels, or as many numbers on how its strokes run "
        "(default: pixels for tiny, directions for small and accurate, which read far better by them)",
    )
    parser.add_argument("--seed", type=whole(0), metavar="N", help="another seed gives another network (default: 1)")
    parser.add_argument("--epochs", type=whole(1), metavar="N", help="passes over the training images or scenes")
    parser.add_argument("--limit", type=whole(10), metavar="N", help="use only N training images")
    parser.add_argument("--scenes", type=whole(1), metavar="N", help="finder: draw N scenes (default: 80000)")
    parser.add_argument(
        "--start-from",
        type=Path,
        metavar="FILE",
        help="finder: go on from the weights of an exported finder.tflite; without it they begin at random",
    )
    parser.add_argument(
        "--quick", action="store_true", help=f"seconds: {QUICK_LIMIT:,} images, no camera, no teacher, few epochs"
    )
    parser.add_argument(
        "--resume", action="store_true", help="go on from the checkpoint that a broken training left in the run folder"
    )
    parser.add_argument(
        "--tensorboard", type=Path, metavar="DIR", help="write the figures of each epoch into DIR, for TensorBoard"
    )
    parser.add_argument("--out", type=Path, metavar="DIR", help="the run folder (default: runs/RECIPE)")
    add_data_arguments(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Train.

    Raises:
        MissingExtraError: TensorFlow is not installed.
        UsageError: there is no such recipe, or an option is not for it.
        DataError: no usable data, or a checkpoint that does not fit.
        OutputError: the run folder may not be written.
    """
    require_train_extra("train")
    if args.recipe == FINDER:
        return _train_finder(args)
    from digitreader_train.recipes import in_short

    recipe = recipe_of(args.recipe, others=(FINDER,))
    _refuse(args, "scenes", "start_from")
    recipe = in_short(recipe) if args.quick else recipe
    recipe = dataclasses.replace(recipe, **_given(args, "activation", "features", "seed", "epochs"))
    from digitreader_train.train import TrainSettings, train

    limit = args.limit or (QUICK_LIMIT if args.quick else None)
    out = args.out or Path("runs") / recipe.name
    train(TrainSettings(recipe, data_place(args), out, limit, args.quick, args.resume, args.tensorboard))
    return 0


def _train_finder(args: argparse.Namespace) -> int:
    from digitreader_train.finder.recipe import FINDER as RECIPE
    from digitreader_train.finder.recipe import beginning_with, finder_in_short, with_scenes

    _refuse(args, "activation", "features", "limit")
    recipe = finder_in_short(RECIPE) if args.quick else RECIPE
    recipe = dataclasses.replace(recipe, **_given(args, "seed", "epochs"))
    recipe = with_scenes(recipe, args.scenes) if args.scenes is not None else recipe
    _allow_faster_sums()
    from digitreader_train.finder.earlier import read_earlier
    from digitreader_train.finder.train import FinderSettings, train_finder

    earlier = read_earlier(args.start_from) if args.start_from is not None else None
    recipe = beginning_with(recipe, earlier.sha256) if earlier else recipe
    out = args.out or Path("runs") / recipe.name
    train_finder(FinderSettings(recipe, data_place(args), out, args.quick, args.resume, args.tensorboard, earlier))
    return 0


def _allow_faster_sums() -> None:
    """Let TensorFlow add in the order that suits the processor: in half the time, but elsewhere with other weights."""
    os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "1")


def _given(args: argparse.Namespace, *names: str) -> dict[str, Any]:
    return {name: getattr(args, name) for name in names if getattr(args, name) is not None}


def _refuse(args: argparse.Namespace, *names: str) -> None:
    for name in names:
        if getattr(args, name) is not None:
            raise UsageError(f"--{name.replace('_', '-')} is not for {args.recipe}; leave it out")
