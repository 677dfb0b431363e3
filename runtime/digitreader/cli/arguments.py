"""Arguments that several commands share."""

from __future__ import annotations

import argparse
import dataclasses
import os
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from digitreader.errors import MissingExtraError, UsageError
from digitreader.host.distribution import install_extra
from digitreader.host.messages import print_info

if TYPE_CHECKING:
    from digitreader.measure.data import DataPlace
    from digitreader.model import Model
    from digitreader_train.recipes import Recipe
    from digitreader_train.start_weights import StartWeights


class whole:  # noqa: N801 # it is used as a function
    """Reads a whole number that is at least `least`."""

    def __init__(self, least: int) -> None:
        self._least = least

    def __call__(self, text: str) -> int:
        """Convert the text to a whole number, or raise argparse's error."""
        try:
            number = int(text)
        except ValueError:
            said = f"{text!r} is not a whole number; give at least {self._least}"
            raise argparse.ArgumentTypeError(said) from None
        if number < self._least:
            raise argparse.ArgumentTypeError(f"{number} is too small; give at least {self._least}")
        return number


TRAIN_MODULES = ("tensorflow", "tf_keras", "tensorflow_model_optimization", "matplotlib")


def require_train_extra(command: str) -> None:
    """Check that the packages for the workstation's commands are installed, without importing them.

    Raises:
        MissingExtraError: one of them is not installed.
    """
    missing = [module for module in TRAIN_MODULES if find_spec(module) is None]
    if missing:
        raise MissingExtraError(
            f"digitreader {command} needs {missing[0]}, which is not installed; {install_extra('train')}"
        )


DATA_VARIABLE = "DIGITREADER_DATA"


def add_data_arguments(parser: argparse.ArgumentParser, *, own: bool = True) -> None:
    """Declare ``--data`` and ``--any-digits``; with `own` the user's own digits are accepted, in any form."""
    mnist = "the folder with MNIST's four files"
    forms = f"your digits: class folders, CSV, .npz or IDX files (digitreader data --help), or {mnist}"
    parser.add_argument(
        "--data",
        type=Path,
        metavar="SOURCE",
        help=f"{forms if own else mnist} (default: ${DATA_VARIABLE}, else MNIST is fetched once into a cache)",
    )
    parser.add_argument(
        "--any-digits", action="store_true", help="accept four files with MNIST's names that are not MNIST's own"
    )


def data_place(args: argparse.Namespace) -> DataPlace:
    """Where to look for data: the folder of ``--data``, else that of the environment, else only the cache."""
    from digitreader.measure.data import DataPlace

    named = os.environ.get(DATA_VARIABLE)
    mnist = Path(named) if named else None
    return DataPlace(args.data or mnist, cache_folder(), any_digits=args.any_digits, mnist=mnist)


def check_data(args: argparse.Namespace) -> None:
    """Read the data that ``--data`` names before TensorFlow is imported, so that errors appear at once.

    Raises:
        DataError: it is not usable.
    """
    if args.data is not None:
        from digitreader.measure.data.choice import open_digits

        open_digits(data_place(args), quietly=True)


def cache_folder() -> Path:
    """The folder for downloads and computed results."""
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "digitreader"


# a copy of `digitreader.model.engine.ENGINES`: importing that would import NumPy before a command has set its threads
ENGINES = ("auto", "litert", "numpy")

DEFAULT_READER = "accurate"
"""The model that reads if none is named."""
DEFAULT_NETWORK = "tiny"
"""The network that is trained, exported and proven if none is named: the one that the documents explain."""


def add_model_arguments(parser: argparse.ArgumentParser, *, default: str = DEFAULT_READER) -> None:
    """Declare ``--model`` and ``--engine``; `default` is the model if none is named."""
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
        help="the library that runs the model: LiteRT, or NumPy with the same results (default: auto: LiteRT if it is "
        "installed)",
    )


def add_threshold_argument(parser: argparse.ArgumentParser) -> None:
    """Declare ``--threshold``."""
    parser.add_argument(
        "--threshold",
        type=_share,
        metavar="SHARE",
        help="least evidence of a digit, from 0 to 1; a higher one leaves out more digits (default: the model's own)",
    )


