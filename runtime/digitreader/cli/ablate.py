"""`digitreader ablate`: measures how much each ingredient of a recipe helps."""

from __future__ import annotations

import argparse
import dataclasses
from pathlib import Path

from digitreader.cli.arguments import add_data_arguments, data_place, recipe_of, require_train_extra, whole
from digitreader.host.messages import print_info

DESCRIPTION = """\
Train a recipe, and then again without each of its ingredients: the teacher, the variants, the camera, the negatives and
so on, each with several seeds. All figures are from validation digits, and from negatives that no network learned from;
the test digits are not used. The table grows in OUT as ablation.md and ablation.csv, one trial after another. What each
training reached is kept in OUT/trainings, so that several machines may do them one by one with --only.
"""

EXAMPLES = """\
examples:
  digitreader ablate tiny                        every ingredient, five seeds each, into runs/tiny-ablation
  digitreader ablate tiny --seeds 2 --epochs 5   sooner, and coarser
"""


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the command's arguments."""
    parser = subparsers.add_parser(
        "ablate",
        help="measure how much each ingredient of a recipe helps (workstation)",
        description=DESCRIPTION,
        epilog=EXAMPLES,
    )
    parser.add_argument("recipe", metavar="RECIPE", help="which: tiny, small or accurate")
    parser.add_argument("--seeds", type=whole(1), default=5, metavar="N", help="trainings of each (default: 5)")
    parser.add_argument("--epochs", type=whole(1), metavar="N", help="passes over the practice (default: the recipe's)")
    parser.add_argument("--limit", type=whole(20), metavar="N", help="use only N training images")
    parser.add_argument(
        "--only",
        type=whole(1),
        metavar="K",
        help="do only training number K (counted by trial, then by seed); without it all that are missing",
    )
    parser.add_argument("--out", type=Path, metavar="DIR", help="where the table goes (default: runs/RECIPE-ablation)")
    add_data_arguments(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Train all networks and print the table.

    Raises:
        MissingExtraError: TensorFlow is not installed.
        UsageError: there is no such recipe.
        DataError: no usable data.
        OutputError: the folder cannot be written to.
    """
    require_train_extra("ablate")
    recipe = recipe_of(args.recipe)
    from digitreader_train.ablation import AblationSettings, ablate
    from digitreader_train.ablation.table import to_markdown

    recipe = dataclasses.replace(recipe, epochs=args.epochs or recipe.epochs)
    out = args.out or Path("runs") / f"{recipe.name}-ablation"
    rows = ablate(AblationSettings(recipe, data_place(args), out, args.seeds, args.limit, args.only), print_info)
    print(to_markdown(rows) if rows else "", end="")
    return 0
