"""The card beside a model: its facts, its training, its acceptance rule and its figures."""

from __future__ import annotations

import base64
import hashlib
import json
import zlib
from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from digitreader.errors import ModelFormatError
from digitreader.model.accept import AcceptanceRule
from digitreader.model.engine.engine import TensorForm
from digitreader.model.glyph.features import FeatureKind
from digitreader.model.sealed_json import (
    READER_CARD,
    Count,
    Share,
    from_plain,
    read_sealed,
    to_plain,
    write_sealed,
)
from digitreader.values import GLYPH_SIDE, Glyph, Ink


class Golden(NamedTuple):
    """A test ink with all results: its glyph, the network's exact answer, and its activations.

    Attributes:
        shows: what was drawn: a digit, or the name of a mark that is not a digit.
        width_px: the width of the ink.
        ink: base64 of the zlib-compressed pixel bytes, row by row.
        glyph: the same for the 784 pixel bytes that the normalisation must make from the ink.
        output: ten raw outputs; for a float model the logits, with three decimals.
        activations: the ten neurons, 0..1, with five decimals.
    """

    shows: str
    width_px: int
    ink: str
    glyph: str
    output: tuple[int | float, ...]
    activations: tuple[float, ...]

    def ink_pixels(self) -> Ink:
        """Unpack the ink, (h, w) uint8.

        Raises:
            ValueError: the text is not a packed picture.
        """
        return _unpack(self.ink, self.width_px)

    def glyph_pixels(self) -> Glyph:
        """Unpack the glyph, (28, 28) uint8.

        Raises:
            ValueError: the text is not a packed glyph.
        """
        return _unpack(self.glyph, GLYPH_SIDE).reshape(GLYPH_SIDE, GLYPH_SIDE)


def pack_pixels(pixels: Ink | Glyph) -> str:
    """Pack a (h, w) uint8 picture into the text that `Golden` keeps."""
    return base64.b64encode(zlib.compress(pixels.tobytes(), 9)).decode("ascii")


MOST_PIXELS = 4_000_000


def inflate(packed: bytes, *, most: int) -> bytes:
    """Decompress zlib data, but never more bytes than `most`.

    Raises:
        ValueError: there are more bytes, or the data are cut short.
        zlib.error: the data are damaged.
    """
    unpacking = zlib.decompressobj()
    content = unpacking.decompress(packed, most)
    if unpacking.unconsumed_tail or not unpacking.eof:
        raise ValueError(f"it has more than {most:,} bytes, or is cut short")
    return content


def _unpack(text: str, width_px: int) -> npt.NDArray[np.uint8]:
    try:
        pixels = inflate(base64.b64decode(text, validate=True), most=MOST_PIXELS)
    except zlib.error as error:
        raise ValueError(str(error)) from error
    if width_px < 1:
        raise ValueError(f"it is {width_px} pixels wide")
    return np.frombuffer(pixels, np.uint8).reshape(-1, width_px)


FACTS_FORMAT = "digitreader-facts-1"
FACTS, SEAL = "digitreader_facts", "digitreader_seal"
"""The names of the two metadata entries, which are buffers in the .tflite."""

SEAL_BYTES = 32


class ModelFacts(NamedTuple):
    """The facts that reading with a model needs, and its origin.

    Attributes:
        name: the model's name.
        purpose: what it is for, in one sentence.
        layers: neurons per layer, the 784 pixels first.
        activation: the activation of the hidden layers.
        seed: the seed of its training.
        variant: how it was made smaller.
        normalisation: the version of `normalise_glyph` that its glyphs must come from.
        output: the meaning of the graph's output.
        acceptance: when an answer counts as a digit.
        accuracy: the share of test images that it reads right.
        ece: its expected calibration error there.
        repeat: the commands that make it again.
        weights_sha256: the hash of the trained weights that it was made from.
        features: the kind of its input.
    """

    format: str
    name: str
    purpose: str
    layers: tuple[Count, ...]
    activation: str
    seed: int
    variant: str
    normalisation: str
    output: str
    acceptance: AcceptanceRule
    accuracy: Share
    ece: Share
    repeat: tuple[str, ...]
    weights_sha256: str
    features: FeatureKind = "pixels"

    def to_bytes(self) -> bytes:
        """Write the facts as JSON on one line."""
        return json.dumps(to_plain(self), separators=(",", ":")).encode()

    @classmethod
    def from_bytes(cls, content: bytes, source: str) -> ModelFacts:
        """Read the facts; `source` names the model file in messages.

        Raises:
            ModelFormatError: no facts, or facts of another format.
        """
        try:
            plain = json.loads(content, parse_constant=_no_number)
            if plain.get("format") != FACTS_FORMAT:
                raise ModelFormatError(
                    f"{source}: its facts are of format {plain.get('format')!r}, this digitreader knows "
                    f"{FACTS_FORMAT!r}; export it again, or install the digitreader that made it"
                )
            return from_plain(cls, plain)
        except (ValueError, RecursionError, AttributeError) as error:
            raise ModelFormatError(f"{source}: damaged facts ({error}); rerun digitreader export") from error


