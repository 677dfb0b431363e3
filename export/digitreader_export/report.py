"""The report of an export: each file compared with Keras, its place, and the next step."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from digitreader_export.package import PackagedModel
from digitreader_export.reliability import SUFFIX


def describe_export(packed: Sequence[PackagedModel], out: Path) -> str:
    """Say what each file reaches on the test digits, where it lies, and what to do next."""
    keras = packed[0].card.measured.keras_test
    lines = ["", f"on {keras.n:,} test digits{'':13}bytes  accuracy     ECE  same reading as Keras"]
    lines.append(f"  {'Keras network':28}{'':9}{keras.accuracy:9.2%}")
    for each in packed:
        measured, name = each.card.measured, f"{each.card.name}.tflite"
        figures = f"{measured.test.accuracy:9.2%} {measured.test.ece:7.2%} {measured.agreement:10.2%}"
        lines.append(f"  {name:28}{each.card.size_bytes:9,} {figures}")
    first = packed[0].card.name
    lines += ["", f"models  {out} (each .tflite with its card, .json; README.md says what they are)"]
    lines.append(f"        {first}{SUFFIX} and the like show what the confidences are worth")
    lines.append(f"next    digitreader verify {out / first}.tflite")
    return "\n".join(lines)
