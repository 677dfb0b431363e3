"""Signs that belong to numbers: given marks become points, colons, slashes and minus signs, or part numbers."""

from __future__ import annotations

import pytest

from digitreader.errors import UsageError
from digitreader.reading.number_rules import parse_rules
from digitreader.reading.number_signs import steady_marks, value_of
from digitreader.reading.rule_decoder import RuleDecoder
from digitreader.values import Box, Line, Mark, Page, Reading


def line(text: str, *, gap: int = 10) -> Line:
    """A line with these digits and signs, each 30 pixels wide; a space is a gap of 90."""
    readings, marks, x, group = list[Reading](), list[Mark](), 0, 0
    for sign in text:
        if sign == " ":
            x, group = x + 90, group + 1
            continue
        if sign.isdecimal():
            chances = tuple(0.99 if digit == int(sign) else 0.0005 for digit in range(10))
            readings.append(Reading(Box(x, 0, 30, 60), int(sign), 0.99, chances, group, chances, evidence=0.99))
        else:
            marks.append(Mark(sign, Box(x, 20, 30, 20)))
            group += 1
        x += 30 + gap
    return Line(tuple(readings), marks=tuple(marks))


def told(rules: str, text: str) -> str:
    return RuleDecoder(parse_rules([rules]), 0.5).decode(Page("a", lines=(line(text),))).text


@pytest.mark.parametrize(
    ("rules", "text", "number"),
    [
        ("digits=1..4", "12.05", "12 05"),
        ("decimal", "12.05", "12.05"),
        ("decimal", "12,05", "12,05"),
        ("decimal", "12", "12"),
        ("decimal", "1,2,3", "1 2 3"),
        ("decimal", "1, 25", "1 25"),
        ("decimal", "12,34,5", "12 34 5"),
        ("decimal", "12/05", "12 05"),
        ("clock", "12:05", "12:05"),
        ("clock", "7:45:10", "7:45:10"),
        ("clock", "27:05", "????"),
        ("date", "24/12/2026", "24/12/2026"),
        ("date", "2026-12-24", "2026-12-24"),
        ("date", "45/12", "????"),
        ("signed", "-5", "-5"),
        ("signed", "7-5", "7 5"),
        ("signed", "7 -5", "7 -5"),
        ("signed,decimal", "-5.5", "-5.5"),
        ("digits=5,point=3", "12345", "12.345"),
        ("digits=5,point=3", "12.345", "12.345"),
        ("digits=5,point=3", "123.45", "?????"),
        ("digits=5,point=3", "1234", "????"),
    ],
)
def test_signs_that_the_rules_expect_are_part_of_the_number(rules: str, text: str, number: str) -> None:
    said = told(rules, text)
    assert (said if number.strip("?") else "".join(each for each in said if each == "?")) == number


@pytest.mark.parametrize(
    "rules", ["clock,date", "clock,signed", "point=0", "point=x", "point=1,point=2", "decimal=2", "per-hour=0"]
)
def test_rules_that_cannot_be_meant_are_refused(rules: str) -> None:
    with pytest.raises(UsageError, match="--expect"):
        parse_rules([rules])


def test_a_range_may_have_places_after_the_point_and_a_minus() -> None:
    rules = parse_rules(["signed,decimal,range=-5.5..20"])
    assert [rules.fits(text) for text in ("-5.5", "-5.6", "20", "20.1")] == [True, False, True, False]


def test_a_number_is_worth_the_same_with_a_comma() -> None:
    assert value_of("12,05") == value_of("12.05")
    assert value_of("-3") == -3


def test_a_dot_that_is_missed_in_some_frames_stays_and_one_that_is_seen_once_does_not_come() -> None:
    dot, speck = Mark(".", Box(50, 50, 6, 6)), Mark(".", Box(200, 50, 6, 6))
    frames = [[dot], [], [dot], [dot, speck], []]
    assert steady_marks(frames, 60) == (dot,)
