"""The arguments with which a command is told which model to use and what shall run it."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from digitreader.talk import say

if TYPE_CHECKING:
    from digitreader.model import Model

# as `digitreader.engines.ENGINES`, which would import NumPy before a command has set its threads
ENGINES = ("auto", "litert", "numpy")

READER = "accurate"
"""The model that reads where none is named."""
EXPLAINED = "tiny"
"""The network that is trained, exported and proven where none is named: the one that the documents explain."""


def add_model_arguments(parser: argparse.ArgumentParser, *, default: str = READER) -> None:
    """Declare ``--model`` and ``--engine``; `default` is the model where none is named."""
    parser.add_argument(
        "--model",
        default=default,
        metavar="NAME|PATH",
        help="shipped model, accurate, small or tiny, or .tflite (default: %(default)s)",
    )
    add_engine_argument(parser)


def add_engine_argument(parser: argparse.ArgumentParser) -> None:
    """Declare ``--engine``."""
    parser.add_argument(
        "--engine",
        choices=ENGINES,
        default=ENGINES[0],
        help="what runs the model: LiteRT, or NumPy, which gives the same integers without it (default: auto, which is "
        "LiteRT where it is installed)",
    )


def load_named_model(args: argparse.Namespace) -> Model:
    """Load the model that ``--model`` names into the engine that ``--engine`` names; say so where it came alone.

    Raises:
        ModelFormatError: there is no such model, or a check refuses it.
        MissingExtraError: the engine is not installed.
    """
    from digitreader.model.load import load_model

    model = load_model(args.model, args.engine)
    if model.card is None:
        say(f"{args.model}: has no card beside it; what stands inside is used, its golden answers cannot be checked")
    return model
