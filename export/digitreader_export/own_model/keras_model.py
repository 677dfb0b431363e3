"""Opens a Keras model of a user's own: any that takes one 28x28 digit and gives ten or eleven numbers."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from digitreader.errors import ModelFormatError
from digitreader.host.native_stderr import native_stderr_muted
from digitreader.model.own.engine import OUTPUTS, PIXELS
from digitreader.model.own.numbers import InputScale
from digitreader.values import Glyphs
from digitreader_export.own_model.search import Reals
from digitreader_train.backend import keras as keras_2

BATCH = 512


@dataclass(frozen=True, slots=True, eq=False)
class OwnKeras:
    """A Keras model that was opened.

    Attributes:
        network: the model, of Keras 3 or of tf_keras.
        shape: of one digit that goes in: (784,), (28, 28) or (28, 28, 1).
        outputs: 10 or 11.
        parameters: how many weights and biases it has.
    """

    network: Any
    shape: tuple[int, ...]
    outputs: int
    parameters: int

    def answers(self, glyphs: Glyphs, shown: InputScale) -> Reals:
        """What it gives, (N, 10) or (N, 11) float32, for glyphs that are shown in a certain way."""
        given = shown.levels()[glyphs].reshape(len(glyphs), *self.shape)
        numbers = self.network.predict(given, batch_size=BATCH, verbose=0)
        return np.asarray(numbers, np.float32).reshape(len(glyphs), self.outputs)


def open_keras(path: Path) -> OwnKeras:
    """Open a .keras or .h5 file.

    Raises:
        ModelFormatError: it is missing, Keras cannot open it, or it takes or gives something else.
    """
    if not path.is_file():
        raise ModelFormatError(f"{path}: no such file; give a model that Keras saved, .keras or .h5")
    network = _load(path)
    try:
        given, gives = ([tuple(each.shape) for each in ends] for ends in (network.inputs, network.outputs))
    except (AttributeError, TypeError, ValueError) as error:
        raise ModelFormatError(
            f"{path}: has no input shape; build it with keras.Input, or call it once before it is saved"
        ) from error
    sizes = [math.prod(side or 0 for side in shape[1:]) for shape in (*given, *gives)]
    if len(given) != 1 or sizes[0] != PIXELS:
        raise ModelFormatError(f"{path}: takes {_told(given)}; need one picture of 784, 28x28 or 28x28x1 numbers")
    if len(gives) != 1 or sizes[1] not in OUTPUTS:
        raise ModelFormatError(
            f"{path}: gives {_told(gives)}; need ten numbers, one for each digit, or eleven with one for no digit"
        )
    return OwnKeras(network, given[0][1:], sizes[1], int(network.count_params()))


def _load(path: Path) -> Any:
    import keras as keras_3

    first: Exception | None = None
    for load in (keras_3.saving.load_model, keras_2.models.load_model):  # the second for what older Keras saved
        try:
            with native_stderr_muted():
                return load(str(path), compile=False)
        except Exception as error:  # noqa: BLE001 # whatever its layers do when they are built
            first = first or error
    reason = (str(first).strip() or type(first).__name__).splitlines()[0][:160]
    raise ModelFormatError(
        f"{path}: Keras cannot open it ({reason}); save it with model.save, without layers of your own"
    ) from first


def _told(shapes: list[tuple[Any, ...]]) -> str:
    return " and ".join(str(shape[1:]) for shape in shapes) or "nothing"
