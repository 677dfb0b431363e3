"""The argument with which `digitreader read` is told what the numbers are like."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from digitreader.expect.rules import Rules

RULES = """\
What you know of each number, so that its digits are chosen together, as they most probably are in a number like that:
  digits=4              it has four digits; digits=3..5: three to five
  range=0..9999         its smallest and its greatest value
  increasing            in a stream: no smaller than the number announced before it in its place, as on a meter
  regex=20[0-9]{2}      a regular expression that the whole number matches; or between slashes: /20[0-9]{2}/
A digit that is not sure is printed as a question mark, 4?7, and a number that breaks the rules as question marks alone;
neither is announced in a stream. In JSON such a digit is null and has "alternatives", and each line has "numbers".
"""


def add_expect_argument(parser: argparse.ArgumentParser) -> None:
    """Declare ``--expect``."""
    parser.add_argument_group("what the numbers are like", RULES).add_argument(
        "--expect",
        action="append",
        default=[],
        metavar="RULE",
        help="a rule, or several with commas between them (regex= comes last, as commas belong to it); may be repeated",
    )


def expected_rules(args: argparse.Namespace) -> Rules | None:
    """The rules that ``--expect`` names; None where it was not given.

    Raises:
        UsageError: a rule that is not known or cannot be meant.
    """
    if not args.expect:
        return None
    from digitreader.expect.rules import parse_rules

    return parse_rules(args.expect)
