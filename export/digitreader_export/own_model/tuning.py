"""Trains a Keras model of a user's own a little further, after its weights were pruned, clustered or rounded."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from digitreader.errors import UsageError
from digitreader.host.native_stderr import native_stderr_muted
from digitreader.model.own.numbers import InputScale, Meaning
from digitreader.values import Glyphs
from digitreader_export.fine_tuning import set_range
from digitreader_export.own_model.converting import integers_as_trained, integers_calibrated
from digitreader_export.own_model.keras_model import OwnKeras
from digitreader_export.settings import VariantSettings
from digitreader_export.tfmot import tfmot
from digitreader_train.backend import keras, seed_everything

SEED, BATCH, GLANCES = 1, 64, 16
RATE = 1e-3
"""At which most networks of a few layers learn; each way takes a share of it."""
TOLERANCE = 1e-3
SIMPLE = (str, int, float, bool, list, tuple)
"""Settings of these types are carried from one Keras to the other; initializers are not, since the weights are."""

Numbers = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class TuningData:
    """What a model is trained on.

    Attributes:
        glyphs: (N, 28, 28) uint8, white ink on black, centred as the model wants them.
        labels: (N,) uint8, 0 to 9.
        calibration: the glyphs that show the converter how large the values grow.
        shown: how glyphs are shown to the model.
        meaning: of what it gives.
        settings: the user's choices.
    """

    glyphs: Glyphs
    labels: npt.NDArray[np.uint8]
    calibration: Glyphs
    shown: InputScale
    meaning: Meaning
    settings: VariantSettings

    def samples(self, shape: tuple[int, ...]) -> Numbers:
        """The glyphs as the model takes them."""
        return np.ascontiguousarray(self.shown.levels()[self.glyphs].reshape(-1, *shape), np.float32)


def rebuilt(model: OwnKeras, lesson: TuningData, variant: str) -> Any:
    """The model as a Sequential of the Keras that model optimization works with; it gives the same, which is checked.

    Raises:
        UsageError: it is not a plain row of layers, or has one that this Keras lacks.
    """
    layers = []
    try:
        for layer in model.network.layers:
            if type(layer).__name__ == "InputLayer":
                continue
            kept = {name: each for name, each in layer.get_config().items() if isinstance(each, SIMPLE)}
            kept.pop("dtype", None)
            layers.append(getattr(keras.layers, type(layer).__name__).from_config(kept))
        network = keras.Sequential([keras.layers.Input(model.shape), *layers])
        network.set_weights(model.network.get_weights())
    except (AttributeError, TypeError, ValueError) as error:
        raise _cannot(variant, str(error)) from error
    few = replace(lesson, glyphs=lesson.glyphs[:BATCH])
    given = network.predict(few.samples(model.shape), verbose=0).reshape(-1, model.outputs)
    if not np.allclose(given, model.answers(few.glyphs, lesson.shown), atol=TOLERANCE, rtol=TOLERANCE):
        raise _cannot(variant, "its layers do not follow each other in one row")
    return network


def pruned(network: Any, lesson: TuningData) -> Any:
    """The network with the smallest weights of each layer at zero."""
    steps, settings = _steps(lesson) * 2, lesson.settings
    schedule = (
        tfmot.sparsity.keras.ConstantSparsity(settings.sparsity, 0, steps // 2, 10)
        if settings.schedule == "constant"
        else tfmot.sparsity.keras.PolynomialDecay(0.0, settings.sparsity, 0, max(steps // 2, 1), frequency=10)
    )
    wrapped = tfmot.sparsity.keras.prune_low_magnitude(network, pruning_schedule=schedule)
    _fit(wrapped, lesson, epochs=2, share=0.25, callbacks=[tfmot.sparsity.keras.UpdatePruningStep()])
    return tfmot.sparsity.keras.strip_pruning(wrapped)


def clustered(network: Any, lesson: TuningData) -> Any:
    """The network with few different weights in each layer."""
    start = tfmot.clustering.keras.CentroidInitialization.KMEANS_PLUS_PLUS
    wrapped = tfmot.clustering.keras.cluster_weights(
        network, number_of_clusters=lesson.settings.clusters, cluster_centroids_init=start
    )
    _fit(wrapped, lesson, epochs=1, share=0.1)
    return tfmot.clustering.keras.strip_clustering(wrapped)


def quantized(network: Any, lesson: TuningData, scheme: Any = None) -> Any:
    """The network, trained on with every weight and value rounded as the integers will be."""
    annotated = tfmot.quantization.keras.quantize_annotate_model(network)
    applied = () if scheme is None else (scheme,)
    made = tfmot.quantization.keras.quantize_apply(annotated, *applied)
    values: Any = replace(lesson, glyphs=lesson.glyphs[: GLANCES * BATCH]).samples(network.input_shape[1:])
    values = values[: len(values) // BATCH * BATCH or None]
    batch = min(BATCH, len(values))
    set_range(made.layers[1] if not made.layers[0].weights else made.layers[0], values, batch)
    there = {layer.name: layer for layer in made.layers}
    for layer in network.layers:
        values = np.asarray(layer(values, training=False))
        if f"quant_{layer.name}" in there:
            set_range(there[f"quant_{layer.name}"], values, batch)
    _fit(made, lesson, epochs=1, share=0.1)
    return made


def _qat(network: Any, model: OwnKeras, lesson: TuningData) -> bytes:
    return integers_as_trained(replace(model, network=quantized(network, lesson)))


def _pruned(network: Any, model: OwnKeras, lesson: TuningData) -> bytes:
    made = replace(model, network=pruned(network, lesson))
    return integers_calibrated(made, lesson.calibration, lesson.shown, "int8")


def _clustered(network: Any, model: OwnKeras, lesson: TuningData) -> bytes:
    made = replace(model, network=clustered(network, lesson))
    return integers_calibrated(made, lesson.calibration, lesson.shown, "int8")


def _pqat(network: Any, model: OwnKeras, lesson: TuningData) -> bytes:
    scheme = tfmot.experimental.combine.Default8BitPrunePreserveQuantizeScheme()
    return integers_as_trained(replace(model, network=quantized(pruned(network, lesson), lesson, scheme)))


def _cqat(network: Any, model: OwnKeras, lesson: TuningData) -> bytes:
    scheme = tfmot.experimental.combine.Default8BitClusterPreserveQuantizeScheme()
    made = tfmot.experimental.combine.strip_clustering_cqat(quantized(clustered(network, lesson), lesson, scheme))
    return integers_as_trained(replace(model, network=made))


TUNED: Mapping[str, Callable[[Any, OwnKeras, TuningData], bytes]] = {
    "qat": _qat,
    "pruned": _pruned,
    "clustered": _clustered,
    "pqat": _pqat,
    "cqat": _cqat,
}


def tuned(variant: str, model: OwnKeras, lesson: TuningData) -> bytes:
    """Make a variant that is trained on.

    Raises:
        UsageError: the model cannot be trained on in this way.
    """
    seed_everything(SEED)
    network = rebuilt(model, lesson, variant)
    try:
        with native_stderr_muted():
            return TUNED[variant](network, model, lesson)
    except (RuntimeError, ValueError, NotImplementedError) as error:
        raise _cannot(variant, str(error)) from error


def _fit(network: Any, lesson: TuningData, *, epochs: int, share: float, callbacks: list[Any] | None = None) -> None:
    network.compile(keras.optimizers.Adam(RATE * share), _loss(lesson.meaning))
    targets = np.eye(network.output_shape[-1], dtype=np.float32)[lesson.labels]
    samples = lesson.samples(network.input_shape[1:])
    network.fit(samples, targets, BATCH, epochs, callbacks=callbacks, verbose=0)


def _loss(meaning: Meaning) -> Any:
    kind = keras.losses.BinaryCrossentropy if "sigmoid" in meaning else keras.losses.CategoricalCrossentropy
    return kind(from_logits=meaning.startswith("logits"))


def _steps(lesson: TuningData) -> int:
    return -(-len(lesson.labels) // BATCH)


def _cannot(variant: str, reason: str) -> UsageError:
    said = (reason.strip() or "no reason given").splitlines()[0][:120]
    return UsageError(
        f"{variant}: this model cannot be trained on ({said}); need a row of usual layers such as Dense, Conv2D, "
        "Flatten, MaxPooling2D and Dropout; int8 and uint8 can be had of any model"
    )
