"""Fits the finder's network to drawn scenes, epoch by epoch, with a checkpoint after each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from digitreader.host.progress import ProgressBar
from digitreader_train.backend import keras, seed_everything, tf
from digitreader_train.callbacks import restore_optimizer
from digitreader_train.checkpoint import Checkpoint
from digitreader_train.finder.earlier import Earlier
from digitreader_train.finder.network import build_finder
from digitreader_train.finder.practice import Batch, Portion, batches, count_batches
from digitreader_train.finder.recipe import Exposure, FinderRecipe, learning_rate_at
from digitreader_train.fit import Kept
from digitreader_train.tensorboard import EpochLog

Pictures = npt.NDArray[np.uint8]
"""(N, S, S, 3) uint8."""

LEVELS = np.arange(256, dtype=np.float32)[:, None] / 255


def expose(images: Pictures, exposure: Exposure, rng: np.random.Generator) -> Pictures:
    """Change the colours of a batch.

    Args:
        images: (N, S, S, 3) uint8.
        exposure: how far.
        rng: where every choice comes from.

    Returns:
        (N, S, S, 3) uint8, a new array.
    """
    exposed = np.empty_like(images)
    for image, into in zip(images, exposed, strict=True):
        cv2.LUT(image, _draw_curves(exposure, rng), into)
        if rng.random() < exposure.gray:
            into[:] = cv2.transform(into, np.full((1, 3), 1 / 3, np.float32))[:, :, None]
    return np.ascontiguousarray(exposed[..., ::-1]) if rng.random() < exposure.swapped else exposed


def _draw_curves(exposure: Exposure, rng: np.random.Generator) -> Pictures:
    """What becomes of each level of each channel: (1, 256, 3) uint8."""
    levels = 1 - LEVELS if rng.random() < exposure.inverted else LEVELS
    least, most = exposure.gain
    gains, offset = rng.uniform(least, most, 3), rng.uniform(-exposure.offset, exposure.offset)
    gamma = np.exp(rng.uniform(-exposure.gamma, exposure.gamma))
    return np.asarray(np.clip(levels * gains + offset, 0, 1) ** gamma * 255 + 0.5).astype(np.uint8)[None]


INK_WEIGHT, SMALL_WEIGHT = 12.0, 4.0
"""Weights of the ink's loss and of the loss of what is too small; the centres' loss has the weight 1."""
INKED_WEIGHT = 2.0
"""A pixel full of ink weighs so much more than one of paper, because there are fewer of them."""
CENTRE = 0.995
"""Where the hill is at least this high, a digit has its centre."""


def maps_loss(truth: Any, logits: Any) -> Any:
    """Loss of the ten maps.

    Args:
        truth: (N, C, C, 11) float32 0..1, the maps and where the hill counts.
        logits: (N, C, C, 10) float32.

    Returns:
        Scalar float32.
    """
    heatmap, ink, small, counts = truth[..., :1], truth[..., 1:9], truth[..., 9:10], truth[..., 10:11]
    inked = tf.nn.sigmoid_cross_entropy_with_logits(ink, logits[..., 1:9]) * (1 + (INKED_WEIGHT - 1) * ink)
    too_small = tf.nn.sigmoid_cross_entropy_with_logits(small, logits[..., 9:10])
    centres = _centres_loss(heatmap, counts, logits[..., :1])
    return centres + INK_WEIGHT * tf.reduce_mean(inked) + SMALL_WEIGHT * tf.reduce_mean(too_small)


def _centres_loss(heatmap: Any, counts: Any, logits: Any) -> Any:
    """Penalty-reduced focal loss: a sum over the cells, divided by the number of digits.

    Args:
        heatmap: (N, C, C, 1) float32 0..1.
        counts: (N, C, C, 1) float32, 1 where the hill counts, else 0.
        logits: (N, C, C, 1) float32.

    Source: Law and Deng, "CornerNet", 2018; Zhou et al., "Objects as points", 2019.
    """
    chance = tf.clip_by_value(tf.sigmoid(logits), 1e-4, 1 - 1e-4)
    is_centre = tf.cast(heatmap >= CENTRE, tf.float32)
    near = is_centre * (1 - chance) ** 2 * tf.math.log(chance)
    far = (1 - is_centre) * (1 - heatmap) ** 4 * chance**2 * tf.math.log(1 - chance)
    return -tf.reduce_sum((near + far) * counts) / tf.maximum(1.0, tf.reduce_sum(is_centre * counts))


def geometry_loss(truth: Any, predicted: Any) -> Any:
    """Mean absolute error of centre and size, where they count.

    Args:
        truth: (N, C, C, 5) float32, the geometry and 0 or 1 for whether it counts.
        predicted: (N, C, C, 4) float32.

    Returns:
        Scalar float32.
    """
    counts = truth[..., 4:]
    return tf.reduce_sum(tf.abs(truth[..., :4] - predicted) * counts) / tf.maximum(1.0, tf.reduce_sum(counts))


ORDER_OF_JUDGING, EXPOSING = 0, 1
"""Each seeds random numbers of its own."""
SHOWN = 200
"""So many scenes show an earlier network how large its values grow."""
NOTED = 50
"""The bar shows the mean loss of so many steps."""

Weights = list[npt.NDArray[np.float32]]
"""In the order of Keras."""


class FinderEpoch(NamedTuple):
    """One pass over the scenes: the mean losses of maps and geometry, and both on the validation scenes."""

    maps_loss: float
    geometry_loss: float
    val_maps_loss: float
    val_geometry_loss: float


@dataclass(frozen=True, slots=True, eq=False)
class FittedFinder:
    """A trained network with its history.

    Attributes:
        network: as of `build_finder`.
        history: one entry an epoch.
    """

    network: Any
    history: tuple[FinderEpoch, ...]


def fit_finder(
    recipe: FinderRecipe, learned: list[Portion], judged: list[Portion], kept: Kept, earlier: Earlier | None = None
) -> FittedFinder:
    """Train the network; the same recipe and scenes give the same weights, to the bit, with a break or without.

    Args:
        recipe: how it learns.
        learned: scenes to learn from.
        judged: scenes to judge each epoch by.
        kept: what is kept after each epoch, and where the training begins.
        earlier: the exported network whose weights are the first; None begins with random ones.

    Raises:
        DataError: the exported network is of another form.
    """
    seed_everything(recipe.seed)
    steps = count_batches([len(portion[0]) for portion in learned], recipe.batch)
    lesson = Lesson(recipe, steps * recipe.epochs)
    history: list[Mapping[str, float]] = []
    if kept.start is not None:
        lesson.restore(kept.start)
        history += kept.start.history
    elif earlier is not None:
        earlier.give_weights(lesson.network, learned[0][0][:SHOWN])
    todo = range(len(history), recipe.epochs)
    with EpochLog(kept.tensorboard) as log, ProgressBar(f"training {recipe.name}", steps * len(todo)) as bar:
        for epoch in todo:
            figures = _one_epoch(lesson, epoch, learned, judged, bar)
            history.append(figures._asdict())
            log.write(epoch + 1, history[-1])
            if kept.checkpoints is not None:
                kept.checkpoints.write(Checkpoint(tuple(history), lesson.state()))
    return FittedFinder(lesson.network, tuple(FinderEpoch(**figures) for figures in history))


class Lesson:
    """The network with its optimizer: learns from batches, one at a time, and judges others.

    Args:
        recipe: how it learns.
        steps: in all epochs together.
    """

    def __init__(self, recipe: FinderRecipe, steps: int) -> None:
        self.network = build_finder()
        self.recipe, self._steps = recipe, steps
        self._optimizer = keras.optimizers.Adam(recipe.learning_rate)
        self._optimizer.build(self.network.trainable_variables)
        self._learn = tf.function(self._learn_batch)
        self._judge = tf.function(lambda *batch: losses_of(self.network(to_real(batch[0]), training=False), batch))

    def learn(self, batch: tuple[npt.NDArray[Any], ...]) -> tuple[float, float]:
        """Take one step with a batch of `exposed`; gives the losses of maps and geometry before it."""
        step = int(self._optimizer.iterations)
        self._optimizer.learning_rate.assign(learning_rate_at(self.recipe, step, self._steps))
        maps, geometry = self._learn(*batch)
        return float(maps), float(geometry)

    def exposed(self, learned: Iterator[Batch]) -> Iterator[Batch]:
        """Change the colours of each batch; the same step of a training always changes them in the same way."""
        for step, (images, maps, geometry) in enumerate(learned, int(self._optimizer.iterations)):
            rng = np.random.default_rng((self.recipe.seed, EXPOSING, step))
            yield expose(images, self.recipe.exposure, rng), maps, geometry

    def judge(self, judged: list[Portion]) -> tuple[float, float]:
        """The mean losses of maps and geometry on these scenes."""
        rng = np.random.default_rng(ORDER_OF_JUDGING)
        return _means([self._judge(*batch) for batch in batches(judged, self.recipe.batch, rng)])

    def state(self) -> dict[str, Sequence[npt.NDArray[Any]]]:
        """The arrays of a checkpoint."""
        optimizer = [variable.numpy() for variable in self._optimizer.variables]
        return {"network": self.network.get_weights(), "optimizer": optimizer}

    def restore(self, checkpoint: Checkpoint) -> None:
        """Become what it was at the checkpoint."""
        self.network.set_weights(list(checkpoint.arrays["network"]))
        restore_optimizer(self._optimizer, self.network.trainable_variables, checkpoint)

    def _learn_batch(self, images: Any, maps: Any, geometry: Any) -> tuple[Any, Any]:
        with tf.GradientTape() as tape:
            losses = losses_of(self.network(to_real(images), training=True), (images, maps, geometry))
            loss = losses[0] + losses[1]
        variables = self.network.trainable_variables
        gradients, _ = tf.clip_by_global_norm(tape.gradient(loss, variables), self.recipe.clip_norm)
        self._optimizer.apply_gradients(zip(gradients, variables, strict=True))
        return losses


def losses_of(told: Any, batch: Any) -> tuple[Any, Any]:
    """The losses of maps and geometry, scalars.

    Args:
        told: what the network makes of the batch's images: maps and geometry.
        batch: images, maps and geometry, as `batches` yields them.
    """
    return maps_loss(to_real(batch[1]), told[0]), geometry_loss(batch[2], told[1])


def to_real(numbers: Any) -> Any:
    """0..255 as float32 0..1."""
    return tf.cast(numbers, tf.float32) / 255


def _one_epoch(
    lesson: Lesson, epoch: int, learned: list[Portion], judged: list[Portion], bar: ProgressBar
) -> FinderEpoch:
    recipe = lesson.recipe
    rng, losses = np.random.default_rng((recipe.seed, epoch)), []
    for batch in made_ahead(lesson.exposed(batches(learned, recipe.batch, rng))):
        losses.append(lesson.learn(batch))
        maps, geometry = _means(losses[-NOTED:])
        bar.advance(note=f"epoch {epoch + 1}/{recipe.epochs}  loss of maps {maps:.3f}  of geometry {geometry:.3f}")
    figures = FinderEpoch(*_means(losses), *lesson.judge(judged))
    maps, geometry = figures.val_maps_loss, figures.val_geometry_loss
    told = f"validation loss of maps {maps:.3f}  of geometry {geometry:.3f}"
    bar.advance(0, note=f"epoch {epoch + 1}/{recipe.epochs}  {told}")
    return figures


def made_ahead(made: Iterator[Batch]) -> Iterator[Batch]:
    """The same batches; while one is used, another thread makes the next."""
    with ThreadPoolExecutor(1) as pool:
        coming = pool.submit(next, made, None)
        while (batch := coming.result()) is not None:
            coming = pool.submit(next, made, None)
            yield batch


def _means(losses: Sequence[tuple[Any, Any]]) -> tuple[float, float]:
    maps, geometry = np.mean([[float(each) for each in pair] for pair in losses], axis=0)
    return float(maps), float(geometry)
