"""The arguments with which a command is told which run it works on and which variants of it."""

from __future__ import annotations

import argparse
from pathlib import Path

from digitreader.errors import UsageError


def add_run_argument(parser: argparse.ArgumentParser) -> None:
    """Declare ``RUN``; whether it was given is seen by `run_and_variants`."""
    parser.add_argument("run_folder", type=Path, nargs="?", metavar="RUN", help="a folder that digitreader train wrote")


def run_and_variants(args: argparse.Namespace) -> tuple[Path, tuple[str, ...]]:
    """The run and the variants; commas part variants as spaces do.

    In ``export --variant int8 qat runs/tiny`` argparse takes the run for one more variant.

    Raises:
        UsageError: no run is named.
    """
    named = [name for word in args.variant for name in word.split(",") if name]
    folder: Path | None = args.run_folder
    if folder is None and len(args.variant) > 1:
        folder = Path(args.variant[-1])
        named = [name for word in args.variant[:-1] for name in word.split(",") if name]
    if folder is None:
        raise UsageError("RUN is missing; give a folder that digitreader train wrote, such as runs/tiny")
    return folder, tuple(dict.fromkeys(named))
