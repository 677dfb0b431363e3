"""Rules of numbers (--expect), and the digits that they allow."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import compress

import numpy as np
import numpy.typing as npt

from digitreader.errors import UsageError
from digitreader.reading.number_signs import FORMS, MINUS, NumberForm, places_of, value_of, with_point

Span = tuple[int, int]
"""The least and the greatest, both included."""

Values = tuple[Decimal, Decimal]
"""The least and the greatest value, both included."""

LONGEST = 24
"""Longest number that is matched against a rule; this bounds the time of a regular expression."""

KNOWN = (
    "digits=4, digits=3..5, range=0..9999, increasing, per-hour=0.5, wheels, point=3, decimal, clock, date, signed, "
    "regex=20[0-9]{2} or /20[0-9]{2}/"
)
PLAIN = frozenset({"increasing", "wheels", "decimal", "clock", "date", "signed"})
"""The rules that have no value."""

SPAN = re.compile(rf"([0-9]{{1,{LONGEST}}})(?:\.\.([0-9]{{1,{LONGEST}}}))?")
_VALUE = rf"-?[0-9]{{1,{LONGEST}}}(?:\.[0-9]{{1,{LONGEST}}})?"
VALUES = re.compile(rf"({_VALUE})\.\.({_VALUE})")
RULE = re.compile(r"\s*(/[^/]*/|regex=.*|[^,/]*)\s*(?:,|$)", re.DOTALL)
"""One rule and the comma behind it. A regular expression may contain commas, so regex= goes on to the end."""


@dataclass(frozen=True, slots=True)
class NumberRules:
    """The rules of --expect.

    Attributes:
        digits: how many digits it has, leading zeros included.
        values: the limits of its value.
        patterns: regular expressions; the whole number must match each of them.
        increasing: in a stream, it is no smaller than the number that was last announced in its place.
        per_hour: in a stream, it grows by this much an hour at most; None without such a limit.
        wheels: its digits stand on wheels; the last of them may stand between two digits, and the lower one counts.
        form: the name of its form in `FORMS`; empty if no signs stand between its digits.
        point: this many digits stand behind its point, whether the point is seen or not; 0 if that is not known.
        signed: a minus before it belongs to it.
    """

    digits: Span = (1, LONGEST)
    values: Values = (Decimal(1 - 10**LONGEST), Decimal(10**LONGEST - 1))
    patterns: tuple[re.Pattern[str], ...] = ()
    increasing: bool = False
    per_hour: Decimal | None = None
    wheels: bool = False
    form: str = ""
    point: int = 0
    signed: bool = False

    @property
    def number_form(self) -> NumberForm | None:
        """The form of numbers with signs between their digits; None if there are no signs."""
        return FORMS.get(self.form)

    def fits(self, number: str, *, least: Decimal | None = None, most: Decimal | None = None) -> bool:
        """Whether a number keeps every rule.

        Args:
            number: its digits, and the signs that belong to it; a text without digits is not a number.
            least: the smallest value that `increasing` allows; None allows all.
            most: the greatest value that `per_hour` allows; None allows all.
        """
        digits = number if number.isdecimal() else "".join(each for each in number if each.isdecimal())
        if not self.digits[0] <= len(digits) <= self.digits[1]:
            return False
        pointed = with_point(number, self.point)
        if self.point and places_of(pointed) != self.point:
            return False
        if self.form and not FORMS[self.form].fits(pointed.removeprefix(MINUS) if self.signed else pointed):
            return False
        value = value_of(pointed)
        if not self.values[0] <= value <= self.values[1]:
            return False
        if (least is not None and value < least) or (most is not None and value > most):
            return False
        return all(pattern.fullmatch(pointed) for pattern in self.patterns)


def parse_rules(arguments: Sequence[str]) -> NumberRules:
    """Parse the rules of every ``--expect``; a number must keep them all.

    Args:
        arguments: each one rule, or several with commas between them.

    Raises:
        UsageError: a rule is not known or makes no sense, or no number can keep all rules together.
    """
    rules = NumberRules()
    for rule in (rule for argument in arguments for rule in split_rules(argument)):
        name, equals, value = ("regex", "=", rule[1:-1]) if rule.startswith("/") else rule.partition("=")
        if name not in ADD or bool(equals) == (name in PLAIN):
            raise UsageError(f"--expect {rule!r}: no such rule; give one of {KNOWN}")
        rules = ADD[name](rules, value)
        greatest = min(rules.values[1], Decimal(10 ** rules.digits[1] - 1))
        if rules.digits[0] > rules.digits[1] or not rules.values[0] <= greatest:
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


def _with_digits(rules: NumberRules, value: str) -> NumberRules:
    span = _span(value, f"digits={value}", "digits=4 or digits=3..5")
    if not 1 <= span[0] <= span[1] <= LONGEST:
        raise UsageError(f"--expect 'digits={value}': a number has 1 to {LONGEST} digits, the smaller count first")
    return replace(rules, digits=_shared(rules.digits, span))


def _with_range(rules: NumberRules, value: str) -> NumberRules:
    found = VALUES.fullmatch(value)
    if found is None and SPAN.fullmatch(value) is None:
        raise UsageError(f"--expect 'range={value}': not understood; give range=0..9999")
    least, most = (Decimal(found[1]), Decimal(found[2])) if found is not None else (Decimal(1), Decimal(0))
    if least > most:
        raise UsageError(f"--expect 'range={value}': holds no numbers; give the smallest first: range=0..9999")
    return replace(rules, values=(max(rules.values[0], least), min(rules.values[1], most)))


def _with_pattern(rules: NumberRules, value: str) -> NumberRules:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # FutureWarning: a later Python may read the expression differently
            pattern = re.compile(value, re.ASCII)
    except (re.error, OverflowError, RecursionError) as error:
        raise UsageError(f"--expect {value!r}: not a regular expression as Python's re knows them: {error}") from error
    return replace(rules, patterns=(*rules.patterns, pattern))


def _with_increasing(rules: NumberRules, _: str) -> NumberRules:
    return replace(rules, increasing=True)


def _with_per_hour(rules: NumberRules, value: str) -> NumberRules:
    if re.fullmatch(r"[0-9]{1,12}(?:\.[0-9]{1,12})?", value) is None or not Decimal(value):
        raise UsageError(
            f"--expect 'per-hour={value}': not understood; give the most that is used in an hour: per-hour=0.5"
        )
    return replace(rules, per_hour=Decimal(value))


def _with_wheels(rules: NumberRules, _: str) -> NumberRules:
    return replace(rules, wheels=True)


def _with_point(rules: NumberRules, value: str) -> NumberRules:
    if not value.isdecimal() or not 1 <= int(value) < LONGEST:
        raise UsageError(f"--expect 'point={value}': not understood; give how many digits stand behind it: point=3")
    if rules.point and rules.point != int(value):
        raise UsageError(f"--expect 'point={value}': no number can keep this and the rules before it; leave one out")
    return replace(_with_form("decimal")(rules, f"point={value}"), point=int(value))


def _with_form(name: str) -> Callable[[NumberRules, str], NumberRules]:
    def add(rules: NumberRules, rule: str) -> NumberRules:
        if rules.form not in {"", name} or (rules.signed and name != "decimal"):
            raise UsageError(
                f"--expect {rule or name!r}: no number can keep this and the rules before it; leave one out"
            )
        return replace(rules, form=name)

    return add


def _with_sign(rules: NumberRules, _: str) -> NumberRules:
    if rules.form not in {"", "decimal"}:
        raise UsageError(f"--expect 'signed': a {rules.form} has no minus before it; leave one of the two out")
    return replace(rules, signed=True)


def _span(value: str, rule: str, example: str) -> Span:
    found = SPAN.fullmatch(value)
    if found is None:
        raise UsageError(f"--expect {rule!r}: not understood; give {example}")
    return int(found[1]), int(found[2] or found[1])


def _shared(one: Span, other: Span) -> Span:
    return max(one[0], other[0]), min(one[1], other[1])


ADD: Mapping[str, Callable[[NumberRules, str], NumberRules]] = {
    "digits": _with_digits,
    "range": _with_range,
    "increasing": _with_increasing,
    "per-hour": _with_per_hour,
    "wheels": _with_wheels,
    "point": _with_point,
    "decimal": _with_form("decimal"),
    "clock": _with_form("clock"),
    "date": _with_form("date"),
    "signed": _with_sign,
    "regex": _with_pattern,
}
"""How each rule is added to those before it, by its name."""


Chances = npt.NDArray[np.float64]
"""(S, 10) float64 in 0..1: how likely each candidate is each digit; the rest to 1 is that it is no digit."""

Ways = npt.NDArray[np.uint8]
"""(K, S) uint8: each row takes every candidate for a digit or for `NONE`."""

Masses = npt.NDArray[np.float64]
"""(K,) float64 in 0..1: how likely each way is."""

NONE = 10

MOST_WAYS = 1000
FAINTEST_WAY = 1e-5
"""At most MOST_WAYS combinations are tried; those less likely than this share of the best one are skipped."""

MISFIT = 0.1
"""Factor for the probability of a number that breaks the rules: a sure reading is not changed to fit them."""

SURE = 0.8
"""The sure digits of a number are all right together with at least this probability."""


@dataclass(frozen=True, slots=True, eq=False)
class Decoded:
    """The most likely number that fits.

    Attributes:
        labels: (S,) uint8, what each candidate is: a digit or `NONE`.
        chances: (S, 10), how likely each candidate is each digit, now that the rules are known.
        sure: (S,) bool, which candidates are sure.
        confidence: 0..1, how likely all of it is right; candidates that do not look like a digit are not counted.
        texts: the most likely numbers that fit, with their confidences, the best first.
    """

    labels: npt.NDArray[np.uint8]
    chances: Chances
    sure: npt.NDArray[np.bool_]
    confidence: float
    texts: dict[str, float]


def decode(
    chances: Chances, fits: Callable[[str], bool], *, threshold: float, signs: Sequence[str] = ()
) -> Decoded | None:
    """Find the most likely number that keeps the rules; no number, and one that breaks them, compete too.

    Args:
        chances: how likely each candidate is each digit, judged by itself.
        fits: whether a number keeps the rules; a text without digits never does.
        signs: the sign of the number before each candidate; empty if there are no signs.
        threshold: a number is less sure if it leaves out a candidate that is a digit with at least this probability.

    Returns:
        None if the rules were more likely broken than kept.
    """
    rows = np.column_stack([chances, np.clip(1.0 - chances.sum(axis=1), 0.0, 1.0)])
    ways, masses, unseen = likeliest_ways(rows)
    texts = [text_of(way, signs) for way in ways]
    fitting = np.fromiter(map(fits, texts), bool, len(texts))
    broken = ~fitting & (ways != NONE).any(axis=1)
    weights = np.where(broken, MISFIT * masses, masses)
    if weights[fitting].sum() <= weights[broken].sum():
        return None
    shares = weights / (weights.sum() + unseen)
    labels = ways[fitting.argmax()]
    posterior = np.stack([shares @ (ways == digit) for digit in range(10)], axis=1)
    stray = (labels == NONE) & (posterior.max(axis=1) < threshold)
    agree = (ways == labels) | (fitting[:, np.newaxis] & stray)
    likeliest = _summed(compress(zip(texts, shares.tolist(), strict=True), fitting))
    return Decoded(labels, posterior, certain_digits(agree, shares), float(shares[agree.all(axis=1)].sum()), likeliest)


def likeliest_ways(rows: npt.NDArray[np.float64]) -> tuple[Ways, Masses, float]:
    """The most likely ways to take every candidate for a digit or for no digit.

    Each candidate is judged by itself, so the best ways begin with the best beginnings. The search is therefore exact.

    Args:
        rows: (S, 11), how likely each candidate is each digit or `NONE`.

    Returns:
        The ways, the best first; how likely each is; and how likely all the ways together are that were not tried.
    """
    ways, masses = np.empty((1, 0), np.uint8), np.ones(1)
    for row in rows:
        grown = masses[:, np.newaxis] * row
        best = np.argsort(-grown, axis=None, kind="stable")[:MOST_WAYS]
        best = best[grown.flat[best] > FAINTEST_WAY * grown.max()]
        beginnings, labels = np.divmod(best, 11)
        ways, masses = np.column_stack([ways[beginnings], labels.astype(np.uint8)]), grown.flat[best]
    return ways, masses, max(0.0, 1.0 - float(masses.sum()))


def text_of(way: npt.NDArray[np.uint8], signs: Sequence[str] = ()) -> str:
    """The digits of one way, with the signs before its candidates; a sign stays even if its candidate is no digit."""
    labels = ["" if label == NONE else str(label) for label in way.tolist()]
    if not any(signs):
        return "".join(labels)
    return "".join(f"{sign}{label}" for sign, label in zip(signs, labels, strict=True)) if any(labels) else ""


def certain_digits(agree: npt.NDArray[np.bool_], shares: Masses) -> npt.NDArray[np.bool_]:
    """The candidates that are sure enough: the least sure are dropped until the others are sure together.

    Args:
        agree: (K, S), whether a combination agrees with the result for a candidate.
        shares: how likely each way is.

    Returns:
        (S,) bool.
    """
    sure = np.ones(agree.shape[1], bool)
    for doubtful in np.argsort(shares @ agree, kind="stable"):
        if shares[agree[:, sure].all(axis=1)].sum() >= SURE:
            return sure
        sure[doubtful] = False
    return sure


def _summed(texts: Iterable[tuple[str, float]]) -> dict[str, float]:
    """Add up the probabilities of ways that give the same number; the most likely number comes first."""
    summed: dict[str, float] = {}
    for text, share in texts:
        summed[text] = summed.get(text, 0.0) + share
    return dict(sorted(summed.items(), key=lambda item: -item[1]))
