"""The reliability diagram of a model: what its confidences are worth, with its acceptance rule and without."""

from __future__ import annotations

from digitreader.model.accept import AcceptanceRule
from digitreader.values import Activations
from digitreader_train.digits import LabelledGlyphs

SUFFIX = "-reliability.png"


def draw_model_reliability(name: str, activations: Activations, test: LabelledGlyphs, rule: AcceptanceRule) -> bytes:
    """Draw the confidences without the rule beside those that the model gives, as a PNG.

    Args:
        name: the model's.
        activations: (N, 10) what it makes of the test digits.
        test: N of them.
        rule: the one that was chosen for it.
    """
    from digitreader_train.pictures.reliability import draw_reliability, panel_of
    from digitreader_train.pictures.style import to_png

    panels = (
        panel_of("As trained", activations, test.labels, AcceptanceRule()),
        panel_of("As told", activations, test.labels, rule),
    )
    subtitle = (
        f"{len(test):,} test digits, which chose nothing. The confidences are those at temperature "
        f"{rule.temperature:g} and "
        f"log odds of no digit {rule.none:g}."
    )
    return to_png(draw_reliability(f"What the confidence of {name} is worth", subtitle, panels))
