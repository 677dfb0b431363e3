"""Loads a model by its name or path; one that fails any check is refused."""

from __future__ import annotations

from pathlib import Path

from digitreader.engines import Engine, EngineName
from digitreader.errors import ModelFormatError
from digitreader.features import features_of
from digitreader.model.card import ModelCard
from digitreader.model.checks import CHECKS, Inspection
from digitreader.model.facts import ModelFacts
from digitreader.model.shipped import shipped_models
from digitreader.model.sigmoid import sigmoid
from digitreader.values import Activations, Glyphs


class Model:
    """A network that has passed its checks.

    Args:
        facts: what is needed to read with it.
        engine: what runs it.
        card: all that is known of it; None where the file came alone.
    """

    def __init__(self, facts: ModelFacts, engine: Engine, card: ModelCard | None = None) -> None:
        self.facts = facts
        self.engine = engine
        self.card = card

    def activations(self, glyphs: Glyphs) -> Activations:
        """Let the ten output neurons look at each glyph.

        Args:
            glyphs: (N, 28, 28) uint8 from the normalisation that the card names; N may be 0.
        Returns:
            (N, 10) float32, 0..1.
        """
        return sigmoid(self.engine.logits(features_of(glyphs, self.facts.features)))


def load_model(name_or_path: str, engine: EngineName = "auto") -> Model:
    """Load a shipped model by its name, or a .tflite; its card is checked where it lies beside it.

    Args:
        name_or_path: which.
        engine: what shall run it.

    Raises:
        ModelFormatError: there is no such model, or a check refuses it.
        MissingExtraError: the engine asked for is not installed.
    """
    inspection = Inspection(locate_model(name_or_path), engine)
    for check in CHECKS.values():
        check(inspection)
    return Model(inspection.facts, inspection.engine, inspection.card)


def locate_model(name_or_path: str) -> Path:
    """Find the .tflite that a user means.

    Raises:
        ModelFormatError: no shipped model has this name and no file this path.
    """
    shipped = shipped_models()
    if name_or_path in shipped:
        return shipped[name_or_path]
    path = Path(name_or_path)
    if path.suffix == ".tflite" and (path.is_file() or path.with_suffix(".json").is_file()):
        return path
    names = ", ".join(shipped) or "none"
    raise ModelFormatError(f"{name_or_path}: no such model; give the path of a .tflite, or a shipped name ({names})")
