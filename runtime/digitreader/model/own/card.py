"""The card of a model of your own; docs/card.md says what each field is, docs/card.schema.json which form it has."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from digitreader.model.accept import AcceptanceRule
from digitreader.model.card import FACTS_FORMAT, Figures, Golden, ModelFacts
from digitreader.model.engine.engine import TensorForm
from digitreader.model.own.numbers import Ink, Meaning, Range
from digitreader.model.sealed_json import OWN_CARD, read_sealed, write_sealed


class OwnMeasured(NamedTuple):
    """What was measured when the card was made.

    Attributes:
        data: what the digits are called.
        data_sha256: of their files, by name.
        chosen_on: how many digits chose the form and the acceptance rule.
        as_given: accuracy on the test images as they are, without any centring; where they are not 28x28, scaled to it.
        test: what the model reaches on the test images, centred as the card says.
        accepted: the share of them that the acceptance rule takes for digits.
        confusion: 10 rows (the truth) of 10 counts (the reading).
        original: accuracy of the network that the file was converted from, on the same; None if it is not known.
    """

    data: str
    data_sha256: Mapping[str, Any]
    chosen_on: int
    as_given: float
    test: Figures
    accepted: float
    confusion: tuple[tuple[int, ...], ...]
    original: float | None


class OwnCard(NamedTuple):
    """Everything that is needed to read with a .tflite of any maker, written beside it as ``NAME.json``.

    Attributes:
        format: names the form of the card.
        name: the model's name, also the stem of both files.
        purpose: what it is for, in one sentence.
        sha256: of the .tflite file.
        size_bytes: of the same.
        variant: how it was made smaller, as far as the file tells.
        operators: which operators it has, each once.
        parameters: how many constants they hold.
        input_shape: of one glyph, with a batch of 1.
        input: the form of its numbers.
        range: the real numbers between which a pixel lies.
        ink: ``light`` on dark paper, or ``dark`` on light paper.
        centring: how ink is brought to 28x28.
        outputs: 10, or 11 where the last stands for "no digit".
        output: the form of the numbers that come out.
        meaning: what they are.
        acceptance: when an answer counts as a digit.
        measured: what it reaches.
        versions: of the libraries that ran it.
        repeat: the command that makes the card again.
        golden: what the device must make of drawn inks.
    """

    format: str
    name: str
    purpose: str
    sha256: str
    size_bytes: int
    variant: str
    operators: tuple[str, ...]
    parameters: int
    input_shape: tuple[int, ...]
    input: TensorForm
    range: Range
    ink: Ink
    centring: str
    outputs: int
    output: TensorForm
    meaning: Meaning
    acceptance: AcceptanceRule
    measured: OwnMeasured
    versions: Mapping[str, Any]
    repeat: tuple[str, ...]
    golden: tuple[Golden, ...]

    def to_bytes(self) -> bytes:
        """Write the card as canonical JSON; its last field is the sha256 of all the others."""
        return write_sealed(self)

    def facts(self) -> ModelFacts:
        """The card's facts in the form of digitreader's own models."""
        return ModelFacts(
            format=FACTS_FORMAT,
            name=self.name,
            purpose=self.purpose,
            layers=(784, self.outputs),
            activation="",
            seed=0,
            variant=self.variant,
            normalisation=self.centring,
            output=self.meaning,
            acceptance=self.acceptance,
            accuracy=self.measured.test.accuracy,
            ece=self.measured.test.ece,
            repeat=self.repeat,
            weights_sha256="",
        )

    @classmethod
    def from_bytes(cls, content: bytes, source: str) -> OwnCard:
        """Read a card; `source` names it in messages.

        Raises:
            ModelFormatError: no card, a card of another format, or one of which any byte was changed.
        """
        return read_sealed(cls, OWN_CARD, content, source)
