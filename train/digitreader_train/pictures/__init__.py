"""The pictures of a run: how it learned, what it mixes up, what its neurons look for, how wrong and how sure it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from digitreader.model.accept import AcceptanceRule
from digitreader.values import Activations
from digitreader_train.digits import LabelledGlyphs
from digitreader_train.pictures.confusion import draw_confusion
from digitreader_train.pictures.curves import draw_learning_curves
from digitreader_train.pictures.mistakes import draw_mistakes
from digitreader_train.pictures.neurons import draw_neurons
from digitreader_train.pictures.reliability import draw_reliability, panel_of
from digitreader_train.pictures.style import to_png

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from digitreader_train.fit import FittedNetwork
    from digitreader_train.recipes import Recipe


def draw_pictures(
    recipe: Recipe, fitted: FittedNetwork, digits: LabelledGlyphs, activations: Activations
) -> dict[str, bytes]:
    """Draw all pictures of a run.

    Args:
        recipe: what was asked for.
        fitted: the trained network and its history.
        digits: the validation digits.
        activations: (N, 10) what the network makes of them.

    Returns:
        PNG files by their names.
    """
    kernel = fitted.network.get_layer("hidden_1").get_weights()[0]
    return {
        "learning_curves.png": to_png(draw_learning_curves(fitted.history, fitted.best_epoch)),
        "confusion.png": to_png(draw_confusion(digits.labels, activations)),
        "neurons.png": to_png(draw_neurons(kernel, recipe.features)),
        "mistakes.png": to_png(draw_mistakes(digits, activations)),
        "reliability.png": to_png(_draw_own_reliability(digits, activations)),
    }


def _draw_own_reliability(digits: LabelledGlyphs, activations: Activations) -> Figure:
    panel = panel_of("As trained", activations, digits.labels, AcceptanceRule())
    subtitle = f"{len(digits):,} validation digits; `digitreader export` calibrates each model."
    return draw_reliability("What the confidence is worth", subtitle, [panel])
