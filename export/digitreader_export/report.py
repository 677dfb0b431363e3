"""What an export tells its user: which quantization was chosen, and what each file reaches against Keras."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from digitreader_export.candidates import WAYS, Candidate
from digitreader_export.package import Packed


def describe_candidates(candidates: Sequence[Candidate], best: Candidate, images: int) -> str:
    """Say how each way of quantizing reads the validation digits, and which is kept."""
    lines = [f"integer model, on {images:,} validation digits"]
    for each in candidates:
        kept = "  <- kept" if each is best and len(candidates) > 1 else ""
        lines.append(f"  {each.validation_accuracy:8.2%}  {WAYS[each.way]}{kept}")
    return "\n".join(lines)


def describe_export(packed: Sequence[Packed], out: Path) -> str:
    """Say what each file reaches on the test digits, where it lies, and what to do next."""
    keras = packed[0].card.measured.keras_test
    lines = ["", f"on {keras.n:,} test digits{'':13}bytes  accuracy     ECE  same reading as Keras"]
    lines.append(f"  {'Keras network':30}{'':7}{keras.accuracy:9.2%}")
    for each in packed:
        measured, name = each.card.measured, f"{each.card.name}.tflite"
        figures = f"{measured.test.accuracy:9.2%} {measured.test.ece:7.2%} {measured.agreement:10.2%}"
        lines.append(f"  {name:30}{each.card.size_bytes:7,} {figures}")
    first = packed[0].card.name
    lines += ["", f"models  {out} (each .tflite with its card, .json)"]
    lines.append(f"next    digitreader verify {out / first}.tflite")
    return "\n".join(lines)
