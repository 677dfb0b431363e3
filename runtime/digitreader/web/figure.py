"""The network that the page draws: `tiny`, the classic one, with the same integers as LiteRT."""

from __future__ import annotations

from typing import Any

import numpy as np

from digitreader.measure.explain.explanation import Explanation, Reasons, reasons_for
from digitreader.model.checks import sigmoid
from digitreader.model.engine.numpy_engine import LayeredNetwork
from digitreader.model.locate import locate_model
from digitreader.model.training_history import Snapshot, TrainingHistory, history_path, read_history, rounded
from digitreader.values import Box, Glyph, Reading
from digitreader.web.values import floats, pixels

SHOWN = "tiny"
LEAST_ALIKE = 0.95
"""A history belongs to the drawn network if its last weights correlate at least this much with the network's."""


class Figure:
    """Gives the activation of each neuron for a glyph; for one thread at a time."""

    def __init__(self) -> None:
        self._network = LayeredNetwork(locate_model(SHOWN).read_bytes(), SHOWN)

    def layers(self) -> dict[str, Any]:
        """The weights and biases of all layers as real numbers, encoded by `floats`."""
        return {
            "name": SHOWN,
            "layers": [
                {
                    "neurons": len(layer.biases),
                    "inputs": layer.weights.shape[1],
                    "activation": layer.activation,
                    "weights": floats(layer.weights),
                    "biases": floats(layer.biases),
                }
                for layer in self._network.layers
            ],
        }

    def history(self) -> dict[str, Any] | None:
        """The training history of the network; None if it has none.

        Raises:
            ModelFormatError: the file of its history is damaged.
        """
        history = read_history(history_path(locate_model(SHOWN)))
        if history is None:
            return None
        shown, last = self._network.layers[0].weights, history.snapshots[-1].layers[0][0]
        alike = shown.shape == last.shape and np.corrcoef(shown.ravel(), last.ravel())[0, 1] > LEAST_ALIKE
        return {
            "own": bool(alike),
            "figures": [[round(float(value), 5) for value in row] for row in history.figures],
            "snapshots": [
                {"epoch": each.epoch, "layers": _history_layers(each, history)} for each in history.snapshots
            ],
        }

    def look(self, glyph: Glyph) -> dict[str, Any]:
        """The activation of each neuron for a glyph.

        Args:
            glyph: (28, 28) uint8, normalised.
        """
        explanation = self.explain(glyph)
        outputs = explanation.activations[-1]
        return {
            "glyph": pixels(glyph),
            "activations": [[round(float(value), 6) for value in layer] for layer in explanation.activations],
            "digit": int(outputs.argmax()),
        }

    def reasons(self, glyph: Glyph, digit: int, against: int) -> Reasons:
        """How much more each pixel of a glyph adds to one digit's sum than to another's."""
        return reasons_for(self.explain(glyph), digit, against)

    def explain(self, glyph: Glyph) -> Explanation:
        """The way of a glyph through the network, without the steps before it."""
        *hidden, logits = self._network.activations(glyph[np.newaxis])
        outputs = sigmoid(logits)[0]
        order = np.argsort(-outputs, kind="stable").tolist()
        reading = Reading(Box(0, 0, 28, 28), order[0], float(outputs[order[0]]), tuple(outputs.tolist()))
        return Explanation(
            number=1,
            readings=(reading,),
            against=order[1],
            image=glyph,
            ink=glyph,
            glyph=glyph,
            features="pixels",
            inputs=np.asarray(glyph.ravel() / np.float32(255), np.float32),
            network=self._network,
            activations=(*(each[0] for each in hidden), outputs),
        )


def _history_layers(snapshot: Snapshot, history: TrainingHistory) -> list[dict[str, Any]]:
    """The layers of a snapshot, as in `Figure.layers`; the weights of the first layer are bytes with their steps."""
    layers = []
    for place, (weights, biases) in enumerate(snapshot.layers):
        layer = {
            "neurons": len(biases),
            "inputs": weights.shape[1],
            "activation": history.activation if place + 1 < len(snapshot.layers) else "none",
            "biases": floats(biases),
        }
        if place:
            layers.append(layer | {"weights": floats(weights)})
        else:
            levels, steps = rounded(weights)
            layers.append(layer | {"levels": pixels(levels.view(np.uint8)), "steps": floats(steps)})
    return layers
