"""A page under rules: which readings make its numbers, what cannot be told of them, and what came before them."""

from __future__ import annotations

import numpy as np
import pytest

from digitreader.model.accept import AcceptanceRule, confidences_of, evidence_of
from digitreader.reading.number_rules import parse_rules
from digitreader.reading.rule_decoder import RuleDecoder, box_round
from digitreader.values import Box, Line, Page, Reading

THRESHOLD = 0.33


def candidate(column: int, group: int = 0, row: int = 0, **chances: float) -> Reading:
    """What a reader that keeps doubtful candidates gives: `d7=0.9` is a 7 with 0.9."""
    each = [chances.get(f"d{digit}", 0.0005) for digit in range(10)]
    best = max(range(10), key=each.__getitem__)
    return Reading(Box(40 * column, 60 * row, 30, 40), best, each[best], (), group, tuple(each), evidence=each[best])


MARKS = {
    "y": {"d1": 0.55, "d7": 0.4},
    "i": {"d1": 0.32},
    "h": {"d1": 0.45},
    "k": {"d6": 0.05},
    "e": {"d6": 0.001},
}
"""What is written that is not a sure digit: a 1 or a 7, hardly a 1, a 1 or nothing, and two letters."""


def written(text: str, row: int = 0, left: int = 0) -> Line:
    places = [(group, mark) for group, word in enumerate(text.split(" ")) for mark in word]
    return Line(
        tuple(
            candidate(left + column, group, row, **MARKS.get(mark, {f"d{mark}": 0.99}))
            for column, (group, mark) in enumerate(places)
        )
    )


def page(*lines: str) -> Page:
    return Page("a.jpg", lines=tuple(written(line, row) for row, line in enumerate(lines)))


def expect(*rules: str) -> RuleDecoder:
    return RuleDecoder(parse_rules(rules), THRESHOLD)


@pytest.mark.parametrize(
    ("line", "rules", "text"),
    [
        ("417", "digits=3", "417"),
        ("4y7", "digits=3", "4?7"),
        ("4y7", "range=400..450", "417"),
        ("4i7", "digits=3", "417"),
        ("4i7", "digits=2", "47"),
        ("4i7", "digits=1..9", "47"),
        ("4h7", "digits=1..9", "4?7"),
        ("4h7", "digits=2", "47"),
        ("417k", "digits=3", "417"),
        ("417k", "digits=1..9", "417"),
        ("417", "digits=4", "???"),
        ("417", "digits=2", "???"),
        ("417", "range=0..99", "???"),
        ("417 23", "digits=2", "??? 23"),
        ("kkk 23", "digits=2..3", "23"),
        ("iii", "digits=3", ""),
    ],
)
def test_each_number_of_a_line_is_read_by_the_rules(line: str, rules: str, text: str) -> None:
    assert expect(rules).decode(page(line)).text == text


def test_lines_keep_their_order_and_those_without_a_number_are_left_out() -> None:
    assert expect("digits=2").decode(page("12", "kk", "34")).text == "12\n34"


def test_a_page_without_anything_stays_so() -> None:
    assert expect("digits=2").decode(page()) == page()


def test_a_digit_that_is_not_sure_says_what_it_may_be() -> None:
    unsure = expect("digits=3").decode(page("4y7")).lines[0].readings[1]
    assert not unsure.sure
    assert [digit for digit, _ in unsure.alternatives] == [1, 7]
    assert dict(unsure.alternatives) == pytest.approx({1: 0.57, 7: 0.42}, abs=0.02)
    assert unsure.confidence == unsure.alternatives[0][1]


def test_a_number_that_is_not_sure_says_what_it_may_be() -> None:
    (number,) = expect("digits=3").decode(page("4y7")).lines[0].numbers
    assert (number.text, number.fits) == ("4?7", True)
    assert [text for text, _ in number.alternatives[:2]] == ["417", "477"]
    assert number.confidence == pytest.approx(0.57, abs=0.02)
    assert number.alternatives[0][1] == pytest.approx(number.confidence, abs=1e-6)


def test_a_sure_number_has_no_alternatives() -> None:
    (number,) = expect("digits=3").decode(page("417")).lines[0].numbers
    assert (number.text, number.fits, number.alternatives) == ("417", True, ())
    assert number.confidence > 0.95


def test_a_number_that_breaks_the_rules_says_what_it_reads_as() -> None:
    decoded = expect("digits=4").decode(page("417k")).lines[0]
    (number,) = decoded.numbers
    assert (number.text, number.confidence, number.fits) == ("???", 0.0, False)
    assert dict(number.alternatives) == pytest.approx({"417": 0.99**3})
    assert [(reading.sure, reading.confidence) for reading in decoded.readings] == [(False, 0.0)] * 3
    assert [reading.alternatives for reading in decoded.readings] == [((4, 0.99),), ((1, 0.99),), ((7, 0.99),)]


def test_a_reading_keeps_its_place_when_the_rules_change_its_digit() -> None:
    before = page("4y7")
    digits = expect("range=470..479").decode(before).lines[0].readings
    assert [(each.digit, each.sure, each.box) for each in digits] == [
        (digit, True, reading.box) for digit, reading in zip((4, 7, 7), before.lines[0].readings, strict=True)
    ]
    assert digits[1].confidence > 0.8


def test_a_reading_that_says_nothing_of_other_digits_counts_with_its_own() -> None:
    bare = Page("a.jpg", lines=(Line((Reading(Box(0, 0, 30, 40), 4, 0.99),)),))
    assert expect("digits=1").decode(bare).text == "4"
    refused = expect("digits=2").decode(bare).lines[0]
    assert (refused.text, refused.readings[0].alternatives) == ("?", ((4, 0.99),))


