"""Changes the colours of scenes while they are learned from; the same seed and step change them the same way."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from digitreader_train.finder.recipe import Exposure

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
