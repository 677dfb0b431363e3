"""The model card: what a .tflite is, how it was made, what it reaches, and what it must answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from digitreader.accept import AcceptanceRule
from digitreader.engines.form import TensorForm
from digitreader.features import FeatureKind
from digitreader.model.facts import FACTS_FORMAT, ModelFacts
from digitreader.model.golden import Golden
from digitreader.model.sealed import READER_CARD, read_sealed, write_sealed

CARD_FORMAT = READER_CARD

OUTPUT_LOGITS = "logits; the runtime applies the sigmoid, so that the integers are the same on every machine"


# Named tuples, here and in what else is made at each start: Python takes a quarter of the time to make such a class
# that it takes for a frozen data class, which is most of a millisecond.
class Quantization(NamedTuple):
    """How the float network became this one.

    Attributes:
        variant: the name that ``digitreader export --variant`` knows it by.
        kind: the same in words.
        settings: what the user chose for it, such as the sparsity.
    """

    variant: str
    kind: str
    settings: Mapping[str, Any]
    input: TensorForm
    output: TensorForm


class Figures(NamedTuple):
    """How well a model reads `n` images: shares in 0..1, `ece` the expected calibration error."""

    n: int
    accuracy: float
    ece: float


class Measured(NamedTuple):
    """What was measured at export.

    Attributes:
        validation: this file on the images that chose the model.
        test: this file on images that chose nothing.
        keras_test: the Keras model that it was made from, on the same.
        agreement: the share of test images on which the two read the same digit.
        accepted: the share of test images that the acceptance rule takes for digits.
        confusion: of this file on the test images: 10 rows (the truth) of 10 counts (the reading).
    """

    validation: Figures
    test: Figures
    keras_test: Figures
    agreement: float
    accepted: float
    confusion: tuple[tuple[int, ...], ...]


class ModelCard(NamedTuple):
    """Everything about a model file, written beside it as ``NAME.json``.

    Attributes:
        name: the model's name, also the stem of both files.
        purpose: what it is for, in one sentence.
        sha256: of the .tflite file.
        size_bytes: of the same.
        layers: neurons per layer, the 784 pixels first.
        parameters: weights and biases.
        recipe: every setting of the training.
        repeat: the commands that make this file again.
        weights_sha256: of the ``weights.npz`` of the run that it comes from.
        data: sha256 of the decompressed bytes of each data file, by its name.
        normalisation: the version of `normalise_glyph` that its glyphs must come from.
        output: what leaves the graph.
        acceptance: when an answer counts as a digit.
        versions: of the libraries that made it.
        golden: what the device must make of drawn inks, link by link.
        features: what it is shown of a glyph.
        typefaces: the families of those with which its practice was printed.
    """

    format: str
    name: str
    purpose: str
    sha256: str
    size_bytes: int
    layers: tuple[int, ...]
    parameters: int
    recipe: Mapping[str, Any]
    repeat: tuple[str, ...]
    weights_sha256: str
    data: Mapping[str, Any]
    normalisation: str
    quantization: Quantization
    output: str
    measured: Measured
    acceptance: AcceptanceRule
    versions: Mapping[str, Any]
    golden: tuple[Golden, ...]
    features: FeatureKind = "pixels"
    typefaces: tuple[str, ...] = ()

    def to_bytes(self) -> bytes:
        """Write the card as canonical JSON; its last field is the sha256 of all the others."""
        return write_sealed(self)

    def facts(self) -> ModelFacts:
        """What of the card stands inside the model file as well."""
        return ModelFacts(
            format=FACTS_FORMAT,
            name=self.name,
            purpose=self.purpose,
            layers=self.layers,
            activation=str(self.recipe["activation"]),
            seed=int(self.recipe["seed"]),
            variant=self.quantization.variant,
            normalisation=self.normalisation,
            output=self.output,
            acceptance=self.acceptance,
            accuracy=self.measured.test.accuracy,
            ece=self.measured.test.ece,
            repeat=self.repeat,
            weights_sha256=self.weights_sha256,
            features=self.features,
        )

    @classmethod
    def from_bytes(cls, content: bytes, source: str) -> ModelCard:
        """Read a card; `source` names it in messages.

        Raises:
            ModelFormatError: no card, a card of another format, or one of which any byte was changed.
        """
        return read_sealed(cls, CARD_FORMAT, content, source)
