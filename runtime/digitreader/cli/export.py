"""`digitreader export`: makes .tflite files with their cards from a run folder."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from digitreader.cli.arguments import (
    add_data_arguments,
    add_run_argument,
    check_data,
    data_place,
    require_train_extra,
    run_and_variants,
)
from digitreader.cli.export_c import export_models, models_named
from digitreader.errors import ModelFormatError, UsageError

if TYPE_CHECKING:
    from digitreader_export.settings import VariantSettings

DESCRIPTION = """\
Make .tflite files out of a run, measure each beside the Keras network, and write it with its card. Without --variant it
makes the model that is shipped (quantization-aware, integers only, raw pixels in) and the float32 one. A file that
reads more than 0.3 points fewer digits than Keras is refused; only the variants that trade reading for size (pruned,
clustered, pqat, cqat) may.

variants:
  float32 float16 dynamic   floats; 16-bit weights; 8-bit weights with values rounded as they come
  int8 uint8 int16x8        integers only, calibrated after the training on equally many training digits of each kind
  qat                       integers only, trained further with the rounding
  pruned clustered          small weights to zero, or few different weights; then calibrated integers
  pqat cqat                 the same, then trained further with the rounding

A model that Keras saved, .keras or .h5, is taken too where it takes one digit of 784, 28x28 or 28x28x1 numbers and
gives ten or eleven: in all variants, float32 and int8 without --variant. The variants that train further need a plain
chain of common layers. Its input format is found with labelled digits, as digitreader card does.

A run of the finder becomes finder.tflite: integers only, calibrated on drawn scenes. It has no other variants.

--c writes a C99 library for microcontrollers, for Arduino and PlatformIO. It turns the ink of one digit, of any size,
into the digit and its confidence, without heap. Instead of a run you may name shipped models (accurate, small, tiny)
and .tflite files with their cards, several in one library; then TensorFlow is not needed.
"""

EXAMPLES = """\
examples:
  digitreader export runs/tiny                    into runs/tiny/export
  digitreader export runs/tiny --out models       where shipped models lie
  digitreader export runs/finder --out models     the model that finds digits
  digitreader export runs/tiny --all              every variant; digitreader compare runs/tiny sets them in a table
  digitreader export runs/tiny --variant pruned pqat --sparsity 0.7
  digitreader export mine.keras --variant int8    a Keras model of your own, into mine-export/
  digitreader export runs/tiny --c firmware       C99 for a microcontroller, beside the models
  digitreader export tiny --c firmware            C99 of the shipped model, without TensorFlow
  digitreader export tiny small --c firmware      both in one library
  digitreader export mine.tflite --c firmware     of a .tflite that it exported, with its card
  digitreader verify runs/tiny/export/tiny.tflite what comes next
