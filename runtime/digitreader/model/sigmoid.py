"""The sigmoid between the graph's logits and the ten output neurons."""

from __future__ import annotations

import numpy as np

from digitreader.engines import Logits
from digitreader.values import Activations


def sigmoid(logits: Logits) -> Activations:
    """Turn logits of any shape into activations, 0..1, without overflow at either end."""
    # exp of a large positive number would overflow; tanh never does
    activations: Activations = np.tanh(logits * np.float32(0.5)) * np.float32(0.5) + np.float32(0.5)
    return activations
