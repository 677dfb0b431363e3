"""Compares a model file with the Keras network that it was made from."""

from __future__ import annotations

from digitreader.accept import AcceptanceRule
from digitreader.model.card import Figures, Measured
from digitreader.model.engine import Engine
from digitreader.model.evaluation import judge
from digitreader.model.load import sigmoid
from digitreader.values import Activations
from digitreader_export.errors import AccuracyLossError
from digitreader_train.digits import LabelledGlyphs

LARGEST_LOSS = 0.003
DECIMALS = 6


def measure(
    engine: Engine, rule: AcceptanceRule, *, validation: LabelledGlyphs, test: LabelledGlyphs, keras_test: Activations
) -> Measured:
    """Measure a model file on the validation and test digits.

    Args:
        engine: runs the file.
        rule: its acceptance rule, which gives the confidences.
        validation: digits that chose the model.
        test: digits that chose nothing.
        keras_test: (N, 10) what the Keras network makes of the test digits.
    """
    answers = sigmoid(engine.logits(test.glyphs))
    return Measured(
        validation=figures(sigmoid(engine.logits(validation.glyphs)), validation, rule),
        test=figures(answers, test, rule),
        keras_test=figures(keras_test, test, rule),
        agreement=round(float((answers.argmax(axis=1) == keras_test.argmax(axis=1)).mean()), DECIMALS),
    )


def figures(activations: Activations, digits: LabelledGlyphs, rule: AcceptanceRule) -> Figures:
    """Accuracy and calibration of activations (N, 10) of these digits."""
    judged = judge(activations, digits.labels, rule)
    return Figures(judged.n, round(judged.accuracy, DECIMALS), round(judged.ece, DECIMALS))


def refuse_loss(name: str, measured: Measured) -> None:
    """Refuse a model file that reads more than 0.3 points fewer test digits than its Keras network.

    Raises:
        AccuracyLossError: it does.
    """
    kept, had = measured.test.accuracy, measured.keras_test.accuracy
    if had - kept > LARGEST_LOSS + 1e-9:
        raise AccuracyLossError(
            f"{name}: reads {kept:.2%} of the test digits where Keras reads {had:.2%}, a loss of "
            f"{100 * (had - kept):.2f} points and more than the {100 * LARGEST_LOSS:.1f} allowed, so nothing is "
            "written; train longer, or try the other --quantization"
        )
