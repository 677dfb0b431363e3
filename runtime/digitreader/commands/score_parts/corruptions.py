"""`digitreader score corruptions`: MNIST's test digits, spoiled in fifteen ways."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from digitreader.commands.data_arguments import add_data_arguments, data_place
from digitreader.commands.score_parts.arguments import (
    add_part,
    add_seed_argument,
    add_telling_arguments,
    whole_number,
)

if TYPE_CHECKING:
    from digitreader.model import Model
    from digitreader.score.told import Told

DESCRIPTION = """\
Spoil MNIST's test digits in the fifteen ways of MNIST-C, at its strengths: shot_noise impulse_noise glass_blur
motion_blur shear scale rotate brightness translate stripe fog spatter dotted_line zigzag canny_edges. Each image goes
through the same normalisation as in `digitreader evaluate`. The corruptions are written anew after the published
recipe, and draw other random numbers, so that single images differ from the published ones.
"""

EXAMPLES = """\
examples:
  digitreader score corruptions
  digitreader score corruptions --limit 1000 --model accurate
  digitreader score corruptions --report corruptions.html       with a contact sheet
"""


def add_parser(parts: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the part's arguments."""
    brief = "MNIST's test digits, spoiled in the fifteen ways of MNIST-C"
    parser = add_part(parts, "corruptions", brief=brief, description=DESCRIPTION, examples=EXAMPLES)
    parser.add_argument(
        "--limit", type=whole_number("images", least=1), metavar="N", help="the first N images only (default: all)"
    )
    add_seed_argument(parser)
    add_data_arguments(parser)
    add_telling_arguments(parser)
    parser.set_defaults(score=score)


def score(args: argparse.Namespace, model: Model) -> Told:
    """Spoil the digits and read them.

    Raises:
        DataError: MNIST is not there.
    """
    from digitreader.data import LabelledImages, find_mnist
    from digitreader.score.corruptions.measure import score_corruptions
    from digitreader.score.corruptions.tell import corruptions_sections, corruptions_text
    from digitreader.score.told import Told

    digits = find_mnist(data_place(args)).read("test")
    if args.limit is not None:
        digits = LabelledImages(digits.images[: args.limit], digits.labels[: args.limit], digits.name)
    measured, samples = score_corruptions(model, digits, seed=args.seed)
    return Told(
        title=f"Fifteen corruptions of {digits.name}",
        figures=measured,
        text=corruptions_text(measured, f"{model.facts.name} on {digits.name}"),
        sections=lambda: corruptions_sections(measured, samples),
    )
