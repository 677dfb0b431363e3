"""`digitreader card`: finds out which input and output a .tflite of your own has, and writes its card."""

from __future__ import annotations

import argparse
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Any

from digitreader.cli.arguments import add_data_arguments, data_place
from digitreader.errors import UsageError
from digitreader.host.messages import print_warning

if TYPE_CHECKING:
    from digitreader.model.own.card import OwnMeasured
    from digitreader_export.own_model.make_card import CardResult

DESCRIPTION = """\
Write the card of a .tflite of your own, MODEL.json beside it; then read, evaluate, bench, compare and verify can use
it. The model takes one digit of 784, 28x28 or 28x28x1 numbers and gives ten numbers, one for each digit, or eleven, the
last for no digit: float32, int8 or uint8, of any converter. Labelled digits show which input the model needs (pixels of
0..1, 0..255 or -1..1, light or dark ink, which centring) and which output it gives (softmax, sigmoid or logits). Then
its confidences are calibrated, the threshold is chosen, and it is measured. TensorFlow is not needed. See docs/card.md.
"""

EXAMPLES = """\
examples:
  digitreader card mine.tflite                    with MNIST's digits
  digitreader card mine.tflite --data digits/     with other digits
  digitreader card mine.tflite --threshold 0.8    read only digits with at least this evidence
  digitreader read photo.jpg --model mine.tflite  what comes next
"""


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the command's arguments."""
    parser = subparsers.add_parser(
        "card",
        help="write the card of a .tflite of your own, so that it can be used",
        description=DESCRIPTION,
        epilog=EXAMPLES,
    )
    parser.add_argument("model", metavar="MODEL.tflite", help="the model; its card is written beside it")
    parser.add_argument("--purpose", metavar="TEXT", help="what the model is for, in one sentence")
    parser.add_argument("--threshold", type=float, metavar="P", help="least evidence of a digit, 0 to 1")
    parser.add_argument("--format", choices=("text", "json"), default="text", help="how to print it (default: text)")
    add_data_arguments(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Write the card and print what was found.

    Raises:
        ModelFormatError: there is no such model, or it reads no digits.
        DataError: there are no digits to try it on.
        UsageError: the model comes with digitreader, or the threshold is not valid.
        OutputError: the card cannot be written.
    """
    from digitreader.model.locate import locate_model, shipped_models

    if args.threshold is not None and not 0 <= args.threshold <= 1:
        raise UsageError(f"--threshold {args.threshold:g}: give a number from 0 to 1, such as 0.5")
    if args.model in shipped_models():
        raise UsageError(f"{args.model}: comes with digitreader and has its card; see: digitreader models")
    path = locate_model(args.model)
    _refuse_other_cards(path)
    from digitreader_export.own_model.digits import load_own_digits
    from digitreader_export.own_model.make_card import CardSettings, card_file

    extra: dict[str, Any] = {} if args.purpose is None else {"purpose": args.purpose}
    settings = CardSettings(threshold=args.threshold, repeat=_repeat(args, path), **extra)
    carded = card_file(path, load_own_digits(data_place(args)), settings)
    for warning in warnings_of(carded.card.measured, path):
        print_warning(warning)
    if args.format == "json":
        print(carded.card.to_bytes().decode().rstrip())
    else:
        print(describe(carded, path))
    return 0


def _refuse_other_cards(path: Path) -> None:
    from digitreader.model.checks import read_part
    from digitreader.model.sealed_json import OWN_CARD, format_of

    card = path.with_suffix(".json")
    if card.is_file() and (found := format_of(read_part(card, "a model"))) != OWN_CARD:
        what = "the card of a model that digitreader made" if found else "a file that is not a card"
        raise UsageError(f"{card}: is {what}; it is not replaced: give the .tflite another name")


def _repeat(args: argparse.Namespace, path: Path) -> str:
    # cards are passed on, so they must not contain paths of the disk on which they were made
    words = ["digitreader", "card", path.name]
    words += [] if args.purpose is None else ["--purpose", args.purpose]
    words += [] if args.threshold is None else ["--threshold", f"{args.threshold:g}"]
    words += ["--any-digits"] if args.any_digits else []
    return shlex.join(words)


LEAST_ACCURACY, MOST_ECE = 0.9, 0.05
"""A model that reads fewer, or whose confidence is farther from its share of right answers, is warned of."""


def warnings_of(measured: OwnMeasured, path: Path) -> list[str]:
    """What speaks against reading with a model, one line each."""
    warnings, test = [], measured.test
    if test.accuracy < LEAST_ACCURACY:
        warnings.append(
            f"{path}: reads only {test.accuracy:.1%} of these {test.n:,} digits; train it for longer, or give --data "
            f"digits like those that it learned from"
        )
    if test.ece > MOST_ECE:
        warnings.append(
            f"{path}: its confidence is {test.ece:.1%} from the share of right answers on the mean; give --data more "
            f"digits to calibrate it with"
        )
    return warnings


def describe(carded: CardResult, path: Path) -> str:
    """The results as text for people."""
    card, measured = carded.card, carded.card.measured
    shape = "x".join(map(str, card.input_shape[1:]))
    lines = [
        f"{path}: {card.size_bytes:,} bytes, {card.parameters:,} parameters, {card.variant}",
        f"operators   {', '.join(card.operators)}",
        f"takes       {shape} {card.input.dtype}, pixels {card.range}, {card.ink} ink, centred by {card.centring}",
        f"gives       {card.outputs} {card.output.dtype} numbers: {card.meaning}",
        f"accuracy    {measured.test.accuracy:.2%} of {measured.test.n:,} test digits of {measured.data}",
        f"            {measured.as_given:.2%} if the digits are not centred",
        f"confidence  calibration error {measured.test.ece:.2%} (15 bins), temperature {card.acceptance.temperature:g}",
        f"threshold   {card.acceptance.threshold:g}, which keeps {measured.accepted:.2%}",
        f"chosen on   {measured.chosen_on:,} other digits",
        *(f"            {line}" for line in _runners_up(carded)),
        f"card        {path.with_suffix('.json')}",
        f"next        digitreader verify {path}",
    ]
    return "\n".join(lines)


def _runners_up(carded: CardResult) -> list[str]:
    """The best of each other range and polarity, which shows how clear the choice was."""
    best: dict[object, str] = {}
    for each in carded.found.tried:
        way = f"{each.shown.range} {each.shown.ink} ink, {each.centring}"
        best.setdefault(each.shown, f"{way}: {each.accuracy:.1%}, surprise {each.surprise:.2f}")
    return [f"tried: {way}" for way in list(best.values())[:3]]
