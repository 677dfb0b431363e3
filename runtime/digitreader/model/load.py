"""Loads a model by its name or path; one that fails any check is refused."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from digitreader.errors import ModelFormatError
from digitreader.model.card import ModelCard
from digitreader.model.checks import CHECKS, Inspection
from digitreader.model.engine import Engine, Logits
from digitreader.model.shipped import shipped_models
from digitreader.values import Activations, Glyphs


class Model:
    """A network that has passed its checks.

    Args:
        card: what is known of it.
        engine: what runs it.
    """

    def __init__(self, card: ModelCard, engine: Engine) -> None:
        self.card = card
        self._engine = engine

    def activations(self, glyphs: Glyphs) -> Activations:
        """Let the ten output neurons look at each glyph.

        Args:
            glyphs: (N, 28, 28) uint8 from the normalisation that the card names; N may be 0.
        Returns:
            (N, 10) float32, 0..1.
        """
        return sigmoid(self._engine.logits(glyphs))


def load_model(name_or_path: str) -> Model:
    """Load a shipped model by its name, or a .tflite with its card beside it.

    Raises:
        ModelFormatError: there is no such model, or a check refuses it.
    """
    inspection = Inspection(locate_model(name_or_path))
    for check in CHECKS.values():
        check(inspection)
    return Model(inspection.card, inspection.engine)


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


def sigmoid(logits: Logits) -> Activations:
    """Turn logits of any shape into activations, 0..1, without overflow at either end."""
    # exp of a large positive number would overflow; tanh never does
    activations: Activations = np.tanh(logits * np.float32(0.5)) * np.float32(0.5) + np.float32(0.5)
    return activations
