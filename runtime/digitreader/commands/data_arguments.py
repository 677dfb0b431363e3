"""The arguments with which a command is told where its data is, and the only look into the environment for it."""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from digitreader.data import DataPlace

DATA_VARIABLE = "DIGITREADER_DATA"


def add_data_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare ``--data`` and ``--any-digits``."""
    parser.add_argument(
        "--data",
        type=Path,
        metavar="DIR",
        help=f"folder with MNIST's four IDX files, or one that holds it as mnist/ (default: ${DATA_VARIABLE}, "
        "else MNIST is fetched once into a cache)",
    )
    parser.add_argument(
        "--any-digits", action="store_true", help="take the files in DIR as they are, also if they are not MNIST's own"
    )


def data_place(args: argparse.Namespace) -> DataPlace:
    """Where to look for data: what ``--data`` says, else the environment, else only the cache."""
    from digitreader.data import DataPlace

    named = os.environ.get(DATA_VARIABLE)
    folder: Path | None = args.data or (Path(named) if named else None)
    return DataPlace(folder, cache_folder(), any_digits=args.any_digits)


def cache_folder() -> Path:
    """Where digitreader keeps what it fetched or worked out."""
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "digitreader"
