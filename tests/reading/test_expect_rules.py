"""Rules of numbers: what the command line may say, which numbers keep it, and what is refused."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digitreader.errors import UsageError
from digitreader.reading.number_rules import LONGEST, NumberRules, parse_rules


def numbers_that_keep(*arguments: str, among: tuple[str, ...]) -> list[str]:
    rules = parse_rules(arguments)
    return [number for number in among if rules.fits(number)]


@pytest.mark.parametrize(
    ("rule", "kept", "broken"),
    [
        ("digits=4", ["0000", "1234"], ["123", "12345", ""]),
        ("digits=3..5", ["123", "1234", "12345"], ["12", "123456"]),
        ("range=7..120", ["7", "120", "007", "0120"], ["6", "121", "006", "1200"]),
        ("range=0..0", ["0", "00"], ["1", "01"]),
        ("regex=20[0-9]{2}", ["2000", "2099"], ["200", "20000", "12000", "1999"]),
        ("/20[0-9]{2}/", ["2000", "2099"], ["200", "20000", "12000", "1999"]),
        (r"/\d{1,2}/", ["1", "12"], ["123"]),
        (r"regex=\d{1,2}", ["1", "12"], ["123"]),
        ("increasing", ["0", "99"], [""]),
    ],
)
def test_a_rule_tells_the_numbers_that_keep_it_from_those_that_break_it(
    rule: str, kept: list[str], broken: list[str]
) -> None:
    assert numbers_that_keep(rule, among=(*kept, *broken)) == kept


@pytest.mark.parametrize(
    "arguments",
    [
        ("digits=2,range=10..50,/[0-9]5/",),
        ("digits=2", "range=10..50", "/[0-9]5/"),
        (" /[0-9]5/ , digits=2", "range=10..50"),
        ("/[0-9]5/,/[14]./",),
        ("digits=1..2,range=10..90", "digits=2..3,range=0..50,regex=.5"),
    ],
)
def test_a_number_must_keep_every_rule_however_they_are_given(arguments: tuple[str, ...]) -> None:
    among = ("15", "45", "14", "05", "55", "015", "5")
    assert numbers_that_keep(*arguments, among=among) == ["15", "45"]


def test_what_follows_regex_belongs_to_it() -> None:
    assert numbers_that_keep("digits=3,regex=1{2,3}", among=("11", "111")) == ["111"]


def test_only_increasing_looks_back() -> None:
    assert parse_rules(["increasing"]).increasing
    assert not parse_rules(["digits=4"]).increasing


@pytest.mark.parametrize(("number", "fits"), [("041", False), ("042", True), ("043", True), ("1", False)])
def test_a_number_smaller_than_the_least_breaks_the_rules(number: str, fits: bool) -> None:
    assert NumberRules().fits(number, least=Decimal(42)) == fits


@pytest.mark.parametrize(("number", "fits"), [("041", True), ("042", True), ("043", False), ("100", False)])
def test_a_number_greater_than_the_most_breaks_the_rules(number: str, fits: bool) -> None:
    assert NumberRules().fits(number, most=Decimal(42)) == fits


def test_a_number_longer_than_the_longest_keeps_no_rule() -> None:
    assert numbers_that_keep("/9*/", among=("9" * LONGEST, "9" * (LONGEST + 1))) == ["9" * LONGEST]


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ("digit=4", "--expect 'digit=4': no such rule; give one of digits=4"),
        ("", "--expect '': no such rule"),
        ("digits=4,", "--expect '': no such rule"),
        ("increasing=yes", "--expect 'increasing=yes': no such rule"),
        ("digits", "--expect 'digits': no such rule"),
        ("digits=0", "--expect 'digits=0': a number has 1 to 24 digits"),
        ("digits=25", "--expect 'digits=25': a number has 1 to 24 digits"),
        ("digits=5..3", "--expect 'digits=5..3': a number has 1 to 24 digits"),
        ("digits=four", "--expect 'digits=four': not understood; give digits=4 or digits=3..5"),
        ("digits=", "--expect 'digits=': not understood"),
        ("digits=-4", "--expect 'digits=-4': not understood"),
        ("digits=٤", "--expect 'digits=٤': not understood"),
        ("range=9..0", "--expect 'range=9..0': holds no numbers; give the smallest first"),
        ("range=5", "--expect 'range=5': holds no numbers"),
        ("range=0..", "--expect 'range=0..': not understood; give range=0..9999"),
        ("range=0.." + "9" * 5000, "not understood; give range=0..9999"),
        ("regex=[0-9", "--expect '[0-9': not a regular expression as Python's re knows them: unterminated"),
        ("/(/", "--expect '(': not a regular expression"),
        ("regex=1{99999999999}", "not a regular expression as Python's re knows them: the repetition number"),
        ("/20", "--expect '/20': a second slash ends a regular expression"),
        ("/20/x", "--expect '/20/x': a second slash ends a regular expression"),
        ("digits=2,digits=3", "--expect 'digits=3': no number can keep this and the rules before it"),
        ("range=0..9,range=10..20", "--expect 'range=10..20': no number can keep this"),
        ("digits=2,range=100..200", "--expect 'range=100..200': no number can keep this"),
        ("range=100..200,digits=2", "--expect 'digits=2': no number can keep this"),
    ],
)
def test_a_rule_that_cannot_be_meant_is_refused(rule: str, said: str) -> None:
    with pytest.raises(UsageError) as refused:
        parse_rules([rule])
    assert said in str(refused.value)


def test_a_pattern_that_python_warns_of_is_taken_in_silence(recwarn: pytest.WarningsRecorder) -> None:
    assert parse_rules(["/[[0-9]/"]).fits("7")
    assert not recwarn.list


@settings(deadline=None, derandomize=True)
@given(
    st.integers(1, LONGEST), st.integers(0, 10**6), st.integers(0, 10**6), st.from_regex(r"[0-9]{1,9}", fullmatch=True)
)
def test_length_and_value_are_checked_each_for_itself(count: int, one: int, other: int, number: str) -> None:
    least, most = sorted((one, other))
    rules = NumberRules(digits=(1, count), values=(Decimal(least), Decimal(most)))
    assert rules.fits(number) == (len(number) <= count and least <= int(number) <= most)


@settings(deadline=None, derandomize=True)
@given(st.text(max_size=30))
def test_whatever_is_given_is_rules_or_a_refusal_that_quotes_it(argument: str) -> None:
    refusal = refused(argument)
    assert refusal is None or refusal.startswith("--expect ")


def refused(argument: str) -> str | None:
    try:
        parse_rules([argument])
    except UsageError as refusal:
        return str(refusal)
    return None
