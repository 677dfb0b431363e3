"""Readers and models that answer as they are told, so that what is counted is known beforehand."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest

from digitreader.drawing import write_glyph
from digitreader.find import Finder
from digitreader.model import Model
from digitreader.model.accept import AcceptanceRule
from digitreader.model.glyph.normalise import normalise_glyph
from digitreader.reading.pipeline import FrameReader
from digitreader.values import Box, Frame, GrayImage, Line, Page, Reading

RULE = AcceptanceRule(threshold=0.5)


class TellingReader:
    """Reads on each frame what it was told, by the frame's source or always the same, in every n-th frame."""

    def __init__(
        self, finder: Finder, answers: dict[str, Sequence[Reading]], always: Sequence[Reading], every: int
    ) -> None:
        self.finder = finder
        self.model = SimpleNamespace(facts=SimpleNamespace(acceptance=RULE))
        self._answers, self._always, self._every = answers, always, every

    def read(self, frame: Frame) -> Page:
        always = () if frame.index % self._every else self._always
        readings = tuple(self._answers.get(frame.source, always))
        return Page(frame.source, frame.index, frame.time_s, (Line(readings),) if readings else ())

    read_upright = read_next = read


@pytest.fixture
def telling(finder: Finder) -> Callable[..., FrameReader]:
    """Makes a reader that answers as it is told."""

    def make(
        answers: dict[str, Sequence[Reading]] | None = None, always: Sequence[Reading] = (), every: int = 1
    ) -> FrameReader:
        return cast("FrameReader", TellingReader(finder, answers or {}, always, every))

    return make


@pytest.fixture
def lit_model() -> Callable[..., Model]:
    """Makes a model whose n-th answer lights one neuron by so much: (digit, light)."""

    def make(*answers: tuple[int, float], rule: AcceptanceRule = RULE) -> Model:
        activations = np.full((len(answers), 10), 1e-6, np.float32)
        for row, (digit, light) in zip(activations, answers, strict=True):
            row[digit] = light
        calls: list[int] = []

        def answer(glyphs: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
            begin = sum(calls)
            calls.append(len(glyphs))
            return activations[begin : begin + len(glyphs)].copy()

        return cast(
            "Model",
            SimpleNamespace(activations=answer, normalise_one=normalise_glyph, facts=SimpleNamespace(acceptance=rule)),
        )

    return make


@pytest.fixture
def digit_image() -> Callable[[int], GrayImage]:
    """Draws a digit as MNIST has them: white on black, 28x28, centred."""

    def draw(digit: int) -> GrayImage:
        ink = write_glyph(digit, np.random.default_rng(digit), height_px=18)
        height, width = min(ink.shape[0], 26), min(ink.shape[1], 26)
        image = np.zeros((28, 28), np.uint8)
        top, left = (28 - height) // 2, (28 - width) // 2
        image[top : top + height, left : left + width] = ink[:height, :width]
        return image

    return draw


@pytest.fixture
def reading() -> Callable[..., Reading]:
    """Makes a reading: a digit in a box (x, y, width, height)."""

    def make(digit: int, *box: int, confidence: float = 0.9) -> Reading:
        return Reading(Box(*(box or (0, 0, 20, 30))), digit, confidence)

    return make
