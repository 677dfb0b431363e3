"""`digitreader compare`: compares the variants of a run in one table and one picture."""

from __future__ import annotations

import argparse
from pathlib import Path

from digitreader.cli.arguments import (
    add_data_arguments,
    add_run_argument,
    check_data,
    data_place,
    require_train_extra,
    run_and_variants,
)
from digitreader.errors import UsageError
from digitreader.host.messages import print_info

DESCRIPTION = """\
Measure every variant of a run on the same digits and set them in one table: accuracy with its confidence interval,
agreement with float32, calibration error, bytes, which operators really run in integers, time, memory, and whether its
difference from float32 is more than chance. One variant is recommended, chosen on validation digits. Variants that are
not in RUN/export yet, or were made from other weights, are exported first. RUN/compare gets the table as compare.csv
and compare.md, and pareto.png, accuracy against bytes. With models of your own (.tflite files with cards, or the Keras
model that they were exported from) the others are compared with the first. For a finder's run the table has float32,
dynamic and int8: bytes, losses, digits found, time of a frame.
"""

EXAMPLES = """\
examples:
  digitreader compare runs/tiny                          all variants
  digitreader compare runs/tiny --variant int8 qat       these beside float32
  digitreader compare mine.keras                         what digitreader export made of a Keras model
  digitreader compare mine.tflite smaller.tflite         models of your own, with their cards
  digitreader compare runs/finder                        the variants of the model that finds digits
  digitreader compare runs/tiny --format json | jq .recommended

exit status: 0, or 1 if a variant is left out because the export refused it.
"""


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the command's arguments."""
    parser = subparsers.add_parser(
        "compare",
        help="compare the variants of a run in one table (workstation)",
        description=DESCRIPTION,
        epilog=EXAMPLES,
    )
    add_run_argument(parser)
    parser.add_argument("more", type=Path, nargs="*", metavar="MODEL.tflite", help="further models of your own")
    parser.add_argument(
        "--variant", nargs="+", default=(), metavar="V", help="compare these with float32 (default: all variants)"
    )
    parser.add_argument(
        "--format", choices=("text", "csv", "markdown", "json"), default="text", help="of the table (default: text)"
    )
    add_data_arguments(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print the table.

    Returns:
        0, or 1 if a variant is left out.

    Raises:
        MissingExtraError: TensorFlow is not installed.
        UsageError: there is no such variant.
        DataError: the run folder or the data is not usable.
        AccuracyLossError: float32 itself reads worse than Keras.
        OutputError: the run folder cannot be written to.
    """
    run_folder, named = run_and_variants(args)
    from digitreader.model.locate import KERAS

    if run_folder.suffix.lower() in {*KERAS, ".tflite"}:
        return _compare_own(args, run_folder, named)
    if args.more:
        raise UsageError(f"{args.more[0]}: only models of your own are compared by their files; name one run")
    require_train_extra("compare")
    check_data(args)
    from digitreader_train.finder.run_record import is_finder_run

    if is_finder_run(run_folder):
        return _compare_finder(args, run_folder, named)
    from digitreader_export.comparison.compare_run import CompareSettings, compare_run
    from digitreader_export.comparison.records import to_csv, to_json
    from digitreader_export.comparison.table import to_markdown, to_text

    settings = CompareSettings(run_folder, data_place(args), named)
    comparison, left_out = compare_run(settings, print_info)
    formats = {"text": to_text, "csv": to_csv, "markdown": to_markdown, "json": to_json}
    print(formats[args.format](comparison).rstrip("\n"))
    return 1 if left_out else 0


def _compare_own(args: argparse.Namespace, first: Path, named: tuple[str, ...]) -> int:
    if named:
        raise UsageError("--variant is for runs; name the .tflite files that are to be compared")
    from digitreader_export.own_model.compare import FORMATS, compare_own, own_models_of

    print(FORMATS[args.format](compare_own(own_models_of([first, *args.more]), data_place(args))).rstrip("\n"))
    return 0


def _compare_finder(args: argparse.Namespace, run_folder: Path, named: tuple[str, ...]) -> int:
    from digitreader_export.finder.compare import compare_finder, to_csv, to_json, to_markdown, to_text

    formats = {"text": to_text, "csv": to_csv, "markdown": to_markdown, "json": to_json}
    print(formats[args.format](compare_finder(run_folder, data_place(args), named)).rstrip("\n"))
    return 0
