"""Measures one model file on digits: what it reads, how large it is, how it computes. No clock is looked at."""

from __future__ import annotations

import zlib
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from digitreader.measure.evaluation import expected_calibration_error
from digitreader.model.accept import AcceptanceRule, confidences_of
from digitreader.model.card import ModelCard
from digitreader.model.checks import sigmoid
from digitreader.model.engine import Engine, make_engine
from digitreader.model.tflite.read import read_graph
from digitreader_export.comparison.arena import peak_arena_bytes
from digitreader_export.comparison.arithmetic import Arithmetic, arithmetic_of
from digitreader_train.digits import LabelledGlyphs

COMPRESSION_LEVEL = 9
"""Of zlib, which is what a download or a firmware image would shrink it with."""


@dataclass(frozen=True, slots=True, eq=False)
class Subject:
    """A model to be measured: the name of its variant, its file, its card."""

    name: str
    content: bytes
    card: ModelCard


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """What a model makes of N digits.

    Attributes:
        read: (N,) the digit of each.
        right: (N,) bool, whether that is the truth.
        ece: expected calibration error, 0..1, of the confidences that its own acceptance rule gives; 15 bins.
    """

    read: npt.NDArray[np.intp]
    right: npt.NDArray[np.bool_]
    ece: float

    @property
    def accuracy(self) -> float:
        """The share that is right."""
        return float(self.right.mean())


@dataclass(frozen=True, slots=True, eq=False)
class Measured:
    """All figures of a model that are the same at every measurement.

    Attributes:
        name: of its variant.
        settings: what the user chose for it, in words; may be empty.
        test: what it makes of the test digits.
        validation: and of the validation digits.
        file_bytes: of the .tflite.
        compressed_bytes: of the same through zlib.
        arithmetic: which operators run in integers.
        arena_bytes: the most that its values need at once, for one glyph.
    """

    name: str
    settings: str
    test: Reading
    validation: Reading
    file_bytes: int
    compressed_bytes: int
    arithmetic: Arithmetic
    arena_bytes: int


def measure(subject: Subject, *, test: LabelledGlyphs, validation: LabelledGlyphs) -> Measured:
    """Measure a model.

    Raises:
        ModelFormatError: no engine here can run it.
    """
    engine = make_engine(subject.content, subject.name)
    graph = read_graph(subject.content, subject.name)
    return Measured(
        name=subject.name,
        settings=", ".join(f"{name} {value}" for name, value in subject.card.quantization.settings.items()),
        test=read_digits(engine, subject.card.acceptance, test),
        validation=read_digits(engine, subject.card.acceptance, validation),
        file_bytes=len(subject.content),
        compressed_bytes=len(zlib.compress(subject.content, COMPRESSION_LEVEL)),
        arithmetic=arithmetic_of(graph),
        arena_bytes=peak_arena_bytes(graph),
    )


def read_digits(engine: Engine, rule: AcceptanceRule, digits: LabelledGlyphs) -> Reading:
    """Let a model read digits; `rule` makes confidences of its activations."""
    activations = sigmoid(engine.logits(digits.glyphs))
    read = activations.argmax(axis=1)
    right = read == digits.labels
    return Reading(read, right, expected_calibration_error(confidences_of(activations, rule).max(axis=1), right))
