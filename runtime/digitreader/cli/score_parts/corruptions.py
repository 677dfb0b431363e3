"""`digitreader score corruptions`: MNIST's test digits, spoiled in fifteen ways."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from digitreader.cli.arguments import add_data_arguments, data_place
from digitreader.cli.score_parts.arguments import (
    add_as_frames_argument,
    add_part,
    add_report_arguments,
    add_seed_argument,
    whole_number,
)

if TYPE_CHECKING:
    from digitreader.measure.data import LabelledImages
    from digitreader.measure.report import PartResult
    from digitreader.model import Model

FRAMES_LIMIT = 240

DESCRIPTION = """\
Spoil MNIST's test digits in the fifteen ways of MNIST-C, at its strengths: shot_noise impulse_noise glass_blur
motion_blur shear scale rotate brightness translate stripe fog spatter dotted_line zigzag canny_edges. The corruptions
follow the published recipe with other random numbers, so single images differ from the published ones. There are two
ways to judge:
  glyphs        each image is normalised and classified by itself, as in `digitreader evaluate`: only the network
  --as-frames   the digits are laid on paper as dark ink about 60 pixels high, twelve to a picture of 640x480, and each
                picture is read as `digitreader read` reads a frame: the finder and the network. Counted are digits read
                right, misread, and lost (not found, or not accepted), and readings that were invented.
"""

EXAMPLES = """\
examples:
  digitreader score corruptions
  digitreader score corruptions --limit 1000 --model accurate
  digitreader score corruptions --as-frames --limit 1000
  digitreader score corruptions --report corruptions.html       with a contact sheet
"""


def add_parser(parts: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the part's arguments."""
    brief = "MNIST's test digits, spoiled in the fifteen ways of MNIST-C"
    parser = add_part(parts, "corruptions", brief=brief, description=DESCRIPTION, examples=EXAMPLES)
    parser.add_argument(
        "--limit",
        type=whole_number("images", least=1),
        metavar="N",
        help=f"the first N images only (default: all; with --as-frames {FRAMES_LIMIT}, which takes minutes)",
    )
    add_as_frames_argument(parser)
    add_seed_argument(parser)
    add_data_arguments(parser, own=False)
    add_report_arguments(parser)
    parser.set_defaults(score=score)


def score(args: argparse.Namespace, model: Model) -> PartResult:
    """Spoil the digits and read them.

    Raises:
        DataError: MNIST is not there.
    """
    from digitreader.measure.data import LabelledImages, find_mnist

    digits = find_mnist(data_place(args)).read("test")
    limit = FRAMES_LIMIT if args.limit is None and args.as_frames else args.limit
    if limit is not None:
        digits = LabelledImages(digits.images[:limit], digits.labels[:limit], digits.name)
    judge = _score_as_frames if args.as_frames else _score_glyphs
    return judge(digits, model, args.seed)


def _score_glyphs(digits: LabelledImages, model: Model, seed: int) -> PartResult:
    from digitreader.measure.report import PartResult
    from digitreader.measure.score.corruptions import corruptions_sections, corruptions_text, score_corruptions

    measured, samples = score_corruptions(model, digits, seed=seed)
    return PartResult(
        title=f"Fifteen corruptions of {digits.name}",
        figures=measured,
        text=corruptions_text(measured, f"{model.facts.name} on {digits.name}"),
        sections=lambda: corruptions_sections(measured, samples),
    )


def _score_as_frames(digits: LabelledImages, model: Model, seed: int) -> PartResult:
    from digitreader.measure.report import PartResult
    from digitreader.measure.score.as_frames import score_corruptions_as_frames
    from digitreader.measure.score.as_frames_report import corruptions_sections, corruptions_text
    from digitreader.reading.pipeline import FrameReader

    measured, samples = score_corruptions_as_frames(FrameReader(model), digits, seed=seed)
    return PartResult(
        title=f"Fifteen corruptions of {digits.name}, laid on paper",
        figures=measured,
        text=corruptions_text(measured, f"{model.facts.name} on {digits.name}"),
        sections=lambda: corruptions_sections(measured, samples),
    )
