"""`digitreader report`: prints the table of a sweep."""

from __future__ import annotations

import argparse
from pathlib import Path

from digitreader.cli.arguments import require_train_extra

DESCRIPTION = """\
Gather the runs that `digitreader train --sweep` has left in a folder: a line for each recipe with the mean and the
standard deviation of the validation accuracy over its seeds. It works while some runs are still missing. The table is
also written into the folder, as report.md and report.csv.
"""

EXAMPLES = """\
examples:
  digitreader report runs/sweep
"""


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the command's arguments."""
    parser = subparsers.add_parser(
        "report", help="gather the runs of a sweep in a table (workstation)", description=DESCRIPTION, epilog=EXAMPLES
    )
    parser.add_argument("folder", type=Path, metavar="DIR", help="where train --sweep has left its runs")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print the table.

    Raises:
        MissingExtraError: TensorFlow is not installed.
        DataError: the folder has no run, or a damaged one.
        OutputError: the folder cannot be written to.
    """
    require_train_extra("report")
    from digitreader_train.sweep import write_report

    print(write_report(args.folder), end="")
    return 0
