"""The network that the page draws: the article's own, `tiny`, in the very integers that LiteRT gives for it."""

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
"""A history ends with the network that is drawn where their weights go together so closely; else it is of another."""


class Figure:
    """Looks at one glyph at a time, and tells what each neuron gives; for one thread at a time."""

    def __init__(self) -> None:
        self._network = LayeredNetwork(locate_model(SHOWN).read_bytes(), SHOWN)

    def layers(self) -> dict[str, Any]:
        """The weights and biases of all layers, in real numbers; `floats` says how they are written."""
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
        """How the network learned; None if its file came without that.

        Raises:
            ModelFormatError: the file of its history is damaged.
        """
        told = read_history(history_path(locate_model(SHOWN)))
        if told is None:
            return None
        shown, last = self._network.layers[0].weights, told.snapshots[-1].layers[0][0]
        alike = shown.shape == last.shape and np.corrcoef(shown.ravel(), last.ravel())[0, 1] > LEAST_ALIKE
        return {
            "own": bool(alike),
            "figures": [[round(float(value), 5) for value in row] for row in told.figures],
            "snapshots": [{"epoch": each.epoch, "layers": _history_layers(each, told)} for each in told.snapshots],
        }

    def look(self, glyph: Glyph) -> dict[str, Any]:
        """What each neuron gives for a glyph.

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
        """What each pixel of a glyph adds to one digit's sum more than to another's."""
        return reasons_for(self.explain(glyph), digit, against)

    def explain(self, glyph: Glyph) -> Explanation:
        """The way of a glyph through the network; what became of it before is not told."""
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
    """The layers of a snapshot, as `Figure.layers` tells them; the first one's weights as bytes and their steps."""
    told = []
    for place, (weights, biases) in enumerate(snapshot.layers):
        layer = {
            "neurons": len(biases),
            "inputs": weights.shape[1],
            "activation": history.activation if place + 1 < len(snapshot.layers) else "none",
            "biases": floats(biases),
        }
        if place:
            told.append(layer | {"weights": floats(weights)})
        else:
            levels, steps = rounded(weights)
            told.append(layer | {"levels": pixels(levels.view(np.uint8)), "steps": floats(steps)})
    return told
