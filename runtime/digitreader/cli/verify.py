"""`digitreader verify`: proves a model on this device, check by check, and prints the receipt."""

from __future__ import annotations

import argparse
import dataclasses
import json
from typing import TYPE_CHECKING

from digitreader.cli.arguments import DEFAULT_NETWORK, add_data_arguments, add_engine_argument, data_place
from digitreader.errors import UsageError

if TYPE_CHECKING:
    from digitreader.model.receipt import Receipt

DESCRIPTION = """\
Prove that a model works correctly on this device, and print a receipt. The checks: its card is sealed and unchanged;
the file is the one that the card describes; test inks become the card's glyphs; these glyphs give the card's integers,
and the integers give the card's activations. For a model that finds digits, test pictures must give the card's
integers. Every command that loads a model makes these checks, except the test pictures, and refuses a model that fails
one. With --data, labelled digits are read as well; if the card names them, as many must be right as the card says.
"""

EXAMPLES = """\
examples:
  digitreader verify tiny                         a shipped model
  digitreader verify tiny --engine numpy          the same integers without LiteRT
  digitreader verify finder                       the model that finds the digits
  digitreader verify runs/tiny/export/tiny.tflite
  digitreader verify tiny --data mnist/           reads the test digits, too
  digitreader verify tiny --data mine/            reads your own: folders 0 to 9 of pictures, CSV, .npz or IDX files
  digitreader verify tiny --format json           the receipt for a program, or to send along

exit status: 0 if every check passes, else 1.
"""


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the command's arguments."""
    parser = subparsers.add_parser(
        "verify",
        help="prove a model on this device",
        description=DESCRIPTION,
        epilog=EXAMPLES,
    )
    model_help = "shipped model or .tflite (default: %(default)s)"
    parser.add_argument("model", nargs="?", default=DEFAULT_NETWORK, metavar="MODEL", help=model_help)
    add_engine_argument(parser)
    add_data_arguments(parser)
    parser.add_argument("--format", choices=("text", "json"), default="text", help="how to print it (default: text)")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print the receipt.

    Returns:
        0 if every check passes, else 1.

    Raises:
        ModelFormatError: there is no such model.
        UsageError: digits are named for a model that does not read them.
        DataError: there are no usable digits.
    """
    from digitreader.model.locate import locate_model
    from digitreader.model.receipt import verify

    receipt = verify(locate_model(args.model), args.engine)
    if args.data is not None:
        receipt = _with_digits(receipt, args)
    print(to_json(receipt) if args.format == "json" else describe(receipt))
    return 0 if receipt.verified else 1


def _with_digits(receipt: Receipt, args: argparse.Namespace) -> Receipt:
    from digitreader.measure.evaluation import digits_link
    from digitreader.model.checks import read_part
    from digitreader.model.sealed_json import FINDER_CARD, format_of

    card = receipt.model.with_suffix(".json")
    if card.is_file() and format_of(read_part(card, "a model")) == FINDER_CARD:
        raise UsageError(f"{args.model}: finds digits and does not read them; leave out --data")
    link = digits_link(receipt, data_place(args), args.engine)
    return dataclasses.replace(receipt, links=(*receipt.links, link))


def to_json(receipt: Receipt) -> str:
    """The receipt as one JSON object."""
    checks = {link.name: {"state": link.state, "detail": link.detail} for link in receipt.links}
    return json.dumps(
        {
            "model": str(receipt.model),
            "verified": receipt.verified,
            "engine": receipt.engine,
            "device": dataclasses.asdict(receipt.device),
            "checks": checks,
        }
    )


def describe(receipt: Receipt) -> str:
    """The receipt for people."""
    device = receipt.device
    versions = f"Python {device.python}, NumPy {device.numpy}, OpenCV {device.opencv}, LiteRT {device.litert}"
    lines = [str(receipt.model), f"  on {device.board}, {device.system}", f"  {versions}"]
    lines += [f"  run by {receipt.engine}"] if receipt.engine else []
    marks = {"pass": "pass", "fail": "FAIL", "not tried": "not tried"}
    lines += [f"  {marks[link.state]:9}  {link.name:13}  {link.detail}".rstrip() for link in receipt.links]
    return "\n".join([*lines, _verdict(receipt)])


def _verdict(receipt: Receipt) -> str:
    if receipt.verified:
        return "verified"
    if any(link.state == "fail" for link in receipt.links):
        return "NOT verified: do not use this model"
    return "NOT completely verified: put the card beside the model"
