"""Writes a model's facts and a seal into its .tflite, and gives its tensors short names."""

from __future__ import annotations

from typing import Any

import flatbuffers
import numpy as np
from ai_edge_litert import schema_py_generated as schema

from digitreader.model.card import FACTS, SEAL, SEAL_BYTES, ModelFacts, seal_of
from digitreader.model.tflite.metadata import find_metadata

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
