"""TensorFlow and the Keras that its model optimization needs, imported without their greetings."""

from __future__ import annotations

import os

from digitreader.host.native_stderr import native_stderr_muted

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
# oneDNN adds floats in an order that depends on the processor, so the same seed would give other weights elsewhere
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")

with native_stderr_muted():
    import tensorflow as tf
    import tf_keras as keras

# its warnings are of its own retracing, and of what tensorflow-model-optimization does to it
tf.get_logger().setLevel("ERROR")

__all__ = ["keras", "seed_everything", "tf"]


def seed_everything(seed: int) -> None:
    """Make what follows the same, to the bit, each time that it is run with this seed."""
    keras.backend.clear_session()
    keras.utils.set_random_seed(seed)
    tf.config.experimental.enable_op_determinism()
