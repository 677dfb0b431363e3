"""`digitreader export`: a run folder becomes .tflite files with their cards."""

from __future__ import annotations

import argparse
import dataclasses
from pathlib import Path

from digitreader.commands.data_arguments import add_data_arguments, data_place
from digitreader.commands.extras import require_train_extra

DESCRIPTION = """\
Make the float32 and the full-integer .tflite of a run, compare each with the Keras network on the test images, and
write both with their cards. A file that reads more than 0.3 points fewer digits than Keras is refused, and nothing
is written.
"""

EXAMPLES = """\
examples:
  digitreader export runs/tiny                    into runs/tiny/export
  digitreader export runs/tiny --out models       where shipped models lie
  digitreader verify runs/tiny/export/tiny.tflite what comes next
"""


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the command's arguments."""
    parser = subparsers.add_parser(
        "export",
        help="make .tflite files out of a run (workstation)",
        description=DESCRIPTION,
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("run_folder", type=Path, metavar="RUN", help="a folder that digitreader train wrote")
    parser.add_argument("--out", type=Path, metavar="DIR", help="where the models go (default: RUN/export)")
    parser.add_argument(
        "--quantization",
        choices=("best", "ptq", "qat"),
        default="best",
        help="after the training (ptq), by training on with the rounding (qat), or whichever of the two reads more "
        "validation digits (default: best)",
    )
    add_data_arguments(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Export.

    Raises:
        MissingExtraError: TensorFlow is not installed.
        DataError: the run folder or the data is not usable.
        AccuracyLossError: a model reads worse than Keras; nothing was written.
        OutputError: the folder cannot be written to.
    """
    require_train_extra("export")
    from digitreader_export.export import ExportSettings, export_run

    settings = ExportSettings(args.run_folder, args.out or args.run_folder / "export", data_place(args))
    if args.quantization != "best":
        settings = dataclasses.replace(settings, ways=(args.quantization,))
    export_run(settings)
    return 0
