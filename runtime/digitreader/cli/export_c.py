"""`digitreader export MODEL --c DIR`: writes existing models as C, without TensorFlow."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from digitreader.errors import ModelFormatError, UsageError

if TYPE_CHECKING:
    from digitreader_export.c99 import CSource

OF_RUNS = ("out", "variant", "all", "sparsity", "schedule", "clusters", "calibration", "data")
"""Options that are only for runs."""


def models_named(args: argparse.Namespace) -> tuple[str, ...]:
    """The shipped models and .tflite files that the command line names; none if it names a run.

    Raises:
        UsageError: there are several names, and one of them is not a model.
    """
    from digitreader.model.locate import shipped_models

    if args.run_folder is None:
        return ()
    names = (str(args.run_folder), *args.more)
    shipped = shipped_models()
    models = tuple(name for name in names if Path(name).suffix == ".tflite" or (name in shipped and not _is_run(name)))
    if len(names) > 1 and len(models) < len(names):
        (first, *_) = (name for name in names if name not in models)
        raise UsageError(
            f"{first}: is not a model; if you give several, each must be a shipped name or a .tflite file "
            f"({', '.join(shipped)})"
        )
    return models


def export_models(args: argparse.Namespace, names: Sequence[str]) -> int:
    """Write the models as one library of C99.

    Raises:
        UsageError: an option is only for runs, or there is no folder for the C.
        ModelFormatError: there is no such model, it has no card, or a check refuses it.
        NoCFormError: the integer C cannot express the network.
        OutputError: the folder cannot be written to.
    """
    if args.c is None:
        raise UsageError(f"{names[0]}: is a model already; give --c DIR for its C99, or a run folder to export")
    for option in OF_RUNS:
        if getattr(args, option):
            raise UsageError(f"--{option} is for a run, and {names[0]} is a model already; leave it out")
    from digitreader_export.c99 import describe_c, write_library

    sizes = write_library([source_of(name) for name in names], args.c)
    print(describe_c(sizes, args.c))
    return 0


def _is_run(name: str) -> bool:
    # a run folder with the name of a shipped model comes first, as in versions in which models could not be named
    return Path(name).is_dir()


def source_of(name: str) -> CSource:
    """A model in the form from which C is made, after its checks.

    Raises:
        ModelFormatError: there is no such model, it has no card, or a check refuses it.
    """
    from digitreader.model.card import ModelCard
    from digitreader.model.checks import read_part
    from digitreader.model.load import load_model
    from digitreader.model.locate import locate_model
    from digitreader.model.own.card import OwnCard
    from digitreader_export.c99 import CSource

    card = load_model(name).card
    if isinstance(card, OwnCard):
        raise ModelFormatError(
            f"{name}: is a model of your own, and C is written for networks of digitreader; train one on your digits: "
            "digitreader train tiny --data DIR --hidden 32,16"
        )
    if not isinstance(card, ModelCard):
        raise ModelFormatError(
            f"{name}: has no card beside it ({Path(name).stem}.json), and the C is tested with the card's golden inks; "
            "copy the card there too"
        )
    content = read_part(locate_model(name), "a model")
    return CSource(content, card.name, card.acceptance, card.golden, card.features)
