"""`digitreader train`: learns the weights of a network and writes a run folder."""

from __future__ import annotations

import argparse
import dataclasses
import os
from pathlib import Path
from typing import Any

from digitreader.cli.arguments import (
    DEFAULT_NETWORK,
    add_data_arguments,
    data_place,
    neurons,
    recipe_for,
    recipe_of,
    require_train_extra,
    whole,
    with_hidden,
)
from digitreader.errors import UsageError
from digitreader.host.messages import print_info

DESCRIPTION = """\
Train a network and write a run folder: the weights, run.json with everything that repeats the training, the history,
and pictures of what was learned. tiny, small and accurate learn to read digits from MNIST; finder learns to find them,
on scenes that are drawn with MNIST's digits. The same seed gives the same weights, to the bit, also after a break and
--resume (the finder only on the same kind of processor). --data trains on your own digits, in any common form
(digitreader data --help). --from continues with a network that already reads digits, and repeats MNIST beside your
digits, so that nothing is forgotten.
"""

EXAMPLES = """\
examples:
  digitreader train tiny                          the 784-16-16-10 network, into runs/tiny
  digitreader train tiny --activation sigmoid --out runs/sigmoid
  digitreader train small                         as small as tiny, with the directions of strokes as input: a third
                                                  of the errors
  digitreader train tiny --quick                  under a minute, to see that everything works
  digitreader train tiny --data mine/             on your own digits: folders 0 to 9 of pictures
  digitreader train tiny --data mine/ --from tiny    the shipped network learns your hand as well
  digitreader train small --data more.csv --from runs/small --epochs 30
  digitreader train tiny --hidden 32,16           another number of neurons
  digitreader train finder                        draws 80,000 scenes, then learns for about an hour
  digitreader train finder --start-from finder.tflite    begins with the weights of an exported one
  digitreader train finder --resume               goes on after the last finished epoch
  digitreader train tiny --tensorboard logs       with the figures of each epoch for TensorBoard
  digitreader train small --extra corrections     learns also from the corrections made on the live page
  digitreader train --sweep sweep.toml            several recipes, each with several seeds; --only 3 trains the third
  digitreader export runs/tiny                    what comes next
"""

QUICK_LIMIT = 6_000
SET_BY_SWEEP = (
    *("start", "rehearse", "hidden", "activation", "features", "seed", "epochs", "scenes", "start_from"),
    *("resume", "tensorboard", "out"),
)
"""Options that a sweep's file sets for each run, or that make no sense for several runs."""
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
        metavar="RECIPE",
        help=f"tiny, small, accurate or finder (default: {DEFAULT_NETWORK}, or the network that --from names)",
    )
    parser.add_argument(
        "--from",
        dest="start",
        metavar="MODEL",
        help="continue with the weights of a shipped model, a .tflite or a run folder, on your own digits",
    )
    parser.add_argument(
        "--rehearse",
        type=whole(0),
        metavar="N",
        help="with --from: learn N digits of MNIST as well, so that they are not forgotten (default: 20000)",
    )
    _add_network_arguments(parser)
    _add_run_arguments(parser)
    add_data_arguments(parser)
    parser.set_defaults(run=run)


def _add_network_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments about the network and the length of its training."""
    parser.add_argument("--hidden", type=neurons, metavar="N,N", help="neurons of the hidden layers (default: 16,16)")
    parser.add_argument("--activation", choices=("relu", "sigmoid"), help="of the hidden neurons (default: relu)")
    parser.add_argument(
        "--features",
        choices=("pixels", "directions"),
        help="the input of the network: a glyph's 784 pixels, or 784 numbers for the directions of its strokes "
        "(default: pixels for tiny, directions for small and accurate, which read far better with them)",
    )
    parser.add_argument("--seed", type=whole(0), metavar="N", help="another seed gives another network (default: 1)")
    parser.add_argument("--epochs", type=whole(1), metavar="N", help="passes over the training images or scenes")
    parser.add_argument("--limit", type=whole(10), metavar="N", help="use only N training images")
    parser.add_argument("--scenes", type=whole(1), metavar="N", help="finder: draw N scenes (default: 80000)")
    parser.add_argument(
        "--start-from",
        type=Path,
        metavar="FILE",
        help="finder: begin with the weights of an exported finder.tflite, not with random ones",
    )


def _add_run_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments about the training, its data and its run folder."""
    parser.add_argument(
        "--quick",
        action="store_true",
        help=f"take about a minute: {QUICK_LIMIT:,} images, no camera, no teacher, few epochs",
    )
    parser.add_argument(
        "--resume",
        action="store_true",
        help="continue a training that was broken off, from its checkpoint in the run folder",
    )
    parser.add_argument(
        "--tensorboard", type=Path, metavar="DIR", help="write the figures of each epoch into DIR, for TensorBoard"
    )
    parser.add_argument(
        "--extra", type=Path, metavar="DIR", help="learn from the corrections of the live page in DIR too"
    )
    parser.add_argument(
        "--sweep",
        type=Path,
        metavar="FILE",
        help="train the recipes and seeds that a TOML file lists (docs/training.md), each in its own run folder; "
        "finished runs are not trained again",
    )
    parser.add_argument("--only", type=whole(1), metavar="K", help="with --sweep: train the run number K alone")
    parser.add_argument("--out", type=Path, metavar="DIR", help="the run folder (default: runs/RECIPE)")


