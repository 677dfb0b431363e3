"""Makes the integer model in both ways and chooses the one that reads more of the validation digits."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from digitreader.model.engine import LiteRTEngine
from digitreader_export.calibration_set import PER_LABEL, choose_calibration_set
from digitreader_export.convert import to_integer_tflite, to_integer_tflite_as_trained
from digitreader_train.digits import LabelledGlyphs
from digitreader_train.practice import Practice
from digitreader_train.run_folder import Run

Way = Literal["ptq", "qat"]

WAYS: Mapping[Way, str] = {
    "ptq": f"int8, post-training, calibrated on {PER_LABEL} training glyphs of each kind",
    "qat": "int8, fine-tuned with its rounding (tensorflow-model-optimization)",
}


@dataclass(frozen=True, slots=True, eq=False)
class Candidate:
    """An integer model.

    Attributes:
        way: how it was made.
        content: the .tflite.
        engine: runs it.
        validation_accuracy: the share of validation digits that it reads right.
    """

    way: Way
    content: bytes
    engine: LiteRTEngine
    validation_accuracy: float


def make_candidates(
    run: Run, logits: Any, practice: Practice, validation: LabelledGlyphs, ways: tuple[Way, ...]
) -> tuple[Candidate, ...]:
    """Make the integer model in these ways.

    Args:
        run: the training.
        logits: its Keras network without the sigmoid.
        practice: what it learned from.
        validation: digits on which the ways are compared.
        ways: in the order of preference between equals.
    """
    makers: Mapping[Way, Callable[[], bytes]] = {
        "ptq": lambda: _after_training(run, logits, practice),
        "qat": lambda: _while_training(run, practice, validation),
    }
    return tuple(_measure(way, makers[way](), validation) for way in ways)


def best_candidate(candidates: tuple[Candidate, ...]) -> Candidate:
    """The one that reads most validation digits; of equals the first."""
    return max(candidates, key=lambda each: each.validation_accuracy)


def _after_training(run: Run, logits: Any, practice: Practice) -> bytes:
    return to_integer_tflite(logits, choose_calibration_set(practice, seed=run.record.recipe.seed))


def _while_training(run: Run, practice: Practice, validation: LabelledGlyphs) -> bytes:
    from digitreader_export.quantize import fine_tune_quantized

    return to_integer_tflite_as_trained(fine_tune_quantized(run, practice, validation))


def _measure(way: Way, content: bytes, validation: LabelledGlyphs) -> Candidate:
    engine = LiteRTEngine(content, f"integer model ({way})")
    read = engine.logits(validation.glyphs).argmax(axis=1)
    return Candidate(way, content, engine, float((read == validation.labels).mean()))
