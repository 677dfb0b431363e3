"""`model.keras` of a run: the network as plain Keras opens it, with nothing of ours."""

from __future__ import annotations

import io
import tempfile
import zipfile
from pathlib import Path
from typing import Any

from digitreader.host.native_stderr import native_stderr_muted
from digitreader.values import GLYPH_SIDE
from digitreader_train.network import Weights
from digitreader_train.recipes import Recipe

KERAS_FILE = "model.keras"
LONG_AGO = (1980, 1, 1, 0, 0, 0)
"""The date of everything in the file, so that the same weights are the same bytes but for what HDF5 adds."""


def keras_bytes(recipe: Recipe, weights: Weights) -> bytes:
    """The network in the format of Keras 3: (N, 28, 28) in 0..1 in, ten neurons between 0 and 1 out.

    The training itself uses Keras 2, which its model optimization needs; the layers and weights are the same.
    """
    with native_stderr_muted():
        import keras

    layers: list[Any] = [keras.layers.Input((GLYPH_SIDE, GLYPH_SIDE)), keras.layers.Flatten(name="pixels")]
    names = [name.removesuffix(".kernel") for name in weights if name.endswith(".kernel")]
    for name in names:
        activation = "sigmoid" if name == names[-1] else recipe.activation
        layers.append(keras.layers.Dense(weights[f"{name}.bias"].shape[0], activation, name=name))
    network = keras.Sequential(layers, name=recipe.name.replace("-", "_"))
    for name in names:
        network.get_layer(name).set_weights([weights[f"{name}.kernel"], weights[f"{name}.bias"]])
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / KERAS_FILE
        network.save(path)
        return _undated(path)


def _undated(path: Path) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(path) as saved, zipfile.ZipFile(content, "w") as written:
        for info in saved.infolist():
            written.writestr(zipfile.ZipInfo(info.filename, LONG_AGO), saved.read(info))
    return content.getvalue()
