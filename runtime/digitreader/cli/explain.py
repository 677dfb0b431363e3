"""`digitreader explain`: shows how one digit of a picture is read."""

from __future__ import annotations

import argparse
import shlex
from pathlib import Path
from typing import TYPE_CHECKING

from digitreader.cli.arguments import DEFAULT_NETWORK, add_model_arguments, load_named_model
from digitreader.errors import UsageError
from digitreader.host.messages import print_info

if TYPE_CHECKING:
    from digitreader.measure.explain.explanation import Explanation
    from digitreader.values import Frame

DESCRIPTION = """\
Show how one digit of a picture is read: its cut-out, its glyph, the 784 inputs of the network, how active each neuron
is, and the ten outputs. The terminal shows it in short; --to writes a picture and a page. A model of your own shows its
neurons if it has only plain layers. For any other model, such as a convolutional one, you see input, output, and which
ink speaks for which digit, found by removing pieces of ink.
"""

EXAMPLES = """\
examples:
  digitreader explain photo.jpg                    the surest digit of a picture
  digitreader explain photo.jpg --digit 3          the third digit, in reading order, as listed
  digitreader explain photo.jpg --against 7        why it is not a 7
  digitreader explain photo.jpg --to out           the whole network, as out/explain.png and out/explain.html
  digitreader explain photo.jpg --neuron 1.7       the weighted sum of the seventh neuron of hidden layer 1
  digitreader explain photo.jpg --neuron output.3  that of the output for the digit 3
  digitreader explain photo.jpg --model mine.tflite
"""


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the command's arguments."""
    parser = subparsers.add_parser(
        "explain", help="show how one digit of a picture is read", description=DESCRIPTION, epilog=EXAMPLES
    )
    parser.add_argument("picture", metavar="PICTURE", help="a picture file, or - for one on stdin")
    parser.add_argument(
        "--digit", type=int, metavar="N", help="which one, from 1 in reading order (default: the surest)"
    )
    parser.add_argument(
        "--against",
        type=int,
        choices=range(10),
        metavar="D",
        help="explain why it is not a D (default: the digit with the second highest output)",
    )
    parser.add_argument(
        "--neuron", metavar="LAYER.N", help="print the weighted sum of a neuron: 1.7, 2.16, or output.DIGIT"
    )
    parser.add_argument(
        "--to",
        type=Path,
        metavar="DIR",
        help="write explain.png and explain.html into this folder (explain-3.* with --digit 3); if the picture has "
        "several digits, also explain-overview.png with the number of each",
    )
    add_model_arguments(parser, default=DEFAULT_NETWORK)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Explain one digit.

    Raises:
        UsageError: no digit was read, or there is no such digit or neuron.
        ImageError: not a picture.
        ModelFormatError: the model is refused.
        OutputError: the folder cannot be written to.
    """
    from digitreader.host.files import check_parent_folder
    from digitreader.measure.explain.explanation import explain_digit, weighted_sum
    from digitreader.measure.explain.page import sum_text, terminal_text
    from digitreader.reading.pipeline import FrameReader

    if args.to is not None:
        check_parent_folder(args.to)
    reader = FrameReader(load_named_model(args))
    frame = _frame_of(args.picture)
    explained = explain_digit(reader, frame, model=args.model, number=args.digit, against=args.against)
    neuron = None if args.neuron is None else _neuron_named(args.neuron, explained)
    if neuron is None:
        print(terminal_text(explained))
    else:
        print(sum_text(weighted_sum(explained, *neuron), features=explained.features))
    if args.to is not None:
        _write(explained, args)
    return 0


def _frame_of(picture: str) -> Frame:
    """The first page of a picture."""
    from digitreader.camera.image_pages import STDIN, PictureSource, StdinPicture

    source = StdinPicture() if picture == STDIN else PictureSource(Path(picture))
    return next(source.frames())


def _neuron_named(named: str, explained: Explanation) -> tuple[int, int]:
    """The layer, from 1, and the neuron, from 0, that ``--neuron`` names."""
    layers = [len(layer.biases) for layer in explained.network.layers]
    layer, _, neuron = named.partition(".")
    if not layers:
        raise UsageError(f"--neuron {named}: the neurons of this network cannot be shown; leave out --neuron")
    if layer == "output" and neuron.isdecimal() and int(neuron) < 10:
        return len(layers), int(neuron)
    known = layer.isdecimal() and neuron.isdecimal() and 1 <= int(layer) < len(layers)
    if known and 1 <= int(neuron) <= layers[int(layer) - 1]:
        return int(layer), int(neuron) - 1
    those = ", ".join(f"{at}.1 to {at}.{count}" for at, count in enumerate(layers[:-1], start=1))
    raise UsageError(f"--neuron {named}: there is no such neuron; there are {those}, output.0 to output.9")


def _write(explained: Explanation, args: argparse.Namespace) -> None:
    import cv2

    from digitreader.host.files import write_all_atomically
    from digitreader.measure.explain.page import write_page
    from digitreader.measure.explain.pictures import draw_explanation
    from digitreader.measure.explain.weights import draw_overview

    options = {"--digit": args.digit, "--against": args.against, "--model": args.model}
    words = [Path(args.picture).name, *(f"{name}={value}" for name, value in options.items() if value is not None)]
    command = f"digitreader explain {shlex.join(words)} --to DIR"
    stem = "explain" if args.digit is None else f"explain-{args.digit}"
    page = write_page(explained, model=args.model, command=command).encode()
    pictures = {stem: draw_explanation(explained)}
    if explained.digit_count > 1:
        pictures["explain-overview"] = draw_overview(explained)
    files = {args.to / f"{name}.png": cv2.imencode(".png", drawn)[1].tobytes() for name, drawn in pictures.items()}
    files[args.to / f"{stem}.html"] = page
    write_all_atomically(files)
    print_info(f"written: {', '.join(map(str, files))}")