def load_named_model(args: argparse.Namespace) -> Model:
    """Load the model of ``--model`` into the engine of ``--engine``; print a note if it has no card beside it.

    Raises:
        ModelFormatError: there is no such model, or a check refuses it.
        MissingExtraError: the engine is not installed.
    """
    from digitreader.model.load import load_model

    model = load_model(args.model, args.engine)
    if model.card is None:
        print_info(
            f"{args.model}: has no card beside it; the facts inside the file are used, and its golden answers cannot "
            f"be checked"
        )
    return model


def _share(text: str) -> float:
    try:
        share = float(text)
    except ValueError:
        share = -1.0
    if not 0 <= share <= 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 0 to 1; give one, such as 0.5")
    return share


def add_run_argument(parser: argparse.ArgumentParser) -> None:
    """Declare ``RUN``; `run_and_variants` says which one it is if none is given."""
    run_help = f"a folder that digitreader train wrote (default: runs/{DEFAULT_NETWORK})"
    parser.add_argument("run_folder", type=Path, nargs="?", metavar="RUN", help=run_help)


def run_and_variants(args: argparse.Namespace) -> tuple[Path, tuple[str, ...]]:
    """The run and the variants; commas or spaces separate variants.

    In ``export --variant int8 qat runs/tiny`` argparse takes the run for one more variant.
    """
    named = [name for word in args.variant for name in word.split(",") if name]
    folder: Path | None = args.run_folder
    if folder is None and len(args.variant) > 1:
        folder = Path(args.variant[-1])
        named = [name for word in args.variant[:-1] for name in word.split(",") if name]
    if folder is None:
        folder = Path("runs") / DEFAULT_NETWORK
    return folder, tuple(dict.fromkeys(named))


MOST_LAYERS, MOST_NEURONS = 6, 4096


def recipe_of(name: str, *, others: tuple[str, ...] = ()) -> Recipe:
    """The recipe of this name; the extra ``[train]`` must be there.

    Args:
        name: the name of a network that reads digits.
        others: other names that the command accepts, for the message.

    Raises:
        UsageError: there is no such recipe.
    """
    from digitreader_train.recipes import RECIPES

    if name not in RECIPES:
        raise UsageError(f"{name}: no such recipe; choose one of {', '.join((*RECIPES, *others))}")
    return RECIPES[name]


def neurons(text: str) -> tuple[int, ...]:
    """Parse the neurons of hidden layers, such as ``32,16``, or raise argparse's error."""
    numbers = tuple(int(word) for word in text.split(","))
    if not 1 <= len(numbers) <= MOST_LAYERS or not all(1 <= number <= MOST_NEURONS for number in numbers):
        raise argparse.ArgumentTypeError(
            f"need 1 to {MOST_LAYERS} layers of 1 to {MOST_NEURONS} neurons, such as 32,16"
        )
    return numbers


def with_hidden(recipe: Recipe, hidden: tuple[int, ...] | None) -> Recipe:
    """The recipe with other hidden layers; its purpose then says that it is the user's own network."""
    if hidden is None or hidden == recipe.hidden:
        return recipe
    layers = "-".join(map(str, (784, *hidden, 10)))
    return dataclasses.replace(recipe, hidden=hidden, purpose=f"a network of {layers} neurons, made like {recipe.name}")


def recipe_for(start: StartWeights, named: str | None) -> Recipe:
    """The recipe for continuing the training of a network: the named one, or else the first for such networks.

    Raises:
        UsageError: there is no such recipe, or it makes other networks.
    """
    from digitreader_train.recipes import RECIPES

    recipes = RECIPES.values() if named is None else [recipe_of(named)]
    shown = [recipe for recipe in recipes if recipe.features == start.features]
    recipe = next((each for each in shown if each.hidden == start.hidden), shown[0] if shown else None)
    if recipe is None:
        fitting = " or ".join(name for name, each in RECIPES.items() if each.features == start.features)
        raise UsageError(f"{named}: takes other inputs than {start.name}; train {fitting} --from {start.name}")
    recipe = with_hidden(recipe, start.hidden)
    return dataclasses.replace(recipe, activation=start.activation)
