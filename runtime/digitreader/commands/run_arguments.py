"""The arguments with which a command is told which run it works on and which variants of it."""

from __future__ import annotations

import argparse
from pathlib import Path

from digitreader.commands.model_arguments import EXPLAINED


def add_run_argument(parser: argparse.ArgumentParser) -> None:
    """Declare ``RUN``; `run_and_variants` says which one it is where none is given."""
    told = f"a folder that digitreader train wrote (default: runs/{EXPLAINED})"
    parser.add_argument("run_folder", type=Path, nargs="?", metavar="RUN", help=told)


def run_and_variants(args: argparse.Namespace) -> tuple[Path, tuple[str, ...]]:
    """The run and the variants; commas part variants as spaces do.

    In ``export --variant int8 qat runs/tiny`` argparse takes the run for one more variant.
    """
    named = [name for word in args.variant for name in word.split(",") if name]
    folder: Path | None = args.run_folder
    if folder is None and len(args.variant) > 1:
        folder = Path(args.variant[-1])
        named = [name for word in args.variant[:-1] for name in word.split(",") if name]
    if folder is None:
        folder = Path("runs") / EXPLAINED
    return folder, tuple(dict.fromkeys(named))
