"""`digitreader score video`: counts false readings an hour in a video without digits."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from digitreader.cli.score_parts.arguments import (
    add_part,
    add_report_arguments,
    add_seed_argument,
    add_size_argument,
    number_between,
)

if TYPE_CHECKING:
    from digitreader.measure.report import PartResult
    from digitreader.model import Model

DESCRIPTION = """\
Watch a generated video without a single digit, as `digitreader read` watches a camera: an empty desk, empty papers,
papers with letters and operators, hands that come and go, light that changes. Every announced number is an error.
"""

EXAMPLES = """\
examples:
  digitreader score video                            ten minutes
  digitreader score video --minutes 60 --fps 15 --report video.html
  digitreader score video --minutes 1 --format json | jq .per_hour
"""


def add_parser(parts: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the part's arguments."""
    brief = "minutes of video without digits: false readings an hour"
    parser = add_part(parts, "video", brief=brief, description=DESCRIPTION, examples=EXAMPLES)
    parser.add_argument(
        "--minutes", type=number_between("time", 0, 10_000), default=10.0, metavar="N", help="(default: 10)"
    )
    parser.add_argument(
        "--fps", type=number_between("frame rate", 0, 240), default=30.0, metavar="N", help="frames/s (default: 30)"
    )
    add_seed_argument(parser)
    add_size_argument(parser)
    add_report_arguments(parser, pictures=12)
    parser.set_defaults(score=score)


def score(args: argparse.Namespace, model: Model) -> PartResult:
    """Film and watch.

    Raises:
        UsageError: a video of less than one frame.
    """
    from digitreader.errors import UsageError
    from digitreader.measure.report import PartResult
    from digitreader.measure.score.video import VideoPlan, score_video, video_sections, video_text
    from digitreader.reading.pipeline import FrameReader

    if round(60 * args.minutes * args.fps) < 1:
        raise UsageError(f"{args.minutes:g} minutes of {args.fps:g} frames/s have no frame; give more of one")
    plan = VideoPlan(args.minutes, args.fps, args.seed, args.size, args.pictures)
    measured, seen = score_video(FrameReader(model), plan)
    return PartResult(
        title="Video without digits",
        figures=measured,
        text=video_text(measured, model.facts.name),
        sections=lambda: video_sections(measured, seen),
    )
