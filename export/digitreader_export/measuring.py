"""Measures a model file beside the Keras network that it was made from."""

from __future__ import annotations

from digitreader.measure.evaluation import Evaluation, judge
from digitreader.model.accept import AcceptanceRule
from digitreader.model.card import Figures, Measured
from digitreader.model.checks import sigmoid
from digitreader.model.engine import Engine
from digitreader.values import Activations
from digitreader_export.errors import AccuracyLossError
from digitreader_train.digits import LabelledGlyphs

LARGEST_LOSS = 0.003
LEAST_DIGITS = 2
"""Digits that may be lost, whatever share they are: in a small test set one digit is a large share."""
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
    judged = judge(answers, test.labels, rule)
    return Measured(
        validation=_figures(judge(sigmoid(engine.logits(validation.glyphs)), validation.labels, rule)),
        test=_figures(judged),
        keras_test=_figures(judge(keras_test, test.labels, rule)),
        agreement=round(float((answers.argmax(axis=1) == keras_test.argmax(axis=1)).mean()), DECIMALS),
        accepted=round(judged.accepted / judged.n, DECIMALS),
        confusion=judged.confusion,
    )


def refuse_loss(name: str, measured: Measured) -> None:
    """Refuse a model file that reads more than 0.3 points, and more than two, fewer test digits than its Keras network.

    Raises:
        AccuracyLossError: it does.
    """
    kept, had = measured.test.accuracy, measured.keras_test.accuracy
    allowed = max(LARGEST_LOSS, LEAST_DIGITS / measured.test.n)
    if had - kept > allowed + 1e-9:
        raise AccuracyLossError(
            f"{name}: reads {kept:.2%} of the test digits where Keras reads {had:.2%}, a loss of "
            f"{100 * (had - kept):.2f} points and more than the {100 * allowed:.1f} allowed, so it is not "
            "written; train longer, or try another --variant"
        )


def _figures(judged: Evaluation) -> Figures:
    return Figures(judged.n, round(judged.accuracy, DECIMALS), round(judged.ece, DECIMALS))
