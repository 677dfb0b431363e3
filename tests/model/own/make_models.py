"""Makes the models of tests/model/own/models as other people make theirs: plain Keras, TensorFlow Lite's own converter.

    DIGITREADER_DATA=... python tests/model/own/make_models.py [NAME ...]

Each is a few layers, trained for a minute at the most. models.json says how many of MNIST's test images each reads by
its own evaluation: the images as they are, in the form that it was trained on.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np
import tensorflow as tf

from digitreader.measure.data import DataPlace, find_mnist

HERE = Path(__file__).parent / "models"
TRAIN = 20_000

Array = np.ndarray[Any, Any]


def light(images: Array) -> Array:
    return (images / 255.0).astype(np.float32)[..., None]


def dark_bytes(images: Array) -> Array:
    return (255.0 - images).astype(np.float32).reshape(len(images), 784)


def centred(images: Array) -> Array:
    return (images / 127.5 - 1.0).astype(np.float32)


def cnn() -> Any:
    return keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            keras.layers.Conv2D(8, 3, strides=2, activation="relu"),
            keras.layers.Conv2D(16, 3, strides=2, activation="relu"),
            keras.layers.Flatten(),
            keras.layers.Dense(10, activation="softmax"),
        ],
        name="cnn",
    )


def mlp_dark() -> Any:
    return keras.Sequential(
        [
            keras.Input((784,)),
            keras.layers.Rescaling(1 / 255),
            keras.layers.BatchNormalization(),
            keras.layers.Dense(24, activation="relu"),
            keras.layers.Dense(10),
        ],
        name="mlp_dark",
    )


def mlp_centred() -> Any:
    return keras.Sequential(
        [
            keras.Input((28, 28)),
            keras.layers.Flatten(),
            keras.layers.Dense(24, activation="tanh"),
            keras.layers.Dense(10, activation="sigmoid"),
        ],
        name="mlp_centred",
    )


def eleven() -> Any:
    return keras.Sequential(
        [
            keras.Input((28, 28)),
            keras.layers.Flatten(),
            keras.layers.Dense(16, activation="relu"),
            keras.layers.Dense(11, activation="softmax"),
        ],
        name="eleven",
    )


def converted(model: Any, samples: Array, how: str) -> bytes:
    """What TensorFlow Lite's converter makes of a model."""
    converter = tf.lite.TFLiteConverter.from_keras_model(model)
    if how != "float32":
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
    if how in {"int8", "uint8"}:

        def representative() -> Iterator[list[Array]]:
            for sample in samples[:200]:
                yield [sample[None]]

        converter.representative_dataset = representative
        converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
        converter.inference_input_type = converter.inference_output_type = getattr(tf, how)
    content: bytes = converter.convert()
    return content


def own_accuracy(content: bytes, samples: Array, labels: Array) -> float:
    """The accuracy of a .tflite by itself, as its maker would measure it."""
    from ai_edge_litert.interpreter import Interpreter

    model: Any = Interpreter(model_content=content)
    model.allocate_tensors()
    given, gives = model.get_input_details()[0], model.get_output_details()[0]
    scale, zero = given["quantization"]
    right = 0
    for sample, label in zip(samples, labels, strict=True):
        numbers = sample[None]
        if given["dtype"] is not np.float32:
            limits = np.iinfo(given["dtype"])
            numbers = np.clip(np.round(numbers / scale) + zero, limits.min, limits.max)
        model.set_tensor(given["index"], numbers.astype(given["dtype"]))
        model.invoke()
        right += int(model.get_tensor(gives["index"]).argmax() == label)
    return right / len(labels)


MODELS: dict[str, tuple[Callable[[], Any], Callable[[Array], Array], Any, tuple[str, ...]]] = {
    "cnn": (cnn, light, "sparse_categorical_crossentropy", ("float32", "int8", "uint8", "dynamic")),
    "mlp-dark-255": (
        mlp_dark,
        dark_bytes,
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        ("float32", "int8"),
    ),
    "mlp-minus-one": (mlp_centred, centred, "binary_crossentropy", ("float32", "uint8")),
    "eleven": (eleven, lambda images: light(images)[..., 0], "sparse_categorical_crossentropy", ("float32",)),
}


KERAS = {"cnn": "cnn.keras", "mlp-dark-255": "mlp-dark-255.h5"}
"""Of these the Keras model is kept too."""


def main(names: list[str]) -> None:
    """Train, convert and measure all of them, or those that are named."""
    files = find_mnist(DataPlace(Path(os.environ["DIGITREADER_DATA"]), Path("unused")))
    train, test = files.read("train"), files.read("test")
    record = HERE / "models.json"
    told: dict[str, float] = json.loads(record.read_text(encoding="utf-8")) if record.is_file() else {}
    for name in names or MODELS:
        build, form, loss, ways = MODELS[name]
        keras.utils.set_random_seed(1)
        model, labels = build(), train.labels[:TRAIN].astype(np.int32)
        samples = form(train.images[:TRAIN])
        targets: Array = labels
        if loss == "binary_crossentropy":
            targets = np.eye(10, dtype=np.float32)[labels]
        if name == "eleven":  # half a digit is none
            cut = samples[:3000].copy()
            cut[:, 12:] = 0
            samples, targets = np.concatenate([samples, cut]), np.concatenate([labels, np.full(3000, 10, np.int32)])
        model.compile(keras.optimizers.Adam(3e-3), loss)
        model.fit(samples, targets, batch_size=64, epochs=3, verbose=0)
        for way in ways:
            content = converted(model, samples, way)
            (HERE / f"{name}-{way}.tflite").write_bytes(content)
            told[f"{name}-{way}"] = own_accuracy(content, form(test.images), test.labels)
            print(name, way, len(content), told[f"{name}-{way}"], flush=True)
        if name in KERAS:
            model.save(HERE / KERAS[name], include_optimizer=False)
        record.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
