"""Which epoch's weights are kept."""

from __future__ import annotations

import numpy as np
import pytest

from digitreader_train.backend import keras
from digitreader_train.callbacks import BestEpoch


@pytest.mark.parametrize(("after", "kept"), [(0, 1), (2, 4), (3, 4)])
def test_of_the_epochs_that_count_the_best_is_kept(after: int, kept: int) -> None:
    network = keras.Sequential([keras.layers.Dense(1, input_shape=(1,), use_bias=False)])
    best = BestEpoch(after=after)
    best.set_model(network)
    for epoch, (accuracy, loss) in enumerate([(0.99, 0.1), (0.98, 0.1), (0.97, 0.2), (0.97, 0.1)]):
        network.set_weights([np.array([[epoch + 1.0]], np.float32)])
        best.on_epoch_end(epoch, {"val_accuracy": accuracy, "val_loss": loss})
    best.on_train_end()
    assert best.epoch == kept
    assert network.get_weights()[0].item() == kept
