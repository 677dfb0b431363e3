"""Small networks that class things by a few features: one hidden layer, and the mean of the answers of several."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

UNUSUAL = 4.0
"""A feature is cut off at this many of its standard deviations."""

Features = npt.NDArray[np.float64]
"""(N, features) float64."""
Chances = npt.NDArray[np.float64]
"""(N, classes) float64 0..1, each row sums to 1."""
Values = npt.NDArray[np.float64]
"""(features,) float64."""
Layer = npt.NDArray[np.float64]
"""(outputs, inputs + 1) float64; the last column is the bias."""
Rows = Sequence[Sequence[float]]


class SmallNetworks:
    """Fitted networks.

    Args:
        means: of each feature, where they were fitted.
        spreads: the standard deviation of each.
        networks: the hidden and the outer layer of each.
    """

    def __init__(self, means: Sequence[float], spreads: Sequence[float], networks: Sequence[tuple[Rows, Rows]]) -> None:
        self._means, self._spreads = np.array(means), np.array(spreads)
        self._networks = [(np.array(inner), np.array(outer)) for inner, outer in networks]

    def chances_of(self, features: Features) -> Chances:
        """The mean of what the networks answer."""
        shown = scaled_features(features, self._means, self._spreads)
        return np.asarray(np.mean([chances_by(inner, outer, shown) for inner, outer in self._networks], axis=0))


def scaled_features(features: Features, means: Values, spreads: Values) -> Features:
    """Features in standard deviations from their means: the input of the networks."""
    return np.asarray(np.clip((features - means) / spreads, -UNUSUAL, UNUSUAL), np.float64)


def chances_by(inner: Layer, outer: Layer, shown: Features) -> Chances:
    """A network with one hidden layer of ReLU neurons and a softmax."""
    hidden = np.maximum(shown @ inner[:, :-1].T + inner[:, -1], 0.0)
    logits = hidden @ outer[:, :-1].T + outer[:, -1]
    odds = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(odds / odds.sum(axis=1, keepdims=True), np.float64)
