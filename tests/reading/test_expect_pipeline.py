"""What the pipeline keeps for the rules to judge: the doubtful candidates beside those that it accepts."""

from __future__ import annotations

from collections.abc import Sequence
from types import SimpleNamespace
from typing import cast

import numpy as np
import pytest

from digitreader.find import Finder, Findings
from digitreader.model.accept import AcceptanceRule
from digitreader.model.glyph.normalise import normalise_glyphs
from digitreader.model.load import Model
from digitreader.reading.pipeline import FrameReader
from digitreader.values import Activations, Box, Candidate, Frame, Glyphs, GrayImage, Line


class LineModel:
    """Takes the candidates of a page for these digits, one after another, each with its own activation."""

    normalise = staticmethod(normalise_glyphs)

    def __init__(self, seen: Sequence[tuple[int, float]], none: float) -> None:
        self.seen = seen
        self.facts = SimpleNamespace(acceptance=AcceptanceRule(none=none))

    def activations(self, glyphs: Glyphs) -> Activations:
        """Ten neurons a glyph, as `Model` gives them."""
        rows = np.full((len(glyphs), 10), 0.001, np.float32)
        for row, (digit, activation) in zip(rows, self.seen, strict=True):
            row[digit] = activation
        return rows


class LineFinder:
    """Finds a candidate for every character of some lines, from left to right."""

    def __init__(self, text: str) -> None:
        ink = np.full((40, 20), 255, np.uint8)
        places = [(row, column) for row, line in enumerate(text.split("\n")) for column in range(len(line))]
        boxes = [Box(60 + 70 * column, 60 + 150 * row, 40, 60) for row, column in places]
        self.candidates = [Candidate(box, ink, heat=0.9) for box in boxes]

    def find(self, _image: GrayImage) -> Findings:
        """As `Finder` gives them."""
        return Findings(self.candidates)


def lines_of(text: str, *seen: tuple[int, float], doubtful: bool, none: float = 0.0) -> tuple[Line, ...]:
    model, finder = cast("Model", LineModel(seen, none)), cast("Finder", LineFinder(text))
    reader = FrameReader(model, finder=finder, doubtful=doubtful)
    return reader.read(Frame(np.full((480, 640), 230, np.uint8), "drawn")).lines


@pytest.mark.parametrize("none", [0.0, -8.0])
def test_a_doubtful_candidate_is_kept_for_the_rules_alone(none: float) -> None:
    seen = (4, 0.99), (1, 0.03), (7, 0.99)
    (line,) = lines_of("353", *seen, doubtful=True, none=none)
    assert [(reading.digit, reading.evidence >= 0.5) for reading in line.readings] == [
        (4, True),
        (1, False),
        (7, True),
    ]
    (line,) = lines_of("353", *seen, doubtful=False, none=none)
    assert line.text == "47"


@pytest.mark.parametrize("none", [0.0, -8.0])
def test_a_line_in_which_nothing_is_accepted_is_left_out(none: float) -> None:
    seen = (4, 0.99), (7, 0.99), (1, 0.03), (1, 0.03)
    lines = lines_of("35\n35", *seen, doubtful=True, none=none)
    assert [line.text for line in lines] == ["47"]


def test_a_reading_tells_how_likely_it_is_each_digit() -> None:
    ((reading,),) = (line.readings for line in lines_of("3", (4, 0.97), doubtful=True))
    assert len(reading.chances) == 10
    assert reading.chances[4] == reading.confidence == max(reading.chances)
    # the odds of a 4 are 32 to 1 against no digit, the other neurons are nearly dark, and the finder is sure
    assert 0 < 1 - sum(reading.chances) < 0.2
