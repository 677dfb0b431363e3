"""`digitreader score meter`: reads a simulated meter for a day, in fast time."""

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
Watch a drawn water meter of eight wheels, as `digitreader read --expect digits=8,point=3,wheels,increasing` does. Water
flows now and then. The last wheel turns slowly and stops anywhere, also between two digits; then the lower one counts.
Time without motion is left out of the film. A number is wrong if the meter did not show it, and late if it is not known
two seconds after the wheels stopped.
"""

EXAMPLES = """\
examples:
  digitreader score meter                       a day
  digitreader score meter --hours 1 --seed 3    an hour of another make
"""


def add_parser(parts: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the command's arguments."""
    brief = "a day of a simulated meter: wrong numbers and late ones"
    parser = add_part(parts, "meter", brief=brief, description=DESCRIPTION, examples=EXAMPLES)
    parser.add_argument(
        "--hours", type=number_between("time", 0, 1000), default=24.0, metavar="N", help="(default: 24)"
    )
    parser.add_argument(
        "--fps", type=number_between("frame rate", 0, 240), default=10.0, metavar="N", help="frames/s (default: 10)"
    )
    add_seed_argument(parser)
    add_size_argument(parser)
    add_report_arguments(parser, pictures=0)
    parser.set_defaults(score=score)


def score(args: argparse.Namespace, model: Model) -> PartResult:
    """Film and watch."""
    from digitreader.measure.report import PartResult
    from digitreader.measure.score.meter import MeterPlan, meter_text, score_meter
    from digitreader.reading.pipeline import FrameReader

    measured = score_meter(FrameReader(model), MeterPlan(args.hours, args.fps, args.seed, args.size))
    return PartResult(
        title="A meter, all day",
        figures=measured,
        text=meter_text(measured, model.facts.name),
        sections=list,
    )
