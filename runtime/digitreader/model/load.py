"""Loads models by name or path."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from digitreader.host.files import MOST_TEXT_BYTES, read_limited
from digitreader.model.card import ModelCard, ModelFacts
from digitreader.model.checks import CHECKS, FinderInspection, Inspection, sigmoid
from digitreader.model.engine import Engine, EngineName
from digitreader.model.engine.map_engine import MapEngine
from digitreader.model.glyph.features import features_of
from digitreader.model.glyph.normalise import normalise_glyphs
from digitreader.model.locate import locate_model
from digitreader.model.sealed_json import OWN_CARD, format_of
from digitreader.values import Activations, Glyph, Glyphs, Ink

if TYPE_CHECKING:
    from digitreader.model.own.card import OwnCard

LONGEST_FORMAT = 200
"""A card names its format within this many bytes, so it need not be parsed completely for that."""


class Model:
    """A network that has passed its checks.

    Args:
        facts: the facts that are needed to read with it.
        engine: runs it.
        card: its card; None if the file has no card beside it.
        normalise: makes glyphs from inks, as in its training.
    """

    def __init__(
        self,
        facts: ModelFacts,
        engine: Engine,
        card: ModelCard | OwnCard | None = None,
        *,
        normalise: Callable[[Sequence[Ink]], Glyphs] = normalise_glyphs,
    ) -> None:
        self.facts = facts
        self.engine = engine
        self.card = card
        self.normalise = normalise

    def normalise_one(self, ink: Ink) -> Glyph:
        """The glyph of one ink, as in the model's training.

        Raises:
            BlankGlyphError: the ink is empty.
        """
        glyph: Glyph = self.normalise([ink])[0]
        return glyph

    def activations(self, glyphs: Glyphs) -> Activations:
        """The activations of the ten output neurons for each glyph.

        Args:
            glyphs: (N, 28, 28) uint8 from the normalisation that the card names; N may be 0.
        Returns:
            (N, 10) float32, 0..1.
        """
        return sigmoid(self.engine.logits(features_of(glyphs, self.facts.features)))

    def set_threshold(self, threshold: float) -> None:
        """From now on accept a digit if its evidence is at least this, 0..1, instead of the card's threshold."""
        acceptance = dataclasses.replace(self.facts.acceptance, threshold=threshold)
        self.facts = self.facts._replace(acceptance=acceptance)


def load_model(name_or_path: str, engine: EngineName = "auto") -> Model:
    """Load a shipped model by its name, or a .tflite; a card beside it is checked.

    Args:
        name_or_path: the name of a shipped model, or the path of a .tflite.
        engine: the engine that will run it.

    Raises:
        ModelFormatError: there is no such model, or a check refuses it.
        MissingExtraError: the engine asked for is not installed.
    """
    path = locate_model(name_or_path)
    try:
        card = read_limited(path.with_suffix(".json"), MOST_TEXT_BYTES)
    except OSError:
        card = b""  # the first check reports the error
    if OWN_CARD.encode() in card[:LONGEST_FORMAT] and format_of(card) == OWN_CARD:
        return _load_own(path, engine)
    inspection = Inspection(path, engine)
    for check in CHECKS.values():
        check(inspection)
    return Model(inspection.facts, inspection.engine, inspection.card)


def _load_own(path: Path, engine: EngineName) -> Model:
    """Load a .tflite of any maker, with a card that `digitreader card` wrote."""
    from digitreader.model.own.checks import OWN_CHECKS, OwnInspection

    inspection = OwnInspection(path, engine)
    for check in OWN_CHECKS.values():
        check(inspection)
    return Model(inspection.card.facts(), inspection.engine, inspection.card, normalise=inspection.normalise)


def load_finder(name_or_path: str = "finder", engine: EngineName = "auto") -> MapEngine:
    """Load the shipped network that finds digits, or another one.

    Only `digitreader verify` checks the golden pictures: at each start they would take longer than a frame.

    Args:
        name_or_path: a shipped model, or the path of a .tflite with its card beside it.
        engine: the engine that will run it.

    Returns:
        An engine that takes pictures (H, W, 3) uint8 BGR, H and W multiples of 32, and gives geometry (H/4, W/4, 4) and
        maps (H/4, W/4, 10).

    Raises:
        ModelFormatError: there is no such model, its card is missing or changed, or the file is another one.
        MissingExtraError: the engine asked for is not installed.
    """
    inspection = FinderInspection(locate_model(name_or_path), engine)
    inspection.check_card()
    inspection.check_file()
    inspection.check_form()
    return inspection.engine
