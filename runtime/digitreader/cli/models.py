"""`digitreader models`: lists the models that come with digitreader."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING

from digitreader.errors import ModelFormatError
from digitreader.host.messages import print_error, print_info

if TYPE_CHECKING:
    from digitreader.model.card import ModelCard
    from digitreader.model.finder_card import AnyCard, FinderCard

DESCRIPTION = """\
List the models that come with digitreader, from their cards: what each one is for and how good it is (models that read
digits on MNIST's test images, the finder on drawn scenes). `digitreader verify NAME` proves one. `digitreader models
show NAME` draws the weights of one that reads digits.
"""

EXAMPLES = """\
examples:
  digitreader models
  digitreader models --format json
  digitreader models --format markdown > MODELS.md   the model cards as a page for people
  digitreader read photo.jpg --model tiny
  digitreader models show tiny --to pictures         which ink each of its neurons looks for
"""


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the command's arguments."""
    parser = subparsers.add_parser(
        "models",
        help="list the models that come with digitreader",
        description=DESCRIPTION,
        epilog=EXAMPLES,
    )
    parser.add_argument(
        "--format", choices=("text", "json", "markdown"), default="text", help="how to print it (default: text)"
    )
    parser.set_defaults(run=run)
    _add_show(parser.add_subparsers(title="more", metavar="show"))


def _add_show(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    show = subparsers.add_parser(
        "show", help="draw a model's weights", description="Draw the weights of a model, a picture for each layer."
    )
    show.add_argument("name", metavar="NAME|PATH", help="a shipped model that reads digits, or a .tflite")
    show.add_argument(
        "--to", type=Path, default=Path(), metavar="DIR", help="where the pictures go (default: the working folder)"
    )
    show.set_defaults(run=run_show)


def run_show(args: argparse.Namespace) -> int:
    """Draw a model's weights.

    Raises:
        ModelFormatError: there is no such model, or it has other layers than plain ones.
        OutputError: the folder cannot be written to.
    """
    import cv2

    from digitreader.host.files import check_parent_folder, write_all_atomically
    from digitreader.measure.explain.weights import draw_weights
    from digitreader.model.checks import read_part
    from digitreader.model.engine.numpy_engine import LayeredNetwork
    from digitreader.model.load import load_model
    from digitreader.model.locate import locate_model
    from digitreader.model.own.engine import OwnEngine
    from digitreader.model.own.layers import RealNetwork, kinds_in_words, read_layers

    check_parent_folder(args.to)
    path = locate_model(args.name)
    model = load_model(args.name)
    network: LayeredNetwork | RealNetwork
    content = read_part(path, "a model")
    if isinstance(model.engine, OwnEngine):
        network = read_layers(content, args.name)
        if not network.layers:
            raise ModelFormatError(
                f"{args.name}: has {kinds_in_words(network.operators)}; only the weights of plain layers can be shown"
            )
    else:
        network = LayeredNetwork(content, args.name)
    pictures = draw_weights(network, path.stem, model.facts.features)
    files = {args.to / name: cv2.imencode(".png", picture)[1].tobytes() for name, picture in pictures.items()}
    write_all_atomically(files)
    print_info(f"written: {', '.join(map(str, files))}")
    return 0


def run(args: argparse.Namespace) -> int:
    """List the models; a model with a damaged card is reported, and the others are listed.

    Returns:
        1 if a card cannot be read, else 0.
    """
    from digitreader.model.finder_card import read_any_card
    from digitreader.model.locate import shipped_models

    cards: list[AnyCard] = []
    paths = shipped_models()
    for path in paths.values():
        try:
            cards.append(read_any_card(path.with_suffix(".json")))
        except ModelFormatError as error:
            print_error(str(error))
    print(FORMATS[args.format](cards))
    return int(len(cards) < len(paths))


def describe(cards: list[AnyCard]) -> str:
    """A table of the models."""
    lines = [f"{'name':14} {'layers':16} {'parameters':>10} {'bytes':>9} {'accuracy':>9}  what for"]
    return "\n".join([*lines, *map(_row, cards)])


def _row(card: AnyCard) -> str:
    from digitreader.model.finder_card import FinderCard

    if isinstance(card, FinderCard):
        layers, accuracy = "convolutions", "-"
    else:
        layers, accuracy = "-".join(map(str, card.layers)), f"{card.measured.test.accuracy:.2%}"
    return f"{card.name:14} {layers:16} {card.parameters:10,} {card.size_bytes:9,} {accuracy:>9}  {card.purpose}"


def to_json(cards: list[AnyCard]) -> str:
    """The models as a JSON array."""
    return json.dumps([_summary(card) for card in cards])


def to_markdown(cards: list[AnyCard]) -> str:
    """The models as a page for people."""
    from digitreader.measure.models_page import model_page

    return model_page(cards).rstrip("\n")


FORMATS = {"text": describe, "json": to_json, "markdown": to_markdown}


def _summary(card: AnyCard) -> dict[str, object]:
    from digitreader.model.finder_card import FinderCard

    return _finder_summary(card) if isinstance(card, FinderCard) else _reader_summary(card)


def _reader_summary(card: ModelCard) -> dict[str, object]:
    return {
        "name": card.name,
        "layers": list(card.layers),
        "parameters": card.parameters,
        "bytes": card.size_bytes,
        "accuracy": card.measured.test.accuracy,
        "ece": card.measured.test.ece,
        "quantization": card.quantization.kind,
        "purpose": card.purpose,
    }


def _finder_summary(card: FinderCard) -> dict[str, object]:
    return {
        "name": card.name,
        "parameters": card.parameters,
        "bytes": card.size_bytes,
        "recall": card.measured.file.recall,
        "precision": card.measured.file.precision,
        "quantization": card.variant,
        "purpose": card.purpose,
    }
