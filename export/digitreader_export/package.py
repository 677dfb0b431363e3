"""Puts a model file and its card together."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from digitreader.accept import AcceptanceRule
from digitreader.model.card import CARD_FORMAT, OUTPUT_LOGITS, Measured, ModelCard, Quantization
from digitreader.model.engine import Engine
from digitreader.model.plain import to_plain
from digitreader_export.golden import golden_answers
from digitreader_train.run_folder import Run
from digitreader_train.versions import installed_versions


@dataclass(frozen=True, slots=True, eq=False)
class Packed:
    """A model file with its card."""

    content: bytes
    card: ModelCard

    def files(self) -> dict[str, bytes]:
        """The two files by their names; the card goes in last."""
        return {f"{self.card.name}.tflite": self.content, f"{self.card.name}.json": self.card.to_bytes()}


def pack_model(
    name: str,
    kind: str,
    content: bytes,
    *,
    engine: Engine,
    rule: AcceptanceRule,
    measured: Measured,
    run: Run,
    repeat: str,
) -> Packed:
    """Make the card of a model file.

    Args:
        name: the model's name.
        kind: how it was quantized.
        content: the .tflite.
        engine: runs it.
        rule: when its answers count.
        measured: what it reaches.
        run: the training that it comes from.
        repeat: the command that exports it again.
    """
    recipe = run.record.recipe
    card = ModelCard(
        format=CARD_FORMAT,
        name=name,
        purpose=recipe.purpose,
        sha256=hashlib.sha256(content).hexdigest(),
        size_bytes=len(content),
        layers=recipe.layers,
        parameters=recipe.parameters,
        recipe=_plain_dict(recipe),
        repeat=(run.record.repeat, repeat),
        data=dict(run.record.data),
        normalisation=run.record.normalisation,
        quantization=Quantization(kind, engine.input, engine.output),
        output=OUTPUT_LOGITS,
        measured=measured,
        acceptance=rule,
        versions=installed_versions(),
        golden=golden_answers(engine),
    )
    return Packed(content, card)


def _plain_dict(record: object) -> dict[str, object]:
    plain = to_plain(record)
    if not isinstance(plain, dict):
        raise TypeError("a recipe is an object")
    return dict(plain)
