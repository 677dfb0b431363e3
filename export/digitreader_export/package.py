"""Puts a model file and its card together."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from digitreader.model.accept import AcceptanceRule
from digitreader.model.card import CARD_FORMAT, OUTPUT_LOGITS, Measured, ModelCard, Quantization
from digitreader.model.engine import make_engine
from digitreader.model.sealed_json import to_plain
from digitreader.model.training_history import SUFFIX as HISTORY_SUFFIX
from digitreader_export.golden import golden_answers
from digitreader_export.reliability import SUFFIX
from digitreader_export.sealing import seal_model
from digitreader_export.settings import VariantSettings
from digitreader_export.variants import VARIANTS
from digitreader_train.run_folder import Run
from digitreader_train.versions import installed_versions


@dataclass(frozen=True, slots=True, eq=False)
class Packed:
    """A model file with its card and its reliability diagram, a PNG; and how it learned, where the training kept it."""

    content: bytes
    card: ModelCard
    reliability: bytes
    history: bytes | None = None

    def files(self) -> dict[str, bytes]:
        """The files by their names; the card goes in last."""
        name = self.card.name
        return {
            f"{name}.tflite": self.content,
            f"{name}{SUFFIX}": self.reliability,
            **({} if self.history is None else {f"{name}{HISTORY_SUFFIX}": self.history}),
            f"{name}.json": self.card.to_bytes(),
        }


def pack_model(
    name: str,
    variant: str,
    content: bytes,
    *,
    settings: VariantSettings,
    rule: AcceptanceRule,
    measured: Measured,
    reliability: bytes,
    run: Run,
    repeat: str,
) -> Packed:
    """Seal a converter's file and make its card.

    Args:
        name: the model's name.
        variant: how it was made smaller.
        content: the .tflite as the converter made it.
        settings: the user's choices.
        rule: when its answers count.
        measured: what it reaches.
        reliability: the diagram of its confidences.
        run: the training that it comes from.
        repeat: the command that exports it again.
    """
    recipe, engine = run.record.recipe, make_engine(content, name, "litert")
    unsealed = ModelCard(
        format=CARD_FORMAT,
        name=name,
        purpose=recipe.purpose,
        sha256="",
        size_bytes=0,
        layers=recipe.layers,
        parameters=recipe.parameters,
        recipe=_plain_dict(recipe),
        repeat=(run.record.repeat, repeat),
        weights_sha256=run.record.weights_sha256,
        data=dict(run.record.data),
        normalisation=run.record.normalisation,
        quantization=Quantization(
            variant, VARIANTS[variant].says, _chosen(variant, settings), engine.input, engine.output
        ),
        output=OUTPUT_LOGITS,
        measured=measured,
        acceptance=rule,
        versions=installed_versions(),
        golden=golden_answers(engine, recipe.features),
        features=recipe.features,
        typefaces=run.record.typefaces,
        trained_on=run.record.trained_on,
        started_from=run.record.started_from,
    )
    sealed = seal_model(content, unsealed.facts())
    # the card is one with the file that it describes, hash and size
    card = unsealed._replace(sha256=hashlib.sha256(sealed).hexdigest(), size_bytes=len(sealed))
    return Packed(sealed, card, reliability, run.snapshots)


def _chosen(variant: str, settings: VariantSettings) -> dict[str, object]:
    return {name: getattr(settings, name) for name in VARIANTS[variant].settings}


def _plain_dict(record: object) -> dict[str, object]:
    plain = to_plain(record)
    if not isinstance(plain, dict):
        raise TypeError("a recipe is an object")
    return dict(plain)