"""

ZIP, HDF5 = b"PK", b"\x89HDF"
"""How files begin that Keras saves, .keras and .h5."""


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the command's arguments."""
    parser = subparsers.add_parser(
        "export",
        help="make .tflite files out of a run (workstation)",
        description=DESCRIPTION,
        epilog=EXAMPLES,
    )
    add_run_argument(parser)
    parser.add_argument("more", nargs="*", metavar="MODEL", help="with --c: shipped models or .tflite files, not a run")
    parser.add_argument("--out", type=Path, metavar="DIR", help="where the models go (default: RUN/export)")
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--variant", nargs="+", default=(), metavar="V", help="make these, as RECIPE-V.tflite")
    which.add_argument("--all", action="store_true", help="make all variants")
    parser.add_argument(
        "--sparsity", type=float, metavar="S", help="share of weights that pruning drops (default: 0.5)"
    )
    parser.add_argument(
        "--schedule", choices=("gradual", "constant"), help="how pruning reaches its sparsity (default: gradual)"
    )
    parser.add_argument(
        "--clusters", type=int, metavar="N", help="different weights of a clustered layer (default: 16)"
    )
    parser.add_argument(
        "--calibration",
        type=int,
        metavar="N",
        help="calibration glyphs of each digit, from training data (default: 50); of the finder, scenes (default: 300)",
    )
    parser.add_argument("--c", type=Path, metavar="DIR", help="write the integer model as a library in C99 as well")
    add_data_arguments(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Export.

    Raises:
        MissingExtraError: TensorFlow is not installed.
        UsageError: a variant, setting or option is not possible.
        DataError: the run folder or the data is not usable.
        ModelFormatError: a model for the C library does not exist, or a check refuses it.
        AccuracyLossError: a model reads worse than Keras; it was not written.
        OutputError: the folder cannot be written to.
    """
    if models := models_named(args):
        return export_models(args, models)
    run_folder, named = run_and_variants(args)
    from digitreader.model.locate import KERAS, describe_other_file

    is_keras = run_folder.suffix.lower() in KERAS
    if not is_keras and run_folder.is_file():
        raise ModelFormatError(f"{run_folder}: {describe_other_file(run_folder)}")
    require_train_extra("export")
    if is_keras:
        return _export_keras(args, run_folder, named)
    check_data(args)
    from digitreader_train.finder.run_record import is_finder_run

    if is_finder_run(run_folder):
        return _export_finder(args, run_folder)
    from digitreader_export.variants import VARIANTS, check_variants, pick_for_c

    choices = _choices(args)
    variants = tuple(VARIANTS) if args.all else named
    check_variants(variants)
    for_c = pick_for_c(variants) if args.c is not None else None
    from digitreader_export.export import ExportSettings, export_run

    out = args.out or run_folder / "export"
    packed = export_run(ExportSettings(run_folder, out, data_place(args), variants, choices))
    if for_c is not None:
        from digitreader_export.c99 import describe_c, write_c

        (chosen,) = (each for each in packed if each.card.quantization.variant == for_c)
        card = chosen.card
        sizes = write_c(chosen.content, card.name, card.acceptance, card.golden, args.c, features=card.features)
        print("\n" + describe_c([sizes], args.c))
    return 0


def _export_keras(args: argparse.Namespace, model: Path, named: tuple[str, ...]) -> int:
    if args.c is not None:
        raise UsageError("--c is not for a Keras model of your own; leave it out")
    _check_keras_file(model)
    from digitreader_export.own_model.compare import export_folder
    from digitreader_export.own_model.digits import load_own_digits

    digits = load_own_digits(data_place(args))  # before TensorFlow is loaded, which takes seconds
    from digitreader_export.own_model.export_keras import KerasExportSettings, export_keras
    from digitreader_export.variants import VARIANTS

    out = args.out or export_folder(model)
    variants = tuple(VARIANTS) if args.all else named
    export_keras(KerasExportSettings(model, out, digits, variants, _choices(args)))
    return 0


def _check_keras_file(model: Path) -> None:
    """Refuse what Keras cannot have saved, before TensorFlow is loaded."""
    try:
        with model.open("rb") as file:
            start = file.read(len(HDF5))
    except OSError as error:
        raise ModelFormatError(f"{model}: {error.strerror or error}; give a model that Keras saved") from error
    if not start.startswith((ZIP, HDF5)):
        raise ModelFormatError(f"{model}: is not a file that Keras saved; save the model with model.save")


def _choices(args: argparse.Namespace) -> VariantSettings:
    from digitreader_export.settings import VariantSettings

    names = ("sparsity", "schedule", "clusters", "calibration")
    return VariantSettings(**{name: getattr(args, name) for name in names if getattr(args, name) is not None})


def _export_finder(args: argparse.Namespace, run_folder: Path) -> int:
    for name in ("variant", "all", "sparsity", "schedule", "clusters", "c"):
        if getattr(args, name):
            raise UsageError(f"--{name} is not for a finder's run; leave it out")
    from digitreader_export.finder.convert import CALIBRATION
    from digitreader_export.finder.export import FinderExportSettings, export_finder

    out = args.out or run_folder / "export"
    calibration = CALIBRATION if args.calibration is None else args.calibration
    export_finder(FinderExportSettings(run_folder, out, data_place(args), calibration))
    return 0
