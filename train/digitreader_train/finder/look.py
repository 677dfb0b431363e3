"""Runs a network over scenes and keeps what it told of each."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from digitreader.values import ColourImage
from digitreader_train.finder.fit import losses_of, to_real
from digitreader_train.finder.found import Compared, compare_scene, shares_of
from digitreader_train.finder.practice import Batch, Portion, batches_in_order

Network = Callable[[npt.NDArray[np.uint8]], tuple[Any, Any]]
"""From (N, S, S, 3) uint8 images to (N, C, C, 10) logits of maps and (N, C, C, 4) geometry, float32."""

BATCH = 32


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """One scene: its picture, the truth and what was told.

    Attributes:
        image: (S, S, 3) uint8 BGR.
        maps: (C, C, 11) float32 0..1, the truth with where the hill is asked for.
        told: (C, C, 10) float32 logits.
        compared: the digits.
    """

    image: ColourImage
    maps: npt.NDArray[np.float32]
    told: npt.NDArray[np.float32]
    compared: Compared


@dataclass(frozen=True, slots=True)
class Judged:
    """What a network reaches on scenes: mean losses, and the shares of `Shares`, 0..1.

    Attributes:
        scenes: how many there were.
        digits: how many digits were asked for in them.
        maps_loss: mean over batches.
        geometry_loss: the same.
        recall: the share of the digits that are found at heat 0.3.
        precision: the share of the centres that are right there.
    """

    scenes: int
    digits: int
    maps_loss: float
    geometry_loss: float
    recall: float
    precision: float


def judge_network(network: Network, scenes: list[Portion]) -> tuple[Judged, list[Look]]:
    """Run a network over scenes; gives what it reaches and what it told of each scene."""
    looks: list[Look] = []
    losses: list[tuple[float, ...]] = []
    for batch in batches_in_order(scenes, BATCH):
        told = network(batch[0])
        losses.append(tuple(float(loss) for loss in losses_of(told, batch)))
        looks += _looks(batch, np.asarray(told[0]), np.asarray(told[1]))
    compared = [look.compared for look in looks]
    shares, means = shares_of(compared), np.mean(losses, axis=0)
    digits = sum(len(each.truth) for each in compared)
    return Judged(len(looks), digits, float(means[0]), float(means[1]), *shares), looks


def keras_network(network: Any) -> Network:
    """A Keras network as it is."""

    def run(images: npt.NDArray[np.uint8]) -> tuple[Any, Any]:
        maps, geometry = network(to_real(images), training=False)
        return maps, geometry

    return run


def _looks(batch: Batch, told: npt.NDArray[Any], geometry: npt.NDArray[Any]) -> Iterator[Look]:
    for image, maps, true_geometry, told_maps, told_geometry in zip(*batch, told, geometry, strict=True):
        truth = maps.astype(np.float32) / 255
        yield Look(image, truth, told_maps, compare_scene(truth, true_geometry, told_maps, told_geometry))
