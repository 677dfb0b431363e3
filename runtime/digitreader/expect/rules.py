"""The rules that a number is expected to keep: read from the command line, and asked whether a number keeps them."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from digitreader.errors import UsageError

Span = tuple[int, int]
"""The least and the greatest, both included."""

LONGEST = 24
"""Digits of the longest number that can keep any rule; so no regular expression is given more to chew on."""

KNOWN = "digits=4, digits=3..5, range=0..9999, increasing, regex=20[0-9]{2} or /20[0-9]{2}/"

SPAN = re.compile(rf"([0-9]{{1,{LONGEST}}})(?:\.\.([0-9]{{1,{LONGEST}}}))?")
RULE = re.compile(r"\s*(/[^/]*/|regex=.*|[^,/]*)\s*(?:,|$)", re.DOTALL)
"""One rule and the comma behind it: a regular expression has commas of its own, so regex= goes on to the end."""


@dataclass(frozen=True, slots=True)
class Rules:
    """What is known of every number.

    Attributes:
        digits: how many it has, zeros in front included.
        values: its value.
        patterns: what the whole of it must match, each of them.
        increasing: in a stream, it is no smaller than the number that was last announced in its place.
    """

    digits: Span = (1, LONGEST)
    values: Span = (0, 10**LONGEST - 1)
    patterns: tuple[re.Pattern[str], ...] = ()
    increasing: bool = False

    def fits(self, number: str, *, least: int = 0) -> bool:
        """Whether a number keeps every rule.

        Args:
            number: its digits; none are no number.
            least: the smallest value that `increasing` leaves.
        """
        if not self.digits[0] <= len(number) <= self.digits[1]:
            return False
        if not max(least, self.values[0]) <= int(number) <= self.values[1]:
            return False
        return all(pattern.fullmatch(number) for pattern in self.patterns)


def parse_rules(arguments: Sequence[str]) -> Rules:
    """Read the rules of every ``--expect``; a number is to keep them all.

    Args:
        arguments: each one rule, or several with commas between them.

    Raises:
        UsageError: a rule that is not known or cannot be meant, or rules that no number can keep together.
    """
    rules = Rules()
    for rule in (rule for argument in arguments for rule in split_rules(argument)):
        name, equals, value = ("regex", "=", rule[1:-1]) if rule.startswith("/") else rule.partition("=")
        if name not in ADD or bool(equals) == (name == "increasing"):
            raise UsageError(f"--expect {rule!r}: no such rule; give one of {KNOWN}")
        rules = ADD[name](rules, value)
        if rules.digits[0] > rules.digits[1] or not rules.values[0] <= min(rules.values[1], 10 ** rules.digits[1] - 1):
            raise UsageError(f"--expect {rule!r}: no number can keep this and the rules before it; leave one out")
    return rules


def split_rules(argument: str) -> Iterator[str]:
    """The rules of one argument, one by one.

    Raises:
        UsageError: a regular expression without its second slash.
    """
    at, more = 0, True
    while more:
        found = RULE.match(argument, at)
        if found is None:
            raise UsageError(f"--expect {argument[at:]!r}: a second slash ends a regular expression: /20[0-9]{{2}}/")
        yield found[1].strip()
        at, more = found.end(), found[0].endswith(",")


def _with_digits(rules: Rules, value: str) -> Rules:
    span = _span(value, f"digits={value}", "digits=4 or digits=3..5")
    if not 1 <= span[0] <= span[1] <= LONGEST:
        raise UsageError(f"--expect 'digits={value}': a number has 1 to {LONGEST} digits, the smaller count first")
    return replace(rules, digits=_shared(rules.digits, span))


def _with_range(rules: Rules, value: str) -> Rules:
    span = _span(value, f"range={value}", "range=0..9999")
    if ".." not in value or span[0] > span[1]:
        raise UsageError(f"--expect 'range={value}': holds no numbers; give the smallest first: range=0..9999")
    return replace(rules, values=_shared(rules.values, span))


def _with_pattern(rules: Rules, value: str) -> Rules:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what a later Python may read differently is read as this one does
            pattern = re.compile(value, re.ASCII)
    except (re.error, OverflowError, RecursionError) as error:
        raise UsageError(f"--expect {value!r}: not a regular expression as Python's re knows them: {error}") from error
    return replace(rules, patterns=(*rules.patterns, pattern))


def _with_increasing(rules: Rules, _: str) -> Rules:
    return replace(rules, increasing=True)


def _span(value: str, rule: str, example: str) -> Span:
    found = SPAN.fullmatch(value)
    if found is None:
        raise UsageError(f"--expect {rule!r}: not understood; give {example}")
    return int(found[1]), int(found[2] or found[1])


def _shared(one: Span, other: Span) -> Span:
    return max(one[0], other[0]), min(one[1], other[1])


ADD: Mapping[str, Callable[[Rules, str], Rules]] = {
    "digits": _with_digits,
    "range": _with_range,
    "increasing": _with_increasing,
    "regex": _with_pattern,
}
"""How each rule is added to those before it, by its name."""
