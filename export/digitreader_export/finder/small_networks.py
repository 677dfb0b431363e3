"""Fits the small networks of `reading/small_networks.py`, and writes their numbers as a module."""

from __future__ import annotations

import textwrap
import warnings
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from digitreader.reading.small_networks import scaled_features

NETWORKS = 3
"""So many networks, which differ by how they begin; the mean of what they say errs less than one."""
BATCH, RATE = 200, 3e-3
NEVER, SAME = -20.0, 1e-3
"""The log odds of a class of which nothing was drawn; and what differs by less is the same everywhere."""

Numbers = npt.NDArray[np.float64]
Labels = npt.NDArray[np.int64]


class FittedWeights(NamedTuple):
    """What a module of weights has: means and spreads of the features, and the layers of each network."""

    means: Numbers
    spreads: Numbers
    networks: list[tuple[Numbers, Numbers]]


class Plan(NamedTuple):
    """How the networks are fitted; chosen on things that were left out of the fit.

    Attributes:
        hidden: neurons of the one hidden layer.
        decay: the penalty of large weights.
        epochs: passes over all that is learned from.
    """

    hidden: int
    decay: float
    epochs: int


def fit_networks(features: Numbers, labels: Labels, classes: int, plan: Plan) -> FittedWeights:
    """Fit small networks that tell classes by features.

    Args:
        features: (N, F) float64.
        labels: (N,) int64, the class of each, from 0.
        classes: how many there are, also where nothing of some was drawn.
        plan: how.
    """
    from sklearn.neural_network import MLPClassifier

    means, spreads = features.mean(axis=0), features.std(axis=0)
    spreads = np.where(spreads < SAME, 1.0, spreads)
    shown = scaled_features(features, means, spreads)
    nets: list[tuple[Numbers, Numbers]] = []
    for number in range(NETWORKS):
        model: Any = MLPClassifier(
            (plan.hidden,),
            alpha=plan.decay,
            learning_rate_init=RATE,
            batch_size=min(BATCH, len(labels)),
            max_iter=plan.epochs,
            random_state=number,
        )
        with warnings.catch_warnings(action="ignore"):  # it is not to go on until nothing changes
            model.fit(shown, labels)
        inner = np.concatenate([model.coefs_[0], model.intercepts_[0][None]]).T
        told = np.concatenate([model.coefs_[1], model.intercepts_[1][None]]).T
        outer = np.zeros((classes, plan.hidden + 1))
        outer[:, -1] = NEVER
        drawn = len(model.classes_)  # if 2, there is one output, the log odds of the second
        outer[model.classes_] = told if drawn > 2 else np.concatenate([0 * told, told])[:drawn]
        nets.append((inner.round(3), outer.round(3)))
    return FittedWeights(means.round(4), spreads.round(4), nets)


def written_weights(title: str, fitted: FittedWeights, classes: Sequence[str] = ()) -> str:
    """The module of the weights.

    Args:
        title: its docstring.
        fitted: its numbers.
        classes: the names of the classes, if they have any.
    """
    nets = "".join(f"    (\n{_rows(inner)}{_rows(outer)}    ),\n" for inner, outer in fitted.networks)
    names = ", ".join(f'"{name}"' for name in classes)
    named = f"CLASSES = ({names})\n" if classes else ""
    means, spreads = (_row(row)[4:].rstrip(",\n") for row in (fitted.means, fitted.spreads))
    return f'"""{title}"""\n\n# fmt: off\n{named}MEANS = {means}\nSPREADS = {spreads}\nNETWORKS = (\n{nets})\n'


def _rows(numbers: Numbers) -> str:
    return f"        (\n{''.join(_row(row) for row in numbers)}        ),\n"


def _row(numbers: Numbers) -> str:
    told = ", ".join(f"{value:g}" for value in numbers.tolist())
    return textwrap.fill(f"({told}),", 112, initial_indent="    ", subsequent_indent="    ") + "\n"