def _no_number(word: str) -> float:
    raise ValueError(f"{word} is not a number")


def seal_of(content: bytes, at: int) -> bytes:
    """The seal of a model file: the sha256 of its content with the seal's own 32 bytes, from `at` on, as zeros."""
    digest = hashlib.sha256(content[:at])
    digest.update(bytes(SEAL_BYTES))
    digest.update(content[at + SEAL_BYTES :])
    return digest.digest()


CARD_FORMAT = READER_CARD

OUTPUT_LOGITS = "logits; the runtime applies the sigmoid, so that the integers are the same on every machine"


# Named tuples, here and in other modules that are loaded at each start: Python makes such a class in a quarter of the
# time for a frozen data class, which is most of a millisecond.
class Quantization(NamedTuple):
    """How the float network became this one.

    Attributes:
        variant: its name in ``digitreader export --variant``.
        kind: the same in words.
        settings: the settings that the user chose, such as the sparsity.
    """

    variant: str
    kind: str
    settings: Mapping[str, Any]
    input: TensorForm
    output: TensorForm


class Figures(NamedTuple):
    """How well a model reads `n` images: shares in 0..1, `ece` the expected calibration error."""

    n: Count
    accuracy: Share
    ece: Share


class Measured(NamedTuple):
    """What was measured at export.

    Attributes:
        validation: this file on the validation images, which were used to choose the model.
        test: this file on the test images, which were not used for any choice.
        keras_test: the Keras model that it was made from, on the test images.
        agreement: the share of test images on which the two read the same digit.
        accepted: the share of test images that the acceptance rule takes for digits.
        confusion: this file's confusion matrix on the test images: 10 rows (the truth) of 10 counts (the reading).
    """

    validation: Figures
    test: Figures
    keras_test: Figures
    agreement: Share
    accepted: Share
    confusion: tuple[tuple[Count, ...], ...]


def check_confusion(confusion: tuple[tuple[int, ...], ...], source: str) -> None:
    """Check that a confusion matrix has ten rows of ten counts.

    Raises:
        ModelFormatError: it has not.
    """
    if [len(row) for row in confusion] != [10] * 10:
        raise ModelFormatError(f"{source}: damaged card (confusion is not 10 x 10 counts); rerun digitreader export")


class ModelCard(NamedTuple):
    """Everything about a model file, written beside it as ``NAME.json``.

    Attributes:
        name: the model's name, also the stem of both files.
        purpose: what it is for, in one sentence.
        sha256: the hash of the .tflite file.
        size_bytes: the size of the .tflite file.
        layers: neurons per layer, the 784 pixels first.
        parameters: weights and biases.
        recipe: every setting of the training.
        repeat: the commands that make this file again.
        weights_sha256: the hash of the ``weights.npz`` of the run that it comes from.
        data: sha256 of the decompressed bytes of each data file, by its name.
        normalisation: the version of `normalise_glyph` that its glyphs must come from.
        output: the meaning of the graph's output.
        acceptance: when an answer counts as a digit.
        versions: the versions of the libraries that made it.
        golden: drawn inks, with the results that the device must get from them.
        features: the kind of its input.
        typefaces: the typeface families of the printed digits in its training.
        trained_on: what the digits are, in one sentence, if they are not MNIST's four files.
        started_from: the network whose training was continued, and the hash of its weights; empty for none.
    """

    format: str
    name: str
    purpose: str
    sha256: str
    size_bytes: Count
    layers: tuple[Count, ...]
    parameters: Count
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
    trained_on: str = ""
    started_from: tuple[str, ...] = ()

    def to_bytes(self) -> bytes:
        """Write the card as canonical JSON; its last field is the sha256 of all the others."""
        return write_sealed(self)

    def facts(self) -> ModelFacts:
        """The facts of the card that are also inside the model file."""
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
            ModelFormatError: it is not a card, has another format, or a byte of it was changed.
        """
        card = read_sealed(cls, CARD_FORMAT, content, source)
        try:
            card.facts()
        except (KeyError, TypeError, ValueError) as error:
            raise ModelFormatError(f"{source}: damaged card (recipe: {error}); rerun digitreader export") from error
        if any(len(each.activations) != 10 or len(each.output) != 10 for each in card.golden):
            raise ModelFormatError(
                f"{source}: damaged card (a golden answer has not ten numbers); rerun digitreader export"
            )
        check_confusion(card.measured.confusion, source)
        return card
