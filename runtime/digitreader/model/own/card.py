"""The card of a model of your own; docs/card.md explains its fields, docs/card.schema.json has its schema."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from digitreader.model.accept import AcceptanceRule
from digitreader.model.card import FACTS_FORMAT, Figures, Golden, ModelFacts, check_confusion
from digitreader.model.engine.engine import TensorForm
from digitreader.model.own.numbers import Ink, Meaning, Range
from digitreader.model.sealed_json import OWN_CARD, Count, Share, read_sealed, write_sealed


class OwnMeasured(NamedTuple):
    """What was measured when the card was made.

    Attributes:
        data: the name of the digits.
        data_sha256: the hashes of their files, by name.
        chosen_on: how many digits were used to choose the form and the acceptance rule.
        as_given: accuracy on the test images without centring; images of another size are scaled to 28x28.
        test: the model's results on the test images, centred as the card says.
        accepted: the share of them that the acceptance rule takes for digits.
        confusion: 10 rows (the truth) of 10 counts (the reading).
        original: accuracy of the network that the file was converted from, on the same images; None if it is not known.
    """

    data: str
    data_sha256: Mapping[str, Any]
    chosen_on: Count
    as_given: Share
    test: Figures
    accepted: Share
    confusion: tuple[tuple[Count, ...], ...]
    original: Share | None


class OwnCard(NamedTuple):
    """Everything that is needed to read with a .tflite of any maker, written beside it as ``NAME.json``.

    Attributes:
        format: the name of the card's format.
        name: the model's name, also the stem of both files.
        purpose: what it is for, in one sentence.
        sha256: the hash of the .tflite file.
        size_bytes: the size of the .tflite file.
        variant: how it was made smaller, as far as the file shows it.
        operators: the kinds of its operators, each once.
        parameters: how many constants they have.
        input_shape: the shape of one glyph, with a batch of 1.
        input: the form of its numbers.
        range: the real numbers between which a pixel lies.
        ink: ``light`` on dark paper, or ``dark`` on light paper.
        centring: how ink is brought to 28x28.
        outputs: 10, or 11 if the last stands for "no digit".
        output: the form of the output's numbers.
        meaning: what these numbers are.
        acceptance: when an answer counts as a digit.
        measured: its results.
        versions: the versions of the libraries that ran it.
        repeat: the command that makes the card again.
        golden: drawn inks, with the results that the device must get from them.
    """

    format: str
    name: str
    purpose: str
    sha256: str
    size_bytes: Count
    variant: str
    operators: tuple[str, ...]
    parameters: Count
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
            ModelFormatError: it is not a card, has another format, or a byte of it was changed.
        """
        card = read_sealed(cls, OWN_CARD, content, source)
        check_confusion(card.measured.confusion, source)
        return card
