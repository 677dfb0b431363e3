"""tensorflow-model-optimization, imported without its greetings; it works with tf_keras alone."""

from __future__ import annotations

import digitreader_train.backend  # noqa: F401 # sets TensorFlow up before it is imported
from digitreader.host.native_stderr import native_stderr_muted

with native_stderr_muted():
    import tensorflow_model_optimization as tfmot

__all__ = ["tfmot"]