def run(args: argparse.Namespace) -> int:
    """Train.

    Raises:
        MissingExtraError: TensorFlow is not installed.
        UsageError: there is no such recipe, or it does not take an option.
        DataError: there are no usable data, or a checkpoint does not fit.
        OutputError: the run folder may not be written.
    """
    require_train_extra("train")
    if args.sweep is not None:
        return _train_sweep(args)
    if args.only is not None:
        raise UsageError("--only is for a sweep; name its file with --sweep")
    if args.recipe == FINDER:
        return _train_finder(args)
    _refuse(args, "scenes", "start_from")
    if args.start is not None:
        return _train_on(args)
    if args.rehearse is not None:
        raise UsageError("--rehearse is for continuing with a network; name one with --from")
    from digitreader_train.digits import load_training_digits
    from digitreader_train.recipes import in_short

    recipe = recipe_of(args.recipe or DEFAULT_NETWORK, others=(FINDER,))
    recipe = in_short(recipe) if args.quick else recipe
    recipe = with_hidden(recipe, args.hidden)
    recipe = dataclasses.replace(recipe, **_given(args, "activation", "features", "seed", "epochs"))
    limit = args.limit or (QUICK_LIMIT if args.quick else None)
    # read and prepared before TensorFlow is imported, which takes long, so that errors appear at once
    digits = load_training_digits(data_place(args), limit=limit)
    from digitreader_train.train import TrainSettings, train

    out = args.out or Path("runs") / recipe.name
    settings = TrainSettings(
        recipe, data_place(args), out, limit, args.quick, args.resume, args.tensorboard, extra=args.extra
    )
    train(settings, digits=digits)
    return 0


def _train_sweep(args: argparse.Namespace) -> int:
    """Train the missing runs of a sweep, or one of them."""
    if args.recipe is not None:
        raise UsageError(f"--sweep names the recipes; leave {args.recipe} out")
    for name in SET_BY_SWEEP:
        if getattr(args, name) not in {None, False}:
            raise UsageError(
                f"--{name.replace('_', '-')} cannot be used with --sweep, whose file sets it; leave it out"
            )
    from digitreader_train.digits import load_training_digits
    from digitreader_train.recipes import in_short
    from digitreader_train.sweep import chosen, read_sweep

    runs = chosen(read_sweep(args.sweep), args.only)
    if args.quick:
        runs = [dataclasses.replace(run, recipe=in_short(run.recipe)) for run in runs]
    limit = args.limit or (QUICK_LIMIT if args.quick else None)
    digits = load_training_digits(data_place(args), limit=limit)
    for run in runs:
        if run.is_done(limit):
            print_info(f"run {run.number}, {run.row}, seed {run.recipe.seed}: is done already, in {run.out}")
            continue
        from digitreader_train.train import TrainSettings, train

        print_info(f"run {run.number}, {run.row}, seed {run.recipe.seed}")
        repeat = f"digitreader train --sweep {args.sweep.name} --only {run.number}"
        settings = TrainSettings(
            run.recipe, data_place(args), run.out, limit, args.quick, resume=True, extra=args.extra, repeat=repeat
        )
        train(settings, digits=digits)
    return 0


def _train_on(args: argparse.Namespace) -> int:
    """Continue the training of an existing network."""
    if args.data is None:
        raise UsageError("--from continues with your own digits; name them with --data")
    for name in ("activation", "features", "hidden", "quick"):
        if getattr(args, name):
            raise UsageError(f"--{name} is set by the network that --from names; leave it out")
    from digitreader_train.digits import load_training_digits
    from digitreader_train.recipes import REHEARSED, continued
    from digitreader_train.start_weights import read_start_weights

    start = read_start_weights(args.start)
    recipe = continued(recipe_for(start, args.recipe))
    recipe = dataclasses.replace(recipe, **_given(args, "seed", "epochs"))
    rehearse = REHEARSED if args.rehearse is None else args.rehearse
    digits = load_training_digits(data_place(args), limit=args.limit, rehearse=rehearse)
    from digitreader_train.train import TrainSettings, train

    # not the run folder of the network itself
    out = args.out or Path("runs") / f"{recipe.name}-{args.data.resolve().name.partition('.')[0]}"
    settings = TrainSettings(
        recipe, data_place(args), out, args.limit, False, args.resume, args.tensorboard, start, rehearse, args.extra
    )
    train(settings, digits=digits)
    return 0


def _train_finder(args: argparse.Namespace) -> int:
    from digitreader_train.finder.recipe import FINDER as RECIPE
    from digitreader_train.finder.recipe import beginning_with, finder_in_short, with_scenes

    _refuse(args, "activation", "features", "limit", "hidden", "rehearse", "extra")
    if args.start is not None:
        raise UsageError("--from is for networks that read; for the finder use --start-from")
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
    """Let TensorFlow add in the processor's order: twice as fast, but another processor gives other weights."""
    os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "1")


def _given(args: argparse.Namespace, *names: str) -> dict[str, Any]:
    return {name: getattr(args, name) for name in names if getattr(args, name) is not None}


def _refuse(args: argparse.Namespace, *names: str) -> None:
    for name in names:
        if getattr(args, name) is not None:
            raise UsageError(f"--{name.replace('_', '-')} is not for {args.recipe}; leave it out")
