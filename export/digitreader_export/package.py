"""Puts a model file and its card together."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

import flatbuffers
import numpy as np
from ai_edge_litert import schema_py_generated as schema

from digitreader.model.accept import AcceptanceRule
from digitreader.model.card import (
    CARD_FORMAT,
    FACTS,
    OUTPUT_LOGITS,
    SEAL,
    SEAL_BYTES,
    Measured,
    ModelCard,
    ModelFacts,
    Quantization,
    seal_of,
)
from digitreader.model.engine import make_engine
from digitreader.model.sealed_json import to_plain
from digitreader.model.tflite.metadata import find_metadata
from digitreader.model.training_history import SUFFIX as HISTORY_SUFFIX
from digitreader_export.golden import golden_answers
from digitreader_export.reliability import SUFFIX
from digitreader_export.settings import VariantSettings
from digitreader_export.variants import VARIANTS
from digitreader_train.run_folder import Run
from digitreader_train.versions import installed_versions

IDENTIFIER = b"TFL3"

ALIGNMENT = 16
"""Of the schema's buffers: weights are read in place, and some processors must have them aligned."""

KEPT_METADATA = (b"min_runtime_version",)
"""What the converter adds beside it says how it was called, which the facts say better."""


class _Buffer(schema.BufferT):  # type: ignore[misc] # generated, without types
    """A buffer that is packed as the schema wants it; the generated class forgets the alignment."""

    def Pack(self, builder: Any) -> Any:  # noqa: N802 # the generated name
        content = np.zeros(0, np.uint8) if self.data is None else np.asarray(self.data, np.uint8)
        place = None
        if content.size:
            builder.StartVector(1, content.size, ALIGNMENT)
            builder.head -= content.size
            builder.Bytes[builder.head : builder.head + content.size] = content.tobytes()
            place = builder.EndVector()
        schema.BufferStart(builder)
        if place is not None:
            schema.BufferAddData(builder, place)
        return schema.BufferEnd(builder)


def seal_model(content: bytes, facts: ModelFacts) -> bytes:
    """Make a converter's file one that says what it is and notices damage.

    Args:
        content: the .tflite as the converter made it.
        facts: what it shall say of itself.

    Returns:
        the .tflite with the same graph; the same arguments give the same bytes.
    """
    model = schema.ModelT.InitFromPackedBuf(content)
    model.description = f"digitreader {facts.name}".encode()
    for tensor in model.subgraphs[0].tensors:
        tensor.name = short_name(tensor.name.decode()).encode()
    model.metadata = [entry for entry in model.metadata or [] if entry.name in KEPT_METADATA]
    _drop_unused_buffers(model)
    _add(model, FACTS, facts.to_bytes())
    _add(model, SEAL, bytes(SEAL_BYTES))
    model.buffers = [_as_aligned(buffer) for buffer in model.buffers]
    builder = flatbuffers.Builder(len(content))
    builder.Finish(model.Pack(builder), IDENTIFIER)
    packed = bytes(builder.Output())
    place = find_metadata(packed, facts.name)[SEAL]
    return packed[: place.start] + seal_of(packed, place.start) + packed[place.stop :]


def short_name(name: str) -> str:
    """Of the names of all layers that became one tensor the first, without the network's own.

    ``tiny_logits/hidden_1/MatMul;tiny_logits/hidden_1/Relu`` is ``hidden_1/MatMul``.
    """
    first = name.split(";", 1)[0]
    return first.split("/", 1)[-1].removesuffix("/FakeQuantWithMinMaxVars")


def _add(model: Any, name: str, content: bytes) -> None:
    entry = schema.MetadataT()
    entry.name, entry.buffer = name.encode(), len(model.buffers)
    buffer = schema.BufferT()
    buffer.data = np.frombuffer(content, np.uint8)
    model.buffers.append(buffer)
    model.metadata.append(entry)


def _drop_unused_buffers(model: Any) -> None:
    # the buffers of dropped metadata would stay in the file; they are the last ones, so that no place changes
    used = {tensor.buffer for graph in model.subgraphs for tensor in graph.tensors}
    used |= {entry.buffer for entry in model.metadata}
    del model.buffers[max(used) + 1 :]


def _as_aligned(buffer: Any) -> Any:
    aligned = _Buffer()
    aligned.data, aligned.offset, aligned.size = buffer.data, buffer.offset, buffer.size
    return aligned


@dataclass(frozen=True, slots=True, eq=False)
class PackagedModel:
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
) -> PackagedModel:
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
    return PackagedModel(sealed, card, reliability, run.snapshots)


def _chosen(variant: str, settings: VariantSettings) -> dict[str, object]:
    return {name: getattr(settings, name) for name in VARIANTS[variant].settings}


def _plain_dict(record: object) -> dict[str, object]:
    plain = to_plain(record)
    if not isinstance(plain, dict):
        raise TypeError("a recipe is an object")
    return dict(plain)
