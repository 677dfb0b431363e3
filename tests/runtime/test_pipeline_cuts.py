"""Wide ink is cut apart according to its company: among digits readily, among letters hardly."""

from __future__ import annotations

from collections.abc import Sequence
from types import SimpleNamespace
from typing import cast

import cv2
import numpy as np
import pytest

from digitreader.accept import AcceptanceRule
from digitreader.model.load import Model
from digitreader.pipeline import SURE_PIECE, SURE_PIECE_NARROW, Reader, is_of_digits, least_sure, may_be_cut
from digitreader.touching import Span
from digitreader.values import Activations, Box, Candidate, Frame, Glyphs, GrayImage, Reading

RULE = AcceptanceRule()


class ScriptedModel:
    """Reads whole ink, and the two pieces of what is cut thereafter, as the script says; None for nothing."""

    def __init__(self, wholes: list[int | None], pieces: list[int], *, sure: float) -> None:
        self.facts = SimpleNamespace(acceptance=RULE)
        self.script: list[tuple[Sequence[int | None], float]] = [(wholes, 0.99), (pieces, sure)]

    def activations(self, glyphs: Glyphs) -> Activations:
        """(N, 10) float32, as `Model` gives them."""
        digits, sure = self.script.pop(0)
        rows = np.full((len(glyphs), 10), 1e-6, np.float32)
        for row, digit in zip(rows, digits, strict=True):
            if digit is not None:
                row[digit] = sure
        return rows


def page_of(things: str) -> GrayImage:
    """One line of rings ("o") and wide ones ("w")."""
    image = np.full((480, 900), 235, np.uint8)
    for place, thing in enumerate(things):
        across = 80 if thing == "w" else 36
        cv2.ellipse(image, (120 + 220 * place, 240), (across, 58), 0, 0, 360, (30,), 9, cv2.LINE_AA)
    return image


def halves_of(candidate: Candidate) -> list[Span]:
    """The left and the right half of the ink."""
    middle = candidate.ink.shape[1] // 2
    parts = candidate.ink[:, :middle], candidate.ink[:, middle:]
    return [Span(at, at + 1, candidate.box, part) for at, part in enumerate(parts)]


@pytest.mark.parametrize(
    ("things", "wholes", "pieces", "sure", "read"),
    [
        ("owo", [3, None, 5], [1, 4], 0.95, "3145"),
        ("owo", [3, None, None], [1, 4], 0.95, "3"),
        ("w", [None], [1, 4], 0.95, ""),
        ("w", [None], [7, 4], 0.95, "74"),
        ("w", [None], [7, 4], 0.6, ""),
        ("ow", [3, None], [7, 4], 0.6, "374"),
        ("ow", [None, None], [7, 4], 0.6, ""),
        ("ow", [3, None], [1, 1], 0.95, "3"),
    ],
    ids=[
        "a bar is a 1 among digits",
        "a bar is none among letters",
        "a bar is none where nothing else stands",
        "sure pieces are read wherever they stand",
        "pieces less sure are not",
        "but among digits they are",
        "and among letters they are not",
        "bars alone are no digits even there",
    ],
)
def test_pieces_are_read_according_to_their_company(
    monkeypatch: pytest.MonkeyPatch, things: str, wholes: list[int | None], pieces: list[int], sure: float, read: str
) -> None:
    monkeypatch.setattr("digitreader.pipeline.spans_of", halves_of)
    reader = Reader(cast("Model", ScriptedModel(wholes, pieces, sure=sure)))
    assert reader.read(Frame(page_of(things), "drawn")).text.replace(" ", "") == read


def reading(evidence: float) -> Reading:
    return Reading(Box(0, 0, 20, 60), 3, evidence, evidence=evidence)


def candidate(width: int = 20) -> Candidate:
    return Candidate(Box(0, 0, width, 60), np.ones((60, width), np.uint8), usual_px=60)


@pytest.mark.parametrize(("digits", "others", "mostly"), [(0, 0, False), (1, 0, True), (2, 1, True), (3, 2, False)])
def test_a_line_is_of_digits_where_twice_as_many_are_read_as_not(digits: int, others: int, mostly: bool) -> None:
    found = [(candidate(), reading(0.99))] * digits + [(candidate(), reading(0.01))] * others
    assert is_of_digits(found, RULE) is mostly


def test_wide_ink_speaks_neither_for_nor_against_its_line() -> None:
    found = [(candidate(), reading(0.99)), *[(candidate(90), reading(0.01))] * 5]
    assert is_of_digits(found, RULE)


@pytest.mark.parametrize(("width", "evidence", "cut"), [(90, 0.1, True), (90, 0.99, False), (20, 0.1, False)])
def test_only_wide_ink_that_reads_doubtfully_may_be_cut(width: int, evidence: float, cut: bool) -> None:
    assert may_be_cut(candidate(width), reading(evidence)) is cut


@pytest.mark.parametrize(("width", "least"), [(62, SURE_PIECE_NARROW), (90, SURE_PIECE)])
def test_ink_hardly_wider_than_a_letter_must_read_more_surely_by_pieces(width: int, least: float) -> None:
    assert least_sure(candidate(width), among_digits=True) == least
