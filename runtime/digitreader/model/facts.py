"""What a model file says of itself: facts and a seal inside the .tflite, so that it still reads without its card."""

from __future__ import annotations

import hashlib
import json
from typing import NamedTuple

from digitreader.accept import AcceptanceRule
from digitreader.errors import ModelFormatError
from digitreader.features import FeatureKind
from digitreader.model.plain import from_plain, to_plain

FACTS_FORMAT = "digitreader-facts-1"
FACTS, SEAL = "digitreader_facts", "digitreader_seal"
"""The names of the two metadata entries; they are buffers of the .tflite, as its schema has it."""

SEAL_BYTES = 32


class ModelFacts(NamedTuple):
    """What is needed to read with a model, and where it comes from.

    Attributes:
        name: the model's name.
        purpose: what it is for, in one sentence.
        layers: neurons per layer, the 784 pixels first.
        activation: of the hidden layers.
        seed: of its training.
        variant: how it was made smaller.
        normalisation: the version of `normalise_glyph` that its glyphs must come from.
        output: what leaves the graph.
        acceptance: when an answer counts as a digit.
        accuracy: the share of test images that it reads right.
        ece: its expected calibration error there.
        repeat: the commands that make it again.
        weights_sha256: of the trained weights that it was made from.
        features: what it is shown of a glyph.
    """

    format: str
    name: str
    purpose: str
    layers: tuple[int, ...]
    activation: str
    seed: int
    variant: str
    normalisation: str
    output: str
    acceptance: AcceptanceRule
    accuracy: float
    ece: float
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
            plain = json.loads(content)
            if plain.get("format") != FACTS_FORMAT:
                raise ModelFormatError(
                    f"{source}: its facts are of format {plain.get('format')!r}, this digitreader knows "
                    f"{FACTS_FORMAT!r}; export it again, or install the digitreader that made it"
                )
            return from_plain(cls, plain)
        except (ValueError, RecursionError, AttributeError) as error:
            raise ModelFormatError(f"{source}: damaged facts ({error}); rerun digitreader export") from error


def seal_of(content: bytes, at: int) -> bytes:
    """The seal of a model file: the sha256 of its content with the seal's own 32 bytes, from `at` on, as zeros."""
    digest = hashlib.sha256(content[:at])
    digest.update(bytes(SEAL_BYTES))
    digest.update(content[at + SEAL_BYTES :])
    return digest.digest()