def corrected(column: int, neurons: dict[int, float]) -> Reading:
    """What a reader gives whose model corrects its confidences for how rarely a glyph is not a digit."""
    rule = AcceptanceRule(THRESHOLD, none=-4.0)
    row = np.array([[neurons.get(digit, 0.0005) for digit in range(10)]], np.float32)
    chances, evidence = confidences_of(row, rule)[0], evidence_of(row, rule)[0]
    best = int(chances.argmax())
    return Reading(
        Box(40 * column, 0, 30, 40), best, chances[best], (), 0, tuple(chances.tolist()), evidence=evidence[best]
    )


def test_a_letter_beside_a_number_stays_out_though_it_looks_most_like_a_digit() -> None:
    readings = [*(corrected(column, {column: 0.99}) for column in range(3)), corrected(3, {6: 0.06})]
    assert readings[3].confidence > 0.7
    decoded = expect("range=0..9999").decode(Page("a.jpg", lines=(Line(tuple(readings)),)))
    assert decoded.text == "012"
    assert decoded.lines[0].numbers[0].confidence > 0.8


def test_a_number_that_breaks_the_rules_has_no_candidates_of_too_little_evidence() -> None:
    readings = [*(corrected(column, {column: 0.99}) for column in range(3)), corrected(3, {6: 0.06})]
    (number,) = expect("digits=9").decode(Page("a.jpg", lines=(Line(tuple(readings)),))).lines[0].numbers
    assert (number.text, number.alternatives[0][0]) == ("???", "012")


def test_what_is_accepted_is_decoded_by_its_confidence() -> None:
    readings = [corrected(0, {4: 0.99}), corrected(1, {1: 0.45})]
    assert readings[1].evidence < 0.5
    assert readings[1].confidence > 0.9
    (number,) = expect("digits=1..9").decode(Page("a.jpg", lines=(Line(tuple(readings)),))).lines[0].numbers
    assert (number.text, number.fits) == ("41", True)


def test_a_number_of_too_little_evidence_is_none_however_likely_a_digit() -> None:
    reading = corrected(0, {1: 0.25})
    assert reading.evidence < THRESHOLD < reading.confidence
    assert expect("digits=1").decode(Page("a.jpg", lines=(Line((reading,)),))).text == ""


def test_numbers_that_break_the_rules_are_no_part_of_what_is_steady() -> None:
    steady, _ = expect("digits=2").decode_steady(page("417 23", "4177", "2y"))
    assert steady.text == "23\n2?"
    assert [number.text for line in steady.lines for number in line.numbers] == ["23", "2?"]


def test_a_number_is_no_smaller_than_the_one_remembered_in_its_place() -> None:
    rule_decoder = expect("increasing")
    rule_decoder.remember(rule_decoder.decode(page("450", "20")))
    assert rule_decoder.decode(page("449", "20")).text == "???\n20"
    assert rule_decoder.decode(page("450", "19")).text == "450\n??"
    assert rule_decoder.decode(page("4y7", "21")).text == "477\n21"


def test_a_number_that_has_gained_a_digit_is_in_the_same_place() -> None:
    rule_decoder = expect("increasing")
    rule_decoder.remember(rule_decoder.decode(page("99")))
    assert rule_decoder.decode(page("100")).text == "100"
    assert rule_decoder.decode(page("98")).text == "??"


def test_what_stands_beside_a_number_does_not_move_its_place() -> None:
    rule_decoder = expect("digits=2,increasing")
    rule_decoder.remember(rule_decoder.decode(page("41")))
    assert rule_decoder.decode(page("40" + 45 * "e")).text == "??"


def test_a_box_round_digits_holds_them_all() -> None:
    boxes = [Box(10, 5, 30, 40), Box(50, 20, 10, 50), Box(45, 0, 5, 5)]
    assert box_round([Reading(box, 0, 0.9) for box in boxes]) == Box(10, 0, 50, 70)


def test_another_place_has_a_past_of_its_own() -> None:
    rule_decoder = expect("increasing")
    rule_decoder.remember(rule_decoder.decode(page("450")))
    elsewhere = Page("a.jpg", lines=(written("12", row=3, left=6),))
    assert rule_decoder.decode(elsewhere).text == "12"


def test_what_was_remembered_last_counts() -> None:
    rule_decoder = expect("increasing")
    for text in ("10", "30"):
        rule_decoder.remember(rule_decoder.decode(page(text)))
    assert rule_decoder.decode(page("20")).text == "??"
    assert rule_decoder.decode(page("31")).text == "31"


def test_a_number_that_is_not_sure_is_not_remembered() -> None:
    rule_decoder = expect("digits=3,increasing")
    unsure = rule_decoder.decode(page("4y7"))
    rule_decoder.remember(unsure)
    assert rule_decoder.decode(page("400")).text == "400"


def test_without_increasing_nothing_is_held_against_a_smaller_number() -> None:
    rule_decoder = expect("digits=2")
    rule_decoder.remember(rule_decoder.decode(page("30")))
    assert rule_decoder.decode(page("20")).text == "20"


def test_places_are_forgotten_in_the_order_in_which_they_were_seen() -> None:
    rule_decoder = expect("increasing")
    first = page("50")
    rule_decoder.remember(rule_decoder.decode(first))
    for row in range(1, 101):
        rule_decoder.remember(rule_decoder.decode(Page("a.jpg", lines=(written("60", row),))))
    assert rule_decoder.decode(page("40")).text == "40"
