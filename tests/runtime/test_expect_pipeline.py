"""What the pipeline keeps for the rules to judge: the doubtful candidates beside those that it accepts."""

from __future__ import annotations

from collections.abc import Sequence
from types import SimpleNamespace
from typing import cast

import cv2
import numpy as np
import pytest

from digitreader.accept import AcceptanceRule
from digitreader.demo import DemoSettings, scene
from digitreader.model.load import Model
from digitreader.pipeline import Reader
from digitreader.values import Activations, Frame, Glyphs, GrayImage, Line

PLAIN = DemoSettings(papers=("white",), pens=("felt",), folds=0.0, tilt_deg=2.0)


class LineModel:
    """Takes the candidates of a page for these digits, one after another, each with its own activation."""

    def __init__(self, seen: Sequence[tuple[int, float]], none: float) -> None:
        self.seen = seen
        self.facts = SimpleNamespace(acceptance=AcceptanceRule(none=none))

    def activations(self, glyphs: Glyphs) -> Activations:
        """Ten neurons a glyph, as `Model` gives them."""
        rows = np.full((len(glyphs), 10), 0.001, np.float32)
        for row, (digit, activation) in zip(rows, self.seen, strict=True):
            row[digit] = activation
        return rows


def lines_of(image: GrayImage, *seen: tuple[int, float], doubtful: bool, none: float = 0.0) -> tuple[Line, ...]:
    reader = Reader(cast("Model", LineModel(seen, none)), doubtful=doubtful)
    return reader.read(Frame(image, "drawn")).lines


def drawn(text: str) -> GrayImage:
    return scene(text, size_wh=(640, 480), settings=PLAIN, rng=np.random.default_rng(3)).image


@pytest.mark.parametrize("none", [0.0, -8.0])
def test_a_doubtful_candidate_is_kept_for_the_rules_alone(none: float) -> None:
    seen = (4, 0.99), (1, 0.2), (7, 0.99)
    (line,) = lines_of(drawn("353"), *seen, doubtful=True, none=none)
    assert [(reading.digit, reading.evidence >= 0.5) for reading in line.readings] == [
        (4, True),
        (1, False),
        (7, True),
    ]
    (line,) = lines_of(drawn("353"), *seen, doubtful=False, none=none)
    assert line.text == "47"


@pytest.mark.parametrize("none", [0.0, -8.0])
def test_a_line_in_which_nothing_is_accepted_is_left_out(none: float) -> None:
    seen = (4, 0.99), (7, 0.99), (1, 0.2), (1, 0.2)
    lines = lines_of(drawn("35\n35"), *seen, doubtful=True, none=none)
    assert [line.text for line in lines] == ["47"]


def test_a_reading_tells_how_likely_it_is_each_digit() -> None:
    ((reading,),) = (line.readings for line in lines_of(drawn("3"), (4, 0.9), doubtful=True))
    assert len(reading.chances) == 10
    assert reading.chances[4] == reading.confidence == max(reading.chances)
    # the odds of a 4 are 9 to 1 against no digit, and the other neurons are nearly dark
    assert 1 - sum(reading.chances) == pytest.approx(0.1, abs=0.002)


def test_a_bar_amid_blots_is_no_candidate_either() -> None:
    image = np.full((480, 640), 230, np.uint8)
    cv2.line(image, (320, 200), (320, 280), (20,), 8)
    assert [line.text for line in lines_of(image, (1, 0.99), doubtful=True)] == ["1"]
    for centre in ((250, 240), (390, 240), (320, 150)):
        cv2.circle(image, centre, 25, (20,), cv2.FILLED)
    reader = Reader(cast("Model", SameModel()), doubtful=True)
    assert reader.read(Frame(image, "drawn")).lines == ()


class SameModel:
    """Sees a 1 everywhere."""

    facts = SimpleNamespace(acceptance=AcceptanceRule())

    def activations(self, glyphs: Glyphs) -> Activations:
        """Ten neurons a glyph, as `Model` gives them."""
        row = np.full(10, 0.001, np.float32)
        row[1] = 0.99
        return np.tile(row, (len(glyphs), 1))
