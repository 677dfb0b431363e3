"""What the export of a finder starts from, and its network converted into .tflite files."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from digitreader.errors import DataError, UsageError
from digitreader.host.native_stderr import native_stderr_muted
from digitreader.measure.data import DataPlace
from digitreader_train.backend import keras, seed_everything, tf
from digitreader_train.finder.material import draw_validation_scenes, load_material
from digitreader_train.finder.network import build_finder
from digitreader_train.finder.practice import Portion, draw_portions
from digitreader_train.finder.run_record import FinderRun, load_finder_run
from digitreader_train.finder.scene import SIDE_PX

Scenes = npt.NDArray[np.uint8]
"""(N, S, S, 3) uint8 BGR."""


def trained_network(run: FinderRun) -> Any:
    """The Keras network of a run, for pictures of a scene's size; engines take other sizes all the same.

    Raises:
        DataError: the weights are of another network.
    """
    seed_everything(run.record.recipe.seed)
    network = build_finder(SIDE_PX)
    needed, given = [weight.shape for weight in network.get_weights()], [weight.shape for weight in run.weights]
    if needed != given:
        raise DataError(f"{run.folder}: its weights are of another network; rerun: {run.record.repeat}")
    network.set_weights(list(run.weights))
    return network


def to_float32(network: Any) -> bytes:
    """Convert to floats: a picture (1, S, S, 3) in 0..1 in, geometry and maps out."""
    return _convert(tf.lite.TFLiteConverter.from_keras_model(network))


def to_dynamic_range(network: Any) -> bytes:
    """Convert to floats in and out, with 8-bit weights; each layer rounds what comes in by its own extremes."""
    converter = tf.lite.TFLiteConverter.from_keras_model(network)
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    return _convert(converter)


def to_int8(network: Any, calibration: Scenes) -> bytes:
    """Convert to integers alone, with a scale for each channel's weights: uint8 pixels in, int8 out.

    Args:
        network: the float network.
        calibration: show the converter how large each layer's values grow; see `typical_scenes`.
    """
    scenes = typical_scenes(network, calibration)
    converter = tf.lite.TFLiteConverter.from_keras_model(network)
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    converter.representative_dataset = lambda: _samples(scenes)
    converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
    converter.inference_input_type, converter.inference_output_type = tf.uint8, tf.int8
    return _convert(converter)


TYPICAL = 0.9
"""A scene is typical if no layer's values grow larger in it than in this share of all scenes."""
AT_ONCE = 50


def typical_scenes(network: Any, scenes: Scenes) -> Scenes:
    """Leave out the scenes in which some layer's values grow unusually large; all of them where none is left.

    The converter spreads 256 steps over everything that it sees: for a single glaring scene, all others would get
    coarser steps. Larger values saturate.
    """
    layers = [layer.output for layer in network.layers if len(layer.output.shape) == 4]
    extremes_of = keras.Model(network.input, [tf.reduce_max(tf.abs(layer), axis=[1, 2, 3]) for layer in layers])
    parts = (scenes[first : first + AT_ONCE] for first in range(0, len(scenes), AT_ONCE))
    shown = [np.stack(extremes_of(part.astype(np.float32) / np.float32(255)), axis=1) for part in parts]
    extremes = np.concatenate(shown)
    typical = (extremes <= np.quantile(extremes, TYPICAL, axis=0)).all(axis=1)
    return scenes[typical] if typical.any() else scenes


def _samples(calibration: Scenes) -> Iterator[list[Any]]:
    for place, scene in enumerate(calibration):
        picture = scene[None].astype(np.float32) / np.float32(255)
        if place == 0:
            # the input's scale comes from the extremes that are seen, and must be 1/255 with zero point 0 to the bit
            picture[0, 0, 0], picture[0, 0, 1] = 0, 1
        yield [picture]


def _convert(converter: Any) -> bytes:
    with native_stderr_muted(), warnings.catch_warnings():
        # it misses statistics of the input that only TensorFlow 1 networks needed
        warnings.simplefilter("ignore", UserWarning)
        content: bytes = converter.convert()
    return content


CALIBRATION = 300
"""Scenes that show the converter how large the values grow, where nothing else is asked for."""
LEAST_CALIBRATION = 5


@dataclass(frozen=True, slots=True, eq=False)
class LoadedFinderRun:
    """What the making of every variant starts from.

    Attributes:
        run: the training.
        network: its Keras network.
        calibration: scenes that were learned from.
        judged: scenes that trained nothing.
    """

    run: FinderRun
    network: Any
    calibration: Scenes
    judged: list[Portion]


def prepare_finder(folder: Path, place: DataPlace, *, calibration: int = CALIBRATION) -> LoadedFinderRun:
    """Read a run and draw its scenes, or take them from the cache.

    Raises:
        UsageError: too few calibration scenes.
        DataError: the run is incomplete, or the data is not what its scenes were drawn with.
    """
    if calibration < LEAST_CALIBRATION:
        raise UsageError(f"a calibration set of {calibration} scenes is too small; give at least {LEAST_CALIBRATION}")
    run = load_finder_run(folder)
    recipe, material = run.record.recipe, load_material(place)
    changed = [name for name, sha256 in material.files_sha256.items() if run.record.data.get(name) != sha256]
    if changed or len(material.files_sha256) != len(run.record.data):
        raise DataError(f"{folder}: its scenes were drawn with other data than is found here; give the same --data")
    portions = -(-min(calibration, recipe.scenes) // recipe.portion)
    learned = draw_portions(material.learned, portions, seed=recipe.seed, cache=place.cache, size=recipe.portion)
    images = np.concatenate([portion[0] for portion in learned])[:calibration]
    judged = draw_validation_scenes(recipe, material, place.cache)
    return LoadedFinderRun(run, trained_network(run), images, judged)
