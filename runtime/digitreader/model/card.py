"""The model card: what a .tflite is, how it was made, what it reaches, and what it must answer."""

from __future__ import annotations

import base64
import hashlib
import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from digitreader.accept import AcceptanceRule
from digitreader.errors import ModelFormatError
from digitreader.model.plain import Plain, canonical_json, from_plain, to_plain
from digitreader.values import GLYPH_SIDE, Glyph

CARD_FORMAT = "digitreader-card-1"
SEAL = "card_sha256"

OUTPUT_LOGITS = "logits; the runtime applies the sigmoid, so that the integers are the same on every machine"


# A comparison that nobody needs costs each class most of a millisecond of start-up, so only the first of them has one.
@dataclass(frozen=True, slots=True)
class TensorForm:
    """How a tensor's numbers stand for real ones: real = (number - zero_point) * scale."""

    dtype: str
    scale: float
    zero_point: int

    def to_real(self, numbers: npt.NDArray[Any]) -> npt.NDArray[np.float32]:
        """Turn raw tensor values, of any shape, into the real numbers that they stand for (float32)."""
        if self.dtype == "float32":
            return numbers.astype(np.float32)
        return (numbers.astype(np.float32) - np.float32(self.zero_point)) * np.float32(self.scale)


@dataclass(frozen=True, slots=True, eq=False)
class Quantization:
    """How the float network became this one; `kind` is ``float32`` where it did not."""

    kind: str
    input: TensorForm
    output: TensorForm


@dataclass(frozen=True, slots=True, eq=False)
class Figures:
    """How well a model reads `n` images: shares in 0..1, `ece` the expected calibration error."""

    n: int
    accuracy: float
    ece: float


@dataclass(frozen=True, slots=True, eq=False)
class Measured:
    """What was measured at export.

    Attributes:
        validation: this file on the images that chose the model.
        test: this file on images that chose nothing.
        keras_test: the Keras model that it was made from, on the same.
        agreement: the share of test images on which the two read the same digit.
    """

    validation: Figures
    test: Figures
    keras_test: Figures
    agreement: float


@dataclass(frozen=True, slots=True, eq=False)
class Golden:
    """A glyph and the exact answer of the network to it.

    Attributes:
        shows: what was drawn: a digit, or the name of a mark that is none.
        glyph: base64 of the zlib-compressed 784 pixel bytes.
        output: ten raw outputs; of a float model the logits, to three decimals.
    """

    shows: str
    glyph: str
    output: tuple[int | float, ...]

    def pixels(self) -> Glyph:
        """Unpack the glyph, (28, 28) uint8.

        Raises:
            ValueError: the text is not a packed glyph.
        """
        try:
            pixels = zlib.decompress(base64.b64decode(self.glyph, validate=True))
        except zlib.error as error:
            raise ValueError(str(error)) from error
        return np.frombuffer(pixels, np.uint8).reshape(GLYPH_SIDE, GLYPH_SIDE)


@dataclass(frozen=True, slots=True, eq=False)
class ModelCard:
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
        data: sha256 of the decompressed bytes of each data file, by its name.
        normalisation: the version of `normalise_glyph` that its glyphs must come from.
        output: what leaves the graph.
        acceptance: when an answer counts as a digit.
        versions: of the libraries that made it.
        golden: what it must answer, to the integer.
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
    data: Mapping[str, Any]
    normalisation: str
    quantization: Quantization
    output: str
    measured: Measured
    acceptance: AcceptanceRule
    versions: Mapping[str, Any]
    golden: tuple[Golden, ...]

    def to_bytes(self) -> bytes:
        """Write the card as canonical JSON; its last field is the sha256 of all the others."""
        return _seal(canonical_json(to_plain(self)).encode())

    @classmethod
    def from_bytes(cls, content: bytes, source: str) -> ModelCard:
        """Read a card; `source` names it in messages.

        Raises:
            ModelFormatError: no card, a card of another format, or one of which any byte was changed.
        """
        fields = _parse(content, source)
        if fields.get("format") != CARD_FORMAT:
            raise ModelFormatError(
                f"{source}: card format is {fields.get('format')!r}, need {CARD_FORMAT!r}; rerun digitreader export"
            )
        fields.pop(SEAL, None)
        try:
            card = from_plain(cls, fields)
        except ValueError as error:
            raise ModelFormatError(f"{source}: damaged card ({error}); rerun digitreader export") from error
        if _seal(content[:-SEAL_BYTES] + b"\n}") != content:
            raise ModelFormatError(
                f"{source}: the card was changed after it was sealed ({SEAL} does not fit); rerun digitreader export"
            )
        return card


def pack_glyph(glyph: Glyph) -> str:
    """Pack a (28, 28) uint8 glyph into the text that `Golden` keeps."""
    return base64.b64encode(zlib.compress(glyph.tobytes(), 9)).decode("ascii")


def _seal(body: bytes) -> bytes:
    """Add, as the last field of a canonical JSON object, the sha256 of the object without it."""
    return body[:-2] + f',\n "{SEAL}": "{hashlib.sha256(body).hexdigest()}"\n}}\n'.encode()


SEAL_BYTES = len(_seal(b"{\n}")) - len(b"{")
"""How much of a sealed card is its last field and what closes the object."""


def _parse(content: bytes, source: str) -> dict[str, Plain]:
    try:
        fields = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise ModelFormatError(f"{source}: the card is not JSON ({error}); rerun digitreader export") from error
    if not isinstance(fields, dict):
        raise ModelFormatError(f"{source}: the card is not a JSON object; rerun digitreader export")
    return fields
